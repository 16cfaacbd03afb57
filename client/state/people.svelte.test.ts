import { newId } from '@svodka/shared/contracts/id';
import { until } from '../../test/support/until.ts';
import { noRefs, testEvent } from '../testing/events.ts';
import { playSocket } from '../testing/fake-socket.ts';
import { playRest, testSession } from '../testing/sign-in.ts';

const socket = playSocket();
const { live } = await import('../api/live.ts');
const { session } = await import('./session.svelte.ts');
const { toasts } = await import('./toasts.svelte.ts');
await import('./people.svelte.ts');

it('tells who was at it by whom it is resolved, and of which order it is', async () => {
  const rest = playRest((_, path) => (path === '/session' ? testSession() : {}));
  await session.signIn('anna', 'plain-lantern-42');
  live.connect();
  await socket.open();
  const [by, order] = [newId(), newId()];
  const resolved = { at: '2026-11-24T10:00:00.000Z', by };
  const event = testEvent(newId(), 1, {
    title: 'Пропущенный звонок',
    status: 'resolved',
    resolved,
    projectId: order,
  });
  const refs = {
    ...noRefs,
    projects: [{ id: order, number: '372', objectAddress: '', counterpartyId: null }],
    users: [{ id: by, name: 'Максим Орлов', disabled: false }],
  };
  await socket.tell('claim.moved', { event, refs });
  await until(() => toasts.items.length > 0);
  expect(toasts.items.at(-1)).toMatchObject({
    title: 'Максим Орлов решает то, чем вы занимались: Пропущенный звонок',
    text: '№\u00a0372',
  });
  await socket.tell('claim.moved', { event: { ...event, id: newId() }, refs });
  await until(() => toasts.items.at(-1)?.title === 'Максим Орлов решает 2 события, которыми вы занимались');
  rest.mockRestore();
  live.disconnect();
});
