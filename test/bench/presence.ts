/**
 * What it costs that 500 people see each other: processor time of app and store with and without their beats. Each page
 * beats every 10 s as a browser does, goes to another feed now and then, and a hundred have an event open.
 */
import { setTimeout as pause } from 'node:timers/promises';
import type { SvodkaEvent } from '@svodka/shared/contracts/event';
import type { App } from '../support/app-process.ts';
import { TestSocket } from '../support/socket.ts';
import { dispatchers } from './people.ts';
import { childrenOf, cpuMs } from './processes.ts';
import { table } from './statistics.ts';

const PEOPLE = 500;
const OPEN = 100;
const BEAT_MS = 10_000;
const PHASE_MS = 20_000;
const ROUNDS = 3;
const FEEDS = ['all', 'open', 'urgent', 'no-project'];

export async function benchPresence(app: App): Promise<void> {
  const people = await dispatchers(app, PEOPLE);
  const [writer] = people;
  if (!writer) return;
  const { event } = await writer.post<{ event: SvodkaEvent }>('/api/events', {
    type: 'note.free',
    title: 'x',
  });
  const pages: TestSocket[] = [];
  for (const person of people) pages.push(await TestSocket.connect(person));
  for (const page of pages.slice(0, OPEN)) await page.ask('event.follow', { eventId: event.id });
  const store = childrenOf(app.pid)[0] ?? app.pid;

  /** Share of one core that app and store took. */
  async function phase(isBeating: boolean): Promise<[number, number]> {
    const [began, of, ofStore] = [performance.now(), cpuMs(app.pid), cpuMs(store)];
    for (let beat = 0; performance.now() - began < PHASE_MS; beat++) {
      // The pages beat one after the other, spread over the pause between two beats of one.
      const page = pages[beat % PEOPLE];
      const feed = FEEDS[(Math.floor(beat / PEOPLE) + beat) % (beat % 3 === 0 ? FEEDS.length : 1)] ?? 'all';
      if (isBeating) void page?.ask('presence.beat', { visible: true, idleMs: 0, feed }).catch(() => {});
      await pause(Math.max(0, began + ((beat + 1) * BEAT_MS) / PEOPLE - performance.now()));
    }
    const passed = performance.now() - began;
    return [((cpuMs(app.pid) - of) / passed) * 100, ((cpuMs(store) - ofStore) / passed) * 100];
  }

  const rows: (string | number)[][] = [];
  await phase(true);
  for (let round = 1; round <= ROUNDS; round++) {
    const [quiet, quietStore] = await phase(false);
    const [beating, beatingStore] = await phase(true);
    rows.push([
      `round ${round}`,
      ...[quiet, beating, quietStore, beatingStore].map((share) => `${share.toFixed(1)} %`),
    ]);
  }
  for (const page of pages) page.close();
  table(
    `Presence of ${PEOPLE} people, share of a core`,
    ['', 'app quiet', 'app', 'store quiet', 'store'],
    rows,
  );
}
