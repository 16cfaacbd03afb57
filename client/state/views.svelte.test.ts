import { until } from '../../test/support/until.ts';
import { playSocket } from '../testing/fake-socket.ts';
import { playRest } from '../testing/sign-in.ts';

const socket = playSocket();
const { live } = await import('../api/live.ts');
const { STANDARD_VIEWS, views } = await import('./views.svelte.ts');

const asked = () => socket.asked.filter(({ event }) => event === 'counts.subscribe');
const answer = (at: number) =>
  asked()[at]?.answer({
    counts: STANDARD_VIEWS.map(({ key }) => ({ key, room: `${key}-${at}`, count: { n: at, exact: true } })),
  });

it('counts feeds that start over anew, several in one go, also what starts over before the answer', async () => {
  const rest = playRest(() => ({}));
  live.connect();
  await socket.open();
  await views.remove('01890000-0000-7000-8000-000000000001');
  await answer(0);
  expect(views.count('all')?.n).toBe(0);
  for (const key of ['all', 'open', 'urgent']) await socket.tell('feed.reset', { room: `${key}-0` });
  await socket.tell('feed.reset', { room: 'a list' });
  await until(() => asked().length === 2);
  await socket.tell('feed.reset', { room: 'open-1' });
  await answer(1);
  await until(() => asked().length === 3);
  await answer(2);
  expect(views.count('open')?.n).toBe(2);
  expect(asked()).toHaveLength(3);
  rest.mockRestore();
  live.disconnect();
});
