/** Two nodes whose machines do not agree on the time, on one store (T8, P10). */
import type { SvodkaEvent } from '@svodka/shared/contracts/event';
import { openTestStore, type TestStore } from '../../test/support/app.ts';
import { Client } from '../../test/support/client.ts';
import { eventDraft, makeEvent } from '../../test/support/factories.ts';
import { until } from '../../test/support/until.ts';
import { loadConfig } from '../platform/config/config.ts';
import { Logger } from '../platform/logger/logger.ts';
import { type Running, startServer } from '../start.ts';
import { DeadlineSweep } from './sweep.service.ts';

const SIGN_IN = { login: 'admin', password: 'quiet-harbour-17' };
const MINUTE = 60_000;

describe('two nodes with clocks twelve minutes apart', () => {
  let store: TestStore;
  let nodes: Running[];
  let clients: Client[];
  /** How far the second machine is ahead, ms. */
  let ahead = 12 * MINUTE;

  beforeAll(async () => {
    store = await openTestStore();
    const config = loadConfig({
      PORT: '0',
      ADMIN_LOGIN: SIGN_IN.login,
      ADMIN_PASSWORD: SIGN_IN.password,
      LOG_LEVEL: 'fatal',
    });
    const boot = (machineTime?: () => number) =>
      startServer({
        config,
        logger: new Logger('fatal'),
        storeUri: store.uri,
        ...(machineTime && { machineTime }),
      });
    nodes = [await boot(), await boot(() => Date.now() + ahead)];
    clients = await Promise.all(
      nodes.map(({ url }) => new Client(url).signIn(SIGN_IN.login, SIGN_IN.password)),
    );
  }, 60_000);
  afterAll(async () => {
    for (const node of nodes) await node.stop();
    await store.close();
  });

  const sweeps = () => nodes.map(({ app }) => app.get(DeadlineSweep, { strict: false }));
  const read = async (client: Client, id: string) =>
    (await client.get<{ event: SvodkaEvent }>(`/api/events/${id}`)).event;

  it('take what the other says has just happened, and say which of them is off', async () => {
    const [right, fast] = clients as [Client, Client];
    const event = await makeEvent(fast);
    const again = await right.send('POST', '/api/events', { ...eventDraft(), occurredAt: event.occurredAt });
    expect(again.status).toBe(201);
    const offs = await Promise.all(
      clients.map(
        async (client) =>
          (await client.get<{ server: { clockOffMs: number } }>('/api/session')).server.clockOffMs,
      ),
    );
    expect(offs[0]).toBe(0);
    expect(Math.abs((offs[1] ?? 0) - 12 * MINUTE)).toBeLessThan(MINUTE);
  });

  it.each([12 * MINUTE, -12 * MINUTE, 11 * MINUTE])(
    'never make a deadline early, whoever sweeps, also when a clock is moved (%d ms)',
    async (moved) => {
      ahead = moved;
      const [right, fast] = clients as [Client, Client];
      const dueAt = new Date(Date.now() + 2_500).toISOString();
      const events = [
        await makeEvent(right, { due: { at: dueAt } }),
        await makeEvent(fast, { due: { at: dueAt } }),
      ];
      await until(async () => {
        await Promise.all(sweeps().map((sweep) => sweep.run()));
        const states = await Promise.all(events.map(async ({ id }) => (await read(right, id)).dueState));
        const isEarly = Date.now() < Date.parse(dueAt) && states.includes('overdue');
        expect(isEarly).toBe(false);
        return states.every((state) => state === 'overdue');
      });
    },
  );
});
