/**
 * A network that breaks and comes back (P15): 300 pages over fifteen feeds are cut at once, 200 events are written, and
 * all come back at once from where they stood. How long until the last stands again, and how long anybody else's small
 * request waited meanwhile, which is how long the server's event loop stood still at most.
 */
import { setTimeout as pause } from 'node:timers/promises';
import { IMPORTANCES } from '@svodka/shared/contracts/event';
import { MODULES } from '@svodka/shared/contracts/modules';
import type { Filter } from '@svodka/shared/filter/ast';
import type { App } from '../support/app-process.ts';
import type { Client } from '../support/client.ts';
import { type TestFeed, TestSocket } from '../support/socket.ts';
import { dispatchers } from './people.ts';
import { ms, summarize, table } from './statistics.ts';

const SOCKETS = 300;
const PEOPLE = 30;
const MISSED = 200;
const ROUNDS = 3;

const FILTERS: Filter[] = [
  { and: [] },
  ...IMPORTANCES.map((one): Filter => ({ field: 'importance', in: [one] })),
  ...MODULES.slice(0, 10).map((one): Filter => ({ field: 'module', in: [one] })),
];

type Page = { client: Client; feed: TestFeed; socket: TestSocket };

/** Comes back as a page does: again after a pause that differs from page to page. */
async function comeBack(page: Page): Promise<void> {
  for (let attempt = 0; ; attempt++) {
    try {
      page.socket = await TestSocket.connect(page.client);
      await page.socket.follow(page.feed.filter, { from: page.feed });
      return;
    } catch (error) {
      if (attempt > 30) throw error;
      page.socket.close();
      await pause(200 + Math.random() * 400);
    }
  }
}

export async function benchStorm(app: App): Promise<void> {
  const people = await dispatchers(app, PEOPLE);
  const [writer] = people as [Client];
  const pages: Page[] = [];
  for (let n = 0; n < SOCKETS; n++) {
    const client = people[n % PEOPLE] as Client;
    const socket = await TestSocket.connect(client);
    pages.push({ client, socket, feed: await socket.follow(FILTERS[n % FILTERS.length] as Filter) });
  }
  const rows: (string | number)[][] = [];
  for (let round = 1; round <= ROUNDS; round++) {
    for (const { socket } of pages) socket.drop();
    for (let n = 0; n < MISSED; n++) {
      const importance = IMPORTANCES[n % 4];
      await writer.post('/api/events', { type: 'note.free', title: `Пока не было связи ${n}`, importance });
    }
    const resets = pages.reduce((sum, { feed }) => sum + feed.resets, 0);
    const waits: number[] = [];
    let isOver = false;
    const began = performance.now();
    const probing = (async () => {
      while (!isOver) {
        const asked = performance.now();
        await writer.get('/api/health');
        waits.push(performance.now() - asked);
        await pause(5);
      }
    })();
    await Promise.all(pages.map(comeBack));
    isOver = true;
    await probing;
    const { p50, p99, max } = summarize(waits);
    const anew = pages.reduce((sum, { feed }) => sum + feed.resets, 0) - resets;
    rows.push([`round ${round}`, ms(performance.now() - began), ms(p50), ms(p99), ms(max), anew]);
  }
  for (const { socket } of pages) socket.close();
  table(
    `${SOCKETS} pages that come back at once, ${MISSED} changes missed`,
    ['', 'all live, ms', 'others wait p50', 'p99', 'max', 'read anew'],
    rows,
  );
}
