import type { ImportBatch } from '@svodka/shared/contracts/import';
import { cleanup, render, screen } from '@testing-library/svelte';
import { playSocket } from '../../testing/fake-socket.ts';
import { playRest } from '../../testing/sign-in.ts';

playSocket();
const { default: ImportRun } = await import('./ImportRun.svelte');

describe('an import that is being undone', () => {
  const counts = {
    created: 20_000,
    projects: 0,
    existing: 0,
    changed: 0,
    repeated: 0,
    deleted: 0,
    errors: 0,
  };
  const show = (state: ImportBatch['state'], more: Partial<ImportBatch['counts']>) => {
    cleanup();
    const all = {
      ...counts,
      rows: 20_000,
      read: 20_000,
      alike: 0,
      decided: 0,
      skipped: 0,
      kept: 0,
      undone: 0,
      ...more,
    };
    const batch = { id: 'b', fileName: 'события.csv', state, counts: all, mapping: { kind: 'events' } };
    render(ImportRun, { batch: batch as unknown as ImportBatch, onchanged: () => {} });
  };
  const facts = () => screen.queryAllByRole('term').map(({ textContent }) => textContent);

  it('says how far the undoing is, and nothing of what it had created', () => {
    const rest = playRest(() => ({ items: [], next: null }));
    show('undoing', { undone: 5_000 });
    expect(screen.getByText('Страницу можно закрыть: отмена продолжится.')).toBeTruthy();
    expect(screen.getByRole('progressbar').getAttribute('aria-valuenow')).toBe('25');
    expect(screen.getByText('5 000 из 20 000')).toBeTruthy();
    expect(facts()).not.toContain('создано');
    show('undone', { undone: 20_000 });
    expect(facts()).toEqual(['удалено', expect.stringMatching(/осталось|остав/)]);
    // Of before it was counted.
    show('undone', {});
    expect(facts()).toContain('создано');
    rest.mockRestore();
  });
});
