/**
 * Two hundred people talk at a hundred events, fifty comments a second: how long from the press until the comment stands on the
 * other screen. Each round is by itself, the first one to warm up.
 */
import { setTimeout as pause } from 'node:timers/promises';
import type { SvodkaEvent } from '@svodka/shared/contracts/event';
import { newId } from '@svodka/shared/contracts/id';
import type { App } from '../support/app-process.ts';
import type { Client } from '../support/client.ts';
import { TestSocket } from '../support/socket.ts';
import { dispatchers } from './people.ts';
import { ms, summarize, table } from './statistics.ts';

const THREADS = 100;
const PER_SECOND = 50;
const ROUND_MS = 10_000;
const ROUNDS = 4;

type Side = { client: Client; socket: TestSocket };
type Thread = { eventId: string; sides: [Side, Side] };

export async function benchTalk(app: App): Promise<void> {
  const people = await dispatchers(app, THREADS * 2);
  const side = async (client: Client, eventId: string): Promise<Side> => {
    const socket = await TestSocket.connect(client);
    await socket.ask('event.follow', { eventId });
    return { client, socket };
  };
  const threads: Thread[] = [];
  for (let n = 0; n < THREADS; n++) {
    const [one, other] = [people[2 * n], people[2 * n + 1]] as [Client, Client];
    const { event } = await one.post<{ event: SvodkaEvent }>('/api/events', {
      type: 'note.free',
      title: `Беседа ${n}`,
    });
    threads.push({ eventId: event.id, sides: [await side(one, event.id), await side(other, event.id)] });
  }

  /** From the press until the other page has been told. */
  async function said({ eventId, sides }: Thread, turn: number): Promise<number> {
    const [writer, reader] = turn % 2 ? sides : ([sides[1], sides[0]] as const);
    const id = newId();
    const began = performance.now();
    const told = reader.socket.fact('comment.changed', (comment) => comment.id === id);
    await writer.client.post(`/api/events/${eventId}/comments`, { id, body: `Слово ${turn}` });
    await told;
    return performance.now() - began;
  }

  const rows: (string | number)[][] = [];
  for (let round = 0; round < ROUNDS; round++) {
    const began = performance.now();
    const times: Promise<number>[] = [];
    for (let n = 0; performance.now() - began < ROUND_MS; n++) {
      times.push(said(threads[n % THREADS] as Thread, n + round));
      await pause(Math.max(0, began + ((n + 1) * 1_000) / PER_SECOND - performance.now()));
    }
    const { n, p50, p95, p99, max } = summarize(await Promise.all(times));
    rows.push([round === 0 ? 'warming up' : `round ${round}`, n, ms(p50), ms(p95), ms(p99), ms(max)]);
  }
  for (const { sides } of threads) for (const { socket } of sides) socket.close();
  table(
    `A comment until it stands on the other screen, ${PER_SECOND} a second, ${THREADS * 2} people, ${THREADS} events, ms`,
    ['', 'comments', 'p50', 'p95', 'p99', 'max'],
    rows,
  );
}
