import type { Revision, SvodkaEvent } from '@svodka/shared/contracts/event';
import { newId } from '@svodka/shared/contracts/id';
import type { Refs } from '@svodka/shared/contracts/refs';
import { createTestApp, type TestApp } from '../../test/support/app.ts';
import type { Client } from '../../test/support/client.ts';
import { eventDraft, makeCounterparty, makeEvent, makeProject } from '../../test/support/factories.ts';
import { FakeClock } from '../../test/support/fake-clock.ts';

type Answered = { event: SvodkaEvent; refs: Refs };
type Listed = { items: SvodkaEvent[]; next: string | null; more?: true; refs: Refs };

const clock = new FakeClock();
let app: TestApp;
let dispatcher: Client;

beforeAll(async () => {
  app = await createTestApp({ clock });
  dispatcher = await app.signIn({ roles: ['dispatcher'] });
});
afterAll(() => app?.close());

const edit = (event: SvodkaEvent, body: unknown, client = dispatcher) =>
  client.send<Answered>('PATCH', `/api/events/${event.id}`, body, { 'If-Match': String(event.rev) });

describe('creating an event', () => {
  it('answers 201 with the event and the names of what it names', async () => {
    const counterparty = await makeCounterparty(dispatcher);
    const project = await makeProject(dispatcher, { counterpartyId: counterparty.id });
    const answer = await dispatcher.send<Answered>(
      'POST',
      '/api/events',
      eventDraft({
        type: 'payment.prepaid',
        title: 'Предоплата 70 %',
        importance: 'high',
        projectId: project.id,
        payload: { amountKop: 18_430_000, method: 'bank' },
      }),
    );
    expect(answer.status).toBe(201);
    const { event, refs } = answer.body;
    expect(event).toMatchObject({
      type: 'payment.prepaid',
      module: 'finance',
      importance: 'high',
      projectId: project.id,
      counterpartyIds: [counterparty.id],
      author: { userId: dispatcher.session?.user.id },
      payload: { amountKop: 18_430_000, method: 'bank' },
      status: 'recorded',
      dueState: 'none',
      version: 1,
      rev: 1,
    });
    expect(event).not.toHaveProperty('terms');
    expect(event).not.toHaveProperty('audienceIds');
    expect(event).not.toHaveProperty('created');
    expect(event).not.toHaveProperty('revisions');
    expect(refs.projects).toMatchObject([{ id: project.id, number: project.number }]);
    expect(refs.counterparties).toMatchObject([{ id: counterparty.id, name: counterparty.name }]);
    expect(await dispatcher.get(`/api/events/${event.id}`)).toEqual(answer.body);
  });

  it('names the field, a stable reason and the words for each fault', async () => {
    const answer = await dispatcher.send('POST', '/api/events', {
      type: 'payment.prepaid',
      title: '   ',
      importance: 'huge',
      role: 'administrator',
      payload: { amountKop: '12', 'x.y': 1 },
      projectId: { $ne: null },
    });
    expect(answer.status).toBe(400);
    expect(answer.error?.code).toBe('validation');
    const found = Object.fromEntries(
      answer.error?.details?.map(({ field, reason }) => [field, reason]) ?? [],
    );
    expect(found).toMatchObject({
      title: 'empty',
      importance: 'choice',
      role: 'unknown-field',
      projectId: 'type',
    });
    for (const { message } of answer.error?.details ?? []) expect(message).toMatch(/[а-я]/i);
  });

  it('checks the payload by the contract of the type', async () => {
    const answer = await dispatcher.send('POST', '/api/events', {
      type: 'payment.prepaid',
      title: 'x',
      payload: { amountKop: '12', method: 'gold' },
    });
    expect(answer.error?.details).toMatchObject([
      // Whoever sends kopecks is a program: how people type a sum is no help to it.
      {
        field: 'payload.amountKop',
        reason: 'money',
        message: 'Сумма в копейках, целым числом: 184 300,50 ₽ — это 18430050',
      },
      { field: 'payload.method', reason: 'choice' },
    ]);
  });

  it('refuses what does not add up, and reads a phone as people write it', async () => {
    for (const [type, payload, detail] of [
      ['production.progress', { ready: 12, total: 10 }, { field: 'payload.ready', reason: 'more-than-all' }],
      [
        'work.planned',
        { startOn: '2026-03-12', finishOn: '2026-03-11' },
        { field: 'payload.finishOn', reason: 'ends-before' },
      ],
      ['act.signed', { stage: 0 }, { field: 'payload.stage', reason: 'too-low' }],
    ] as const) {
      const answer = await dispatcher.send('POST', '/api/events', { type, title: 'x', payload });
      expect([answer.status, answer.error?.details]).toMatchObject([400, [detail]]);
    }
    const call = await dispatcher.post<Answered>('/api/events', {
      type: 'call.in',
      title: 'x',
      payload: { from: '8\u00a0495 703\u201100–01 доб.15' },
    });
    expect(call.event.payload).toEqual({ from: '8 495 703-00-01 доб. 15' });
    const edited = await edit(call.event, { payload: { from: '8.916.703.00.01' } });
    expect([edited.status, edited.body.event?.payload]).toEqual([200, { from: '8-916-703-00-01' }]);
  });

  it('refuses a time more than five minutes ahead, and takes the time of now when there is none', async () => {
    const ahead = new Date(clock.now().getTime() + 5 * 60_000 + 1).toISOString();
    const refusal = await dispatcher.send('POST', '/api/events', eventDraft({ occurredAt: ahead }));
    expect(refusal.error?.details).toMatchObject([{ field: 'occurredAt', reason: 'in-future' }]);
    const event = await makeEvent(dispatcher);
    expect(event.occurredAt).toBe(clock.now().toISOString());
  });

  it('dates what had to wait for a line by when it was written, however often it is sent', async () => {
    const body = eventDraft({ id: newId() });
    const writtenAt = new Date(clock.now().getTime() - 40 * 60_000).toISOString();
    const send = (ago: number, draft: object) =>
      dispatcher.send<Answered>('POST', `/api/events?ago=${ago}`, draft);
    const first = await send(40 * 60_000, body);
    expect(first.body.event).toMatchObject({ occurredAt: writtenAt, recordedAt: clock.now().toISOString() });
    const again = await send(41 * 60_000, body);
    expect([again.status, again.body.event.occurredAt]).toEqual([200, writtenAt]);
    const occurredAt = '2026-01-02T03:04:05.000Z';
    expect((await send(60_000, eventDraft({ occurredAt }))).body.event.occurredAt).toBe(occurredAt);
    expect((await send(-1, eventDraft())).error?.details).toMatchObject([{ field: 'ago' }]);
  });

  it('refuses projects and counterparties that nobody has', async () => {
    const unknown = await dispatcher.send('POST', '/api/events', eventDraft({ projectId: newId() }));
    expect(unknown.error?.details).toMatchObject([{ field: 'projectId', reason: 'unknown-project' }]);
    const nobody = await dispatcher.send('POST', '/api/events', eventDraft({ counterpartyIds: [newId()] }));
    expect(nobody.error?.details).toMatchObject([
      { field: 'counterpartyIds', reason: 'unknown-counterparty' },
    ]);
  });
});

