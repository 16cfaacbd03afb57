// A module speaks from outside: what goes in, what is refused and why, and that nothing goes in twice.
import type { SvodkaEvent } from '@svodka/shared/contracts/event';
import { newId } from '@svodka/shared/contracts/id';
import type {
  IngestEnd,
  IngestResult,
  ModuleToken,
  Source,
  SourceError,
  TokenCreate,
} from '@svodka/shared/contracts/ingest';
import { createTestApp, type TestApp } from '../../../test/support/app.ts';
import { makeCounterparty, makeProject, nextSerial } from '../../../test/support/factories.ts';
import { ndjson, type Said, sayLines } from '../../../test/support/module.ts';
import { until } from '../../../test/support/until.ts';

let app: TestApp;
beforeAll(async () => {
  app = await createTestApp();
});
afterAll(() => app?.close());

const makeToken = async (create: Partial<TokenCreate> = {}) =>
  app.admin.post<{ token: string; item: ModuleToken }>('/api/sources/tokens', {
    module: 'finance',
    name: '1С, касса',
    ...create,
  });

const payment = (overrides: Record<string, unknown> = {}) => ({
  externalId: `ПП-${nextSerial()}`,
  type: 'payment.received',
  title: 'Платёж поступил',
  payload: { amountKop: 5_000_000 },
  ...overrides,
});

const say = (token: string, body: string | Buffer, headers: Record<string, string> = {}): Promise<Said> =>
  sayLines(app.url, token, body, headers);

const one = (token: string, event: unknown) =>
  app.client().send<IngestResult>('POST', '/api/ingest', event, { Authorization: `Bearer ${token}` });

const eventOf = async (id: string | undefined) =>
  (await app.admin.get<{ event: SvodkaEvent }>(`/api/events/${id}`)).event;

const reasonsOf = (results: IngestResult[]) =>
  results.map(({ outcome, error }) => (error ? (error.details?.[0]?.reason ?? error.code) : outcome));

const sourceOf = async (module: string) =>
  (await app.admin.get<{ items: Source[] }>('/api/sources')).items.find((each) => each.module === module);

