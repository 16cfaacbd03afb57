import { once } from 'node:events';
import { request } from 'node:http';
import { connect as connectTcp, type Socket } from 'node:net';
import { newId } from '@svodka/shared/contracts/id';
import type { Filter } from '@svodka/shared/filter/ast';
import { createTestApp, type TestApp } from '../../../test/support/app.ts';
import { Client } from '../../../test/support/client.ts';
import { makeEvent } from '../../../test/support/factories.ts';
import { FakeClock } from '../../../test/support/fake-clock.ts';
import { TestSocket } from '../../../test/support/socket.ts';
import { until } from '../../../test/support/until.ts';
import type { EventDoc } from '../../events/event.schema.ts';
import { driverCollection } from '../mongo/driver-collection.ts';
import { backlogOf } from './slow-readers.ts';
import { Sockets } from './sockets.service.ts';

const ALL: Filter = { and: [] };

/** The line under a test socket. */
function wsOf(socket: TestSocket): { send(data: string | Buffer): void; _socket: Socket } {
  return (socket.raw.io.engine as unknown as { transport: { ws: never } }).transport.ws;
}

describe('the socket server', () => {
  let app: TestApp;
  const clock = new FakeClock();
  const sockets: TestSocket[] = [];
  const connect = async (...args: Parameters<typeof TestSocket.connect>) => {
    const socket = await TestSocket.connect(...args);
    sockets.push(socket);
    return socket;
  };
  beforeAll(async () => {
    app = await createTestApp({ clock });
  }, 60_000);
  afterEach(() => {
    for (const socket of sockets.splice(0)) socket.close();
  });
  afterAll(() => app.close());

  /** Status of an upgrade request; 101 when it is let through. */
  async function upgrade(
    headers: Record<string, string>,
    query = 'EIO=4&transport=websocket',
  ): Promise<number> {
    const asked = request(`${app.url}/socket.io/?${query}`, {
      headers: {
        Connection: 'Upgrade',
        Upgrade: 'websocket',
        'Sec-WebSocket-Version': '13',
        'Sec-WebSocket-Key': Buffer.alloc(16).toString('base64'),
        ...headers,
      },
    });
    asked.end();
    return new Promise((resolve, reject) => {
      asked.on('response', (response) => {
        response.resume();
        resolve(response.statusCode ?? 0);
      });
      asked.on('upgrade', (_, socket) => {
        socket.destroy();
        resolve(101);
      });
      asked.on('error', reject);
    });
  }

  describe('who may connect', () => {
    it('turns a foreign Origin away with 403, with a valid cookie too (security 1)', async () => {
      const page = await app.client().signInByCookie(app.adminLogin.login, app.adminLogin.password);
      const Cookie = page.cookie ?? '';
      expect(await upgrade({ Origin: 'https://evil.example', Cookie })).toBe(403);
      expect(await upgrade({ Origin: `${app.url}.evil.example`, Cookie })).toBe(403);
      expect(await upgrade({ Origin: 'null', Cookie })).toBe(403);
      expect(await upgrade({ Origin: app.url, Cookie })).toBe(101);
    });

    it('answers polling with 400, to everybody', async () => {
      const polled = await fetch(`${app.url}/socket.io/?EIO=4&transport=polling`, {
        headers: { Authorization: `Bearer ${app.admin.token}` },
      });
      expect(polled.status).toBe(400);
    });

    it('refuses a token in the address (security 30)', async () => {
      expect(await upgrade({}, `EIO=4&transport=websocket&token=${app.admin.token}`)).toBe(400);
    });

    it.each([
      ['nothing', () => ({})],
      ['a token that never was', () => ({ token: 'A'.repeat(43) })],
      ['a token that is no text', () => ({ token: { $ne: null } as unknown as string })],
      ['a cookie that never was', () => ({ headers: { Cookie: `__Host-svodka=${'A'.repeat(43)}` } })],
    ])('refuses %s as unauthenticated, and closes within a second (security 2)', async (_, options) => {
      const socket = TestSocket.open(new Client(app.url), options());
      const [error] = await new Promise<[Error & { data?: { error?: { message: string } } }]>((resolve) =>
        socket.raw.once('connect_error', (...args) => resolve(args)),
      );
      expect(error.message).toBe('unauthenticated');
      expect(error.data?.error).toMatchObject({ code: 'unauthenticated' });
      const began = performance.now();
      const { engine } = socket.raw.io;
      if (engine.readyState !== 'closed') await once(engine as never, 'close');
      expect(performance.now() - began).toBeLessThan(1_000);
      expect(socket.facts).toEqual([]);
      socket.close();
    });

    it('refuses an expired session, and cuts one that expires while it is connected (security 2, 7)', async () => {
      const user = await app.signIn();
      const socket = await connect(user);
      const feed = await socket.follow(ALL);
      const watching = await connect(app.admin);
      clock.advance(13 * 3_600_000);
      await app.admin.signIn(app.adminLogin.login, app.adminLogin.password);
      const event = await makeEvent(app.admin);
      await socket.ended;
      await watching.ended;
      expect(socket.told('session.ended')).toEqual([{ reason: 'revoked' }]);
      expect(feed.view.get(event.id)).toBeUndefined();
      await expect(TestSocket.connect(user)).rejects.toMatchObject({ message: 'unauthenticated' });
    });

    it('lets in by the cookie of the page', async () => {
      const page = await app.client().signInByCookie(app.adminLogin.login, app.adminLogin.password);
      const socket = await connect(page);
      expect((await socket.follow(ALL)).view.room).not.toBe('');
    });

    it('gives a person ten sockets, and an eleventh when one is closed (security 35)', async () => {
      const user = await app.signIn();
      for (let n = 0; n < 10; n++) await connect(user);
      await expect(TestSocket.connect(user)).rejects.toMatchObject({ message: 'rate-limited' });
      sockets.at(-1)?.close();
      await until(() => connect(user).catch(() => null));
    });
  });

  describe('what a socket may say', () => {
    it.each([
      ['an unknown message', 'events.delete', [{}]],
      ['a reserved-looking message', '__proto__', [{}]],
      ['no body', 'feed.subscribe', []],
      ['two bodies', 'feed.subscribe', [{ filter: ALL }, {}]],
      ['a body that is no object', 'feed.subscribe', ['x']],
      ['an unknown field', 'feed.subscribe', [{ filter: ALL, room: 'x' }]],
      ['an operator', 'feed.subscribe', [{ filter: { $where: '1' } }]],
      ['an operator as a value', 'feed.subscribe', [{ filter: { field: 'module', in: [{ $ne: null }] } }]],
      ['a limit over the limit', 'feed.subscribe', [{ filter: ALL, limit: 1e6 }]],
      ['too many clauses', 'feed.subscribe', [{ filter: { or: Array(200).fill({ text: 'x' }) } }]],
      [
        'a deep body',
        'feed.subscribe',
        [{ filter: JSON.parse(`${'[1,'.repeat(2_000)}1${']'.repeat(2_000)}`) }],
      ],
      ['an id that is none', 'event.follow', [{ eventId: '1' }]],
      ['a prototype', 'presence.beat', [JSON.parse('{"visible":true,"idleMs":1,"__proto__":{"x":1}}')]],
    ])('answers %s with validation (security 11, 12, 32, 33)', async (_, message, bodies) => {
      const socket = await connect(app.admin);
      const answer = await socket.send(message, ...bodies);
      expect(answer).toMatchObject({ ok: false, error: { code: 'validation', message: expect.any(String) } });
      expect(JSON.stringify(answer)).not.toMatch(/node_modules|at \w+ \(/);
      expect(({} as { x?: number }).x).toBeUndefined();
      expect((await socket.follow(ALL)).view.room).not.toBe('');
    });

    it('answers for an event that is not there as for one that is out of reach', async () => {
      const socket = await connect(app.admin);
      const answer = await socket.send('event.follow', { eventId: newId() });
      expect(answer).toMatchObject({ ok: false, error: { code: 'not-found' } });
    });

    it('answers in the language of the user', async () => {
      const english = await connect(await app.signIn({ locale: 'en' }));
      const russian = await connect(await app.signIn({ locale: 'ru' }));
      expect((await english.send('feed.subscribe', {})).error?.message).toMatch(/[a-z]/);
      expect((await russian.send('feed.subscribe', {})).error?.message).toMatch(/[а-я]/);
    });

    it('takes messages one after the other, in their order (security 40)', async () => {
      const socket = await connect(app.admin);
      const event = await makeEvent(app.admin);
      const order: string[] = [];
      const { room } = (await socket.follow(ALL)).view;
      await Promise.all([
        socket.send('event.follow', { eventId: event.id }).then(() => order.push('open')),
        socket.send('event.follow', { eventId: null }).then(() => order.push('close')),
        socket.send('feed.unsubscribe', { room }).then(() => order.push('unsubscribe')),
      ]);
      expect(order).toEqual(['open', 'close', 'unsubscribe']);
    });

    it('limits messages, and goes on after a moment (security 35)', async () => {
      const socket = await connect(app.admin);
      const answers = await Promise.all(
        Array.from({ length: 80 }, () => socket.send('feed.unsubscribe', { room: 'x' })),
      );
      const refused = answers.filter(({ ok }) => !ok);
      expect(refused.length).toBeGreaterThan(20);
      expect(refused[0]).toMatchObject({ error: { code: 'rate-limited', retryAfter: 1 } });
      await until(async () => (await socket.send('feed.unsubscribe', { room: 'x' })).ok);
    });

    it('cuts who does not stop', async () => {
      const socket = await connect(app.admin);
      for (let n = 0; n < 400; n++) socket.raw.emit('feed.unsubscribe', { room: 'x' }, () => {});
      await socket.ended;
    });

    it('gives a person fifty live feeds (security 35)', async () => {
      const user = await app.signIn();
      const [one, two] = [await connect(user), await connect(user)];
      let refused = 0;
      for (let n = 0; n < 52; n++) {
        const socket = n % 2 ? one : two;
        const ask = { filter: { field: 'project', in: [newId()] } };
        const answer = await until(async () => {
          const got = await socket.send('feed.subscribe', ask);
          return got.error?.code === 'rate-limited' && got.error.retryAfter === 1 ? null : got;
        });
        if (!answer.ok) refused++;
      }
      expect(refused).toBe(2);
    }, 60_000);
  });

  describe('what reaches it raw', () => {
    const frames: [string, string | Buffer][] = [
      ['bad JSON', '42["feed.subscribe",{'],
      ['a reserved event', '42["disconnect",{}]'],
      ['many attachments', '451111-["feed.subscribe",{"_placeholder":true,"num":0}]'],
      ['a number as the event', '42[7,{}]'],
      ['an event of a namespace that it has not joined', '42/other,["feed.subscribe",{}]'],
      ['100 KB', `42["feed.subscribe",{"x":"${'x'.repeat(100_000)}"}]`],
      ['a 20,000-deep array', `42["feed.subscribe",${'['.repeat(20_000)}${']'.repeat(20_000)}]`],
      ['binary', Buffer.from([0, 1, 2, 255])],
    ];
    it.each(frames)('survives %s (security 12)', async (_, frame) => {
      const socket = await connect(app.admin);
      wsOf(socket).send(frame);
      const other = await connect(app.admin);
      expect((await other.follow(ALL)).view.room).not.toBe('');
    });
  });

  /** One reader that has stopped beside one that reads, and writes of about 19 KB each that both are sent. */
  async function stoppedReader() {
    const user = await app.signIn();
    const slow = await connect(user);
    const quick = await connect(app.admin);
    await slow.follow(ALL);
    const feed = await quick.follow(ALL);
    const { id } = await makeEvent(app.admin, { body: 'слово '.repeat(1_600) });
    await quick.row(feed, id);
    wsOf(slow)._socket.pause();
    const events = driverCollection<EventDoc>(app.connection, 'events');
    const { created: _, ...stored } = (await events.findOne({ _id: id })) as EventDoc;
    const server = app.app.get(Sockets);
    return {
      quick,
      feed,
      ofSlow: () => server.ofUser(user.user.id),
      /** Everybody else has them all the same. */
      async write(count: number) {
        const ids = Array.from({ length: count }, () => newId());
        await events.insertMany(ids.map((_id) => ({ ...stored, _id })));
        await quick.row(feed, ids.at(-1) as string);
      },
    };
  }

  it('cuts a reader that has stopped, and nobody else waits for it (security 38)', async () => {
    const { feed, ofSlow, write } = await stoppedReader();
    for (let n = 0; n < 100 && ofSlow().length > 0; n++) await write(50);
    expect(ofSlow()).toEqual([]);
    expect(feed.resumes).toBe(0);
  }, 60_000);

  it('cuts a reader that has stopped though the kernels still take everything, and not one that reads', async () => {
    const { quick, feed, ofSlow, write } = await stoppedReader();
    // About 2 MB, in steps far below every limit of the queue: nothing of it stays in this process.
    for (let n = 0; n < 24; n++) await write(5);
    expect(Math.max(0, ...ofSlow().map((socket) => backlogOf(socket).bytes))).toBeLessThan(1024 * 1024);
    await until(() => ofSlow().length === 0, { timeoutMs: 15_000 });
    expect(quick.raw.connected).toBe(true);
    expect(feed.resumes).toBe(0);
  }, 60_000);

  it('closes a line that never says anything', async () => {
    const { hostname, port } = new URL(app.url);
    const tcp = connectTcp(Number(port), hostname);
    await once(tcp, 'connect');
    tcp.write(
      [
        'GET /socket.io/?EIO=4&transport=websocket HTTP/1.1',
        `Host: ${hostname}:${port}`,
        'Connection: Upgrade',
        'Upgrade: websocket',
        'Sec-WebSocket-Version: 13',
        `Sec-WebSocket-Key: ${Buffer.alloc(16).toString('base64')}`,
        '',
        '',
      ].join('\r\n'),
    );
    tcp.resume();
    const began = performance.now();
    await once(tcp, 'close');
    expect(performance.now() - began).toBeLessThan(14_000);
  });
});
