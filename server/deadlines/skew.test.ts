/** Two nodes whose machines do not agree on the time, on one store (DL8). */
import type { SvodkaEvent } from '@svodka/shared/contracts/event';
import type { NoticeView } from '@svodka/shared/contracts/notice';
import { openTestStore, type TestStore } from '../../test/support/app.ts';
import { Client } from '../../test/support/client.ts';
import { eventDraft, makeEvent, makeProject } from '../../test/support/factories.ts';
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
  let manager: Client;
  let projectId: string;
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
    const { url } = nodes[0] as Running;
    const admin = await new Client(url).signIn(SIGN_IN.login, SIGN_IN.password);
    const person = { login: 'manager', name: 'Manager', roles: ['manager'], password: SIGN_IN.password };
    const { user } = await admin.post<{ user: { id: string } }>('/api/users', person);
    projectId = (await makeProject(admin, { managerId: user.id })).id;
    manager = await new Client(url).signIn(person.login, person.password);
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

  it.each([12 * MINUTE, -12 * MINUTE, 11 * MINUTE, -11 * MINUTE])(
    'never make a deadline early, double or miss one, whoever sweeps, also when a clock is moved (%d ms)',
    async (moved) => {
      ahead = moved;
      const [right, fast] = clients as [Client, Client];
      const dueAt = new Date(Date.now() + 2_500).toISOString();
      const due = { projectId, due: { at: dueAt, leadMin: 0 } };
      const events: SvodkaEvent[] = [];
      for (let n = 0; n < 6; n++) events.push(await makeEvent(n % 2 ? fast : right, due));
      await until(async () => {
        await Promise.all(sweeps().map((sweep) => sweep.run()));
        const states = await Promise.all(events.map(async ({ id }) => (await read(right, id)).dueState));
        const isEarly = Date.now() < Date.parse(dueAt) && states.includes('overdue');
        expect(isEarly).toBe(false);
        return states.every((state) => state === 'overdue');
      });
      // Of what either tells twice the store keeps one; what a later one tells is surely told after it.
      const told = async () =>
        (await manager.get<{ items: NoticeView[] }>('/api/notices?limit=200')).items
          .filter(({ eventId, reason }) => reason === 'overdue' && events.some(({ id }) => id === eventId))
          .map(({ eventId }) => eventId);
      await until(async () => new Set(await told()).size === events.length);
      expect((await told()).sort()).toEqual(events.map(({ id }) => id).sort());
    },
  );
});