describe('one event', () => {
  it('is made, found unchanged, and changed with a revision', async () => {
    const { token } = await makeToken();
    const said = payment({ author: 'Кассир Петрова' });
    const made = await one(token, said);
    expect([made.status, made.body.outcome]).toEqual([201, 'created']);
    const again = await one(token, said);
    expect([again.status, again.body]).toMatchObject([200, { outcome: 'unchanged', id: made.body.id }]);
    const other = await one(token, { ...said, title: 'Платёж уточнён', payload: { amountKop: 6_000_000 } });
    expect(other.body).toMatchObject({ outcome: 'changed', id: made.body.id });
    const event = await eventOf(made.body.id);
    expect(event).toMatchObject({
      title: 'Платёж уточнён',
      payload: { amountKop: 6_000_000 },
      module: 'finance',
      author: { userId: null, name: 'Кассир Петрова' },
      source: { module: 'finance', externalId: said.externalId },
      status: 'recorded',
      rev: 2,
    });
    const { items } = await app.admin.get<{ items: { by: null; changes: object }[] }>(
      `/api/events/${made.body.id}/revisions`,
    );
    expect(items).toMatchObject([{ by: null, changes: { title: { from: 'Платёж поступил' } } }]);
  });

  it('keeps what people have changed, and takes what the module says anew', async () => {
    const { token } = await makeToken();
    const said = payment({ body: 'из банка' });
    const { body } = await one(token, said);
    const project = await makeProject(app.admin, {});
    await app.admin.patch(
      `/api/events/${body.id}`,
      { title: 'Мой заголовок', projectId: project.id },
      { 'If-Match': '1' },
    );
    expect((await one(token, said)).body.outcome).toBe('unchanged');
    expect((await one(token, { ...said, body: 'из банка, уточнено' })).body.outcome).toBe('changed');
    expect(await eventOf(body.id)).toMatchObject({
      title: 'Мой заголовок',
      projectId: project.id,
      body: 'из банка, уточнено',
    });
  });

  it('takes no key by which the desk itself writes', async () => {
    const { token } = await makeToken({ module: 'orders' });
    const externalId = `discussion of project ${newId()}`;
    const order = { externalId, type: 'contract.signed', title: 'Договор' };
    expect((await one(token, order)).error?.details).toMatchObject([
      { field: 'externalId', reason: 'desk-key' },
    ]);
  });

  it('is refused in words when it is deeper than anything that means something', async () => {
    const { token } = await makeToken();
    const nest = (depth: number) => `${'['.repeat(depth)}${']'.repeat(depth)}`;
    for (const deep of [
      nest(100_000),
      `{"externalId":"1","payload":${nest(100_000)}}`,
      `[[${nest(100_000)}]]`,
    ]) {
      const answer = await app
        .client()
        .send<{ items?: IngestResult[] }>('POST', '/api/ingest', deep, { Authorization: `Bearer ${token}` });
      const { error } = deep.startsWith('{') ? answer : (answer.body.items?.[0] ?? answer);
      expect([answer.status < 500, error?.code, error?.details?.[0]?.reason]).toEqual([
        true,
        'validation',
        'type',
      ]);
    }
    expect(reasonsOf((await say(token, `${nest(5_000)}\n`)).results)).toEqual(['type']);
  });

  it('stays deleted, and stays of its type', async () => {
    const { token } = await makeToken();
    const said = payment();
    const { body } = await one(token, said);
    const refused = await one(token, { ...said, type: 'payment.final' });
    expect([refused.status, refused.error?.code, refused.error?.details?.[0]?.reason]).toEqual([
      409,
      'conflict',
      'type-stays',
    ]);
    await app.admin.delete(`/api/events/${body.id}`);
    expect((await one(token, { ...said, title: 'Ожил?' })).body.outcome).toBe('unchanged');
    expect((await app.admin.send('GET', `/api/events/${body.id}`)).status).toBe(404);
  });

  it('names its order and counterparty by their numbers', async () => {
    const { token } = await makeToken();
    const customer = await makeCounterparty(app.admin, { inn: '7701234560', phones: ['+79165550101'] });
    const project = await makeProject(app.admin, { counterpartyId: customer.id });
    const by = [{ inn: '7701234560' }, { phone: '8 (916) 555-01-01' }, { name: customer.name }];
    for (const counterparty of by) {
      const { body } = await one(token, payment({ order: `№ ${project.number}`, counterparty }));
      expect(await eventOf(body.id)).toMatchObject({
        projectId: project.id,
        counterpartyIds: [customer.id],
      });
    }
    const spelled = await makeProject(app.admin, { number: `ПР-${nextSerial()}/2` });
    for (const order of [
      spelled.number.toLowerCase(),
      `заказ № ${spelled.number}`,
      spelled.number.replace('-', ' – '),
      spelled.number.replace('Р', 'P'),
    ]) {
      const { body } = await one(token, payment({ order }));
      expect([order, (await eventOf(body.id)).projectId]).toEqual([order, spelled.id]);
    }
    const unknown = await one(token, payment({ order: 'нет такого' }));
    expect([unknown.status, unknown.error?.details]).toMatchObject([
      400,
      [{ field: 'order', reason: 'unknown-order' }],
    ]);
    const stranger = await one(token, payment({ counterparty: { inn: '7709999995' } }));
    expect(stranger.error?.details).toMatchObject([{ reason: 'unknown-counterparty' }]);
  });

  it('says whose a promise is to keep: one of ours, or it is refused', async () => {
    const { token } = await makeToken({ module: 'calls', name: 'АТС' });
    const { user } = await app.signIn({ roles: ['manager'] });
    const promise = (keeper: string) => ({
      externalId: `О-${nextSerial()}`,
      type: 'call.promise',
      title: 'Перезвонить до трёх',
      payload: { keeper },
    });
    const made = await one(token, promise(user.id));
    expect([made.status, (await eventOf(made.body.id)).payload.keeper]).toEqual([201, user.id]);
    for (const [keeper, reason] of [
      [newId(), 'unknown-user'],
      ['Вера', 'id'],
    ] as const) {
      const { error } = await one(token, promise(keeper));
      expect(error?.details).toMatchObject([{ field: 'payload.keeper', reason }]);
    }
  });

  it('makes unknown ones where its token says so, once, and remembers the codes of the module', async () => {
    const { token } = await makeToken({ unknownOrders: 'create', unknownCounterparties: 'create' });
    const order = `Ф-${nextSerial()}`;
    const counterparty = { code: '00-000123', inn: '7702345672', name: 'ООО «Фасад»' };
    const first = await one(token, payment({ order, counterparty }));
    const spelled = order.toLowerCase();
    const second = await one(token, payment({ order: spelled, counterparty: { code: '00-000123' } }));
    const [a, b] = [await eventOf(first.body.id), await eventOf(second.body.id)];
    expect(a.projectId).not.toBeNull();
    expect(b).toMatchObject({ projectId: a.projectId, counterpartyIds: a.counterpartyIds });
    const { items } = await app.admin.get<{ items: { name: string; kind: string }[] }>(
      '/api/counterparties?search=7702345672',
    );
    expect(items).toMatchObject([{ name: 'ООО «Фасад»', kind: 'org' }]);
    const named = await one(token, payment({ counterparty: { name: 'ООО «Берёзка»' } }));
    const [firm] = (await eventOf(named.body.id)).counterpartyIds;
    for (const name of [
      'Общество с ограниченной ответственностью «Берёзка»',
      'OOO Березка',
      'О.О.О. "Берёзка"',
    ]) {
      const { body } = await one(token, payment({ counterparty: { name } }));
      expect([name, (await eventOf(body.id)).counterpartyIds]).toEqual([name, [firm]]);
    }
    expect(await app.admin.get(`/api/counterparties/${firm}`)).toMatchObject({ kind: 'org' });
    // Of another form it is another firm.
    const other = await one(token, payment({ counterparty: { name: 'АО «Берёзка»' } }));
    const [joint] = (await eventOf(other.body.id)).counterpartyIds;
    expect(joint).not.toBe(firm);
    const again = await one(token, payment({ counterparty: { name: 'Акционерное общество "Березка"' } }));
    expect((await eventOf(again.body.id)).counterpartyIds).toEqual([joint]);
  });
});

