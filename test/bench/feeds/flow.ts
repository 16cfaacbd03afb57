// How events are written: as fast as they are taken, or at a steady rate.
import { Agent, request } from 'node:http';
import { setTimeout as pause } from 'node:timers/promises';
import { cpuMs } from '../processes.ts';
import { type Summary, summarize } from '../statistics.ts';
import type { Audience } from './audience.ts';

/** Writes event `i`. @returns its id */
export type Write = (i: number) => Promise<string>;

const AT_ONCE = 16;
/** Events that are written and have not reached everybody; beyond this the writers wait. */
const AHEAD = 100;
/** Nothing more comes when nothing has come for so long, ms. */
const QUIET_MS = 3_000;

const agent = new Agent({ keepAlive: true, maxSockets: 200 });

/** Posts JSON, cheaper than `fetch`: the writer shares the machine with what is measured. @throws for a refusal */
export function postJson(url: string, body: unknown, token?: string): Promise<void> {
  return new Promise((resolve, reject) => {
    const text = Buffer.from(JSON.stringify(body));
    const headers = {
      'content-type': 'application/json',
      'content-length': text.length,
      ...(token && { authorization: `Bearer ${token}` }),
    };
    const sent = request(url, { method: 'POST', agent, headers }, (response) => {
      let answer = '';
      response.setEncoding('utf8').on('data', (chunk: string) => (answer += chunk));
      response.once('end', () =>
        (response.statusCode ?? 500) < 300 ? resolve() : reject(new Error(answer.slice(0, 300))),
      );
    });
    sent.once('error', reject);
    sent.end(text);
  });
}

/** Several at once, each the next as soon as one is done, for a time. @returns how many a second */
export async function writersFor(seconds: number, atOnce: number, write: Write): Promise<number> {
  let done = 0;
  const from = performance.now();
  await Promise.all(
    Array.from({ length: atOnce }, async () => {
      while (performance.now() - from < seconds * 1000) await write(done++);
    }),
  );
  return done / ((performance.now() - from) / 1000);
}

export type Saturated = {
  eventsPerSecond: number;
  deliveriesPerSecond: number;
  missing: number;
  doubles: number;
  /** CPU of one event in each process that was named, ms. */
  cpu: number[];
};

/** Waits until nothing more arrives. */
async function rest(audience: Audience, expected: number): Promise<void> {
  for (let was = -1; audience.received < expected && was !== audience.received; ) {
    was = audience.received;
    await waitFor(() => audience.received !== was, QUIET_MS);
  }
}

async function waitFor(condition: () => boolean, ms: number): Promise<void> {
  for (const end = performance.now() + ms; !condition() && performance.now() < end; ) await pause(5);
}

export async function saturate(
  seconds: number,
  audience: Audience,
  { write, deliveries, pids }: { write: Write; deliveries: number; pids: number[] },
): Promise<Saturated> {
  await audience.begin(false);
  const cpuBefore = pids.map(cpuMs);
  const from = performance.timeOrigin + performance.now();
  let sent = 0;
  await Promise.all(
    Array.from({ length: AT_ONCE }, async () => {
      while (performance.timeOrigin + performance.now() - from < seconds * 1000) {
        if (sent - audience.received / deliveries > AHEAD) await pause(2);
        else await write(sent++);
      }
    }),
  );
  await rest(audience, sent * deliveries);
  const cpu = pids.map((pid, i) => (cpuMs(pid) - (cpuBefore[i] ?? 0)) / sent);
  const { doubles, cuts } = await audience.report();
  if (cuts > 0) throw new Error(`${cuts} sockets were cut`);
  const took = (audience.lastAt - from) / 1000;
  return {
    eventsPerSecond: sent / took,
    deliveriesPerSecond: audience.received / took,
    missing: sent * deliveries - (audience.received - doubles),
    doubles,
    cpu,
  };
}

/** From just before a write to the client. */
export async function steady(
  rate: number,
  seconds: number,
  audience: Audience,
  { write, deliveries }: { write: Write; deliveries: number },
): Promise<Summary> {
  await audience.begin(true);
  const sentAt = new Map<string, number>();
  const pending: Promise<unknown>[] = [];
  const start = performance.now();
  for (let i = 0; i < rate * seconds; i++) {
    const wait = start + (i * 1000) / rate - performance.now();
    if (wait > 1) await pause(wait);
    const at = performance.timeOrigin + performance.now();
    pending.push(write(i).then((id) => sentAt.set(id, at)));
  }
  await Promise.all(pending);
  await rest(audience, rate * seconds * deliveries);
  const { arrivals } = await audience.report();
  return summarize(arrivals.flatMap(({ id, at }) => (sentAt.has(id) ? [at - (sentAt.get(id) ?? 0)] : [])));
}
