import { setTimeout as pause } from 'node:timers/promises';
import type { ModuleToken } from '@svodka/shared/contracts/ingest';
import type { App } from '../support/app-process.ts';
import type { Client } from '../support/client.ts';
import { ndjson, sayLines } from '../support/module.ts';
import { signInAdmin } from './people.ts';
import { childrenOf, cpuMs } from './processes.ts';
import { ms, summarize, table } from './statistics.ts';

const EVENTS = 20_000;
const ORDERS = 400;
const EVERY_MS = 40;

/** Somebody who writes by hand until they are told to stop. @returns how long each write took, ms */
async function writeByHand(client: Client, isOver: () => boolean): Promise<number[]> {
  const took: number[] = [];
  while (!isOver()) {
    const start = performance.now();
    await client.post('/api/events', { type: 'note.free', title: `От руки ${took.length}` });
    took.push(performance.now() - start);
    await pause(EVERY_MS);
  }
  return took;
}

/** A module's stream, new and the same again, beside a person who writes; first the person alone. */
export async function benchIngest(app: App): Promise<void> {
  const admin = await signInAdmin(app);
  const { token } = await admin.post<{ token: string; item: ModuleToken }>('/api/sources/tokens', {
    module: 'fgwarehouse',
    name: 'Bench',
    unknownOrders: 'create',
  });
  const body = ndjson(
    Array.from({ length: EVENTS }, (_, i) => ({
      externalId: `bench-${i}`,
      type: 'item.arrived',
      title: `Изделие ${i} поступило на склад`,
      order: `B-${i % ORDERS}`,
      payload: { count: 1 },
    })),
  );
  const processes = [app.pid, childrenOf(app.pid)[0]];
  const cpu = () => processes.map((pid) => (pid === undefined ? Number.NaN : cpuMs(pid)));
  let over = false;
  const quiet = pause(5_000).then(() => (over = true));
  const alone = summarize(await writeByHand(admin, () => over));
  await quiet;
  const rows: (string | number)[][] = [['nobody', '-', '-', ms(alone.p50), ms(alone.p99), '1.0', '-', '-']];
  for (const round of ['new', 'the same again']) {
    over = false;
    const before = cpu();
    const start = performance.now();
    const [said, byHand] = await Promise.all([
      sayLines(app.url, token, body).finally(() => (over = true)),
      writeByHand(admin, () => over),
    ]);
    const seconds = (performance.now() - start) / 1000;
    const { p50, p99 } = summarize(byHand);
    const { created = 0, unchanged = 0 } = said.end?.counts ?? {};
    rows.push([
      `${round} (${created + unchanged})`,
      seconds.toFixed(1),
      Math.round(EVENTS / seconds),
      ms(p50),
      ms(p99),
      (p99 / alone.p99).toFixed(1),
      ...cpu().map((now, i) => ((now - (before[i] ?? 0)) / EVENTS).toFixed(2)),
    ]);
  }
  table(
    `Module ingest by NDJSON, ${ORDERS} orders following, beside a write by hand every ${EVERY_MS} ms`,
    ['stream', 's', 'events/s', 'by hand p50', 'p99', 'p99 ×', 'app ms/event', 'store'],
    rows,
  );
}