describe('a stream', () => {
  it('is answered line by line, the bad ones with line, field and reason, and the rest goes in', async () => {
    const { token } = await makeToken();
    const lines = [
      JSON.stringify(payment()),
      '',
      '{"externalId":"x","type":"payment.received","title":"Обор',
      JSON.stringify(payment({ payload: { amountKop: -1 } })),
      JSON.stringify(payment({ type: 'call.in' })),
      JSON.stringify(payment({ occurredAt: '2026-02-30T10:00:00Z' })),
      JSON.stringify(payment({ $where: 1 })),
      '{"__proto__":{"polluted":true}}',
      '[]',
      'null',
      '{"externalId":"y","title":{"$ne":null},"type":"payment.received"}',
      JSON.stringify(payment({ title: 'x'.repeat(70_000) })),
      JSON.stringify(payment()),
    ];
    const { results, end } = await say(token, lines.join('\r\n'));
    expect(results.map(({ line }) => line)).toEqual([1, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13]);
    expect(reasonsOf(results)).toEqual([
      'created',
      'json-line',
      'not-positive',
      'out-of-scope',
      'datetime',
      'unknown-field',
      'key',
      'type',
      'type',
      'type',
      'line-too-long',
      'created',
    ]);
    expect(results[1]?.error?.details).toMatchObject([{ column: expect.any(Number) }]);
    expect(results[2]?.error?.details).toMatchObject([
      { field: 'payload.amountKop', message: expect.any(String) },
    ]);
    expect(results[3]?.error?.code).toBe('forbidden');
    expect(end).toMatchObject({ done: true, counts: { lines: 12, created: 2, refused: 10 } });
    expect(({} as { polluted?: boolean }).polluted).toBeUndefined();
  });

  it('takes half a line at its end for what it is', async () => {
    const { token } = await makeToken();
    const whole = payment();
    const { results } = await say(
      token,
      `${JSON.stringify(whole)}\n${JSON.stringify(payment()).slice(0, -9)}`,
    );
    expect(reasonsOf(results)).toEqual(['created', 'json-line']);
  });

  it.each([
    ['windows-1251 in a line', Buffer.from([0x7b, 0x22, 0xcf, 0xeb, 0x22, 0x7d, 0x0a]), ['not-utf8']],
    ['a byte order mark', Buffer.from(`\ufeff${JSON.stringify(payment())}\n`), ['created']],
  ])('knows %s', async (_name, body, reasons) => {
    const { token } = await makeToken();
    expect(reasonsOf((await say(token, body)).results)).toEqual(reasons);
  });

  it('refuses UTF-16, another charset and a packed body as a whole', async () => {
    const { token } = await makeToken();
    const utf16 = await say(token, Buffer.from(`\ufeff${JSON.stringify(payment())}`, 'utf16le'));
    expect([utf16.status, utf16.error?.details?.[0]?.reason]).toEqual([400, 'utf16']);
    const headers: Record<string, string>[] = [
      { 'Content-Type': 'application/x-ndjson; charset=windows-1251' },
      { 'Content-Encoding': 'gzip' },
      { 'Content-Type': 'text/plain' },
    ];
    for (const each of headers)
      expect([each, (await say(token, ndjson([payment()]), each)).status]).toEqual([each, 415]);
  });

  it('refuses the same id with other content, names the line, and ends the same when it is sent again', async () => {
    const { token } = await makeToken();
    const said = payment();
    const body = ndjson([said, said, { ...said, title: 'Другое' }]);
    const first = await say(token, body);
    expect(reasonsOf(first.results)).toEqual(['created', 'unchanged', 'twice-in-stream']);
    expect(first.results[2]?.error?.details).toMatchObject([{ field: 'externalId', line: 1 }]);
    const again = await say(token, body);
    expect(reasonsOf(again.results)).toEqual(['unchanged', 'unchanged', 'twice-in-stream']);
    expect(await eventOf(first.results[0]?.id)).toMatchObject({ title: 'Платёж поступил', rev: 1 });
  });

  it('takes nothing twice, whoever sends the same at once', async () => {
    const { token } = await makeToken({ unknownOrders: 'create', unknownCounterparties: 'create' });
    const name = `Совпадение ${nextSerial()}`;
    const events = Array.from({ length: 300 }, (_, i) =>
      payment({ order: `О-${i % 7}`, counterparty: { name } }),
    );
    const answers = await Promise.all([say(token, ndjson(events)), say(token, ndjson(events))]);
    const outcomes = answers.flatMap(({ results }) => results.map(({ outcome }) => outcome));
    expect(outcomes.filter((outcome) => outcome === 'created')).toHaveLength(300);
    expect(outcomes.filter((outcome) => outcome === 'unchanged')).toHaveLength(300);
    const { items } = await app.admin.get<{ items: unknown[] }>(
      `/api/counterparties?search=${encodeURIComponent(name)}`,
    );
    expect(items).toHaveLength(1);
  });

  it('is a list of results when it comes as an array', async () => {
    const { token } = await makeToken();
    const answer = await app
      .client()
      .send<{ items: IngestResult[]; counts: object }>(
        'POST',
        '/api/ingest',
        [payment(), { externalId: 'z' }],
        {
          Authorization: `Bearer ${token}`,
        },
      );
    expect([answer.status, answer.body.counts]).toMatchObject([200, { lines: 2, created: 1, refused: 1 }]);
    expect(answer.body.items[1]).toMatchObject({ line: 2, externalId: 'z', outcome: 'refused' });
  });
});

