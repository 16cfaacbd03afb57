import { render, screen } from '@testing-library/svelte';
import userEvent from '@testing-library/user-event';
import { testEvent } from '../../testing/events.ts';
import { playSocket } from '../../testing/fake-socket.ts';
import type { OpenEvent } from './open-event.svelte.ts';
import { revisionLines } from './revision-words.ts';

playSocket();
const { default: Revisions } = await import('./Revisions.svelte');

it('what was taken back is not offered to be taken back', async () => {
  const own = { rev: 3, at: new Date().toISOString(), by: null, changes: { title: { from: 'А', to: 'Б' } } };
  const shown = (revision: object) => {
    const open = { event: testEvent('e1', 1), revisions: [revision], readRevisions: async () => {} };
    const props = { open: open as unknown as OpenEvent, rev: 3, type: 'note.free' as const };
    const { unmount } = render(Revisions, { props });
    const offered = screen.queryAllByRole('button', { name: 'Отменить моё изменение' }).length;
    unmount();
    return offered;
  };
  expect(shown({ ...own, by: undefined })).toBe(1);
  expect(shown({ ...own, by: undefined, isUndo: true })).toBe(0);
});

it('the history shows a detail of a file that is called as a field of ours is', async () => {
  const revision = {
    rev: 2,
    at: '2026-11-20T10:00:50.000Z',
    by: null,
    changes: { title: { from: 'Письмо', to: 'Позвонить' } },
  };
  const called = revisionLines(revision)[0]?.field ?? '';
  const detail = { from: { fields: { [called]: 'утром' } }, to: { fields: { [called]: 'вечером' } } };
  const revisions = [{ ...revision, changes: { ...revision.changes, payload: detail } }];
  const open = { event: testEvent('e1', 1), revisions, readRevisions: async () => {} };
  render(Revisions, { props: { open: open as unknown as OpenEvent, rev: 2, type: 'note.free' } });
  await userEvent.click(screen.getByText('История изменений'));
  const shown = screen
    .getAllByRole('listitem')
    .map((each) => each.textContent)
    .join(' ');
  for (const words of ['Письмо', 'Позвонить', 'утром', 'вечером']) expect(shown).toContain(words);
});
