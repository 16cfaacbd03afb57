/**
 * Server and store are killed with SIGKILL while a table is imported, again and again. When the import has ended, each
 * order stands where a naive derivation from the events that there are in the end leads, and lists and chains say the
 * same. The seed is printed; ORDERS_SEED repeats a run.
 */
import type { Project } from '@svodka/shared/contracts/directory';
import type { SvodkaEvent } from '@svodka/shared/contracts/event';
import type { ImportBatch } from '@svodka/shared/contracts/import';
import type { OrderChain } from '@svodka/shared/contracts/orders';
import { deriveLine } from '@svodka/shared/rules/orders/line';
import { MongoClient } from 'mongodb';
import { storeOf } from '../support/app-process.ts';
import type { Client } from '../support/client.ts';
import { LastingApp } from '../support/lasting-app.ts';
import { seeded } from '../support/seeded.ts';
import { until } from '../support/until.ts';

const seed = Number(process.env.ORDERS_SEED ?? Date.now() % 1_000_000);
const random = seeded(seed);
const ROUNDS = process.env.SVODKA_DEEP ? 8 : 2;
const ORDERS = 60;
const ROWS = 2_000;
const PATIENCE_MS = 120_000;
const TYPES = [
  'measure.done',
  'contract.signed',
  'payment.prepaid',
  'payment.received',
  'material.reserved',
  'material.shortage',
  'production.launched',
  'items.complete',
  'shipment.out',
  'install.done',
];

const COLUMNS = {
  Ключ: 'externalId',
  Когда: 'occurredAt',
  Тип: 'type',
  Что: 'title',
  Заказ: 'project',
  Сумма: 'payload.amountKop',
};

/** A table of what happened to some orders, in no order. */
function csv(): string {
  const day = (n: number) => new Date(Date.UTC(2026, 0, 12 + n)).toISOString().slice(0, 10);
  const rows = Array.from({ length: ROWS }, (_, i) => {
    const type = TYPES[Math.floor(random() * TYPES.length)];
    const order = `K-${Math.floor(random() * ORDERS)}`;
    return `${i};${day(Math.floor(random() * 200))} 10:00;${type};Строка ${i};${order};${1 + Math.floor(random() * 90_000)}`;
  });
  return ['Ключ;Когда;Тип;Что;Заказ;Сумма', ...rows].join('\n');
}

describe(`kill -9 of server and store while an import derives orders (seed ${seed})`, () => {
  let app: LastingApp;
  let client: Client;

  beforeAll(async () => {
    app = await LastingApp.start();
    client = await app.signIn();
  }, PATIENCE_MS);
  afterAll(() => app?.close());

  /** Whom a killed process has left without its import waits for the lease that it held; here there is nobody else. */
  async function endLease(): Promise<void> {
    const store = new MongoClient((await storeOf(app.dataDir)).uri);
    try {
      await store
        .db()
        .collection('imports')
        .updateMany({ state: 'running' }, { $set: { leaseUntil: new Date(0) } });
    } finally {
      await store.close();
    }
  }

  /** A store that others keep from the processor may say «later», which is no fault. */
  const batchOf = (id: string) =>
    until(
      async () => {
        const { status, body } = await client.send<ImportBatch>('GET', `/api/imports/${id}`);
        return status === 200 && body;
      },
      { timeoutMs: PATIENCE_MS, what: 'the state of the import' },
    );

  async function all<T>(path: string): Promise<T[]> {
    const items: T[] = [];
    for (let after = ''; ; ) {
      const page = await client.get<{ items: T[]; next: string | null }>(`${path}limit=200${after}`);
      items.push(...page.items);
      if (!page.next) return items;
      after = `&after=${encodeURIComponent(page.next)}`;
    }
  }

  it(
    'ends where the events lead',
    async () => {
      const { batch } = await client.post<{ batch: ImportBatch }>(
        `/api/imports?fileName=${encodeURIComponent('заказы.csv')}`,
        csv(),
        { 'Content-Type': 'text/csv' },
      );
      await client.post(`/api/imports/${batch.id}/start`, { columns: COLUMNS });
      let seen = 0;
      for (let round = 0; round < ROUNDS; round++) {
        // Some way further each time, by as much as the seed says.
        const wanted = Math.min(ROWS - 1, seen + 100 + Math.floor(random() * 700));
        const now = await until(
          async () => {
            const { counts, state } = await batchOf(batch.id);
            return (counts.read >= wanted || state !== 'running') && { read: counts.read, state };
          },
          { timeoutMs: PATIENCE_MS, what: 'the import to go on' },
        );
        seen = now.read;
        await app.kill();
        await app.again();
        client = await app.signIn();
        await endLease();
      }
      await until(async () => (await batchOf(batch.id)).state === 'done', {
        timeoutMs: PATIENCE_MS,
        what: 'the end of the import',
      });

      const events = await all<SvodkaEvent>('/api/events?');
      const facts = events.filter(({ source }) => source?.batchId === batch.id);
      expect(facts).toHaveLength(ROWS);
      let wrong = '';
      const projects = await until(
        async () => {
          const found = await all<Project>('/api/projects?');
          for (const project of found) {
            const { amountKop, template, tz, createdAt } = project;
            const line = deriveLine({
              template,
              zone: tz,
              createdAt: new Date(createdAt),
              amountKop,
              now: new Date(),
              events: events
                .filter(({ projectId }) => projectId === project.id)
                .map((event) => ({
                  ...event,
                  occurredAt: new Date(event.occurredAt),
                  recordedAt: new Date(event.recordedAt),
                  dueAt: event.dueAt === null ? null : new Date(event.dueAt),
                  resolved: event.resolved && { ...event.resolved, at: new Date(event.resolved.at) },
                  deletedAt: null,
                })) as never,
            });
            const { milestones, money, flags, status } = line;
            try {
              expect(project.line).toMatchObject({ milestones, money, flags, status });
            } catch (error) {
              wrong = `${project.number}: ${(error as Error).message}`;
              return null;
            }
          }
          return found;
        },
        { timeoutMs: PATIENCE_MS, everyMs: 300, what: () => wrong },
      );
      expect(projects).toHaveLength(ORDERS);
      for (const { id, line } of projects.slice(0, 10)) {
        const chain = await client.get<OrderChain>(`/api/projects/${id}/chain`);
        expect(chain.milestones.map(({ code, forecastOn }) => [code, forecastOn])).toEqual(
          line.milestones.map(({ code, forecastOn }) => [code, forecastOn]),
        );
      }
    },
    5 * PATIENCE_MS,
  );
});