describe('a token', () => {
  it('is shown once, kept as a hash, listed without it, and dead when revoked', async () => {
    const { token, item } = await makeToken({ types: ['payment.final'] });
    expect(token).toMatch(/^svm_[\w-]{43}$/);
    const stored = await app.connection.collection('module_tokens').findOne({ _id: item.id as never });
    expect(JSON.stringify(stored)).not.toContain(token);
    expect((await one(token, payment())).error?.details?.[0]?.reason).toBe('out-of-scope');
    expect((await one(token, payment({ type: 'payment.final' }))).status).toBe(201);
    const listed = (await sourceOf('finance'))?.tokens.find(({ id }) => id === item.id);
    expect(listed).toMatchObject({ today: { created: 1, refused: 1 }, lastUsedAt: expect.any(String) });
    expect(JSON.stringify(listed)).not.toContain('tokenHash');
    await app.admin.delete(`/api/sources/tokens/${item.id}`);
    const dead = await one(token, payment({ type: 'payment.final' }));
    expect([dead.status, dead.error?.details?.[0]?.reason]).toEqual([401, 'token-revoked']);
  });

  it('is made once more for whoever lost it, and for nobody who asks for another', async () => {
    const asked = { id: newId(), module: 'finance', name: 'Касса', types: ['payment.final'] };
    const ask = (body: object) => app.admin.send<{ token: string }>('POST', '/api/sources/tokens', body);
    const [lost, again] = [await ask(asked), await ask(asked)];
    expect([lost.status, again.status]).toEqual([201, 201]);
    expect((await one(lost.body.token, payment({ type: 'payment.final' }))).status).toBe(401);
    expect((await one(again.body.token, payment({ type: 'payment.final' }))).status).toBe(201);
    for (const other of [{ types: ['payment.final', 'payment.received'] }, { name: 'Другая' }])
      expect([other, (await ask({ ...asked, ...other })).status]).toEqual([other, 409]);
    const tokens = app.connection.collection('module_tokens');
    await tokens.updateOne(
      { _id: asked.id as never },
      { $set: { createdAt: new Date(Date.now() - 2 * 86_400_000) } },
    );
    expect((await ask(asked)).status).toBe(409);
    expect((await one(again.body.token, payment({ type: 'payment.final' }))).status).toBe(201);
    const told = () => app.admin.get<{ items: { what: string }[] }>(`/api/audit?object=${asked.id}`);
    await until(async () => (await told()).items.length === 2, { what: 'both in the access log' });
    expect((await told()).items.map(({ what }) => what)).toEqual(['token.created', 'token.created']);
  });

  it('that has expired is told so, and is made for the future only', async () => {
    const { token, item } = await makeToken({ expiresAt: new Date(Date.now() + 3_600_000).toISOString() });
    await app.connection
      .collection('module_tokens')
      .updateOne({ _id: item.id as never }, { $set: { expiresAt: new Date(Date.now() - 1_000) } });
    expect((await one(token, payment())).error?.details?.[0]?.reason).toBe('token-expired');
    const past = { module: 'finance', name: 'x', expiresAt: '2020-01-01T00:00:00Z' };
    expect((await app.admin.send('POST', '/api/sources/tokens', past)).error?.details).toMatchObject([
      { field: 'expiresAt', reason: 'in-past' },
    ]);
  });

  it('opens nothing but its own door, and nobody else opens that', async () => {
    const { token } = await makeToken();
    const headers = { Authorization: `Bearer ${token}` };
    for (const path of ['/api/events', '/api/session', '/api/sources', '/api/openapi.json'])
      expect([path, (await app.client().send('GET', path, undefined, headers)).status]).toEqual([path, 401]);
    expect((await app.admin.send('POST', '/api/ingest', payment())).status).toBe(401);
    const state = await app.client().send('GET', '/api/ingest', undefined, headers);
    expect(state.body).toMatchObject({ module: 'finance', replayFrom: null });
  });

  it('can be given no type of another module, and none that machines write', async () => {
    for (const types of [['call.in'], ['module.silent'], []]) {
      const answer = await app.admin.send('POST', '/api/sources/tokens', {
        module: 'finance',
        name: 'x',
        types,
      });
      expect([types, answer.status]).toEqual([types, 400]);
    }
    expect(
      (await app.admin.send('POST', '/api/sources/tokens', { module: 'system', name: 'x' })).status,
    ).toBe(400);
  });

  it('is told of in the access log, made and revoked', async () => {
    const { item } = await makeToken();
    await app.admin.delete(`/api/sources/tokens/${item.id}`);
    const records = await until(async () => {
      const page = await app.admin.get<{ items: { what: string; object: { id: string } }[] }>(
        `/api/audit?object=${item.id}`,
      );
      return page.items.length === 2 && page.items;
    });
    expect(records.map(({ what }) => what).sort()).toEqual(['token.created', 'token.revoked']);
  });
});