describe('idempotency', () => {
  it.each([
    ['an Idempotency-Key', () => ({ body: eventDraft(), headers: { 'Idempotency-Key': newId() } })],
    ['an id of its own', () => ({ body: eventDraft({ id: newId() }), headers: {} })],
    [
      'a source key',
      () => ({ body: eventDraft({ source: { module: 'finance', externalId: newId() } }), headers: {} }),
    ],
  ])('%s: the same body gives the same event, another body 409', async (_name, make) => {
    const { body, headers } = make();
    const first = await dispatcher.send<Answered>('POST', '/api/events', body, headers);
    expect(first.status).toBe(201);
    const again = await dispatcher.send<Answered>('POST', '/api/events', body, headers);
    expect([again.status, again.body.event.id]).toEqual([200, first.body.event.id]);
    const other = await dispatcher.send('POST', '/api/events', { ...body, title: 'другое' }, headers);
    expect([other.status, other.error?.code]).toEqual([409, 'conflict']);
  });

  it('makes one event of twenty equal requests at once', async () => {
    const body = eventDraft({ id: newId() });
    const answers = await Promise.all(
      Array.from({ length: 20 }, () => dispatcher.send<Answered>('POST', '/api/events', body)),
    );
    expect(answers.filter(({ status }) => status === 201)).toHaveLength(1);
    expect(new Set(answers.map(({ body }) => body.event?.id))).toEqual(new Set([body.id]));
  });

  it('keeps the keys of different people apart', async () => {
    const key = { 'Idempotency-Key': newId() };
    const other = await app.signIn();
    const [mine, theirs] = await Promise.all([
      dispatcher.send<Answered>('POST', '/api/events', eventDraft(), key),
      other.send<Answered>('POST', '/api/events', eventDraft(), key),
    ]);
    expect([mine.status, theirs.status]).toEqual([201, 201]);
  });

  it('finds what a source key stands for, however late it is sent again', async () => {
    const draft = eventDraft({ source: { module: 'finance', externalId: newId() } });
    const first = await dispatcher.send<Answered>('POST', '/api/events', draft);
    clock.advance(7 * 24 * 3_600_000 + 1000);
    await dispatcher.signIn(dispatcher.session?.user.login ?? '', 'plain-lantern-42');
    const again = await dispatcher.send<Answered>('POST', '/api/events', draft);
    expect([first.status, again.status]).toEqual([201, 200]);
    expect(again.body.event.id).toBe(first.body.event.id);
    await app.admin.signIn(app.adminLogin.login, app.adminLogin.password);
  });

  it('lets a key be used again after seven days', async () => {
    const key = { 'Idempotency-Key': newId() };
    const first = await dispatcher.send<Answered>('POST', '/api/events', eventDraft(), key);
    clock.advance(7 * 24 * 3_600_000 + 1000);
    await dispatcher.signIn(dispatcher.session?.user.login ?? '', 'plain-lantern-42'); // sessions do not live so long
    const second = await dispatcher.send<Answered>('POST', '/api/events', eventDraft(), key);
    expect(second.status).toBe(201);
    expect(second.body.event.id).not.toBe(first.body.event.id);
    await app.admin.signIn(app.adminLogin.login, app.adminLogin.password);
  });
});

