// One person hands the desk to another: what the note has, who may take what of it, and what moves.
import type { SvodkaEvent } from '@svodka/shared/contracts/event';
import { type Id, newId } from '@svodka/shared/contracts/id';
import type { NoticeView } from '@svodka/shared/contracts/notice';
import type { Shift, ShiftLine, ShiftNote, ShiftView } from '@svodka/shared/contracts/shift';
import { createTestApp, type TestApp } from '../../test/support/app.ts';
import { makeEvent, makeProject } from '../../test/support/factories.ts';
import { until } from '../../test/support/until.ts';

let app: TestApp;
type Person = Awaited<ReturnType<TestApp['signIn']>>;
let anna: Person;
let maxim: Person;
let manager: Person;

beforeEach(async () => {
  app ??= await createTestApp();
  anna = await app.signIn({ roles: ['dispatcher'], name: 'Анна' });
  maxim = await app.signIn({ roles: ['dispatcher'], name: 'Максим' });
  manager ??= await app.signIn({ roles: ['manager'] });
}, 60_000);
afterAll(() => app?.close());

const task = (more: object = {}) => makeEvent(app.admin, { type: 'production.delayed', ...more });
const held = async (who: Person, more: object = {}) => {
  const event = await task(more);
  await who.post(`/api/events/${event.id}/claim`, {});
  return event;
};
const read = async (id: Id) => (await app.admin.get<{ event: SvodkaEvent }>(`/api/events/${id}`)).event;
const give = (who: Person, toId: Id | null, more: object = {}) =>
  who.post<ShiftView>('/api/shifts', { id: newId(), toId, words: {}, ...more });
const act = (who: Person, { id }: { id: Id }, body: object) =>
  who.send<ShiftView & { error?: { details?: { reason: string }[] } }>(
    'POST',
    `/api/shifts/${id}/rows`,
    body,
  );
const rowOf = ({ rows }: Pick<Shift, 'rows'>, id: Id) =>
  rows.find(({ eventId, key }) => (eventId ?? key) === id);
const stateOf = (view: ShiftView, id: Id) => rowOf(view.shift, id)?.state;

it('writes what stands on the desk, each thing once, in the first block that it belongs to', async () => {
  const project = await makeProject(app.admin);
  const mine = await held(anna, { importance: 'critical' });
  const critical = await task({ importance: 'critical' });
  const promise = await makeEvent(app.admin, {
    type: 'call.promise',
    due: { at: new Date(Date.now() + 3_600_000).toISOString() },
    importance: 'high',
  });
  const far = await makeEvent(app.admin, {
    type: 'call.promise',
    due: { at: new Date(Date.now() + 72 * 3_600_000).toISOString() },
  });
  const request = await makeEvent(app.admin, { type: 'customer.request', title: 'Когда?', body: 'Когда?' });
  const awaiting = await task({ projectId: project.id });
  await anna.post(`/api/events/${awaiting.id}/snooze`, { type: 'material.received' });
  const asked = await makeEvent(app.admin);
  const question = { body: `@Максим готово?`, mentionIds: [maxim.user.id] };
  await anna.post(`/api/events/${asked.id}/comments`, question);
  const answered = await makeEvent(app.admin);
  await anna.post(`/api/events/${answered.id}/comments`, question);
  await maxim.post(`/api/events/${answered.id}/comments`, { body: 'Да', mentionIds: [] });
  const { to: day } = (await anna.get<ShiftNote>('/api/shifts/note')).days;
  const order = await makeProject(app.admin);
  await makeEvent(app.admin, {
    type: 'work.planned',
    projectId: order.id,
    payload: { startOn: day, finishOn: day },
  });
  const note = await anna.get<ShiftNote>('/api/shifts/note');
  const blockOf = (id: Id) => rowOf(note, id)?.block;
  expect(
    [mine, critical, promise, far, request, awaiting, asked, answered].map(({ id }) => blockOf(id)),
  ).toEqual(['held', 'critical', 'promises', undefined, 'waiting', 'waiting', 'waiting', undefined]);
  expect(rowOf(note, asked.id)?.whomId).toBe(maxim.user.id);
  expect(rowOf(note, `${order.id}.1`)?.block).toBe('installs');
  expect(note.installs.map(({ projectId }) => projectId)).toContain(order.id);
  expect(new Set(note.rows.map(({ key }) => key)).size).toBe(note.rows.length);
});

