// A lost answer makes nothing twice. Whatever makes something is taken from the contract: a route that is added is tested
// by being there, or says here why it makes nothing.

import { newId } from '@svodka/shared/contracts/id';
import { ALL } from '@svodka/shared/filter/ast';
import { ROUTES, type RouteKey } from '@svodka/shared/routes/all';
import { methodOf, pathOf, type RouteSpec } from '@svodka/shared/routes/route';
import { createTestApp, type TestApp } from '../test/support/app.ts';
import {
  eventDraft,
  makeCounterparty,
  makeEvent,
  makeProject,
  nextSerial,
} from '../test/support/factories.ts';

type Client = TestApp['admin'];
type Sample = { who?: Client; path?: string; body: Record<string, unknown> };

let app: TestApp;
let dispatcher: Awaited<ReturnType<TestApp['signIn']>>;
let colleague: Awaited<ReturnType<TestApp['signIn']>>;

beforeAll(async () => {
  app = await createTestApp();
  dispatcher = await app.signIn({ roles: ['dispatcher'] });
  colleague = await app.signIn({ roles: ['dispatcher'] });
});
afterAll(() => app?.close());

/** What makes something, and with what. */
const MAKES: { [key in RouteKey]?: () => Promise<Sample> | Sample } = {
  'POST /users': () => ({
    body: { login: `made-${nextSerial()}`, name: 'Ольга Замерова', roles: ['measurer'] },
  }),
  'POST /counterparties': () => ({ who: dispatcher, body: { name: `Ромашка ${nextSerial()}` } }),
  // Without a number, which the server gives.
  'POST /projects': () => ({ who: dispatcher, body: { objectAddress: 'ул. Садовая, 8' } }),
  'POST /projects/:id/links': async () => {
    const { id: counterpartyId } = await makeCounterparty(dispatcher);
    const { id } = await makeProject(dispatcher, { counterpartyId });
    return { who: dispatcher, path: `/projects/${id}/links`, body: {} };
  },
  'POST /crews': () => ({ who: dispatcher, body: { name: `Бригада ${nextSerial()}` } }),
  'POST /events': () => ({ who: dispatcher, body: eventDraft() }),
  'POST /events/:id/comments': async () => {
    const { id } = await makeEvent(dispatcher);
    return { who: dispatcher, path: `/events/${id}/comments`, body: { body: 'Когда замер?' } };
  },
  'POST /files': async () => {
    const { id } = await makeEvent(dispatcher);
    return { who: dispatcher, body: { owner: { kind: 'event', id }, name: 'акт.pdf', size: 10 } };
  },
  'POST /rules': () => ({
    body: {
      name: `Правило ${nextSerial()}`,
      filter: 'type:complaint.opened',
      orders: null,
      trigger: { on: 'occurred' },
      recipients: [{ to: 'author' }],
      channels: ['inbox'],
      escalation: null,
      state: 'on',
      isSure: true,
    },
  }),
  'POST /shifts': async () => {
    await makeEvent(dispatcher);
    return { who: dispatcher, body: { toId: colleague.user.id, words: {} } };
  },
  'POST /sources/tokens': () => ({ body: { module: 'finance', name: `1С ${nextSerial()}` } }),
  'POST /tables': () => ({
    body: {
      name: `Заказы ${nextSerial()}`,
      mapping: { kind: 'orders', columns: { Адрес: 'address' }, key: 'Номер' },
    },
  }),
  'POST /views': () => ({ who: dispatcher, body: { name: `Лента ${nextSerial()}`, filter: ALL } }),
};

async function sampleOf(key: RouteKey): Promise<Sample> {
  const make = MAKES[key];
  if (!make) throw new Error(`no sample of ${key}`);
  return make();
}