describe('editing an event', () => {
  it('keeps each edit as a revision: who, when, from what to what', async () => {
    const event = await makeEvent(dispatcher, { title: 'Было' });
    const { body } = await edit(event, { title: 'Стало', importance: 'critical' });
    expect(body.event).toMatchObject({ title: 'Стало', importance: 'critical', version: 2, rev: 2 });
    const { items } = await dispatcher.get<{ items: Revision[] }>(`/api/events/${event.id}/revisions`);
    expect(items).toEqual([
      {
        rev: 2,
        at: clock.now().toISOString(),
        by: dispatcher.session?.user.id,
        changes: {
          title: { from: 'Было', to: 'Стало' },
          importance: { from: 'normal', to: 'critical' },
        },
      },
    ]);
  });

  it('writes nothing when nothing changes', async () => {
    const event = await makeEvent(dispatcher);
    expect((await edit(event, { title: event.title })).body.event).toMatchObject({ version: 1, rev: 1 });
  });

  it('needs the revision that the editor saw', async () => {
    const event = await makeEvent(dispatcher);
    const answer = await dispatcher.send('PATCH', `/api/events/${event.id}`, { title: 'x' });
    expect(answer.error?.details).toMatchObject([{ field: 'If-Match', reason: 'precondition' }]);
  });

  it('answers a stale revision with 409 and the current state, and writes nothing', async () => {
    const event = await makeEvent(dispatcher);
    await edit(event, { title: 'первая' });
    const late = await edit(event, { title: 'вторая' });
    expect(late.status).toBe(409);
    expect(late.error?.current).toMatchObject({ id: event.id, title: 'первая', rev: 2 });
    expect((await dispatcher.get<Answered>(`/api/events/${event.id}`)).event.title).toBe('первая');
  });

  it('lets exactly one of many editors at once through', async () => {
    const event = await makeEvent(dispatcher);
    const answers = await Promise.all(
      Array.from({ length: 8 }, (_, i) => edit(event, { title: `правка ${i}` })),
    );
    expect(answers.map(({ status }) => status).sort()).toEqual([200, ...Array(7).fill(409)]);
  });

  it('keeps why an edit was made with what it changed, and makes none of a reason alone', async () => {
    const event = await makeEvent(dispatcher);
    const path = `/api/events/${event.id}`;
    const due = { local: '2030-03-01' };
    await dispatcher.patch(path, { due, reason: 'Просьба заказчика' }, { 'If-Match': '1' });
    await dispatcher.patch(path, { reason: 'Просто так' }, { 'If-Match': '2' });
    const { items } = await dispatcher.get<{ items: Revision[] }>(`${path}/revisions`);
    expect(items.map(({ rev, reason }) => [rev, reason])).toEqual([[2, 'Просьба заказчика']]);
    expect(items[0]?.changes).not.toHaveProperty('reason');
  });

  it('keeps all revisions, the fifty newest inside the event', async () => {
    let event = await makeEvent(dispatcher, { title: 'правка 0' });
    for (let i = 1; i <= 54; i++) event = (await edit(event, { title: `правка ${i}` })).body.event;
    const { items } = await dispatcher.get<{ items: Revision[] }>(`/api/events/${event.id}/revisions`);
    expect(items.map(({ rev }) => rev)).toEqual(Array.from({ length: 54 }, (_, i) => 55 - i));
    const stored = await app.connection.db
      ?.collection<{ _id: string; revisions: unknown[] }>('events')
      .findOne({ _id: event.id });
    expect(stored?.revisions).toHaveLength(50);
  }, 60_000);

  it('takes the project’s counterparty along, and leaves it behind when the project changes', async () => {
    const [a, b, own] = await Promise.all([1, 2, 3].map(() => makeCounterparty(dispatcher)));
    const first = await makeProject(dispatcher, { counterpartyId: a?.id ?? null });
    const second = await makeProject(dispatcher, { counterpartyId: b?.id ?? null });
    const event = await makeEvent(dispatcher, { projectId: first.id, counterpartyIds: [own?.id ?? ''] });
    expect(event.counterpartyIds).toEqual([own?.id, a?.id]);
    const moved = await edit(event, { projectId: second.id, counterpartyIds: event.counterpartyIds });
    expect(moved.body.event.counterpartyIds).toEqual([own?.id, b?.id]);
    const free = await edit(moved.body.event, { projectId: null });
    expect(free.body.event.counterpartyIds).toEqual([own?.id]);
  });
});

