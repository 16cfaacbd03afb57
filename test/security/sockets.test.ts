// What may come in by the websocket door before anybody is known. Rows 2, 35, 37 of the security list.
import { once } from 'node:events';
import { connect } from 'node:net';
import { createTestApp, type TestApp } from '../support/app.ts';
import { makeEvent, makeProject } from '../support/factories.ts';
import { RawLine } from '../support/raw-line.ts';
import { TestSocket } from '../support/socket.ts';
import { until } from '../support/until.ts';

const CONNECT = `40{"token":"${'x'.repeat(43)}"}`;
const from = (address: string) => ({ 'X-Forwarded-For': address });

let app: TestApp;
const open: { close(): void }[] = [];
const kept = <T extends { close(): void }>(it: T): T => {
  open.push(it);
  return it;
};

beforeAll(async () => {
  app = await createTestApp({ config: { TRUST_PROXY: '1' } });
});
afterEach(() => {
  for (const each of open.splice(0)) each.close();
});
afterAll(() => app?.close());

describe('a line that nobody has signed in on', () => {
  it('may ask once: the second of two thousand CONNECT in one chunk ends it', async () => {
    const line = kept(await RawLine.open(app.url));
    line.send(...Array<string>(2_000).fill(CONNECT));
    await until(() => line.isClosed, { what: 'the line to be hung up' });
    expect(line.received.match(/44\{/g)?.length ?? 0).toBeLessThanOrEqual(1);
  });

  it.each([
    ['a message', '42["feed.subscribe",{"filter":{"and":[]}}]'],
    ['another name space', '40/admin,'],
    ['an answer that nobody waits for', '430[]'],
    ['a binary event', '451-["x",{"_placeholder":true,"num":0}]'],
  ])('says nothing else: %s ends it', async (_what, text) => {
    const line = kept(await RawLine.open(app.url));
    line.send(text, CONNECT, CONNECT);
    await until(() => line.isClosed);
    expect(line.received).not.toContain('"rooms"');
  });

  it('gives its place to those who come to sign in', async () => {
    const silent = await Promise.all(Array.from({ length: 130 }, () => RawLine.open(app.url)));
    silent.map(kept);
    kept(await TestSocket.connect(app.admin));
    await until(() => silent.filter(({ isClosed }) => isClosed).length >= 30);
    expect(silent.at(-1)?.isClosed).toBe(false);
  });
});

it('connections that say nothing, or not all of it, are hung up on', async () => {
  const { hostname, port } = new URL(app.url);
  const lines = await Promise.all(
    ['', 'GET /api/health HT', 'POST /api/session HTTP/1.1\r\nHost: x\r\n'].map(async (text) => {
      const line = connect(Number(port), hostname);
      await once(line, 'connect');
      line.write(text);
      return kept({ ended: once(line.resume(), 'close'), close: () => line.destroy() });
    }),
  );
  await Promise.all(lines.map(({ ended }) => ended));
});

describe('a line that is signed in', () => {
  it('does not ask again, for this name space or another', async () => {
    for (const again of [CONNECT, '40/admin,']) {
      const line = kept(await RawLine.open(app.url));
      line.send(`40{"token":"${app.admin.token}"}`);
      await until(() => line.received.includes('40{"sid"'));
      line.send(again);
      await until(() => line.isClosed);
    }
  });

  it('is hung up on when it floods', async () => {
    const line = kept(await RawLine.open(app.url));
    line.send(`40{"token":"${app.admin.token}"}`);
    await until(() => line.received.includes('40{"sid"'));
    line.send(...Array<string>(5_000).fill('3'));
    await until(() => line.isClosed);
  });
});

describe('failed sign-ins', () => {
  const fail = async (address: string) => {
    const line = kept(await RawLine.open(app.url, from(address)));
    line.send(CONNECT);
    await until(() => line.isClosed || line.received.includes('44{'));
    return line.status;
  };

  it('of a stranger behind the same proxy keep nobody out', async () => {
    const statuses = await Promise.all(Array.from({ length: 60 }, () => fail('198.51.100.1')));
    expect(statuses).toEqual(Array(60).fill(101));
    kept(await TestSocket.connect(app.admin, { headers: from('203.0.113.5') }));
    kept(await TestSocket.connect(app.admin, { headers: from('198.51.100.1') }));
  });

  it('and floods of upgrades are counted by address, and let through whoever has a session', async () => {
    const page = await app.client().signInByCookie(app.adminLogin.login, app.adminLogin.password);
    const rush = from('198.51.100.2');
    let refused = 0;
    for (let round = 0; round < 80 && refused === 0; round++) {
      const lines = await Promise.all(Array.from({ length: 50 }, () => RawLine.open(app.url, rush)));
      refused = lines.filter(({ status }) => status === 429).length;
      for (const line of lines) line.close();
    }
    expect(refused).toBeGreaterThan(0);
    kept(await TestSocket.connect(page, { headers: rush }));
    kept(
      await TestSocket.connect(app.client(), {
        headers: { ...rush, Authorization: `Bearer ${app.admin.token}` },
      }),
    );
    expect((await RawLine.open(app.url, from('198.51.100.3'))).status).toBe(101);
  });
});

it('ten sockets of a person are ten, also when thirty come at once', async () => {
  const { token } = await app.signIn();
  const lines = await Promise.all(Array.from({ length: 30 }, () => RawLine.open(app.url)));
  for (const line of lines) kept(line).send(`40{"token":"${token}"}`);
  await until(() =>
    lines.every(({ received }) => /4[04]\{/.test(received.slice(received.indexOf('0{"sid"') + 2))),
  );
  expect(lines.filter(({ received }) => received.includes('40{"sid"')).length).toBe(10);
});

it('one person has few feeds counted anew each second, over all their sockets', async () => {
  const client = await app.signIn();
  const sockets = await Promise.all(Array.from({ length: 4 }, () => TestSocket.connect(client)));
  sockets.map(kept);
  const feeds = Array.from({ length: 60 }, (_, i) => ({ key: `k${i}`, filter: { and: [] } }));
  const answers = await Promise.all(
    Array.from({ length: 20 }, (_, i) =>
      sockets[i % 4]?.ask('counts.subscribe', { feeds }).then(
        () => 'ok',
        () => 'refused',
      ),
    ),
  );
  expect(answers).toContain('ok');
  expect(answers).toContain('refused');
});

it('whoever has lost an event that is open hears that once, and not how much goes on there', async () => {
  const manager = await app.signIn({ roles: ['manager'] });
  const { id: projectId } = await makeProject(app.admin, { managerId: manager.user.id });
  const event = await makeEvent(app.admin, { projectId });
  const socket = kept(await TestSocket.connect(manager));
  await socket.ask('event.follow', { eventId: event.id });
  await app.admin.patch(`/api/projects/${projectId}`, { managerId: null });
  const { version } = await socket.fact('event.gone');
  for (let i = 0; i < 5; i++)
    await app.admin.post(`/api/events/${event.id}/comments`, { body: `Между нами ${i}` });
  await app.admin.patch(`/api/projects/${projectId}`, { managerId: manager.user.id });
  await socket.fact('event.changed', ({ event: back }) => back.version > version);
  expect(socket.facts.filter(({ name }) => name === 'event.gone').length).toBe(1);
  expect(JSON.stringify(socket.facts)).not.toContain('Между нами');
});