it('moves each claim with its row, and leaves what was returned, resolved or taken by a third', async () => {
  const [kept, moved, done, third, lapsed] = [
    await held(anna),
    await held(anna),
    await held(anna),
    await held(anna),
    await held(anna),
  ];
  const { shift } = await give(anna, maxim.user.id, { words: { held: 'Сначала с фасадом', all: 'Тихо' } });
  expect(shift.words).toEqual({ held: 'Сначала с фасадом', all: 'Тихо' });
  await anna.post(`/api/events/${done.id}/resolve`);
  await app.admin.post(`/api/events/${third.id}/claim`, { reason: 'срочно' });
  await anna.post(`/api/events/${lapsed.id}/release`);
  expect((await act(maxim, shift, { as: 'returned', keys: [kept.id] })).status).toBe(400);
  await act(maxim, shift, { as: 'returned', keys: [kept.id], word: 'Это твоё' });
  const { body } = await act(maxim, shift, { as: 'accepted' });
  expect(stateOf(body, kept.id)).toBe('returned');
  expect(rowOf(body.shift, kept.id)?.word).toBe('Это твоё');
  expect(body.shift.state).toBe('done');
  const holders = await Promise.all(
    [kept, moved, done, third, lapsed].map(async ({ id }) => (await read(id)).claim?.by),
  );
  const { user: admin } = await app.admin.get<{ user: { id: Id } }>('/api/session');
  expect(holders).toEqual([anna.user.id, maxim.user.id, undefined, admin.id, maxim.user.id]);
  const { items } = await anna.get<{ items: object[] }>(`/api/events/${moved.id}/revisions`);
  expect(items[0]).toMatchObject({
    by: maxim.user.id,
    changes: { claim: { from: anna.user.id, to: maxim.user.id } },
  });
  // Sent again it changes nothing.
  await act(maxim, shift, { as: 'accepted' });
  expect((await read(moved.id)).rev).toBe(3);
});

it('leaves with its giver what they have taken again, whatever else is accepted', async () => {
  const [back, other] = [await held(anna), await held(anna)];
  const { shift } = await give(anna, maxim.user.id);
  await act(maxim, shift, { as: 'accepted', keys: [back.id] });
  await anna.post(`/api/events/${back.id}/claim`, { reason: 'клиент звонит мне' });
  await act(maxim, shift, { as: 'accepted' });
  await act(maxim, shift, { as: 'accepted' });
  const holders = await Promise.all([back, other].map(async ({ id }) => (await read(id)).claim?.by));
  expect(holders).toEqual([anna.user.id, maxim.user.id]);
});

it('is an event that tells how far it is, told to who is to take it and, when it is over, to who gave it', async () => {
  const [first] = [await held(anna), await held(anna)];
  const { shift } = await give(anna, maxim.user.id);
  const inboxOf = async (who: Person) =>
    (await who.get<{ items: NoticeView[] }>('/api/notices')).items.filter(
      ({ eventId }) => eventId === shift.id,
    );
  await until(async () => (await inboxOf(maxim)).length === 1);
  expect(await inboxOf(anna)).toEqual([]);
  expect(await read(shift.id)).toMatchObject({ type: 'shift.handover', status: 'open' });
  await act(maxim, shift, { as: 'accepted', keys: [first.id] });
  expect((await read(shift.id)).title).toBe(`Смена: Анна → Максим, принято 1 из ${shift.rows.length}`);
  await act(maxim, shift, { as: 'accepted' });
  expect((await read(shift.id)).status).toBe('resolved');
  await until(async () => (await inboxOf(anna)).length === 1);
});

