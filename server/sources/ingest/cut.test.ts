// S2: a sender that dies at any byte sends again, and what is there is what an uncut stream would have left. The seed is
// printed; CUT_SEED repeats a run.
import { request } from 'node:http';
import type { IngestResult, ModuleToken, TokenCreate } from '@svodka/shared/contracts/ingest';
import { createTestApp, type TestApp } from '../../../test/support/app.ts';
import { makeProject } from '../../../test/support/factories.ts';
import { ndjson, sayLines } from '../../../test/support/module.ts';
import { seeded } from '../../../test/support/seeded.ts';
import { TestSocket } from '../../../test/support/socket.ts';
import { until } from '../../../test/support/until.ts';

const seed = Number(process.env.CUT_SEED ?? Date.now() % 1_000_000);
const random = seeded(seed);
const CUTS = process.env.SVODKA_DEEP ? 40 : 6;
const EVENTS = 260;

let app: TestApp;
beforeAll(async () => {
  app = await createTestApp();
});
afterAll(() => app?.close());

const makeToken = async (create: Partial<TokenCreate> = {}): Promise<string> => {
  const { token } = await app.admin.post<{ token: string; item: ModuleToken }>('/api/sources/tokens', {
    module: 'fgwarehouse',
    name: 'Склад',
    unknownOrders: 'create',
    unknownCounterparties: 'create',
    ...create,
  });
  return token;
};

const events = (round: number, n: number) =>
  Array.from({ length: n }, (_, i) => ({
    externalId: `${round}/${i}`,
    type: 'item.arrived',
    title: `Изделие ${i}`,
    order: `Р-${round}-${i % 9}`,
    counterparty: { code: `К-${round}-${i % 5}`, name: `Дилер ${round}-${i % 5}` },
    payload: { count: 1 },
  }));

/** Sends the first bytes of a body, and dies: the socket is gone as when the process was killed. */
const cutAt = (token: string, body: Buffer, at: number): Promise<void> =>
  new Promise((resolve) => {
    const sending = request(`${app.url}/api/ingest`, {
      method: 'POST',
      headers: {
        authorization: `Bearer ${token}`,
        'content-type': 'application/x-ndjson',
        'content-length': body.length,
      },
    });
    sending.on('error', () => resolve());
    sending.on('response', (answer) => {
      answer.resume();
      answer.on('error', () => resolve());
    });
    sending.on('close', () => resolve());
    sending.write(body.subarray(0, at), () => sending.destroy());
  });

describe(`a stream that is cut (seed ${seed})`, () => {
  it('and sent again leaves what an uncut one would have left', async () => {
    const token = await makeToken();
    const stored = app.connection.collection('events');
    for (let round = 0; round < CUTS; round++) {
      const body = Buffer.from(ndjson(events(round, EVENTS)));
      for (let cut = 0; cut < 2; cut++) await cutAt(token, body, Math.floor(random() * body.length));
      // Two streams of a token at a time: the dead ones have to be gone.
      const { results, end } = await until(async () => {
        const said = await sayLines(app.url, token, body.toString());
        return said.status === 200 && said;
      });
      expect([round, end?.counts.refused, results.length]).toEqual([round, 0, EVENTS]);
      const own = { 'source.externalId': { $regex: `^${round}/` } };
      expect([round, await stored.countDocuments(own)]).toEqual([round, EVENTS]);
      expect([round, await stored.countDocuments({ ...own, rev: { $gt: 1 } })]).toEqual([round, 0]);
      const orders = app.connection.collection('projects');
      expect(await orders.countDocuments({ number: { $regex: `^Р-${round}-` } })).toBe(9);
      const dealers = app.connection.collection('counterparties');
      expect(await dealers.countDocuments({ name: { $regex: `^Дилер ${round}-` } })).toBe(5);
      const again = await sayLines(app.url, token, body.toString());
      expect(again.end?.counts).toMatchObject({ unchanged: EVENTS, created: 0, changed: 0 });
    }
  }, 120_000);

  it('tells another person, whose desk is open, of each row at once', async () => {
    const token = await makeToken({ module: 'production', name: 'Цех' });
    const order = await makeProject(app.admin, {});
    const dispatcher = await app.signIn({ roles: ['dispatcher'] });
    const socket = await TestSocket.connect(dispatcher);
    try {
      const feed = await socket.follow({ field: 'project', in: [order.id] });
      const said = { externalId: 'Ц-1', type: 'production.launched', title: 'Запуск', order: order.number };
      const { results } = await sayLines(app.url, token, ndjson([said]));
      expect((results[0] as IngestResult).outcome).toBe('created');
      await until(() => feed.rows.some(({ title }) => title === 'Запуск'));
      await until(async () => {
        const { milestones } = await app.admin.get<{ milestones: { code: string; state: string }[] }>(
          `/api/projects/${order.id}/chain`,
        );
        return milestones.find(({ code }) => code === 'launch')?.state === 'done';
      });
    } finally {
      socket.raw.close();
    }
  });
});
