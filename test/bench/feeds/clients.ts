// The sockets of one experiment, in a process of their own: what it costs to read is then not the server's time. It
// counts what arrives and tells the parent now and then, so that the writer never runs far ahead of the readers.
import { once } from 'node:events';
import { setTimeout as pause } from 'node:timers/promises';
import type { FeedFrame } from '@svodka/shared/feed/feed';
import { io, type Socket } from 'socket.io-client';
import { SCHEMES, type Scheme } from './schemes.ts';

/** One event that reached one feed, and when, ms since 1970. */
export type Arrival = { id: string; at: number };
export type ClientsAsk =
  | { do: 'open'; scheme: string; url: string; tokens: string[] | null; orders: string[] }
  | { do: 'begin'; isTimed: boolean }
  | { do: 'report' }
  | { do: 'end' };
export type ClientsSay =
  | { say: 'opened' | 'begun' }
  | { say: 'received'; n: number; at: number }
  | { say: 'report'; doubles: number; cuts: number; arrivals: Arrival[] };

const TELL_EVERY_MS = 20;
const OPENED_AT_ONCE = 20;

const tell = (message: ClientsSay) => process.send?.(message);
const now = () => performance.timeOrigin + performance.now();

const sockets: Socket[] = [];
/** By socket and feed: what has arrived, once each. */
let seen = new Map<string, Set<string>>();
let received = 0;
let doubles = 0;
let cuts = 0;
let lastAt = 0;
let told = 0;
let isTimed = false;
let arrivals: Arrival[] = [];

function arrived(where: string, id: string): void {
  const mine = seen.get(where) ?? new Set();
  if (mine.size === 0) seen.set(where, mine);
  if (mine.has(id)) doubles++;
  mine.add(id);
  received++;
  lastAt = now();
  if (isTimed) arrivals.push({ id, at: lastAt });
}

async function openOne(
  n: number,
  scheme: Scheme,
  { url, tokens, orders }: Extract<ClientsAsk, { do: 'open' }>,
) {
  const token = tokens?.[n % tokens.length];
  const socket = io(url, {
    transports: ['websocket'],
    forceNew: true,
    auth: { socket: n },
    ...(token && { extraHeaders: { authorization: `Bearer ${token}` } }),
  });
  sockets[n] = socket;
  await new Promise<void>((resolve, reject) => {
    socket.once('connect', resolve);
    socket.once('connect_error', reject);
  });
  socket.on('disconnect', () => cuts++);
  if (!tokens) {
    socket.on('event', ({ id }: { id: string }) => arrived(`${n}`, id));
    return;
  }
  socket.on('feed.changed', ({ room, ops }: FeedFrame) => {
    for (const step of ops) if (step.op === 'upsert') arrived(`${n} ${room}`, step.event.id);
  });
  for (const feed of scheme.feedsOf(n)) {
    const ask = { filter: scheme.filterOf(feed, orders), limit: 1 };
    // One socket may ask for a few lists at once, and then for five a second.
    for (;;) {
      const answer = await socket.emitWithAck('feed.subscribe', ask);
      if (answer.ok) break;
      if (answer.error?.code !== 'rate-limited') throw new Error(JSON.stringify(answer));
      await pause(1_000);
    }
  }
}

async function open(ask: Extract<ClientsAsk, { do: 'open' }>): Promise<void> {
  const scheme = SCHEMES[ask.scheme] as Scheme;
  let next = 0;
  const atOnce = scheme.feedsOf(0).length > 1 ? scheme.sockets : OPENED_AT_ONCE;
  await Promise.all(
    Array.from({ length: atOnce }, async () => {
      while (next < scheme.sockets) await openOne(next++, scheme, ask);
    }),
  );
}

const works = {
  open: async (ask: Extract<ClientsAsk, { do: 'open' }>) => {
    await open(ask);
    tell({ say: 'opened' });
  },
  begin: async (ask: Extract<ClientsAsk, { do: 'begin' }>) => {
    [seen, received, doubles, told, cuts, arrivals] = [new Map(), 0, 0, 0, 0, []];
    isTimed = ask.isTimed;
    tell({ say: 'begun' });
  },
  report: async () => {
    tell({ say: 'report', doubles, cuts, arrivals });
  },
  end: async () => {
    for (const socket of sockets) socket.close();
    process.disconnect?.();
    clearInterval(telling);
  },
};

const telling = setInterval(() => {
  if (received !== told) tell({ say: 'received', n: received, at: lastAt });
  told = received;
}, TELL_EVERY_MS);
process.on('message', (ask: ClientsAsk) => {
  works[ask.do](ask as never).catch((error: unknown) => {
    console.error(error);
    process.exit(1);
  });
});
await once(process, 'disconnect');
process.exit(0);