describe('resolving, deleting and back', () => {
  it('resolves and reopens, and the deadline follows', async () => {
    const at = new Date(clock.now().getTime() + 3_600_000).toISOString();
    const event = await makeEvent(dispatcher, { due: { at } });
    expect(event.dueState).toBe('approaching');
    const resolved = await dispatcher.post<Answered>(`/api/events/${event.id}/resolve`);
    expect(resolved.event).toMatchObject({
      status: 'resolved',
      dueState: 'done',
      resolved: { at: clock.now().toISOString(), by: dispatcher.session?.user.id },
    });
    expect((await dispatcher.post<Answered>(`/api/events/${event.id}/resolve`)).event.rev).toBe(2);
    const reopened = await dispatcher.post<Answered>(`/api/events/${event.id}/reopen`);
    expect(reopened.event).toMatchObject({ status: 'open', dueState: 'approaching', resolved: null, rev: 3 });
  });

  it('deletes softly: nobody finds it, undo brings it back', async () => {
    const event = await makeEvent(dispatcher);
    const { event: gone } = await dispatcher.delete<{ event: SvodkaEvent }>(`/api/events/${event.id}`);
    expect(gone.deletedAt).not.toBeNull();
    const edit = { title: 'Правка вслед' };
    const late = await dispatcher.send('PATCH', `/api/events/${event.id}`, edit, { 'If-Match': '1' });
    expect([late.status, late.error?.code]).toEqual([404, 'not-found']);
    expect((await dispatcher.send('GET', `/api/events/${event.id}`)).status).toBe(404);
    expect((await dispatcher.send('GET', `/api/events?filter=id:${event.id}`)).body).toMatchObject({
      items: [],
    });
    const back = await dispatcher.post<Answered>(`/api/events/${event.id}/restore`);
    expect(back.event).toMatchObject({ deletedAt: null, title: event.title });
    expect((await dispatcher.send('GET', `/api/events/${event.id}`)).status).toBe(200);
  });

  it('keeps the source key of a deleted event taken', async () => {
    const source = { module: 'finance' as const, externalId: newId() };
    const event = await makeEvent(dispatcher, { source });
    await dispatcher.delete(`/api/events/${event.id}`);
    const again = await dispatcher.send('POST', '/api/events', eventDraft({ source }));
    expect(again.status).toBe(409);
  });
});

