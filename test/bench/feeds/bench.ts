/**
 * The way of one event, from its write to everybody who watches a feed that it is in. Svodka through REST, and beside
 * itself (events that somebody writes straight into the store), against what it is built of with nothing of its own, and
 * against Socket.IO alone: rooms that a hand-made index chooses, or a predicate for each socket. Sockets are in a process
 * of their own, the writer in another; CPU is the processes' own count.
 */
import { type ChildProcess, fork } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { newId } from '@svodka/shared/contracts/id';
import { BSON } from 'mongodb';
import type { App } from '../../support/app-process.ts';
import { makeCounterparty, makeProject } from '../../support/factories.ts';
import { type Person, people, signInAdmin, storeOfApp } from '../people.ts';
import { anonymousMiB, childrenOf, cpuMs } from '../processes.ts';
import { ms, type Summary, table } from '../statistics.ts';
import { Audience } from './audience.ts';
import { postJson, type Saturated, saturate, steady, type Write, writersFor } from './flow.ts';
import { draft, ORDERS, ordersOf, SCHEMES, type Scheme } from './schemes.ts';

/** One person may write 500 times a second. */
const WRITERS = 40;
const WAYS = [
  'Svodka by REST',
  'Svodka beside',
  'what it is built of',
  'hand-made index',
  'predicate each',
] as const;
type Way = (typeof WAYS)[number];

type Bench = { app: App; people: Person[]; orders: string[]; seconds: number };
type Row = [name: string, run: (bench: Bench) => Promise<void>];

/** What the events beside the app are made of: one that came through it, of each module and order. */
async function byStore(bench: Bench, of: number): Promise<{ write: Write; close(): Promise<void> }> {
  const store = await storeOfApp(bench.app);
  const events = store.db.collection<{ _id: string }>('events');
  const samples: (object | null)[] = [];
  for (let i = 0; i < 10; i++) {
    const sample = draft(i, bench.orders, of);
    await byRest(bench, of, () => sample)(i);
    samples.push(await events.findOne({ _id: sample.id }));
  }
  return {
    close: store.close,
    async write(i) {
      const { id, projectId } = draft(i, bench.orders, of);
      const { created: _, ...sample } = samples[i % 10] as { created?: unknown };
      await events.insertOne({ ...sample, _id: id, projectId, occurredAt: new Date() } as never);
      return id;
    },
  };
}

function byRest(
  { app, people, orders }: Bench,
  of: number,
  make = (i: number) => draft(i, orders, of),
): Write {
  return async (i) => {
    const event = make(i);
    await postJson(`${app.url}/api/events`, event, people[i % WRITERS]?.token);
    return event.id;
  };
}

/** Waits until what the start of feeds costs later (their counts, above all) is over. */
async function quiet(pids: number[]): Promise<void> {
  for (let tries = 0; tries < 120; tries++) {
    const before = pids.reduce((sum, pid) => sum + cpuMs(pid), 0);
    await pause(500);
    if (pids.reduce((sum, pid) => sum + cpuMs(pid), 0) - before < 60) return;
  }
}

type Open = {
  audience: Audience;
  write: Write;
  pids: number[];
  close(): Promise<void>;
};

async function openSvodka(bench: Bench, name: string, way: Way): Promise<Open> {
  const { app, people, orders } = bench;
  const scheme = SCHEMES[name] as Scheme;
  const needed = scheme.feedsOf(0).length > 1 ? scheme.sockets : Math.ceil(scheme.sockets / 10);
  const tokens = people.slice(0, needed).map(({ token }) => token);
  const audience = new Audience();
  await audience.open({ scheme: name, url: app.url, tokens, orders });
  const beside = way === 'Svodka beside' ? await byStore(bench, ordersOf(name)) : null;
  const pids = [app.pid, ...childrenOf(app.pid).slice(0, 1)];
  await quiet(pids);
  return {
    audience,
    write: beside?.write ?? byRest(bench, ordersOf(name)),
    pids,
    async close() {
      await audience.end();
      await beside?.close();
      await quiet(pids);
    },
  };
}

