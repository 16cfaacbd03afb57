import { createHmac } from 'node:crypto';
import { createServer, type IncomingMessage, type Server } from 'node:http';
import type { Project } from '@svodka/shared/contracts/directory';
import type { Delivery, NoticeView } from '@svodka/shared/contracts/notice';
import { createTestApp, type TestApp } from '../../test/support/app.ts';
import { makeEvent, makeProject, nextSerial } from '../../test/support/factories.ts';
import { FakeClock } from '../../test/support/fake-clock.ts';
import { type SmtpSink, startSmtpSink } from '../../test/support/smtp-sink.ts';
import { until } from '../../test/support/until.ts';
import { derivedId } from '../platform/mongo/derived-id.ts';
import { isInside, post } from '../platform/post/post.ts';
import { DeadAddresses } from './dead-addresses.ts';
import { NoticesRepository } from './notices.repository.ts';
import { OutboxService } from './outbox.service.ts';
import { PresenceService } from './presence.service.ts';
import { RelayService } from './relay.service.ts';
import { Snoozes } from './snoozes.service.ts';

type Person = Awaited<ReturnType<TestApp['signIn']>>;
type Heard = { headers: IncomingMessage['headers']; body: string; path: string };

const MINUTE = 60_000;
const HOUR = 60 * MINUTE;
const SECRET = 'a secret of sixteen or more';

/** What a browser made of its keys; of the standard's example. */
const KEYS = {
  p256dh: 'BNcRdreALRFXTkOOUHK1EtK2wtaz5Ry4YfYCA_0QTpQtUbVlUls0VJXg7A8u-Ts1XbjhazAkj7I99e8QcYP7DkM',
  auth: 'tBHItJI5svbpez7KI4CCXg',
};