/** What answers «made» and cannot make a second one. */
const MAKES_NONE: Partial<Record<RouteKey, string>> = {
  'POST /session/calendar': 'a new link is in place of the one before',
  'POST /projects/:id/status': 'says what holds from now on',
  'POST /projects/:id/milestones': 'says what holds from now on',
  'POST /projects/:id/work': 'a day that is planned already is answered as it is',
  'POST /events/:id/read': 'says how far',
  'POST /events/:id/follow': 'says whether',
  'POST /comments/:id/reactions': 'says whether',
  'POST /comments/:id/restore': 'changes one that is there',
  'POST /shifts/:id/rows': 'says what holds from now on',
  'POST /ingest': 'by the number of the program that sends it',
  'POST /ingest/calls': 'by the number of the call',
  'POST /imports': 'a file that was read; it writes nothing until it is started, once',
  'POST /deliveries/trial': 'a letter to who asks for it',
};

/** What says something, and answers with the event where it is said: one for each. */
const SAYS: { [key in RouteKey]?: () => Promise<Sample> } = {
  'POST /projects/:id/discussion': async () => {
    const { id } = await makeProject(dispatcher);
    return { who: dispatcher, path: `/projects/${id}/discussion`, body: { body: 'Держим срок' } };
  },
  'POST /counterparties/:id/discussion': async () => {
    const { id } = await makeCounterparty(dispatcher);
    return {
      who: dispatcher,
      path: `/counterparties/${id}/discussion`,
      body: { body: 'Звонить после шести' },
    };
  },
};

const makers = (Object.keys(ROUTES) as RouteKey[]).filter(
  (key) => methodOf(key) === 'POST' && 201 in (ROUTES[key] as RouteSpec).answers,
);

type Made = { id?: string } & Partial<Record<'user' | 'event' | 'link' | 'item' | 'shift', { id: string }>>;
const idOf = (made: Made) =>
  made?.id ?? (made?.user ?? made?.event ?? made?.link ?? made?.item ?? made?.shift)?.id;

async function sentThrice(key: RouteKey, { who = app.admin, path = pathOf(key), body }: Sample, header = {}) {
  const send = () => who.send<Made>('POST', `/api${path}`, body, header);
  const answers = [...(await Promise.all([send(), send()])), await send()];
  return answers.map(({ status, body: made, error }) =>
    status < 300 ? idOf(made) : `${status} ${JSON.stringify(error)}`,
  );
}

