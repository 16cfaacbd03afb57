// Who works on what: taken by one at a time, kept as long as somebody works, put off and come back.
import { jest } from '@jest/globals';
import type { SvodkaEvent } from '@svodka/shared/contracts/event';
import { LEASE_MS } from '@svodka/shared/rules/hold';
import { createTestApp, type TestApp } from '../../test/support/app.ts';
import { Client } from '../../test/support/client.ts';
import { makeEvent, makeProject } from '../../test/support/factories.ts';
import { FakeClock } from '../../test/support/fake-clock.ts';
import { until } from '../../test/support/until.ts';
import { DeadlineSweep } from '../deadlines/sweep.service.ts';
import { loadConfig } from '../platform/config/config.ts';
import { Logger } from '../platform/logger/logger.ts';
import { type Running, startServer } from '../start.ts';
import { ClaimsService } from './claims.service.ts';
import { EventsRepository } from './events.repository.ts';

type Answered = { event: SvodkaEvent };
type Person = Awaited<ReturnType<TestApp['signIn']>>;
type Refused = { error: { code: string; details?: { reason: string }[]; current?: SvodkaEvent } };

const clock = new FakeClock();
let app: TestApp;
/** A second node on the same store. */
let other: Running;
let anna: Person;
let vera: Person;
let finance: Person;

beforeAll(async () => {
  app = await createTestApp({ clock });
  const config = loadConfig({ PORT: '0', LOG_LEVEL: 'fatal' });
  other = await startServer({ config, logger: new Logger('fatal'), storeUri: app.storeUri, clock });
  anna = await app.signIn({ roles: ['dispatcher'], name: 'Анна' });
  vera = await app.signIn({ roles: ['dispatcher'], name: 'Вера' });
  finance = await app.signIn({ roles: ['finance'] });
}, 60_000);
afterAll(async () => {
  await other?.stop();
  await app?.close();
});

const task = (more: Parameters<typeof makeEvent>[1] = {}) =>
  makeEvent(app.admin, { type: 'customer.request', ...more });
const path = ({ id }: { id: string }, act = '') => `/api/events/${id}${act && `/${act}`}`;
const act = async (who: Client, event: SvodkaEvent, verb: string, body: object = {}) =>
  (await who.post<Answered>(path(event, verb), body)).event;
const tried = (who: Client, event: SvodkaEvent, verb: string, body: object = {}) =>
  who.send<Answered & Refused>('POST', path(event, verb), body);
const read = async (event: SvodkaEvent) => (await app.admin.get<Answered>(path(event))).event;
const sweep = () => app.app.get(DeadlineSweep, { strict: false }).run();
const inMs = (ms: number) => new Date(clock.now().getTime() + ms).toISOString();
const found = async (filter: string) =>
  (await anna.get<{ items: SvodkaEvent[] }>(`/api/events?filter=${encodeURIComponent(filter)}`)).items.map(
    ({ id }) => id,
  );