describe('how people are reached', () => {
  let app: TestApp;
  let sink: SmtpSink;
  let other: Server;
  let base = '';
  const heard: Heard[] = [];
  const answers: number[] = [];
  const clock = new FakeClock();

  beforeAll(async () => {
    other = createServer((request, response) => {
      let body = '';
      request.setEncoding('latin1');
      request.on('data', (chunk: string) => {
        body += chunk;
      });
      request.on('end', () => {
        heard.push({ headers: request.headers, body, path: request.url ?? '' });
        response.writeHead(answers.shift() ?? 201).end();
      });
    });
    await new Promise<void>((resolve) => other.listen(0, '127.0.0.1', resolve));
    base = `http://127.0.0.1:${(other.address() as { port: number }).port}`;
    sink = await startSmtpSink({
      onRcptTo: ({ address }, _session, done) =>
        address.startsWith('gone')
          ? done(Object.assign(new Error('5.1.1 no such user'), { responseCode: 550 }))
          : done(),
    });
    app = await createTestApp({
      clock,
      config: {
        PUBLIC_URL: 'https://svodka.example',
        SMTP_URL: sink.url,
        WEBHOOK_URL: `${base}/hook`,
        WEBHOOK_SECRET: SECRET,
        ALLOW_PRIVATE: '1',
      },
    });
  });
  afterAll(async () => {
    await app?.close();
    await sink?.close();
    await new Promise((closed) => other.close(closed));
  });

  const person = (fields: Parameters<TestApp['signIn']>[0] = {}) =>
    app.signIn({ roles: ['manager'], email: `c${nextSerial()}@firm.example`, tz: 'UTC', ...fields });
  const orderOf = (manager: Person): Promise<Project> =>
    makeProject(app.admin, { managerId: manager.user.id });
  const launched = (project: Project) =>
    makeEvent(app.admin, {
      type: 'production.launched',
      title: `Запуск ${nextSerial()}`,
      projectId: project.id,
    });
  const deliveriesTo = async (client: Person) =>
    (await app.admin.get<{ items: Delivery[] }>('/api/deliveries?limit=200')).items.filter(
      ({ userId }) => userId === client.user.id,
    );
  const lettersTo = (client: Person) => sink.to(client.user.email ?? '');
  const inboxOf = (client: Person, query = '') =>
    client.get<{ items: NoticeView[]; unread: number }>(`/api/notices${query}`);
  const relay = () => app.app.get(RelayService, { strict: false }).run();
  const notified = (client: Person, count: number) =>
    until(async () => (await deliveriesTo(client)).length >= count, { what: `${count} deliveries` });

  it('gathers what waits for quiet hours to end into one letter of what is still unseen (D15, D11)', async () => {
    const manager = await person();
    const from = new Date(clock.now().getTime() - HOUR).toISOString().slice(11, 16);
    const to = new Date(clock.now().getTime() + 2 * HOUR).toISOString().slice(11, 16);
    await manager.patch('/api/me/notifications', { quiet: { from, to } });
    const project = await orderOf(manager);
    const [first, second, third] = [
      await launched(project),
      await launched(project),
      await launched(project),
    ];
    await notified(manager, 3);
    await relay();
    expect(lettersTo(manager)).toEqual([]);
    await manager.post('/api/notices/seen', { eventId: second?.id });
    const cancelled = (await deliveriesTo(manager)).filter(({ state }) => state === 'cancelled');
    expect(cancelled).toMatchObject([{ reason: 'seen', attempts: [] }]);

    clock.advance(2 * HOUR + MINUTE);
    await relay();
    const letters = await until(() => lettersTo(manager).length > 0 && lettersTo(manager));
    expect(letters).toHaveLength(1);
    const [letter] = letters;
    expect(letter?.subject).toBe(`№ ${project.number}: 2 сообщения`);
    for (const event of [first, third]) expect(letter?.text).toContain(event?.id);
    expect(letter?.text).not.toContain(second?.id);
    expect(letter?.references).toBe(`<order-${project.id}@svodka.example>`);
    const states = (await deliveriesTo(manager)).map(({ state }) => state).sort();
    expect(states).toEqual(['cancelled', 'gathered', 'sent']);
  });

  it('makes one letter of a storm, beyond the first dozen within an hour (D10)', async () => {
    const manager = await person();
    const project = await orderOf(manager);
    for (let i = 0; i < 30; i++) await launched(project);
    await notified(manager, 30);
    await until(async () => {
      await relay();
      return (await deliveriesTo(manager)).every(
        ({ state, attempts }) => state === 'sent' || attempts.length === 0,
      );
    });
    const alone = lettersTo(manager).length;
    // Four are carried at a time, and each counts those that have arrived.
    expect(alone).toBeGreaterThanOrEqual(12);
    expect(alone).toBeLessThan(12 + 4);
    clock.advance(15 * MINUTE);
    await until(async () => {
      await relay();
      return (await deliveriesTo(manager)).every(({ state }) => state === 'sent' || state === 'gathered');
    });
    expect(lettersTo(manager)).toHaveLength(alone + 1);
    expect(lettersTo(manager).at(-1)?.text).toContain(`${30 - alone} сообщени`);
  });

  it('says what a person has switched off, and of a muted order sends nothing but who names them', async () => {
    const [manager, quiet] = [await person(), await person()];
    await quiet.patch('/api/me/notifications', { kinds: { occurred: { mail: 'off', push: false } } });
    await launched(await orderOf(quiet));
    await notified(quiet, 1);
    expect(await deliveriesTo(quiet)).toMatchObject([{ state: 'cancelled', reason: 'off' }]);
    const project = await orderOf(manager);
    expect(await manager.patch('/api/me/notifications', { mute: project.id })).toMatchObject({
      muted: [project.id],
    });
    const event = await launched(project);
    await notified(manager, 1);
    expect(await deliveriesTo(manager)).toMatchObject([{ state: 'cancelled', reason: 'muted' }]);
    expect((await inboxOf(manager)).unread).toBe(1);
    await app.admin.post(`/api/events/${event.id}/comments`, { body: 'Как?', mentionIds: [manager.user.id] });
    await until(() => lettersTo(manager).length === 1);
  });

  it('keeps every choice of several that come at once', async () => {
    const manager = await person();
    const reasons = ['occurred', 'changed', 'due', 'overdue', 'mention'] as const;
    const off = { mail: 'off', push: false };
    await Promise.all(
      reasons.map((reason) => manager.patch('/api/me/notifications', { kinds: { [reason]: off } })),
    );
    const { kinds } = await manager.get<{ kinds: Record<string, unknown> }>('/api/me/notifications');
    for (const reason of reasons) expect(kinds[reason]).toEqual(off);
  });

  it('writes no more to a mailbox that its server does not know, and says so once (D12)', async () => {
    const manager = await person({ email: `gone${nextSerial()}@firm.example` });
    const project = await orderOf(manager);
    await launched(project);
    await until(async () => (await deliveriesTo(manager))[0]?.state === 'failed');
    const told = await until(async () => {
      const { items } = await app.admin.get<{ items: { type: string; title: string; status: string }[] }>(
        '/api/events?limit=50',
      );
      const found = items.filter(({ type }) => type === 'mail.undeliverable');
      return found.length > 0 && found;
    });
    expect(told).toMatchObject([
      { title: expect.stringContaining(manager.user.email ?? '?'), status: 'open' },
    ]);
    await until(async () => {
      const { items } = await inboxOf(app.admin as Person);
      return items.some(({ event, role }) => event?.type === 'mail.undeliverable' && role === 'role');
    });
    // Whoever marks it may end before it is marked: the next attempt says nothing anew.
    const users = app.connection.collection('users');
    const dead = app.app.get(DeadAddresses, { strict: false });
    const unknown = { kind: 'refused', permanent: true, isUnknown: true, response: '550 5.1.1' } as const;
    const email = manager.user.email ?? '';
    const before = await users.findOne({ _id: manager.user.id as never });
    await users.updateOne(
      { _id: manager.user.id as never },
      { $set: { deadEmail: '', version: before?.version - 1 } },
    );
    await Promise.all([1, 2].map(() => dead.learn(manager.user.id, email, unknown, false)));
    const undeliverable = encodeURIComponent('type:mail.undeliverable');
    const again = await app.admin.get<{ items: object[] }>(`/api/events?filter=${undeliverable}`);
    expect(again.items).toHaveLength(1);
    await launched(project);
    await until(async () => (await deliveriesTo(manager)).some(({ reason }) => reason === 'dead-email'));
    await app.admin.patch(`/api/users/${manager.user.id}`, { email: `new${nextSerial()}@firm.example` });
    await launched(project);
    await until(async () => (await deliveriesTo(manager)).some(({ state }) => state === 'sent'));
  });

  it('gives the browser of somebody to nobody who does not know its keys, and to whoever signs in there', async () => {
    const [anna, vera] = [await app.signIn({ roles: ['manager'] }), await app.signIn({ roles: ['manager'] })];
    const endpoint = `${base}/push/changes-hands`;
    const say = (who: Person, keys = KEYS) => who.send('POST', '/api/me/push', { endpoint, keys });
    const holder = async () =>
      (await app.connection.collection<{ userId: string }>('push_devices').findOne({ endpoint } as never))
        ?.userId;
    expect((await say(anna)).status).toBe(204);
    const guessed = { ...KEYS, auth: 'AAAAAAAAAAAAAAAAAAAAAA' };
    expect(await say(vera, guessed)).toMatchObject({
      status: 400,
      error: { details: [{ field: 'endpoint', reason: 'taken' }] },
    });
    expect(await holder()).toBe(anna.user.id);
    expect((await say(anna)).status).toBe(204);
    expect((await say(vera)).status).toBe(204);
    expect(await holder()).toBe(vera.user.id);
  });

  it('pushes to the browsers that asked for it, and forgets those that are gone or signed out (D13)', async () => {
    const manager = await person();
    const path = `/push/${nextSerial()}`;
    await manager.post('/api/me/push', { endpoint: `${base}${path}`, keys: KEYS });
    const project = await orderOf(manager);
    await launched(project);
    const [said] = await until(() => {
      const found = heard.filter((one) => one.path === path);
      return found.length > 0 && found;
    });
    expect(said?.headers).toMatchObject({ 'content-encoding': 'aes128gcm', urgency: 'high' });
    expect(said?.headers.authorization).toMatch(/^vapid t=/);
    expect(said?.body).not.toContain('Запуск');
    answers.push(410);
    await launched(project);
    await until(async () =>
      (await deliveriesTo(manager)).some(({ channel, state }) => channel === 'push' && state === 'failed'),
    );
    const before = heard.length;
    await launched(project);
    await until(
      async () => (await deliveriesTo(manager)).filter(({ channel }) => channel === 'mail').length === 3,
    );
    await relay();
    expect(heard.slice(before).filter((one) => one.path === path)).toEqual([]);
    await manager.post('/api/me/push', { endpoint: `${base}${path}`, keys: KEYS });
    expect((await manager.send('DELETE', '/api/session')).status).toBe(204);
    await launched(project);
    await until(
      async () => (await deliveriesTo(manager)).filter(({ channel }) => channel === 'mail').length === 4,
    );
    await relay();
    expect(heard.slice(before).filter((one) => one.path === path)).toEqual([]);
  });

  it('tells another program once of an event that a rule has for it, signed, until it is taken (D13)', async () => {
    const manager = await person();
    const project = await orderOf(manager);
    const event = await launched(project);
    const notice = await until(async () => (await inboxOf(manager)).items[0]);
    const [doc] = await app.app.get(NoticesRepository, { strict: false }).byIds([notice.id]);
    const users = await app.connection.collection('users').findOne({ _id: manager.user.id as never });
    const events = await app.connection.collection('events').findOne({ _id: event.id as never });
    answers.push(500);
    const told = { notice: { ...doc, channels: ['webhook'] }, user: users, event: events, isHeld: false };
    const outbox = app.app.get(OutboxService, { strict: false });
    await outbox.queue([told, told] as never);
    const hooks = () => heard.filter(({ path }) => path === '/hook');
    // Heard is not answered: the minute to the next attempt is counted from what this one came to.
    await until(async () => {
      const { items } = await app.admin.get<{ items: Delivery[] }>('/api/deliveries?limit=200');
      return items.some(
        ({ channel, state, attempts }) =>
          channel === 'webhook' && state === 'queued' && attempts.length === 1,
      );
    });
    clock.advance(MINUTE);
    await until(async () => {
      await relay();
      return hooks().length === 2;
    });
    const [first, second] = hooks();
    expect(first?.headers['webhook-id']).toBe(second?.headers['webhook-id']);
    const body = Buffer.from(second?.body ?? '', 'latin1').toString('utf8');
    expect(JSON.parse(body)).toMatchObject({
      type: 'notice.occurred',
      data: { event: { id: event.id }, orderNumber: project.number },
    });
    const { 'webhook-id': id, 'webhook-timestamp': at } = second?.headers ?? {};
    const mac = createHmac('sha256', SECRET).update(`${id}.${at}.${body}`).digest('base64');
    expect(second?.headers['webhook-signature']).toBe(`v1,${mac}`);

    // A notice of another instant of the same deadline: what is overdue is said again.
    const again = { ...told.notice, _id: derivedId(clock.now(), 'again') };
    await outbox.queue([{ ...told, notice: again }] as never);
    const { items } = await app.admin.get<{ items: Delivery[] }>('/api/deliveries?limit=200');
    expect(items.filter(({ channel }) => channel === 'webhook')).toHaveLength(2);
    // Decided again, when the log does not reach back: of an event that says another time by now, and for a browser
    // that asks since.
    await manager.post('/api/me/push', { endpoint: `${base}/push/late`, keys: KEYS });
    const channels = ['mail', 'push', 'webhook'];
    await outbox.queue([{ ...told, notice: { ...told.notice, channels, at: new Date(0) } }] as never);
    const all = await app.admin.get<{ items: Delivery[] }>('/api/deliveries?limit=200');
    expect(all.items.filter(({ channel }) => channel === 'webhook')).toHaveLength(2);
    expect((await deliveriesTo(manager)).map(({ channel }) => channel)).toEqual(['mail']);
  });

  it('puts a notice off until a time, or until something happens on the order (N10)', async () => {
    const manager = await person();
    const project = await orderOf(manager);
    await launched(project);
    await launched(project);
    const [a, b] = await until(async () => {
      const { items } = await inboxOf(manager);
      return items.length === 2 && items;
    });
    const inHour = new Date(clock.now().getTime() + HOUR).toISOString();
    expect(await manager.post('/api/notices/snooze', { ids: [a?.id], until: inHour })).toEqual({ unread: 1 });
    expect(await manager.post('/api/notices/snooze', { ids: [b?.id], type: 'items.complete' })).toEqual({
      unread: 0,
    });
    expect((await inboxOf(manager)).items).toEqual([]);
    expect((await inboxOf(manager, '?snoozed=true')).items).toHaveLength(2);
    clock.advance(1_000);
    await makeEvent(app.admin, { type: 'items.complete', title: 'Изделия приехали', projectId: project.id });
    await until(async () => {
      await app.app.get(Snoozes, { strict: false }).run();
      return (await inboxOf(manager)).items.some(({ id, seenAt }) => id === b?.id && seenAt === null);
    });
    expect((await inboxOf(manager)).items.map(({ id }) => id)).not.toContain(a?.id);
    clock.advance(HOUR);
    await app.app.get(Snoozes, { strict: false }).run();
    expect((await inboxOf(manager)).items.map(({ id }) => id)).toContain(a?.id);
    const stranger = await person();
    await stranger.post('/api/notices/snooze', {
      ids: [a?.id],
      until: new Date(clock.now().getTime() + HOUR).toISOString(),
    });
    expect((await inboxOf(manager)).items.map(({ id }) => id)).toContain(a?.id);
  });

  it('lets go of a letter for its own reader alone, whoever puts the notice off', async () => {
    const [manager, stranger] = [await person(), await person()];
    await manager.patch('/api/me/notifications', { kinds: { occurred: { mail: 'morning', push: false } } });
    await launched(await orderOf(manager));
    const [notice] = await until(async () => {
      const { items } = await inboxOf(manager);
      return items.length === 1 && items;
    });
    const ids = [notice?.id];
    const inHour = new Date(clock.now().getTime() + HOUR).toISOString();
    const letter = async () => (await deliveriesTo(manager))[0];
    await notified(manager, 1);
    await stranger.post('/api/notices/snooze', { ids, until: inHour });
    expect(await letter()).toMatchObject({ state: 'queued' });
    await manager.post('/api/notices/snooze', { ids, until: inHour });
    expect(await letter()).toMatchObject({ state: 'cancelled', reason: 'snoozed' });
  });

  it('writes about what is back after it was put off, unless it is seen (N10)', async () => {
    const manager = await person();
    const at = { visible: true, idleMs: 0 };
    await app.app.get(PresenceService, { strict: false }).beat(manager.user.id, at);
    await launched(await orderOf(manager));
    await notified(manager, 1);
    const ids = (await inboxOf(manager)).items.map(({ id }) => id);
    await manager.post('/api/notices/seen', { ids });
    expect(await deliveriesTo(manager)).toMatchObject([{ state: 'cancelled', reason: 'seen' }]);
    const inHour = new Date(clock.now().getTime() + HOUR).toISOString();
    await manager.post('/api/notices/snooze', { ids, until: inHour });
    clock.advance(HOUR);
    await app.app.get(Snoozes, { strict: false }).run();
    expect((await inboxOf(manager)).unread).toBe(1);
    expect(await deliveriesTo(manager)).toMatchObject([{ state: 'queued' }]);
    clock.advance(MINUTE);
    await until(async () => {
      await relay();
      return lettersTo(manager).length === 1;
    });
  });

  it('sends a letter to try the way, shows it as it looks, and lets go of one that waits', async () => {
    const dispatcher = await app.signIn({ roles: ['dispatcher'], email: `d${nextSerial()}@firm.example` });
    expect((await app.admin.send('POST', '/api/deliveries/trial', { channel: 'mail' })).status).toBe(409);
    const { id } = await dispatcher.post<Delivery>('/api/deliveries/trial', { channel: 'mail' });
    await until(() => lettersTo(dispatcher).length === 1);
    const page = await fetch(`${app.url}/api/deliveries/${id}/letter`, {
      headers: { Authorization: `Bearer ${dispatcher.token}` },
    });
    expect(page.headers.get('content-security-policy')).toMatch(/default-src 'none'.*sandbox/);
    expect(await page.text()).toContain('prefers-color-scheme:dark');
    const manager = await person();
    await manager.patch('/api/me/notifications', { kinds: { occurred: { mail: 'morning', push: false } } });
    await launched(await orderOf(manager));
    await notified(manager, 1);
    const [waiting] = await deliveriesTo(manager);
    expect(await app.admin.post(`/api/deliveries/${waiting?.id}/discard`)).toMatchObject({
      state: 'cancelled',
      reason: 'discarded',
      nextAttemptAt: null,
    });
  });
});

describe(post.name, () => {
  it('knows what is inside the network, however it is written', () => {
    const inside = [
      '127.0.0.1',
      '10.1.2.3',
      '172.31.0.1',
      '192.168.1.1',
      '169.254.169.254',
      '100.64.0.1',
      '0.0.0.0',
      '::1',
      'fe80::1',
      'fd00::1',
      '::ffff:10.0.0.1',
      '64:ff9b::a00:1',
      '2002:a00:1::',
    ];
    expect(inside.filter((address) => !isInside(address))).toEqual([]);
    expect(['93.184.216.34', '2606:2800:220:1::1'].filter(isInside)).toEqual([]);
  });

  it.each(['http://127.0.0.1:9/', 'http://localhost:9/', 'http://[::1]:9/', 'http://0x7f000001:9/'])(
    'reaches nothing at %s unless it may',
    async (address) => {
      const how = { headers: {}, body: '', mayInside: false };
      expect(await post(address, how)).toMatchObject({ status: null, isInside: true });
    },
  );
});
