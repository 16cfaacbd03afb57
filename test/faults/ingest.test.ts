/**
 * Server and store are killed with SIGKILL while a module's stream goes in; started again, the same stream is sent again.
 * The seed is printed; KILL_SEED repeats a run.
 */
import { request } from 'node:http';
import type { ModuleToken } from '@svodka/shared/contracts/ingest';
import { LastingApp } from '../support/lasting-app.ts';
import { ndjson, sayLines } from '../support/module.ts';
import { seeded } from '../support/seeded.ts';

const ROUNDS = process.env.SVODKA_DEEP ? 12 : 2;
const EVENTS = 1_500;
const ORDERS = 40;
const seed = Number(process.env.KILL_SEED ?? Date.now() % 1_000_000);
const random = seeded(seed);

describe(`kill -9 of server and store while a module speaks (seed ${seed})`, () => {
  let app: LastingApp;

  beforeAll(async () => {
    app = await LastingApp.start();
  }, 120_000);
  afterAll(() => app?.close());

  /** Resolves when so many results have come, or the line broke. */
  const sayUntil = (token: string, body: string, most: number): Promise<void> =>
    new Promise((resolve) => {
      const headers = { authorization: `Bearer ${token}`, 'content-type': 'application/x-ndjson' };
      const sending = request(`${app.url}/api/ingest`, { method: 'POST', headers });
      let results = 0;
      sending.on('error', () => resolve());
      sending.on('response', (answer) => {
        answer.on('error', () => resolve());
        answer.on('end', () => resolve());
        answer.on('data', (chunk: Buffer) => {
          results += chunk.toString().split('\n').length - 1;
          if (results >= most) resolve();
        });
      });
      sending.end(body);
    });

  it('leaves what an uncut stream would have left, once it was sent again', async () => {
    const client = await app.signIn();
    const { token } = await client.post<{ token: string; item: ModuleToken }>('/api/sources/tokens', {
      module: 'fgwarehouse',
      name: 'Склад',
      unknownOrders: 'create',
    });
    for (let round = 0; round < ROUNDS; round++) {
      const body = ndjson(
        Array.from({ length: EVENTS }, (_, i) => ({
          externalId: `${round}/${i}`,
          type: 'item.arrived',
          title: `Изделие ${round}/${i}`,
          order: `У-${round}-${i % ORDERS}`,
        })),
      );
      await sayUntil(token, body, Math.floor(random() * EVENTS * 0.9));
      await app.kill();
      await app.again();
      const { end, results } = await sayLines(app.url, token, body);
      expect([results.length, end?.counts.refused, end?.counts.changed]).toEqual([EVENTS, 0, 0]);
      const again = await app.signIn();
      const orders = await again.get<{ items: { number: string }[] }>(
        `/api/projects?search=${encodeURIComponent(`У-${round}`)}&limit=200`,
      );
      const own = orders.items.filter(({ number }) => number.startsWith(`У-${round}-`));
      expect([round, own.length]).toEqual([round, ORDERS]);
      const count = await again.get(`/api/events/count?filter=${encodeURIComponent('модуль:fgwarehouse')}`);
      expect(count).toEqual({ n: EVENTS * (round + 1), exact: true });
      expect((await sayLines(app.url, token, body)).end?.counts).toMatchObject({ unchanged: EVENTS });
    }
  }, 240_000);
});
