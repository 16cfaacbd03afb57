// Who is seen where, on whichever node, and by whom; and that none of it is an event.
import type { SvodkaEvent } from '@svodka/shared/contracts/event';
import { createTestApp, type TestApp } from '../../test/support/app.ts';
import { Client } from '../../test/support/client.ts';
import { makeEvent } from '../../test/support/factories.ts';
import { FakeClock } from '../../test/support/fake-clock.ts';
import { TestSocket } from '../../test/support/socket.ts';
import { until } from '../../test/support/until.ts';
import { loadConfig } from '../platform/config/config.ts';
import { Logger } from '../platform/logger/logger.ts';
import { type Running, startServer } from '../start.ts';
import { PresenceService } from './presence.service.ts';

const clock = new FakeClock();
const INPUT = { visible: true, idleMs: 0 };
let app: TestApp;
let other: Running;
let anna: Awaited<ReturnType<TestApp['signIn']>>;
let vera: typeof anna;
let finance: typeof anna;
/** Anna's page is on the first node, Vera's on the second. */
let pages: { anna: TestSocket; vera: TestSocket };

beforeAll(async () => {
  app = await createTestApp({ clock });
  const config = loadConfig({ PORT: '0', LOG_LEVEL: 'fatal' });
  other = await startServer({ config, logger: new Logger('fatal'), storeUri: app.storeUri, clock });
  anna = await app.signIn({ roles: ['dispatcher'], name: 'Анна' });
  vera = await app.signIn({ roles: ['dispatcher'], name: 'Вера' });
  finance = await app.signIn({ roles: ['finance'], name: 'Фаина' });
  const there = new Client(other.url);
  await there.signIn(vera.user.login, vera.password);
  pages = { anna: await TestSocket.connect(anna), vera: await TestSocket.connect(there) };
}, 60_000);
afterAll(async () => {
  for (const page of Object.values(pages ?? {})) page.close();
  await other?.stop();
  await app?.close();
});

const task = () => makeEvent(app.admin, { type: 'customer.request' });
const watchers = (page: TestSocket, id: string) =>
  page.told('event.watched').flatMap((fact) => (fact.id === id ? [fact.watchers] : []));

it('tells both nodes who is on the desk and in which feed, and when they are not any more', async () => {
  await pages.anna.ask('presence.beat', { ...INPUT, feed: 'all' });
  await pages.vera.ask('presence.beat', { ...INPUT, feed: 'open' });
  const seen = { id: vera.user.id, name: 'Вера', feed: 'open' };
  await pages.anna.fact('presence.changed', ({ people }) => people.some(({ id }) => id === seen.id));
  await pages.vera.fact('presence.changed', ({ people }) => people.some(({ id }) => id === anna.user.id));
  const late = await TestSocket.connect(finance);
  const answer = await late.ask('presence.beat', { ...INPUT, feed: 'all' });
  expect(answer.people).toContainEqual(seen);
  expect(answer.load).toBeUndefined();
  await pages.vera.fact('presence.changed', ({ people }) => people.some(({ id }) => id === finance.user.id));
  late.close();
  await pages.vera.fact('presence.changed', ({ gone }) => gone.includes(finance.user.id));
  // A page that nobody touches says no good-bye.
  clock.advance(31_000);
  await pages.anna.ask('presence.beat', { ...INPUT, feed: 'all' });
  await pages.anna.fact('presence.changed', ({ gone }) => gone.includes(vera.user.id));
});

