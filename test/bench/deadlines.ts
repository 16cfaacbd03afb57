/**
 * Ten thousand deadlines of one moment: how long after it each is written. And a toast beside the feed: from the request
 * that writes an event to the frame and to the notice of its manager, on one socket.
 */
import { setTimeout as pause } from 'node:timers/promises';
import { newId } from '@svodka/shared/contracts/id';
import type { EventDoc } from '../../server/events/event.schema.ts';
import type { App } from '../support/app-process.ts';
import { Client } from '../support/client.ts';
import { makeEvent, makeProject } from '../support/factories.ts';
import { TestSocket } from '../support/socket.ts';
import { until } from '../support/until.ts';
import { signInAdmin, storeOfApp } from './people.ts';
import { childrenOf, cpuMs } from './processes.ts';
import { ms, summarize, table } from './statistics.ts';

const DEADLINES = 10_000;
const TOASTS = 200;
/** Until they fall due everything is written and heard of. */
const AHEAD_MS = 20_000;
const PASSWORD = 'plain-lantern-42';

export async function benchDeadlines(app: App): Promise<void> {
  await benchSweep(app);
  await benchToast(app);
}

async function benchSweep(app: App): Promise<void> {
  const admin = await signInAdmin(app);
  const far = new Date(Date.now() + 40 * 24 * 3_600_000).toISOString();
  const { id } = await makeEvent(admin, { due: { at: far, leadMin: 0 } });
  const { db, close } = await storeOfApp(app);
  const events = db.collection<EventDoc>('events');
  const { created: _, ...sample } = (await events.findOne({ _id: id })) as EventDoc;
  const processes = [app.pid, ...childrenOf(app.pid)];
  const rows: (string | number)[][] = [];
  for (const name of ['just started', 'again']) {
    const dueAt = new Date(Date.now() + AHEAD_MS);
    const docs = Array.from({ length: DEADLINES }, () => ({
      ...sample,
      _id: newId(),
      dueAt,
      nextDueChangeAt: dueAt,
    }));
    for (let at = 0; at < DEADLINES; at += 1_000) await events.insertMany(docs.slice(at, at + 1_000));
    await pause(dueAt.getTime() - Date.now());
    const used = processes.map(cpuMs);
    const reached: (string | number)[] = [];
    for (const share of [0.5, 0.99, 1]) {
      const most = Math.round(DEADLINES * (1 - share));
      // By the keys of an index alone, and no further than needed: whoever counts more measures mostly that.
      const left = () => events.countDocuments({ nextDueChangeAt: dueAt }, { limit: most + 1 });
      await until(async () => (await left()) <= most, { timeoutMs: 120_000, everyMs: 200 });
      reached.push(ms(Date.now() - dueAt.getTime()));
    }
    const each = processes.map((pid, i) => ((cpuMs(pid) - (used[i] ?? 0)) / DEADLINES).toFixed(3));
    rows.push([name, ...reached, each[0] ?? '-', each[1] ?? '-']);
  }
  await close();
  table(
    `${DEADLINES} deadlines of one moment, each written so many ms after it; ms of processor time for each`,
    ['', 'half', '99 %', 'all', 'app', 'store'],
    rows,
  );
}

async function benchToast(app: App): Promise<void> {
  const admin = await signInAdmin(app);
  const person = { login: 'toast', name: 'Toast', roles: ['manager'], password: PASSWORD };
  const { user } = await admin.post<{ user: { id: string } }>('/api/users', person);
  const { id: projectId } = await makeProject(admin, { managerId: user.id });
  const manager = await new Client(app.url).signIn(person.login, PASSWORD);
  const socket = await TestSocket.connect(manager);
  const feed = await socket.follow({ and: [] });
  const heard = new Map<string, number>();
  socket.raw.on('notice.changed', ({ notice }) => heard.set(notice.eventId, performance.now()));
  const [toFeed, toToast]: [number[], number[]] = [[], []];
  for (let n = 0; n < TOASTS; n++) {
    const start = performance.now();
    const id = newId();
    const seen = until(() => feed.ids.includes(id) && performance.now(), { everyMs: 1 });
    await makeEvent(admin, { id, type: 'production.launched', projectId });
    toFeed.push((await seen) - start);
    toToast.push((await until(() => heard.get(id), { everyMs: 1 })) - start);
  }
  socket.raw.disconnect();
  const row = (name: string, sample: number[]) => {
    const { p50, p95, p99, max } = summarize(sample);
    return [name, ms(p50), ms(p95), ms(p99), ms(max)];
  };
  table(
    `From the request to a screen, ms, ${TOASTS} events`,
    ['', 'p50', 'p95', 'p99', 'max'],
    [row('feed', toFeed), row('toast', toToast)],
  );
}
