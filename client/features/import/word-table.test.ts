import type { ImportBatch } from '@svodka/shared/contracts/import';
import { render } from '@testing-library/svelte';
import { playSocket } from '../../testing/fake-socket.ts';
import type { Mapping } from './mapping.svelte.ts';

playSocket();
const { default: WordTable } = await import('./WordTable.svelte');

describe('the words of another system', () => {
  it('are asked about where they are none of ours, in either language', async () => {
    const words = ['Замер выполнен', 'Measurement done', 'measure.done', 'красный'];
    const batch = { survey: [{ name: 'Событие', words }] } as unknown as ImportBatch;
    const columnOf = (kind: string) => (kind === 'type' ? 'Событие' : undefined);
    const mapping = { kind: 'events', words: {}, columnOf } as unknown as Mapping;
    const { findAllByRole } = render(WordTable, { props: { batch, mapping } });
    expect((await findAllByRole('listitem')).map((item) => item.textContent)).toEqual([
      expect.stringContaining('красный'),
    ]);
  });
});