it('shows who has the same event open and what they do there, to those who follow it alone', async () => {
  const [event, secret] = [await task(), await task()];
  await pages.anna.ask('event.follow', { eventId: event.id });
  await pages.vera.ask('event.follow', { eventId: event.id });
  await pages.anna.ask('presence.beat', { ...INPUT, feed: 'all' });
  await pages.vera.ask('presence.beat', { ...INPUT, feed: 'all', doing: 'editing', field: 'due' });
  await until(() =>
    watchers(pages.anna, event.id).some((list) =>
      list.some(({ id, doing, field }) => id === vera.user.id && doing === 'editing' && field === 'due'),
    ),
  );
  // One who may not see it follows nothing, says what they will, and is shown to nobody.
  const stranger = await TestSocket.connect(finance);
  await stranger.ask('event.follow', { eventId: secret.id }).catch(() => null);
  await pages.anna.ask('event.follow', { eventId: secret.id });
  await stranger.ask('presence.beat', { ...INPUT, feed: 'all', doing: 'commenting' });
  await until(() => watchers(pages.anna, secret.id).length > 0);
  expect(watchers(pages.anna, secret.id).flat()).toEqual([expect.objectContaining({ id: anna.user.id })]);
  expect(watchers(stranger, secret.id)).toEqual([]);
  stranger.close();
  await until(() =>
    watchers(pages.vera, event.id)
      .at(-1)
      ?.every(({ id }) => id === vera.user.id),
  );
});

it('counts for letters whoever sits at another node', async () => {
  const presence = app.app.get(PresenceService, { strict: false });
  await pages.vera.ask('presence.beat', INPUT);
  await until(async () => (await presence.presentOf([vera.user.id])).size === 1);
  clock.advance(31_000);
  expect(await presence.presentOf([vera.user.id])).toEqual(new Set());
});

it('tells who was robbed, who was given, and those who see everything how much each holds', async () => {
  const event = await task();
  const act = (who: Client, body: object) =>
    who.post<{ event: SvodkaEvent }>(`/api/events/${event.id}/claim`, body);
  await pages.anna.ask('presence.beat', INPUT);
  await act(anna, {});
  await pages.anna.fact('claims.counted', ({ load }) => load[anna.user.id] === 1);
  await act(vera, { reason: 'срочно' });
  const lost = await pages.anna.fact('claim.moved', ({ event: { claim } }) => claim?.by === vera.user.id);
  expect(lost.event.claim?.reason).toBe('срочно');
  expect(lost.refs.users).toContainEqual(expect.objectContaining({ name: 'Вера' }));
  await act(vera, { to: anna.user.id });
  await pages.anna.fact('claim.moved', ({ event: { claim } }) => claim?.by === anna.user.id);
  expect(pages.vera.facts.filter(({ name }) => name === 'claim.moved')).toEqual([]);
  // Handed over and taken back: told to the one who had it for a while.
  await act(vera, {});
  const back = await pages.anna.fact('claim.moved', ({ event: { claim } }) => claim?.from === null);
  expect(back.event.claim).toMatchObject({ by: vera.user.id, reason: null });
});

it('tells who was at it that another has resolved it, and not who resolved it themself', async () => {
  const [theirs, own, free] = [await task(), await task(), await task()];
  for (const { id } of [theirs, own]) await anna.post(`/api/events/${id}/claim`, {});
  await anna.post(`/api/events/${own.id}/resolve`);
  await vera.post(`/api/events/${free.id}/resolve`);
  await vera.post(`/api/events/${theirs.id}/resolve`);
  const done = await pages.anna.fact('claim.moved', ({ event: { status } }) => status === 'resolved');
  expect(done.event).toMatchObject({ id: theirs.id, claim: null, resolved: { by: vera.user.id } });
  expect(done.refs.users).toContainEqual(expect.objectContaining({ id: vera.user.id, name: 'Вера' }));
  // It is told once more when it is given back.
  await vera.post(`/api/events/${theirs.id}/reopen`);
  await vera.post(`/api/events/${theirs.id}/claim`, { to: anna.user.id });
  await pages.anna.fact('claim.moved', ({ event: { id, claim } }) => id === theirs.id && claim !== null);
  const ids = pages.anna.told('claim.moved').map(({ event }) => event.id);
  expect([ids.includes(own.id), ids.includes(free.id)]).toEqual([false, false]);
});

it('is refused with words that are no feed and no deed', async () => {
  for (const beat of [{ feed: 'a b' }, { feed: 'x'.repeat(41) }, { doing: 'dancing' }, { field: 'rev' }])
    await expect(pages.anna.ask('presence.beat', { ...INPUT, ...beat } as never)).rejects.toThrow();
});