/** An event that came through the app, as it is stored. */
async function stored(bench: Bench): Promise<string> {
  const sample = draft(0, bench.orders);
  await byRest(bench, 1, () => sample)(0);
  const store = await storeOfApp(bench.app);
  const events = store.db.collection<{ _id: string }>('events');
  const found = await events.findOne({ _id: sample.id }, { projection: { created: 0 } });
  await store.close();
  return Buffer.from(BSON.serialize(found as object)).toString('base64');
}

async function openPlain(bench: Bench, name: string, way: Way): Promise<Open> {
  const { orders } = bench;
  const server: ChildProcess =
    way === 'what it is built of'
      ? fork(join(import.meta.dirname, 'bare-server.js'), [name, await stored(bench)])
      : fork(join(import.meta.dirname, 'plain-server.js'), [
          name,
          way === 'hand-made index' ? 'index' : 'predicate',
          JSON.stringify(orders),
        ]);
  const [url] = (await once(server, 'message')) as [string];
  const audience = new Audience();
  await audience.open({ scheme: name, url, tokens: null, orders });
  return {
    audience,
    pids: [server.pid as number, ...childrenOf(server.pid as number).slice(0, 1)],
    async write(i) {
      const event = draft(i, orders, ordersOf(name));
      await postJson(url, { i, event });
      return event.id;
    },
    async close() {
      await audience.end();
      const ended = once(server, 'exit');
      server.kill();
      await ended;
    },
  };
}

const openWay = (bench: Bench, name: string, way: Way): Promise<Open> =>
  way.startsWith('Svodka') ? openSvodka(bench, name, way) : openPlain(bench, name, way);

function saturated(name: string): Row {
  return [
    name,
    async (bench) => {
      const { title, deliveries } = SCHEMES[name] as Scheme;
      const found = new Map<Way, Saturated>();
      for (const way of WAYS) {
        const open = await openWay(bench, name, way);
        try {
          await saturate(1, open.audience, { ...open, deliveries }); // warm
          found.set(way, await saturate(bench.seconds, open.audience, { ...open, deliveries }));
        } finally {
          await open.close();
        }
      }
      const plain = found.get('hand-made index')?.deliveriesPerSecond ?? Number.NaN;
      table(
        `${title}: an event is ${deliveries} messages`,
        ['', 'events/s', 'messages/s', 'ratio', 'CPU ms an event', 'CPU µs a message', 'missing', 'doubled'],
        [...found].map(([way, one]) => [
          way,
          one.eventsPerSecond.toFixed(0),
          one.deliveriesPerSecond.toFixed(0),
          (one.deliveriesPerSecond / plain).toFixed(3),
          one.cpu.map((each) => each.toFixed(2)).join(' + '),
          ((one.cpu.reduce((a, b) => a + b, 0) / deliveries) * 1000).toFixed(0),
          one.missing,
          one.doubles,
        ]),
      );
    },
  ];
}

function latency(name: string, rates: number[]): Row {
  return [
    `latency-${SCHEMES[name]?.sockets}`,
    async (bench) => {
      const { title, deliveries } = SCHEMES[name] as Scheme;
      const lines: [Way, number, Summary][] = [];
      for (const way of ['Svodka by REST', 'what it is built of', 'hand-made index'] as const) {
        const open = await openWay(bench, name, way);
        try {
          await steady(20, 2, open.audience, { ...open, deliveries }); // warm
          for (const rate of rates)
            lines.push([
              way,
              rate,
              await steady(rate, bench.seconds, open.audience, { ...open, deliveries }),
            ]);
        } finally {
          await open.close();
        }
      }
      table(
        `Write to client, ms: ${title}`,
        ['', 'events/s', 'messages', 'p50', 'p95', 'p99', 'max'],
        lines.map(([way, rate, s]) => [way, rate, s.n, ms(s.p50), ms(s.p95), ms(s.p99), ms(s.max)]),
      );
    },
  ];
}