describe('a refused line', () => {
  it('waits with what it said, goes in when it is tried again, and is gone', async () => {
    const { token } = await makeToken({ module: 'production', name: 'Цех' });
    const order = `Ц-${nextSerial()}`;
    const said = { externalId: `Ц-${nextSerial()}`, type: 'production.launched', title: 'Запуск', order };
    await one(token, said);
    await one(token, said);
    const errors = () =>
      app.admin
        .get<{ items: SourceError[] }>('/api/sources/errors?module=production')
        .then(({ items }) => items);
    const [error, ...more] = await errors();
    expect(more).toEqual([]);
    expect(error).toMatchObject({ externalId: said.externalId, raw: JSON.stringify(said), isCut: false });
    expect(error?.error.details).toMatchObject([{ reason: 'unknown-order' }]);
    const heard = (await sourceOf('production'))?.lastHeardAt;
    const retry = () => app.admin.post<IngestResult>(`/api/sources/errors/${error?.id}/retry`);
    expect((await retry()).outcome).toBe('refused');
    await makeProject(app.admin, { number: order });
    const { outcome, id } = await retry();
    expect(outcome).toBe('created');
    expect(await errors()).toEqual([]);
    // It happened when the module said so, and the module was not heard again.
    expect((await eventOf(id)).occurredAt).toBe(error?.at);
    expect(await sourceOf('production')).toMatchObject({
      lastHeardAt: heard,
      tokens: [{ today: { refused: 2, created: 1 } }],
    });
  });

  it('is let go when the module itself says it right', async () => {
    const { token } = await makeToken({ module: 'measure', name: 'Замерщики' });
    const said = { externalId: `З-${nextSerial()}`, type: 'measure.done' };
    await say(token, ndjson([said]));
    expect((await sourceOf('measure'))?.errors).toBe(1);
    await say(token, ndjson([{ ...said, title: 'Замер выполнен' }]));
    expect((await sourceOf('measure'))?.errors).toBe(0);
  });
});

