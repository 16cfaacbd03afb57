/**
 * Write → client. A script posts events at a steady rate; 200 sockets hold 40 feeds (five sockets a feed), and an
 * event matches four of them. A sample is the time from just before the POST to the frame in a client, so it includes
 * the request, the commit to disk, the change stream, the matching and the push. The baseline sends the same payloads
 * to the same rooms through a plain Socket.IO server that stores nothing, in the same way and the same run.
 */
import { fork } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { IMPORTANCES } from '@svodka/shared/contracts/event';
import { newId } from '@svodka/shared/contracts/id';
import { moduleOf, WRITTEN_TYPES } from '@svodka/shared/contracts/modules';
import type { Filter } from '@svodka/shared/filter/ast';
import { io, type Socket } from 'socket.io-client';
import type { App } from '../support/app-process.ts';
import { dispatchers } from './people.ts';
import { ms, type Summary, summarize, table } from './statistics.ts';

const SOCKETS = 200;
const FEEDS = 40;
const PEOPLE = 25;

/** Those that people write to; machines write the rest by themselves. */
const WRITTEN_TO = [...new Set(WRITTEN_TYPES.map(moduleOf))].slice(0, 10);

/** Ten modules by four importances, each feed open to its neighbours too, so that an event is in four of the forty. */
function feeds(): Filter[] {
  const pair = <T>(list: readonly T[], i: number) => [list[i], list[(i + 1) % list.length]] as T[];
  return WRITTEN_TO.flatMap((_, i) =>
    IMPORTANCES.map(
      (_, k): Filter => ({
        and: [
          { field: 'module', in: pair(WRITTEN_TO, i) },
          { field: 'importance', in: pair(IMPORTANCES, k) },
        ],
      }),
    ),
  );
}

function sampleEvent(i: number) {
  const module = WRITTEN_TO[i % WRITTEN_TO.length] ?? 'orders';
  return {
    id: newId(),
    type: WRITTEN_TYPES.find((code) => moduleOf(code) === module) ?? 'note.free',
    title: `Событие ${i}: проверка скорости, заказ № ${300 + (i % 50)}`,
    body: 'Текст обычной длины, как его пишут в отделе: что случилось, кто звонил, что обещали и до какого времени. '.repeat(
      3,
    ),
    importance: IMPORTANCES[Math.floor(i / 10) % 4],
    payload: module === 'finance' ? { amountKop: 18_430_000, method: 'bank' } : {},
  };
}

/** Posts `rate` events a second for `seconds`; the clock of each starts before its request. */
async function writeAtRate(
  rate: number,
  seconds: number,
  post: (i: number, sent: Map<string, number>) => Promise<unknown>,
) {
  const sent = new Map<string, number>();
  const pending: Promise<unknown>[] = [];
  const start = performance.now();
  for (let i = 0; i < rate * seconds; i++) {
    const wait = start + (i * 1000) / rate - performance.now();
    if (wait > 1) await pause(wait);
    pending.push(post(i, sent));
  }
  await Promise.all(pending);
  return sent;
}

type Sample = { id: string; at: number };

async function measure(
  rate: number,
  seconds: number,
  received: Sample[],
  post: (i: number, sent: Map<string, number>) => Promise<unknown>,
): Promise<Summary> {
  received.length = 0;
  const sent = await writeAtRate(rate, seconds, post);
  for (let seen = -1; seen !== received.length; ) {
    seen = received.length;
    await pause(500); // quiet for half a second: the last frames have arrived
  }
  return summarize(received.flatMap(({ id, at }) => (sent.has(id) ? [at - (sent.get(id) ?? 0)] : [])));
}

const opened = (socket: Socket) =>
  new Promise<void>((resolve, reject) => {
    socket.once('connect', resolve);
    socket.once('connect_error', reject);
  });

async function svodka(app: App, rates: number[], seconds: number) {
  const people = await dispatchers(app, PEOPLE);
  const received: Sample[] = [];
  const filters = feeds();
  const sockets: Socket[] = [];
  for (let i = 0; i < SOCKETS; i++) {
    const socket = io(app.url, {
      transports: ['websocket'],
      forceNew: true,
      auth: { token: people[i % PEOPLE]?.token },
    });
    await opened(socket);
    socket.on('feed.changed', ({ ops }: { ops: { op: string; event?: { id: string } }[] }) => {
      const at = performance.now();
      for (const { op, event } of ops) if (op === 'upsert' && event) received.push({ id: event.id, at });
    });
    const answer = await socket.emitWithAck('feed.subscribe', { filter: filters[i % FEEDS], limit: 1 });
    if (!answer.ok) throw new Error(JSON.stringify(answer));
    sockets.push(socket);
  }
  const post = (i: number, sent: Map<string, number>) => {
    const event = sampleEvent(i);
    sent.set(event.id, performance.now());
    // One person may ring people's phones twice a second only.
    return people[i % PEOPLE]?.post('/api/events', event) ?? Promise.reject(new Error('nobody to write'));
  };
  await measure(20, 2, received, post); // warm
  const rows: [number, Summary][] = [];
  for (const rate of rates) rows.push([rate, await measure(rate, seconds, received, post)]);
  for (const socket of sockets) socket.close();
  return rows;
}

async function plainSocketIo(rates: number[], seconds: number) {
  const server = fork(join(import.meta.dirname, 'plain-server.js'));
  const [url] = (await once(server, 'message')) as [string];
  const received: Sample[] = [];
  const sockets: Socket[] = [];
  for (let i = 0; i < SOCKETS; i++) {
    const socket = io(url, { transports: ['websocket'], forceNew: true });
    await opened(socket);
    socket.on('event', ({ id }: { id: string }) => received.push({ id, at: performance.now() }));
    await socket.emitWithAck('join', String(i % FEEDS));
    sockets.push(socket);
  }
  const post = async (i: number, sent: Map<string, number>) => {
    const event = sampleEvent(i);
    const rooms = [0, 1, 2, 3].map((k) => String((i * 4 + k) % FEEDS));
    sent.set(event.id, performance.now());
    const answer = await fetch(url, { method: 'POST', body: JSON.stringify({ event, rooms }) });
    await answer.text();
  };
  await measure(20, 2, received, post);
  const rows: [number, Summary][] = [];
  for (const rate of rates) rows.push([rate, await measure(rate, seconds, received, post)]);
  for (const socket of sockets) socket.close();
  server.kill();
  return rows;
}

export async function benchLatency(app: App, seconds: number): Promise<void> {
  const rates = [20, 100];
  const ours = await svodka(app, rates, seconds);
  const plain = await plainSocketIo(rates, seconds);
  const row =
    (name: string) =>
    ([rate, s]: [number, Summary]) => [name, rate, s.n, ms(s.p50), ms(s.p95), ms(s.p99), ms(s.max)];
  table(
    `Write to client, ms: ${SOCKETS} sockets over ${FEEDS} feeds, ${seconds} s each`,
    ['', 'events/s', 'pushes', 'p50', 'p95', 'p99', 'max'],
    [
      ...ours.map(row('Svodka: request, commit, match, push')),
      ...plain.map(row('plain Socket.IO: request, push')),
    ],
  );
}