describe('deadlines', () => {
  it('keeps a whole day in the project’s zone', async () => {
    const event = await makeEvent(dispatcher, { due: { local: '2031-03-14' } });
    expect(event).toMatchObject({
      dueAt: '2031-03-14T20:59:59.000Z',
      dueAllDay: true,
      dueZone: 'Europe/Moscow',
      dueLocal: '2031-03-14',
      dueLeadMin: 1440,
      dueState: 'none',
    });
    const cleared = await edit(event, { due: null });
    expect(cleared.body.event).toMatchObject({ dueAt: null, dueState: 'none' });
  });
});

describe('lists', () => {
  it('pages by key through everything, newest first, and nothing twice', async () => {
    const project = await makeProject(dispatcher);
    const made = await Promise.all(
      Array.from({ length: 23 }, (_, i) =>
        makeEvent(dispatcher, {
          projectId: project.id,
          occurredAt: new Date(clock.now().getTime() - (i % 7) * 60_000).toISOString(),
        }),
      ),
    );
    const seen: SvodkaEvent[] = [];
    let after = '';
    do {
      const page: Listed = await dispatcher.get(
        `/api/events?filter=project:${project.id}&limit=5${after && `&after=${after}`}`,
      );
      seen.push(...page.items);
      after = page.next ?? '';
    } while (after);
    expect(seen).toHaveLength(made.length);
    const order = [...made].sort((a, b) =>
      a.occurredAt === b.occurredAt ? (a.id < b.id ? 1 : -1) : a.occurredAt < b.occurredAt ? 1 : -1,
    );
    expect(seen.map(({ id }) => id)).toEqual(order.map(({ id }) => id));
    expect(await dispatcher.get(`/api/events/count?filter=project:${project.id}`)).toEqual({
      n: 23,
      exact: true,
    });
  });

  it('of open events come by the deadline, the most overdue first, however late they were written', async () => {
    const project = await makeProject(dispatcher);
    const make = (local: string | null, i: number) =>
      makeEvent(dispatcher, {
        projectId: project.id,
        due: local === null ? null : { local },
        occurredAt: new Date(clock.now().getTime() - i * 60_000).toISOString(),
      });
    const days = ['2031-03-14', '2031-03-12', '2031-03-13', '2031-03-12', null, '2031-03-11', '2031-03-15'];
    const made = [];
    for (const [i, day] of days.entries()) made.push(await make(day, days.length - i));
    const [done, gone] = [made[5], made[6]] as [SvodkaEvent, SvodkaEvent];
    await dispatcher.post(`/api/events/${done.id}/resolve`, {});
    await dispatcher.delete(`/api/events/${gone.id}`);
    const seen: SvodkaEvent[] = [];
    let after = '';
    do {
      const page: Listed = await dispatcher.get(
        `/api/events?order=due&filter=project:${project.id}&limit=2${after && `&after=${after}`}`,
      );
      seen.push(...page.items);
      after = page.next ?? '';
    } while (after);
    const twins = [made[1], made[3]].map((event) => event?.id ?? '').sort();
    expect(seen.map(({ id }) => id)).toEqual([...twins, made[2]?.id, made[0]?.id]);
    const ids = [made[0], made[2], gone].map((event) => event?.id);
    const some: Listed = await dispatcher.get(`/api/events?order=due&filter=id:${ids.join(',')}`);
    expect(some.items.map(({ id }) => id)).toEqual([made[2]?.id, made[0]?.id]);
    const refused = await dispatcher.send('GET', '/api/events?order=due&after=xyz');
    expect(refused.error?.details).toMatchObject([{ field: 'after', reason: 'cursor' }]);
  });

  it('says where a filter cannot be read, and what could stand there', async () => {
    const answer = await dispatcher.send(
      'GET',
      `/api/events?filter=${encodeURIComponent('importance:loud')}`,
    );
    expect(answer.status).toBe(400);
    expect(answer.error?.details).toMatchObject([
      { field: 'filter', reason: 'parse', position: 11, length: 4 },
    ]);
    expect(answer.error?.details?.[0]?.message).toBe(
      'Значения «loud» здесь нет. Можно так: справочно, обычная, высокая, критическая.',
    );
  });

  it.each(['audience:x', 'visibility:public', 'terms:x', 'createdBy:x', 'client.phone:1'])(
    'refuses to filter by %s',
    async (filter) => {
      const answer = await dispatcher.send('GET', `/api/events?filter=${encodeURIComponent(filter)}`);
      expect([answer.status, answer.error?.code]).toEqual([400, 'validation']);
    },
  );

  it.each([
    'xyz',
    Buffer.from('["a",1]').toString('base64url'),
    Buffer.from('[1e999,"x"]').toString('base64url'),
  ])('refuses a place that is none: %s', async (after) => {
    const answer = await dispatcher.send('GET', `/api/events?after=${after}`);
    expect(answer.error?.details).toMatchObject([{ field: 'after', reason: 'cursor' }]);
  });

  it('bounds what one request may ask', async () => {
    const many = `${Array.from({ length: 40 }, (_, i) => `title${i} or`).join(' ')} x`;
    const tooMany = await dispatcher.send('GET', `/api/events?filter=${encodeURIComponent(many)}`);
    expect([tooMany.status, tooMany.error?.details?.[0]?.reason]).toEqual([400, 'parse']);
    const tooLong = await dispatcher.send('GET', `/api/events?filter=${'x'.repeat(4_001)}`);
    expect(tooLong.error?.details).toMatchObject([{ field: 'filter', reason: 'too-long' }]);
    const tooWide = await dispatcher.send('GET', '/api/events?limit=1000000');
    expect(tooWide.error?.details).toMatchObject([{ field: 'limit', reason: 'too-high' }]);
  });

  it('finds by the beginning of words of title, body and project number', async () => {
    const project = await makeProject(dispatcher, { number: `Щ-${newId().slice(-6)}` });
    const event = await makeEvent(dispatcher, { title: 'Ёлочный фурнитурный набор', projectId: project.id });
    for (const text of ['елоч фурн', 'ФУРНИТУРНЫЙ', project.number]) {
      const { items } = await dispatcher.get<Listed>(`/api/events?filter=${encodeURIComponent(text)}`);
      expect(items.map(({ id }) => id)).toContain(event.id);
    }
  });
});