describe('a body that is no JSON', () => {
  it('is refused with line and column', async () => {
    const { token } = await makeToken({ module: 'calls', name: 'АТС' });
    const { status, error } = await app
      .client()
      .send('POST', '/api/ingest', '[\n  {"externalId": "1"},\n]', { Authorization: `Bearer ${token}` });
    expect([status, error?.details]).toMatchObject([400, [{ reason: 'json', line: 3, column: 1 }]]);
  });
});

describe('a module that is off', () => {
  it('is not heard until it is on again, and is asked to say it once more', async () => {
    const { token } = await makeToken({ module: 'calls', name: 'АТС' });
    const call = () => ({ externalId: `К-${nextSerial()}`, type: 'call.in', title: 'Звонок' });
    await app.admin.patch('/api/sources', { module: 'calls', isOn: false });
    const off = await one(token, call());
    expect([off.status, off.error?.details]).toMatchObject([403, [{ reason: 'module-off' }]]);
    const since = '2026-11-01T00:00:00.000Z';
    await app.admin.patch('/api/sources', { module: 'calls', isOn: true, replayFrom: since });
    const { end } = await say(token, ndjson([call()]));
    expect(end?.replayFrom).toBe(since);
    const done = await sayLines(app.url, token, ndjson([call()]), {}, `?replayed=${since}`);
    expect((done.end as IngestEnd).replayFrom).toBeNull();
    expect((await sourceOf('calls'))?.replayFrom).toBeNull();
  });
});

it('keeps the newest thousand of what it refused, and says how many there were, until the last of them is dealt with', async () => {
  const { token } = await makeToken({ module: 'install', name: 'Приложение бригад' });
  const lines = (from: number, to: number) =>
    ndjson(
      Array.from({ length: to - from }, (_, i) => ({ externalId: `М-${from + i}`, type: 'install.nothing' })),
    );
  await say(token, lines(0, 1_250));
  expect(await sourceOf('install')).toMatchObject({ errors: 1_000, errorsLetGo: 250 });
  await say(token, lines(1_250, 1_300));
  expect(await sourceOf('install')).toMatchObject({ errors: 1_000, errorsLetGo: 300 });
  await app.connection.collection('source_errors').deleteMany({ module: 'install' });
  expect(await sourceOf('install')).toMatchObject({ errors: 0, errorsLetGo: 0 });
  await say(token, lines(2_000, 2_001));
  expect(await sourceOf('install')).toMatchObject({ errors: 1, errorsLetGo: 0 });
}, 60_000);
