/**
 * Server and store are killed with SIGKILL while a dump of a table, a file of payments and a file of the watched folder
 * go in; started again, the same files are sent again, the folder's goes in by itself, and all ends where it would have
 * ended uncut. The seed is printed; KILL_SEED repeats a run.
 */
import { mkdtemp, readdir, rename, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Project } from '@svodka/shared/contracts/directory';
import type { ImportBatch } from '@svodka/shared/contracts/import';
import type { PaymentsAnswer } from '@svodka/shared/contracts/payments';
import type { Table, TableAnswer } from '@svodka/shared/contracts/tables';
import { type App, startApp, storeOf } from '../support/app-process.ts';
import { bankDocument, bankFile } from '../support/bank.ts';
import { Client } from '../support/client.ts';
import { seeded } from '../support/seeded.ts';
import { until } from '../support/until.ts';

const ROUNDS = process.env.SVODKA_DEEP ? 16 : 2;
const ORDERS = 150;
const PAYMENTS = 300;
const PATIENCE_MS = 120_000;
const seed = Number(process.env.KILL_SEED ?? Date.now() % 1_000_000);
const random = seeded(seed);
const admin = { login: 'admin', password: 'steady-anchor-31' };
const FILE = { 'Content-Type': 'application/octet-stream' };

describe(`kill -9 of server and store while files go in (seed ${seed})`, () => {
  let app: App;
  let dataDir: string;
  let folder: string;
  let client: Client;
  let paidTotal = 0;
  const start = async () => {
    app = await startApp({
      env: { ADMIN_LOGIN: admin.login, ADMIN_PASSWORD: admin.password, SOURCES_DIR: folder },
      dataDir,
      timeoutMs: PATIENCE_MS,
    });
    client = await new Client(app.url).signIn(admin.login, admin.password);
  };

  beforeAll(async () => {
    dataDir = await mkdtemp(join(tmpdir(), 'svodka-dumps-'));
    folder = await mkdtemp(join(tmpdir(), 'svodka-dropped-'));
    await start();
  }, PATIENCE_MS);
  afterAll(async () => {
    await app?.stop();
    for (const dir of [dataDir, folder]) await rm(dir, { recursive: true, force: true });
  });

  const count = async (filter: string) =>
    (await client.get<{ n: number }>(`/api/events/count?filter=${encodeURIComponent(filter)}`)).n;
  const ordersOf = async (name: string) =>
    (
      await client.get<{ items: Project[] }>(`/api/projects?limit=200&search=${encodeURIComponent(name)}`)
    ).items.filter(({ number }) => number.startsWith(`${name}-`));

  const dumpOf = (name: string, turn: number) =>
    [
      'ZNUMB;KNAME;MSUMM;PWORK;EWORK',
      ...Array.from(
        { length: ORDERS },
        (_, i) =>
          `${name}-${i};Заказчик ${name} ${i % 20};${turn * 100};${turn > 0 ? 1 : ''};0${1 + turn}.03.2026`,
      ),
      '',
    ].join('\n');
  const bankOf = (name: string) =>
    bankFile(
      Array.from({ length: PAYMENTS }, (_, i) =>
        bankDocument({ Номер: `${name}${i}`, НазначениеПлатежа: `Оплата ${name}` }),
      ),
    );
  const sendDump = (table: Table, text: string) =>
    client.post<TableAnswer>(`/api/tables/${table.id}/dumps?fileName=a.csv`, text, FILE);
  const sendBank = (text: string) =>
    client.post<PaymentsAnswer>('/api/sources/payments?fileName=a.txt', text, FILE);

  /** Kills both once so much of `all` has gone in, and starts them again. */
  async function killAt(
    progress: () => Promise<number>,
    all: number,
    sending: Promise<unknown>,
  ): Promise<void> {
    const wanted = Math.max(1, Math.floor(random() * all * 0.9));
    let isOver = false;
    void sending.finally(() => {
      isOver = true;
    });
    await until(async () => isOver || (await progress()) >= wanted, {
      timeoutMs: PATIENCE_MS,
      everyMs: 5,
      what: `${wanted} of ${all}`,
    });
    process.kill((await storeOf(dataDir)).pid, 'SIGKILL');
    await app.kill();
    await sending;
    await start();
  }
  const cut = (...sent: Promise<unknown>[]) => Promise.allSettled(sent);

  it(
    'ends where uncut files end',
    async () => {
      for (let round = 0; round < ROUNDS; round += 2) {
        const name = `Т${round}`;
        const before = await count('*');
        const table = await client.post<Table>('/api/tables', {
          name,
          mapping: {
            kind: 'orders',
            key: 'ZNUMB',
            columns: { KNAME: 'counterparty', MSUMM: 'paid', PWORK: 'launched', EWORK: 'plannedOn' },
          },
        });
        // The first dump makes orders, and nothing else.
        await killAt(
          async () => (await ordersOf(name)).length,
          ORDERS,
          cut(sendDump(table, dumpOf(name, 0))),
        );
        const first = await sendDump(table, dumpOf(name, 0));
        expect([first.table.dump?.rows, first.counts.events]).toEqual([ORDERS, 0]);
        expect(await ordersOf(name)).toHaveLength(ORDERS);
        expect(await count('*')).toBe(before);

        // The second one, a bank's file, and another in the folder, at once.
        const [mine, dropped] = [bankOf(`м${round}/`), bankOf(`п${round}/`)];
        const path = join(folder, 'payments', `выписка-${round}.txt`);
        await writeFile(`${path}.part`, dropped);
        await rename(`${path}.part`, path);
        const folderTook = () => count(`модуль:finance текст:"п${round}"`);
        await until(async () => (await folderTook()) > 0, {
          timeoutMs: PATIENCE_MS,
          what: 'the folder to begin',
        });
        const all = 3 * ORDERS + 2 * PAYMENTS;
        await killAt(
          async () => (await count('*')) - before,
          all,
          cut(sendDump(table, dumpOf(name, 1)), sendBank(mine)),
        );
        const [second, bank] = await Promise.all([sendDump(table, dumpOf(name, 1)), sendBank(mine)]);
        expect(second.table.dump?.rows).toBe(ORDERS);
        expect(bank.counts.created + bank.counts.unchanged).toBe(PAYMENTS);
        await until(async () => !(await readdir(join(folder, 'payments'))).includes(`выписка-${round}.txt`), {
          timeoutMs: PATIENCE_MS,
          what: 'the folder to end',
        });
        paidTotal += ORDERS;
        expect(await count('тип:payment.prepaid')).toBe(paidTotal);
        expect(await count(`модуль:finance текст:"п${round}"`)).toBe(PAYMENTS);
        expect(await count('*')).toBe(before + all);
        expect(
          (await readdir(join(folder, 'payments', 'done'))).filter((file) => file.endsWith('.txt')),
        ).toHaveLength(round / 2 + 1);
        // Every order stands where its events lead, each customer is one, and the same files add nothing.
        const orders = await until(
          async () => {
            const found = await ordersOf(name);
            const done = (code: string) =>
              found.every(({ line }) =>
                line.milestones.some((step) => step.code === code && step.state === 'done'),
              );
            return done('launch') && found;
          },
          { timeoutMs: PATIENCE_MS, what: 'the orders' },
        );
        expect(new Set(orders.map(({ counterpartyId }) => counterpartyId)).size).toBe(20);
        expect((await sendDump(table, dumpOf(name, 1))).counts).toMatchObject({ events: 0, card: 0, new: 0 });
        expect((await sendBank(mine)).counts).toMatchObject({ created: 0, changed: 0, unchanged: PAYMENTS });
        expect(await count('*')).toBe(before + all);
      }
    },
    5 * PATIENCE_MS,
  );

  it(
    'ends an import of cards where an uncut one ends',
    async () => {
      for (let round = 0; round < Math.ceil(ROUNDS / 2); round++) {
        const name = `К${round}`;
        const rows = Array.from(
          { length: ORDERS },
          (_, i) => `${name}-${i};Заказчик ${name} ${i % 20};Тула, дом ${i};01.03.2026`,
        );
        const file = ['Номер;Заказчик;Адрес;Монтаж', ...rows, ''].join('\n');
        const path = `/api/imports?fileName=${encodeURIComponent(`${name}.csv`)}`;
        const { batch } = await client.post<{ batch: ImportBatch }>(path, file, {
          'Content-Type': 'text/csv',
        });
        const mapping = {
          kind: 'orders',
          source: name,
          columns: { Номер: 'number', Заказчик: 'counterparty', Адрес: 'address', Монтаж: 'plannedOn' },
        };
        const planned = await count('тип:work.planned');
        await client.post(`/api/imports/${batch.id}/start`, mapping);
        await killAt(
          async () => (await ordersOf(name)).length,
          ORDERS,
          until(
            async () => {
              const now = await client.get<ImportBatch>(`/api/imports/${batch.id}`).catch(() => null);
              // Killed meanwhile, it says nothing; what becomes of it is asked below.
              return now?.state !== 'running';
            },
            { timeoutMs: PATIENCE_MS, everyMs: 20, what: 'the import to end or to be cut' },
          ),
        );
        const done = await until(
          async () => {
            const now = await client.get<ImportBatch>(`/api/imports/${batch.id}`);
            return ['running', 'checking'].includes(now.state) ? null : now;
          },
          { timeoutMs: PATIENCE_MS, what: 'the import to go on to its end' },
        );
        expect(done).toMatchObject({ state: 'done', counts: { rows: ORDERS, created: ORDERS, errors: 0 } });
        const made = await ordersOf(name);
        expect(new Set(made.map(({ number }) => number)).size).toBe(ORDERS);
        expect(made).toHaveLength(ORDERS);
        expect(new Set(made.map(({ counterpartyId }) => counterpartyId)).size).toBe(20);
        const parties = await client.get<{ items: unknown[] }>(
          `/api/counterparties?limit=100&search=${encodeURIComponent(`Заказчик ${name}`)}`,
        );
        expect(parties.items).toHaveLength(20);
        expect(await count('тип:work.planned')).toBe(planned + ORDERS);
      }
    },
    5 * PATIENCE_MS,
  );
});
