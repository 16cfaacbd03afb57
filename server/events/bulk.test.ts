// Many events at once: what is refused is said beforehand, the rest is done as by hand, and all of it is undone as one.
import type { BulkAct, BulkDone } from '@svodka/shared/contracts/bulk';
import type { SvodkaEvent } from '@svodka/shared/contracts/event';
import { newId } from '@svodka/shared/contracts/id';
import { createTestApp, type TestApp } from '../../test/support/app.ts';
import { makeCounterparty, makeEvent, makeProject } from '../../test/support/factories.ts';

let app: TestApp;
let anna: Awaited<ReturnType<TestApp['signIn']>>;
let vera: typeof anna;
let finance: typeof anna;

beforeAll(async () => {
  app = await createTestApp();
  anna = await app.signIn({ roles: ['dispatcher'] });
  vera = await app.signIn({ roles: ['dispatcher'] });
  finance = await app.signIn({ roles: ['finance'] });
}, 60_000);
afterAll(() => app?.close());

const task = (more: object = {}) => makeEvent(app.admin, { type: 'customer.request', ...more });
const many = async (count: number, more: object = {}) => {
  const made: SvodkaEvent[] = [];
  for (let n = 0; n < count; n++) made.push(await task(more));
  return made;
};
const ids = (events: SvodkaEvent[]) => events.map(({ id }) => id);
const read = async (id: string) => (await app.admin.get<{ event: SvodkaEvent }>(`/api/events/${id}`)).event;
const bulk = (act: BulkAct, more: object, { who = anna, key = newId() } = {}) =>
  who.post<BulkDone>('/api/events/bulk', { act, ...more }, { 'Idempotency-Key': key });
const reasons = ({ refused }: BulkDone) => Object.fromEntries(refused.map(({ id, reason }) => [id, reason]));

it('says of a whole filter, page by page, what would be done and what not and why, and writes nothing', async () => {
  const project = await makeProject(app.admin);
  const events = await many(103, { projectId: project.id });
  const [done, held] = events as [SvodkaEvent, SvodkaEvent];
  const fact = await makeEvent(app.admin, { projectId: project.id });
  await anna.post(`/api/events/${done.id}/resolve`);
  await vera.post(`/api/events/${held.id}/claim`, {});
  const told: BulkDone[] = [];
  for (let after: string | null | undefined; after !== null; after = told.at(-1)?.next ?? null) {
    const more = { filter: `project:${project.id}`, dry: true, ...(after && { after }) };
    told.push(await bulk({ kind: 'claim' }, more));
  }
  expect(told.length).toBe(2);
  expect(told.flatMap((each) => each.ids).length).toBe(101);
  expect(Object.assign({}, ...told.map(reasons))).toEqual({
    [done.id]: 'not-open',
    [held.id]: 'held',
    [fact.id]: 'not-open',
  });
  expect((await read(events[5]?.id ?? '')).version).toBe(1);
});

it('says whose order it is and who is at it, of what is refused and of what is resolved all the same', async () => {
  const counterparty = await makeCounterparty(app.admin);
  const project = await makeProject(app.admin, { counterpartyId: counterparty.id });
  const [held, free] = [await task({ projectId: project.id }), await task()];
  await vera.post(`/api/events/${held.id}/claim`, {});
  const given = { ids: [held.id, free.id], dry: true };
  const told = await bulk({ kind: 'claim' }, given);
  expect(told.refused).toEqual([
    {
      id: held.id,
      title: held.title,
      reason: 'held',
      projectId: project.id,
      counterpartyIds: [counterparty.id],
      holderId: vera.user.id,
    },
  ]);
  expect(told.holders).toEqual([]);
  expect(told.refs.projects).toMatchObject([{ id: project.id, number: project.number }]);
  expect(told.refs.counterparties).toMatchObject([{ id: counterparty.id }]);
  expect(told.refs.users).toMatchObject([{ id: vera.user.id }]);
  const own = await bulk({ kind: 'resolve' }, given, { who: vera });
  expect([own.ids.length, own.holders]).toEqual([2, []]);
  const resolving = await bulk({ kind: 'resolve' }, given);
  expect([resolving.ids.length, resolving.holders]).toEqual([2, [vera.user.id]]);
  expect(resolving.refs.users).toMatchObject([{ id: vera.user.id }]);
});

it('does to each what it may, once under its key, and undoes it as one where nobody has built on it', async () => {
  const events = await many(5);
  const [other, built] = [events[0] as SvodkaEvent, events[1] as SvodkaEvent];
  await vera.post(`/api/events/${other.id}/claim`, {});
  const key = newId();
  for (let times = 0; times < 2; times++) {
    const done = await bulk({ kind: 'claim' }, { ids: [...ids(events), newId()] }, { key });
    expect(done.ids).toEqual(expect.arrayContaining(ids(events.slice(1))));
    expect(done.refused.map(({ reason }) => reason).sort()).toEqual(['held', 'not-found']);
  }
  expect(await read(built.id)).toMatchObject({ rev: 2, claim: { by: anna.user.id } });
  await vera.patch(`/api/events/${built.id}`, { title: 'Иначе' }, { 'If-Match': '2' });
  const again = newId();
  for (let times = 0; times < 2; times++) {
    const undone = await bulk({ kind: 'undo', key }, { ids: ids(events.slice(1)) }, { key: again });
    expect(reasons(undone)).toEqual({ [built.id]: 'changed-since' });
  }
  for (const { id } of events.slice(2)) expect((await read(id)).claim).toBeNull();
  expect((await read(built.id)).claim?.by).toBe(anna.user.id);
});