/** Nobody watches: what a request and its commit cost. */
async function posts(bench: Bench): Promise<void> {
  const own = { pids: [bench.app.pid, ...childrenOf(bench.app.pid).slice(0, 1)] };
  const rows: (string | number)[][] = [];
  const measure = async (title: string, { write, pids }: Pick<Open, 'write' | 'pids'>) => {
    await writersFor(1, 10, write); // warm
    for (const writers of [1, 10, 100]) {
      const before = pids.map(cpuMs);
      const perSecond = await writersFor(bench.seconds, writers, write);
      const cpu = pids.map((pid, i) => (cpuMs(pid) - (before[i] ?? 0)) / (perSecond * bench.seconds));
      rows.push([title, writers, perSecond.toFixed(0), cpu.map((one) => one.toFixed(2)).join(' + ')]);
    }
  };
  await measure('with an order', { ...own, write: byRest(bench, 20) });
  await measure('without', { ...own, write: byRest({ ...bench, orders: [] }, 20) });
  const built = await openPlain(bench, 'bare', 'what it is built of');
  await measure('what it is built of', built);
  await built.close();
  table('POST /api/events', ['', 'writers', 'a second', 'CPU ms each (app + store)'], rows);
}

/** What a dispatcher's page holds in the server: a socket, and three feeds of its own. */
async function memory(bench: Bench): Promise<void> {
  const { app, people, orders } = bench;
  const held = async (scheme: string) => {
    const audience = new Audience();
    await audience.open({ scheme, url: app.url, tokens: people.map(({ token }) => token), orders });
    await quiet([app.pid]);
    const mib = anonymousMiB(app.pid);
    await audience.end();
    await quiet([app.pid]);
    return mib;
  };
  await held('three'); // what is made once
  const rows: [string, number][] = [['nobody', anonymousMiB(app.pid)]];
  for (const scheme of ['bare', 'three']) rows.push([scheme, await held(scheme)]);
  const { sockets } = SCHEMES.three as Scheme;
  table(
    `Memory of the app with ${sockets} sockets, anonymous MiB`,
    ['', 'MiB', 'KiB a socket'],
    rows.map(([name, mib]) => [
      name,
      mib.toFixed(0),
      (((mib - (rows[0]?.[1] ?? 0)) * 1024) / sockets).toFixed(0),
    ]),
  );
}

const ROWS: Row[] = [
  saturated('filters-200'),
  saturated('filters-1000'),
  saturated('groups'),
  saturated('all'),
  saturated('many'),
  latency('filters-200', [20, 100]),
  latency('filters-1000', [20]),
  ['post', posts],
  ['memory', memory],
];

/** Orders of one customer: one is entered, the others are its copies. */
async function makeOrders(app: App): Promise<string[]> {
  const admin = await signInAdmin(app);
  const customer = await makeCounterparty(admin, { name: 'Лесная поляна', phones: ['+79165553007'] });
  const first = await makeProject(admin, { counterpartyId: customer.id });
  const store = await storeOfApp(app);
  try {
    const projects = store.db.collection<{ _id: string }>('projects');
    const doc = await projects.findOne({ _id: first.id });
    const copies = Array.from({ length: ORDERS - 1 }, (_, i) => ({
      ...doc,
      _id: newId(),
      number: `Б-${i}`,
      numberKey: `б-${i}`,
    }));
    await projects.insertMany(copies as never);
    return [first.id, ...copies.map(({ _id }) => _id)];
  } finally {
    await store.close();
  }
}

/** @param only names of rows; empty: all */
export async function benchFeeds(app: App, seconds: number, only: readonly string[]): Promise<void> {
  const bench: Bench = { app, people: await people(app, 200), orders: await makeOrders(app), seconds };
  const wanted = ROWS.filter(([name]) => only.length === 0 || only.includes(name));
  if (wanted.length === 0) throw new Error(`--only takes ${ROWS.map(([name]) => name).join(', ')}`);
  for (const [, run] of wanted) await run(bench);
}