describe('a claim', () => {
  it('is taken, told apart in the filter language, kept in the history, and let go', async () => {
    const event = await task();
    const held = await act(anna, event, 'claim');
    expect(held).toMatchObject({
      status: 'open',
      rev: 2,
      claim: { by: anna.user.id, from: null, reason: null },
    });
    expect(await found(`holder:${anna.user.id}`)).toContain(event.id);
    expect(await found('без:взявшего статус:открыто')).not.toContain(event.id);
    expect(await act(anna, event, 'claim')).toMatchObject({ rev: 2 });
    expect(await act(anna, event, 'release')).toMatchObject({ claim: null, rev: 3 });
    const { items } = await anna.get<{ items: { changes: object }[] }>(path(event, 'revisions'));
    expect(items.map(({ changes }) => changes)).toEqual([
      { claim: { from: anna.user.id, to: null } },
      { claim: { from: null, to: anna.user.id } },
    ]);
  });

  it("is somebody's until they give a reason who want it: whoever comes second is told who", async () => {
    const event = await task();
    await act(anna, event, 'claim');
    const refused = await tried(vera, event, 'claim');
    expect([refused.status, refused.body.error.details?.[0]?.reason]).toEqual([409, 'held']);
    expect(refused.body.error.current?.claim?.by).toBe(anna.user.id);
    expect((await tried(vera, event, 'release')).status).toBe(409);
    expect((await tried(vera, event, 'snooze', { until: inMs(60_000) })).status).toBe(409);
    const taken = await act(vera, event, 'claim', { reason: 'Анна на обеде' });
    expect(taken.claim).toMatchObject({ by: vera.user.id, from: anna.user.id, reason: 'Анна на обеде' });
    const { items } = await anna.get<{ items: { reason?: string }[] }>(path(event, 'revisions'));
    expect(items[0]?.reason).toBe('Анна на обеде');
    expect((await tried(anna, event, 'claim')).status).toBe(409);
  });

  it('is handed over to somebody who sees it and may resolve it, and taken back by who handed it', async () => {
    const event = await task();
    await act(anna, event, 'claim');
    const blind = await tried(anna, event, 'claim', { to: finance.user.id });
    expect(blind.body.error.details?.[0]?.reason).toBe('blind');
    const handed = await act(anna, event, 'claim', { to: vera.user.id });
    expect(handed.claim).toMatchObject({ by: vera.user.id, from: anna.user.id, reason: null });
    expect((await act(anna, event, 'claim')).claim?.by).toBe(anna.user.id);
  });

  it('stands on what is open only', async () => {
    const [done, gone, fact] = [await task(), await task(), await makeEvent(app.admin)];
    await act(anna, done, 'claim');
    expect(await act(vera, done, 'resolve')).toMatchObject({ status: 'resolved', claim: null });
    await act(anna, gone, 'claim');
    await anna.delete(path(gone));
    expect((await act(anna, gone, 'restore')).claim).toBeNull();
    expect((await tried(anna, fact, 'claim')).body.error.details?.[0]?.reason).toBe('not-open');
    expect((await tried(finance, await task(), 'claim')).status).toBe(404);
  });

  it('lapses when nobody works, by the sweep, and lasts while somebody does; the history has it', async () => {
    const [idle, busy] = [await task(), await task()];
    await act(anna, idle, 'claim');
    await act(vera, busy, 'claim');
    const claims = app.app.get(ClaimsService, { strict: false });
    const load = await claims.load();
    expect([load.get(anna.user.id), load.get(vera.user.id)]).toEqual([
      expect.any(Number),
      expect.any(Number),
    ]);
    for (let ms = 0; ms <= LEASE_MS; ms += LEASE_MS / 3) {
      await claims.worked(vera.user.id);
      clock.advance(LEASE_MS / 3);
    }
    await sweep();
    const [left, kept] = [await read(idle), await read(busy)];
    expect([left.claim, left.rev]).toEqual([null, 3]);
    const { items } = await anna.get<{ items: object[] }>(path(idle, 'revisions'));
    expect(items[0]).toMatchObject({ by: null, changes: { claim: { from: anna.user.id, to: null } } });
    expect([kept.claim?.by, kept.rev]).toEqual([vera.user.id, 2]);
    // A lease that is over and not swept yet keeps nobody away.
    clock.advance(LEASE_MS + 1);
    expect((await act(anna, busy, 'claim')).claim).toMatchObject({ by: anna.user.id, from: null });
  });
});

describe('two hundred claims at once, on two nodes', () => {
  const PEOPLE = 8;
  let clients: { id: string; at: Client[] }[];

  beforeAll(async () => {
    clients = await Promise.all(
      Array.from({ length: PEOPLE }, async () => {
        const person = await app.signIn({ roles: ['dispatcher'] });
        const there = new Client(other.url);
        await there.signIn(person.user.login, person.password);
        return { id: person.user.id, at: [person, there] };
      }),
    );
  }, 60_000);

  /** Who was told that it is theirs. */
  async function race(claims: number): Promise<{
    winners: Set<string>;
    told: Set<string | undefined>;
    event: SvodkaEvent;
  }> {
    const event = await task();
    const winners = new Set<string>();
    const told = new Set<string | undefined>();
    await Promise.all(
      Array.from({ length: claims }, async (_, n) => {
        const person = clients[n % PEOPLE] as (typeof clients)[number];
        const answer = await tried(person.at[n % 2 ? 1 : 0] as Client, event, 'claim');
        if (answer.status === 200) winners.add(person.id);
        else told.add(answer.body.error.current?.claim?.by);
      }),
    );
    return { winners, told, event };
  }

  it('leave exactly one holder, whose name all others are told', async () => {
    const { winners, told, event } = await race(200);
    expect(winners.size).toBe(1);
    expect([...told]).toEqual([...winners]);
    expect((await read(event)).claim?.by).toBe([...winners][0]);
    expect((await read(event)).rev).toBe(2);
  });

  it('leave more than one where a write is not guarded by the version it saw: the race sees it', async () => {
    // The first write waits for one of somebody else, so that both have seen the event free.
    const writers = new Set<string>();
    let bothAreThere = () => {};
    const both = new Promise<void>((resolve) => {
      bothAreThere = resolve;
    });
    for (const { app: node } of [app, other]) {
      const repository = node.get(EventsRepository, { strict: false });
      const guarded = repository.revise.bind(repository);
      jest.spyOn(repository, 'revise').mockImplementation(async (id, _version, set, revision) => {
        if (revision.by && writers.add(revision.by).size > 1) bothAreThere();
        await both;
        for (;;) {
          const [now] = await repository.byIds([id]);
          const written = await guarded(id, now?.version ?? 0, set, revision);
          if (written) return written;
        }
      });
    }
    // Each begins anew after every other write, so that two hundred would take twenty thousand.
    const { winners } = await race(40);
    jest.restoreAllMocks();
    expect(winners.size).toBeGreaterThan(1);
  });
});