it.each<[string, BulkAct, object]>([
  ['resolves', { kind: 'resolve' }, { status: 'resolved' }],
  ['changes the importance of', { kind: 'edit', edit: { importance: 'info' } }, { importance: 'info' }],
  [
    're-dates',
    { kind: 'edit', edit: { due: { local: '2030-05-06', zone: 'Europe/Moscow' } } },
    { dueLocal: '2030-05-06', dueAllDay: true },
  ],
])('%s many, and gives back what they were', async (_, act, after) => {
  const events = await many(3, { importance: 'high', due: { at: '2030-01-02T10:00:00.000Z', leadMin: 90 } });
  const key = newId();
  expect((await bulk(act, { ids: ids(events) }, { key })).ids).toHaveLength(3);
  for (const { id } of events) expect(await read(id)).toMatchObject({ rev: 2, ...after });
  expect((await bulk({ kind: 'undo', key }, { ids: ids(events) })).ids).toHaveLength(3);
  for (const { id, version: _v, rev: _r, ...was } of events) {
    const { version, rev, ...is } = await read(id);
    expect(is).toEqual({ id, ...was });
  }
});

it.each<BulkAct['kind']>(['resolve', 'claim'])(
  'gives back to whom it was and until when, undoing a %s',
  async (kind) => {
    const [held, off] = (await many(2)) as [SvodkaEvent, SvodkaEvent];
    if (kind === 'resolve') await vera.post(`/api/events/${held.id}/claim`, {});
    const until = new Date(Date.now() + 86_400_000).toISOString();
    await vera.post(`/api/events/${off.id}/snooze`, { until });
    const key = newId();
    expect((await bulk({ kind } as BulkAct, { ids: [held.id, off.id] }, { key })).refused).toEqual([]);
    expect((await bulk({ kind: 'undo', key }, { ids: [held.id, off.id] })).refused).toEqual([]);
    const [again, waits] = [await read(held.id), await read(off.id)];
    expect(again).toMatchObject({ status: 'open', resolved: null, snooze: null });
    expect(again.claim?.by).toBe(kind === 'resolve' ? vera.user.id : undefined);
    expect(waits).toMatchObject({
      status: 'snoozed',
      resolved: null,
      claim: null,
      snooze: { until, type: null },
    });
  },
);

it('puts many off, but for what another holds or what is no longer open, and brings them back as one', async () => {
  const events = await many(4);
  const [held, done, mine, free] = events as [SvodkaEvent, SvodkaEvent, SvodkaEvent, SvodkaEvent];
  await vera.post(`/api/events/${held.id}/claim`, {});
  await anna.post(`/api/events/${mine.id}/claim`, {});
  await anna.post(`/api/events/${done.id}/resolve`);
  const act: BulkAct = { kind: 'snooze', until: new Date(Date.now() + 86_400_000).toISOString() };
  const wont = { [held.id]: 'held', [done.id]: 'not-open' };
  const told = await bulk(act, { ids: ids(events), dry: true });
  expect([told.ids.length, reasons(told)]).toEqual([2, wont]);
  expect((await read(free.id)).status).toBe('open');
  const key = newId();
  for (let times = 0; times < 2; times++)
    expect(reasons(await bulk(act, { ids: ids(events) }, { key }))).toEqual(wont);
  for (const { id } of [mine, free])
    expect(await read(id)).toMatchObject({ status: 'snoozed', claim: null, snooze: { until: act.until } });
  expect(reasons(await bulk(act, { ids: [free.id], dry: true }))).toEqual({ [free.id]: 'already' });
  const past: BulkAct = { kind: 'snooze', until: '2020-01-01T00:00:00Z' };
  for (const dry of [true, false])
    expect(reasons(await bulk(past, { ids: [free.id], dry }))).toEqual({ [free.id]: 'in-past' });
  expect((await bulk({ kind: 'undo', key }, { ids: [mine.id, free.id] })).refused).toEqual([]);
  expect(await read(mine.id)).toMatchObject({ status: 'open', snooze: null, claim: { by: anna.user.id } });
  expect(await read(free.id)).toMatchObject({ status: 'open', snooze: null, claim: null });
});

it('links many to an order, one by one with the rights of whoever asks', async () => {
  const project = await makeProject(app.admin);
  const events = await many(2);
  const key = newId();
  const act: BulkAct = { kind: 'edit', edit: { projectId: project.id } };
  const refused = await bulk(act, { ids: ids(events) }, { who: finance });
  expect(refused.refused.map(({ reason }) => reason)).toEqual(['not-found', 'not-found']);
  await bulk(act, { ids: ids(events) }, { key });
  for (const { id } of events) expect((await read(id)).projectId).toBe(project.id);
  await bulk({ kind: 'undo', key }, { ids: ids(events) });
  for (const { id } of events) expect((await read(id)).projectId).toBeNull();
});

it.each([
  ['a filter that is written to', { act: { kind: 'resolve' }, filter: '*' }],
  ['neither ids nor a filter', { act: { kind: 'resolve' }, dry: true }],
  ['more than a slice', { act: { kind: 'resolve' }, ids: Array.from({ length: 101 }, () => newId()) }],
  ['an edit of nothing', { act: { kind: 'edit', edit: {} }, ids: [newId()] }],
  ['an edit of words', { act: { kind: 'edit', edit: { title: 'x' } }, ids: [newId()] }],
])('refuses %s', async (_, body) => {
  expect((await anna.send('POST', '/api/events/bulk', body)).status).toBe(400);
});
