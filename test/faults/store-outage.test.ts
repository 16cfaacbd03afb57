/**
 * The embedded store is killed with SIGKILL while people write and watch; the server stays up. What was acknowledged is
 * there, sockets stay open, and every feed goes on from its token to exactly what the query returns, without a reset.
 */
import type { SvodkaEvent } from '@svodka/shared/contracts/event';
import { newId } from '@svodka/shared/contracts/id';
import type { Filter } from '@svodka/shared/filter/ast';
import { type App, startApp, storeOf } from '../support/app-process.ts';
import { Client } from '../support/client.ts';
import { TestSocket } from '../support/socket.ts';
import { until } from '../support/until.ts';

const KILLS = process.env.SVODKA_DEEP ? 10 : 2;
const important: Filter = { field: 'importance', in: ['high', 'critical'] };

describe('kill -9 of the store under a running server', () => {
  let app: App;
  beforeAll(async () => {
    app = await startApp({
      env: { LOG_LEVEL: 'fatal', ADMIN_PASSWORD: 'steady-anchor-31' },
      timeoutMs: 60_000,
    });
  }, 90_000);
  let stopWriting = () => {};
  afterAll(async () => {
    stopWriting();
    await app?.stop();
  });

  it('leaves no feed with a gap, and no acknowledged event behind', async () => {
    const client = await new Client(app.url).signIn(app.admin.login, app.admin.password);
    const socket = await TestSocket.connect(client);
    const feed = await socket.follow(important, { limit: 200 });
    const acknowledged = new Set<string>();
    let isWriting = true;
    stopWriting = () => {
      isWriting = false;
    };
    const writers = [0, 1, 2].map(async (writer) => {
      for (let n = 0; isWriting; n++) {
        const id = newId();
        const answer = await client
          .send('POST', '/api/events', {
            id,
            type: 'note.free',
            title: `Запись ${writer}-${n}`,
            importance: n % 2 ? 'high' : 'info',
          })
          .catch(() => null);
        if (answer?.status === 201) acknowledged.add(id);
      }
    });
    for (let kill = 0; kill < KILLS; kill++) {
      const before = acknowledged.size;
      await until(() => acknowledged.size > before + 10, { timeoutMs: 60_000 });
      const { pid } = await storeOf(app.dataDir);
      process.kill(pid, 'SIGKILL');
      await until(async () => (await storeOf(app.dataDir)).pid !== pid, { timeoutMs: 30_000 });
    }
    await until(async () => (await client.send('GET', '/api/ready')).status === 200, { timeoutMs: 30_000 });
    stopWriting();
    await Promise.all(writers);

    const stored: SvodkaEvent[] = [];
    for (let after: string | null = ''; after !== null; ) {
      const page: { items: SvodkaEvent[]; next: string | null } = await client.get(
        `/api/events?limit=200${after && `&after=${after}`}`,
      );
      stored.push(...page.items);
      after = page.next;
    }
    expect([...acknowledged].filter((id) => !stored.some((event) => event.id === id))).toEqual([]);
    const wanted = stored.filter(({ importance }) => importance === 'high').map(({ id }) => id);
    await until(() => feed.ids.join() === wanted.join(), { timeoutMs: 30_000 });
    expect(socket.raw.connected).toBe(true);
    expect(feed.resets).toBe(0);
    socket.close();
  }, 180_000);
});