describe('what makes something', () => {
  it('is known here', () => {
    expect(Object.keys({ ...MAKES, ...SAYS, ...MAKES_NONE }).sort()).toEqual([...makers].sort());
  });

  it.each(Object.keys(MAKES) as RouteKey[])(
    'makes one under one id, however often it is sent: %s',
    async (key) => {
      const sample = await sampleOf(key);
      const id = newId();
      expect(await sentThrice(key, { ...sample, body: { ...sample.body, id } })).toEqual([id, id, id]);
    },
  );

  it.each(Object.keys(MAKES) as RouteKey[])('makes one under one key: %s', async (key) => {
    const ids = await sentThrice(key, await sampleOf(key), { 'Idempotency-Key': newId() });
    expect(ids[0]).toMatch(/^[\da-f-]{36}$/);
    expect(new Set(ids).size).toBe(1);
  });

  it.each(
    (Object.keys(SAYS) as RouteKey[]).flatMap((key) => [
      [key, 'id'],
      [key, 'key'],
    ]) as [RouteKey, 'id' | 'key'][],
  )('says once what is sent often: %s, under one %s', async (key, under) => {
    const sample = await (SAYS[key] as () => Promise<Sample>)();
    const of = (id: string): [Sample, object] =>
      under === 'id'
        ? [{ ...sample, body: { ...sample.body, id } }, {}]
        : [sample, { 'Idempotency-Key': id }];
    const ids = [
      ...(await sentThrice(key, ...of(newId()))),
      // The same words are said once more by whoever means them so.
      ...(await sentThrice(key, ...of(newId()))),
    ];
    expect(ids[0]).toMatch(/^[\da-f-]{36}$/);
    expect(new Set(ids).size).toBe(1);
    const { items } = await dispatcher.get<{ items: { body: string }[] }>(`/api/events/${ids[0]}/comments`);
    expect(items.map(({ body }) => body)).toEqual(Array(2).fill(sample.body.body));
  });

  it('decides about a milestone once, also where the mover saw another day', async () => {
    const { id } = await makeProject(dispatcher);
    const move = { code: 'measure', kind: 'move', on: '2026-12-10', reason: 'Заказчик просил' };
    const send = () => dispatcher.post<{ version: number }>(`/api/projects/${id}/milestones`, move);
    const first = await send();
    expect((await send()).version).toBe(first.version);
  });

  it('takes a key for what one person sends to one route', async () => {
    const header = { 'Idempotency-Key': 'из-другой-программы'.length.toString() };
    const make = (who: Client, path: string) =>
      who.post<{ id: string }>(path, { name: 'Одна и та же' }, header).then(({ id }) => id);
    const ids = [
      await make(dispatcher, '/api/counterparties'),
      await make(colleague, '/api/counterparties'),
      await make(dispatcher, '/api/crews'),
    ];
    expect(new Set(ids).size).toBe(3);
  });

  // Of the others what was typed last is the form's to send.
  it.each(['POST /counterparties', 'POST /projects', 'POST /crews', 'POST /tables'] as RouteKey[])(
    'answers what it made to who asks for it in other words: %s',
    async (key) => {
      const { who = app.admin, body } = await sampleOf(key);
      const path = `/api${pathOf(key)}`;
      const id = newId();
      await who.post(path, { ...body, id });
      const other = key === 'POST /projects' ? { objectAddress: 'пр. Мира, 41' } : { name: 'Иначе' };
      expect(await who.send('POST', path, { ...body, ...other, id })).toMatchObject({
        status: 409,
        error: { current: { id }, details: [{ field: 'id', reason: 'taken' }] },
      });
    },
  );
});

/** What is changed upon a version, and how. */
const CHANGES: Record<string, { of: RouteKey; first: object; other: object }> = {
  'PATCH /counterparties/:id': {
    of: 'POST /counterparties',
    first: { note: 'Звонить после шести', phones: ['+79161234567'] },
    other: { note: 'Не звонить' },
  },
  'PATCH /projects/:id': {
    of: 'POST /projects',
    first: { objectAddress: 'пр. Мира, 41', told: [] },
    other: { objectAddress: 'пр. Мира, 14' },
  },
  'PATCH /crews/:id': { of: 'POST /crews', first: { workDays: [6, 5], capacity: 2 }, other: { capacity: 3 } },
  'PATCH /rules/:id': { of: 'POST /rules', first: { state: 'off' }, other: { state: 'dry' } },
};

describe('what is changed', () => {
  it('is known here', () => {
    const upon = (Object.keys(ROUTES) as RouteKey[]).filter(
      (key) => methodOf(key) === 'PATCH' && (ROUTES[key] as RouteSpec).match === 'may',
    );
    expect(Object.keys(CHANGES).sort()).toEqual(upon.sort());
  });

  it.each(Object.entries(CHANGES))(
    'is changed once, however often it is sent: %s',
    async (key, { of, first, other }) => {
      const { who = app.admin, body } = await sampleOf(of);
      const { id } = await who.post<{ id: string }>(`/api${pathOf(of)}`, body);
      const path = `/api${pathOf(key).replace(':id', id)}`;
      const send = (edit: object) => who.send<{ version?: number }>('PATCH', path, edit, { 'If-Match': '1' });
      const answers = [...(await Promise.all([send(first), send(first)])), await send(first)];
      expect(answers.map(({ status }) => status)).toEqual([200, 200, 200]);
      expect(new Set(answers.map((answer) => answer.body.version)).size).toBe(1);
      expect((await send(other)).status).toBe(409);
    },
  );
});
