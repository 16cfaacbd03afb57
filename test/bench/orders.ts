import { newId } from '@svodka/shared/contracts/id';
import { moduleOf } from '@svodka/shared/contracts/modules';
import type { OrderLine } from '@svodka/shared/contracts/orders';
import { FACT_TYPES } from '@svodka/shared/rules/orders/fills';
import { deriveLine } from '@svodka/shared/rules/orders/line';
import type { App } from '../support/app-process.ts';
import { makeCounterparty, makeEvent, makeProject } from '../support/factories.ts';
import { seeded } from '../support/seeded.ts';
import { until } from '../support/until.ts';
import { signInAdmin, storeOfApp } from './people.ts';
import { childrenOf, turnsMs } from './processes.ts';
import { ms, summarize, table } from './statistics.ts';

const DAY_MS = 86_400_000;
const ORDERS = 5_000;
const EVENTS = 10_000;
const AFFECTED = 200;
const ROUNDS = 40;

type Doc = { _id: string; [field: string]: unknown };

/** How long one order of 200 events takes, an import's orders behind its end, and the table of 5,000 orders. */
export async function benchOrders(app: App): Promise<void> {
  const random = seeded(7);
  const pick = <T>(list: readonly T[]): T => list[Math.floor(random() * list.length)] as T;
  const now = new Date();
  const occurred = () => new Date(now.getTime() - Math.floor(random() * 80 * DAY_MS));

  const events = Array.from({ length: 200 }, (_, i) => ({
    id: newId(),
    version: 1,
    type: FACT_TYPES[i % FACT_TYPES.length] ?? 'note.free',
    occurredAt: occurred(),
    dueAt: null,
    status: 'recorded' as const,
    resolved: null,
    deletedAt: null,
    payload: { amountKop: 100, count: 1, total: 100, startOn: '2030-01-10' },
  }));
  const card = {
    template: 'private' as const,
    zone: 'Europe/Moscow',
    createdAt: occurred(),
    amountKop: 10_000,
  };
  const derived: number[] = [];
  for (let i = 0; i < 250; i++) {
    const began = performance.now();
    deriveLine({ ...card, now, events });
    if (i >= 50) derived.push(performance.now() - began);
  }

  const admin = await signInAdmin(app);
  const customer = await makeCounterparty(admin, { name: 'Громов' });
  const { db, close } = await storeOfApp(app);
  try {
    const projects = db.collection<Doc>('projects');
    const stored = db.collection<Doc>('events');
    const first = await makeProject(admin, { counterpartyId: customer.id, amountKop: 10_000 });
    const model = await projects.findOne({ _id: first.id });
    const pattern = await stored.findOne({ _id: (await makeEvent(admin, { projectId: first.id })).id });
    if (!model || !pattern) throw new Error('nothing to copy');
    const { created: _, ...plain } = pattern;
    const managers = Array.from({ length: 12 }, () => newId());
    const ids = Array.from({ length: ORDERS }, () => newId());
    await projects.insertMany(
      ids.map((_id, i) => ({
        ...model,
        _id,
        number: `B-${i}`,
        numberKey: `b-${i}`,
        managerId: pick(managers),
        amountKop: 1_000_000 + Math.floor(random() * 1e7),
        createdAt: new Date(now.getTime() - (10 + Math.floor(random() * 190)) * DAY_MS),
      })),
    );
    const version = (model.line as OrderLine).version;
    await until(async () => (await projects.countDocuments({ 'line.version': { $gt: version } })) >= ORDERS, {
      timeoutMs: 120_000,
      everyMs: 200,
      what: 'the lines of new orders',
    });

    // The deadlines of their milestones are still being told for a while.
    let told = -1;
    await until(
      async () => {
        const now = await stored.estimatedDocumentCount();
        const isQuiet = now === told;
        told = now;
        return isQuiet;
      },
      { timeoutMs: 120_000, everyMs: 3_000, what: 'the deadlines of new orders' },
    );

    const rows: (string | number)[][] = [];
    const pids = [process.pid, app.pid, ...childrenOf(app.pid)];
    const turns = () =>
      pids.map(turnsMs).reduce((a, b) => ({ ran: a.ran + b.ran, waited: a.waited + b.waited }));
    const measure = async (name: string, query: string) => {
      const took: number[] = [];
      const ran: number[] = [];
      const waited: number[] = [];
      for (let i = 0; i < ROUNDS; i++) {
        const before = turns();
        const began = performance.now();
        await admin.get(`/api/projects?limit=50&${query}`);
        if (i < 3) continue;
        took.push(performance.now() - began);
        const after = turns();
        ran.push(after.ran - before.ran);
        waited.push(after.waited - before.waited);
      }
      const { max } = summarize(took);
      const both = (sample: number[]) => [summarize(sample).p50, summarize(sample).p95];
      rows.push([name, ...[...both(took), max, ...both(ran), ...both(waited)].map(ms)]);
    };
    await measure('first page by risk, just started', 'sort=risk');
    await measure('the same again', 'sort=risk');
    await measure('late', 'sort=risk&filter=is:late');
    await measure('one status', 'sort=risk&filter=stage:ready');
    await measure('one manager, by date', `sort=install&filter=manager:${managers[0]}`);
    await measure('installations of the week', 'sort=install&filter=install:this-week');
    await measure('late and in debt, not stopped', 'sort=risk&filter=is:late has:debt -has:stopped');
    await measure('words', `sort=risk&search=${encodeURIComponent('громов')}`);
    await measure('groups by manager', 'group=manager');
    // One request does its work in one process after the other: what they ran is what it takes on a quiet machine.
    table(
      'Table of 5,000 orders, request to answer, ms; of it run by client, app and store, and waited for a processor',
      ['', 'p50', 'p95', 'max', 'ran p50', 'p95', 'waited p50', 'p95'],
      rows,
    );

    const affected = ids.slice(0, AFFECTED);
    // Every order gets as many payments as the others.
    const typeOf = (i: number) =>
      Math.floor(i / AFFECTED) % 2 ? ('payment.received' as const) : ('material.received' as const);
    const docs = Array.from({ length: EVENTS }, (_, i) => ({
      ...plain,
      _id: newId(),
      type: typeOf(i),
      module: moduleOf(typeOf(i)),
      projectId: affected[i % AFFECTED],
      payload: { amountKop: 100 },
      occurredAt: occurred(),
    }));
    const began = performance.now();
    for (let at = 0; at < docs.length; at += 125) await stored.insertMany(docs.slice(at, at + 125) as Doc[]);
    const written = performance.now();
    const wanted = EVENTS / 2 / AFFECTED;
    await until(
      async () =>
        (await projects.countDocuments({ _id: { $in: affected }, 'line.money.paidKop': wanted * 100 })) ===
        AFFECTED,
      { timeoutMs: 60_000, everyMs: 50, what: 'the lines of the orders' },
    );
    const done = performance.now();
    const { p50, p95, max } = summarize(derived);
    table(
      'Derivation',
      ['', ''],
      [
        ['one order of 200 events, ms p50 / p95 / max', `${ms(p50)} / ${ms(p95)} / ${ms(max)}`],
        [`${EVENTS} events of ${AFFECTED} orders written, s`, ((written - began) / 1000).toFixed(1)],
        ['their orders derived after the last of them, s', ((done - written) / 1000).toFixed(2)],
      ],
    );
  } finally {
    await close();
  }
}