describe('the next one', () => {
  it('is the most urgent that is open in the feed and held by nobody', async () => {
    const project = await makeProject(app.admin);
    const inOrder = (more: object) => task({ projectId: project.id, ...more });
    const late = await inOrder({ due: { at: inMs(1_000) } });
    const calm = await inOrder({});
    const grave = await inOrder({ importance: 'critical' });
    clock.advance(2_000);
    await sweep();
    const filter = `project:${project.id}`;
    const next = async (who: Client) =>
      (await who.post<{ event: SvodkaEvent | null }>('/api/events/next', { filter })).event?.id ?? null;
    const taken = await Promise.all([next(anna), next(vera), next(anna)]);
    expect(new Set(taken)).toEqual(new Set([grave.id, late.id, calm.id]));
    expect(await next(anna)).toBeNull();
    await act(anna, grave, 'resolve');
    for (const each of [late, calm]) await tried(anna, each, 'claim', { reason: 'я' });
    for (const each of [late, calm]) await act(anna, each, 'release');
    expect([await next(vera), await next(vera)]).toEqual([late.id, calm.id]);
  });
});

describe('what is put off', () => {
  it('leaves what is open, comes back at its time by the sweep, and may be taken up before', async () => {
    const event = await task();
    await act(anna, event, 'claim');
    const off = await act(anna, event, 'snooze', { until: inMs(3_600_000) });
    expect(off).toMatchObject({ status: 'snoozed', claim: null, snooze: { by: anna.user.id, type: null } });
    expect(await found('статус:отложено')).toContain(event.id);
    expect(await found('отложено-до:today..')).toContain(event.id);
    expect(await found('status:open')).not.toContain(event.id);
    expect((await act(vera, event, 'wake')).status).toBe('open');
    await act(anna, event, 'snooze', { until: inMs(3_600_000) });
    clock.advance(3_600_000);
    await sweep();
    expect(await read(event)).toMatchObject({ status: 'open', snooze: null, rev: 5 });
  });

  it('is due all the same, and is closed like what is open', async () => {
    const event = await task({ due: { at: inMs(60_000), leadMin: 0 } });
    await act(anna, event, 'snooze', { until: inMs(3_600_000) });
    clock.advance(60_000);
    await sweep();
    expect(await read(event)).toMatchObject({ status: 'snoozed', dueState: 'overdue' });
    expect(await act(anna, event, 'resolve')).toMatchObject({ status: 'resolved', snooze: null });
    expect((await act(anna, event, 'reopen')).status).toBe('open');
  });

  it('comes back with an event of its type on its order, and with no other', async () => {
    const [project, elsewhere] = [await makeProject(app.admin), await makeProject(app.admin)];
    const event = await task({ projectId: project.id });
    await act(anna, event, 'snooze', { type: 'items.complete' });
    clock.advance(1_000);
    await makeEvent(app.admin, { type: 'items.complete', projectId: elsewhere.id });
    await makeEvent(app.admin, { type: 'contract.signed', projectId: project.id });
    const control = await task({ projectId: project.id });
    await act(anna, control, 'snooze', { type: 'contract.signed' });
    clock.advance(1_000);
    await makeEvent(app.admin, { type: 'contract.signed', projectId: project.id });
    await until(async () => (await read(control)).status === 'open');
    expect((await read(event)).status).toBe('snoozed');
    await makeEvent(app.admin, { type: 'items.complete', projectId: project.id });
    await until(async () => (await read(event)).status === 'open');
  });

  it('comes back when it is taken off the order whose event it waits for', async () => {
    const project = await makeProject(app.admin);
    const event = await task({ projectId: project.id });
    await act(anna, event, 'snooze', { type: 'items.complete' });
    const { rev } = await read(event);
    await anna.patch(path(event), { projectId: null }, { 'If-Match': `${rev}` });
    await until(async () => (await read(event)).status === 'open');
  });

  it.each([
    ['a past', { until: '2020-01-01T00:00:00Z' }, 'in-past'],
    ['a far future', { until: '2099-01-01T00:00:00Z' }, 'too-far'],
    ['nothing', {}, 'required'],
    ['an event on no order', { type: 'items.complete' }, 'no-order'],
  ])('until %s is refused', async (_, body, reason) => {
    const answer = await tried(anna, await task(), 'snooze', body);
    expect([answer.status, answer.body.error.details?.[0]?.reason]).toEqual([400, reason]);
  });
});
