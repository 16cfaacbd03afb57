import type { SvodkaEvent } from '@svodka/shared/contracts/event';
import type { Filter } from '@svodka/shared/filter/ast';
import { openTestStore, type TestStore } from '../../test/support/app.ts';
import { Client } from '../../test/support/client.ts';
import { makeEvent } from '../../test/support/factories.ts';
import { TestSocket } from '../../test/support/socket.ts';
import { until } from '../../test/support/until.ts';
import { loadConfig } from '../platform/config/config.ts';
import { Logger } from '../platform/logger/logger.ts';
import { type Running, startServer } from '../start.ts';

const ALL: Filter = { and: [] };
const SIGN_IN = { login: 'admin', password: 'quiet-harbour-17' };

describe('two nodes on one store', () => {
  let store: TestStore;
  let nodes: Running[];
  let clients: Client[];

  beforeAll(async () => {
    store = await openTestStore();
    const config = loadConfig({
      PORT: '0',
      ADMIN_LOGIN: SIGN_IN.login,
      ADMIN_PASSWORD: SIGN_IN.password,
      LOG_LEVEL: 'fatal',
    });
    const boot = () => startServer({ config, logger: new Logger('fatal'), storeUri: store.uri });
    nodes = [await boot(), await boot()];
    const [first, second] = nodes.map(({ url }) => new Client(url)) as [Client, Client];
    await first.signIn(SIGN_IN.login, SIGN_IN.password);
    if (first.token) second.token = first.token;
    clients = [first, second];
  }, 60_000);
  afterAll(async () => {
    for (const node of nodes) await node.stop();
    await store.close();
  });

  const onBoth = () => Promise.all(clients.map((client) => TestSocket.connect(client)));

  it('show each what is written through the other, in one order', async () => {
    const sockets = await onBoth();
    const feeds = await Promise.all(sockets.map((socket) => socket.follow(ALL)));
    const writes = Array.from({ length: 20 }, (_, n) => makeEvent(clients[n % 2] as Client));
    const events = await Promise.all(writes);
    await until(() => feeds.every(({ rows }) => rows.length >= events.length));
    expect(feeds[0]?.rows).toEqual(feeds[1]?.rows);
    const order = (socket: TestSocket) =>
      socket
        .told('feed.changed')
        .flatMap(({ ops }) => ops.map((op) => ('event' in op ? op.event.id : op.id)));
    const [one, two] = sockets.map(order);
    expect(one).toEqual(two);
    for (const socket of sockets) socket.close();
  });

  it('let a feed go on at the other one, from its position', async () => {
    const [one, two] = clients as [Client, Client];
    const socket = await TestSocket.connect(one);
    const feed = await socket.follow(ALL);
    const before = await makeEvent(one);
    await socket.row(feed, before.id);
    socket.drop();
    const missed = await makeEvent(one);
    const { event } = await two.patch<{ event: SvodkaEvent }>(
      `/api/events/${before.id}`,
      { title: 'Исправлено' },
      { 'If-Match': '1' },
    );
    const other = await TestSocket.connect(two);
    // The other node may be a moment behind the position, and then says reset; either way nothing is missing.
    await other.follow(ALL, { from: feed });
    await other.row(feed, missed.id);
    await other.row(feed, before.id, ({ version }) => version === event.version);
    expect(feed.resets).toBe(0);
    other.close();
  });

  it('end a session everywhere within a second', async () => {
    const [one, two] = clients as [Client, Client];
    await one.post('/api/users', {
      login: 'd1',
      name: 'Д',
      roles: ['dispatcher'],
      password: SIGN_IN.password,
    });
    const user = await new Client(one.url).signIn('d1', SIGN_IN.password);
    const there = new Client(two.url);
    if (user.token) there.token = user.token;
    const socket = await TestSocket.connect(there);
    const began = performance.now();
    await user.delete('/api/session');
    await socket.ended;
    expect(performance.now() - began).toBeLessThan(1_000);
    expect(socket.told('session.ended')).toEqual([{ reason: 'revoked' }]);
  });
});