it('is nobody’s to take, put off or resolve: it is over with its rows, or when an administrator says so', async () => {
  await held(anna);
  const { shift } = await give(anna, null);
  const at = `/api/events/${shift.id}`;
  for (const way of ['claim', 'resolve'])
    expect((await maxim.send('POST', `${at}/${way}`, {})).status).toBe(403);
  const until = new Date(Date.now() + 3_600_000).toISOString();
  for (const [way, body] of [
    ['claim', {}],
    ['snooze', { until }],
  ] as const)
    expect((await app.admin.send('POST', `${at}/${way}`, body)).status).toBe(400);
  await app.admin.post(`${at}/resolve`);
  expect((await read(shift.id)).status).toBe('resolved');
});

it('is of whoever says the first word where nobody was named, and of nobody else then', async () => {
  const event = await held(anna);
  const vera = await app.signIn({ roles: ['dispatcher'] });
  const { shift } = await give(anna, null);
  expect((await act(anna, shift, { as: 'accepted' })).status).toBe(403);
  expect((await act(manager, shift, { as: 'accepted' })).status).toBe(404);
  const answers = await Promise.all(
    [maxim, vera].map((who) => act(who, shift, { as: 'accepted', keys: [event.id] })),
  );
  expect(answers.map(({ status }) => status).sort()).toEqual([201, 409]);
  const taker = answers[0]?.status === 201 ? maxim : vera;
  expect((await read(event.id)).claim?.by).toBe(taker.user.id);
  expect((await taker.get<ShiftView>(`/api/shifts/${shift.id}`)).shift.toId).toBe(taker.user.id);
});

it('leaves with its giver what the taker may not see, and names it to neither the taker nor a stranger', async () => {
  const order = await makeProject(app.admin, { managerId: manager.user.id });
  const [theirs, other] = [await held(anna, { projectId: order.id }), await held(anna)];
  const note = await anna.get<ShiftNote>(`/api/shifts/note?toId=${manager.user.id}`);
  expect([rowOf(note, theirs.id)?.state, rowOf(note, other.id)?.state]).toEqual(['waiting', 'blind']);
  const { shift } = await give(anna, manager.user.id);
  const seen = await manager.get<ShiftView>(`/api/shifts/${shift.id}`);
  expect(JSON.stringify(seen)).not.toContain(other.id);
  expect(seen.shift.rows.some(({ eventId, install }) => eventId === null && install === null)).toBe(true);
  const { body } = await act(manager, shift, { as: 'accepted' });
  expect(body.shift.state).toBe('done');
  expect((await read(theirs.id)).claim?.by).toBe(manager.user.id);
  expect((await read(other.id)).claim?.by).toBe(anna.user.id);
  const outsider = await app.signIn({ roles: ['manager'] });
  expect((await outsider.send('GET', `/api/shifts/${shift.id}`)).status).toBe(404);
  const measurer = await app.signIn({ roles: ['measurer'] });
  const refused = await anna.send('POST', '/api/shifts', { id: newId(), toId: measurer.user.id, words: {} });
  expect(refused.status).toBe(400);
});

it('names an installation to who sees its order, though it is on quite another day by now', async () => {
  const { to: day } = (await anna.get<ShiftNote>('/api/shifts/note')).days;
  const order = await makeProject(app.admin, { managerId: manager.user.id });
  const plan = (type: 'work.planned' | 'work.rescheduled', startOn: string) =>
    makeEvent(app.admin, { type, projectId: order.id, payload: { startOn, finishOn: startOn } });
  await plan('work.planned', day);
  const { shift } = await give(anna, manager.user.id);
  const far = new Date(Date.parse(day) + 60 * 86_400_000).toISOString().slice(0, 10);
  await plan('work.rescheduled', far);
  const seen = await manager.get<ShiftView>(`/api/shifts/${shift.id}`);
  expect(rowOf(seen.shift, `${order.id}.1`)?.state).toBe('waiting');
  expect(seen.refs.projects.map(({ id }) => id)).toContain(order.id);
  const { body } = await act(manager, shift, { as: 'accepted' });
  expect(stateOf(body, `${order.id}.1`)).toBe('accepted');
});

it('keeps its audience when somebody comments upon it', async () => {
  const { shift } = await give(anna, manager.user.id);
  await anna.post(`/api/events/${shift.id}/comments`, { body: 'Ключи у охраны', mentionIds: [] });
  await until(async () => (await read(shift.id)).counters.comments === 1);
  expect((await manager.send('GET', `/api/events/${shift.id}`)).status).toBe(200);
});

it('replaces the unfinished one of the same person, and is there once however often it is sent', async () => {
  const id = newId();
  const first = await give(anna, maxim.user.id, { id });
  expect((await anna.send('POST', '/api/shifts', { id, toId: maxim.user.id, words: {} })).status).toBe(200);
  const taken = await maxim.send('POST', '/api/shifts', { id, toId: null, words: {} });
  expect(taken.status).toBe(409);
  const otherwise = await anna.send('POST', '/api/shifts', {
    id,
    toId: maxim.user.id,
    words: { all: 'И ещё' },
  });
  expect(otherwise.status).toBe(409);
  const second = await give(anna, maxim.user.id);
  expect((await act(maxim, first.shift, { as: 'accepted' })).status).toBe(409);
  expect(await read(first.shift.id)).toMatchObject({ status: 'resolved' });
  const { items } = await maxim.get<{ items: ShiftLine[] }>('/api/shifts');
  const states = items
    .filter(({ fromId }) => fromId === anna.user.id)
    .map(({ id: each, state }) => [each, state]);
  expect(states).toEqual([
    [second.shift.id, 'given'],
    [first.shift.id, 'replaced'],
  ]);
});

it('is replaced by what is given after it only, however late an earlier one is sent again', async () => {
  const early = { id: newId(), toId: maxim.user.id, words: {} };
  await anna.post('/api/shifts', early);
  const { shift } = await give(anna, maxim.user.id);
  expect((await anna.send('POST', '/api/shifts', early)).status).toBe(200);
  expect((await anna.get<ShiftView>(`/api/shifts/${shift.id}`)).shift.state).toBe('given');
});

it('is accepted also when its giver has died before they told of it', async () => {
  const event = await held(anna);
  const { shift } = await give(anna, maxim.user.id);
  await app.connection.collection<{ _id: Id }>('events').deleteOne({ _id: shift.id });
  expect((await act(maxim, shift, { as: 'accepted' })).status).toBe(201);
  expect((await read(event.id)).claim?.by).toBe(maxim.user.id);
  expect(await read(shift.id)).toMatchObject({ status: 'resolved', author: { userId: anna.user.id } });
});

it('lists what is one’s own however much is given to nobody by name', async () => {
  const { id, ...shift } = (await give(anna, manager.user.id)).shift;
  const crowd = Array.from({ length: 20 }, (_, i) => ({
    ...shift,
    _id: newId(Date.now() + 1_000 + i),
    fromId: maxim.user.id,
    toId: null,
    at: new Date(),
  }));
  await app.connection.collection<{ _id: Id }>('shifts').insertMany(crowd);
  const { items } = await manager.get<{ items: ShiftLine[] }>('/api/shifts');
  expect(items[0]?.id).toBe(id);
});

it('is handed over with nothing in it too, and accepted by one word', async () => {
  const lonely = await app.signIn({ roles: ['manager'] });
  const { shift } = await give(lonely, maxim.user.id, { words: { all: 'Всё спокойно' } });
  expect(shift.rows.filter(({ block }) => block !== 'installs')).toEqual([]);
  expect((await act(maxim, shift, { as: 'accepted' })).body.shift.state).toBe('done');
});
