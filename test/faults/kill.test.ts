/**
 * Server and store are killed with SIGKILL, together, while people write; then started again. What was acknowledged is
 * there, a repeated request doubles nothing, and open pages come back by themselves, without a reload, to exactly what
 * the query returns. The seed is printed; KILL_SEED repeats a run.
 */

import { setTimeout as pause } from 'node:timers/promises';
import type { SvodkaEvent } from '@svodka/shared/contracts/event';
import { newId } from '@svodka/shared/contracts/id';
import { type Chromium, describeInBrowser, launchChromium } from '../support/chromium.ts';
import { LastingApp } from '../support/lasting-app.ts';
import { Person } from '../support/person.ts';
import { seeded } from '../support/seeded.ts';
import { until } from '../support/until.ts';

const ROUNDS = process.env.SVODKA_DEEP ? 20 : 3;
const WRITERS = 4;
const seed = Number(process.env.KILL_SEED ?? Date.now() % 1_000_000);
const random = seeded(seed);

describeInBrowser(`kill -9 of server and store while people write (seed ${seed})`, () => {
  let chromium: Chromium;
  let app: LastingApp;

  beforeAll(async () => {
    [app, chromium] = await Promise.all([LastingApp.start(), launchChromium()]);
  }, 120_000);

  afterAll(async () => {
    await chromium?.close();
    await app?.close();
  });

  it('loses nothing that was acknowledged, and the screens converge without a reload', async () => {
    const client = await app.signIn();
    const all = await Person.at(chromium, app.url, app.admin);
    const high = await Person.at(chromium, app.url, app.admin, '/?filter=importance%3E=high');

    const acknowledged = new Set<string>();
    let writing = true;
    /** Sends one event until it is acknowledged: a request that died is repeated with the same id. */
    async function write(i: number): Promise<void> {
      const body = {
        id: newId(),
        type: 'note.free',
        title: `Запись ${i}`,
        importance: i % 3 === 0 ? 'high' : 'normal',
      };
      while (writing) {
        const answer = await client
          .send<{ event: SvodkaEvent }>('POST', '/api/events', body)
          .catch(() => null);
        if (answer && answer.status < 300) {
          acknowledged.add(answer.body.event.id);
          return;
        }
        if (answer && answer.status < 500)
          throw new Error(`${answer.status} ${JSON.stringify(answer.error)}`);
        await pause(100);
      }
    }
    const writers = Array.from({ length: WRITERS }, async (_, k) => {
      for (let i = k; writing; i += WRITERS) await write(i);
    });

    for (let round = 0; round < ROUNDS; round++) {
      const before = acknowledged.size;
      await until(() => acknowledged.size > before + 20, { timeoutMs: 30_000, what: 'writes to go on' });
      await pause(random() * 800); // the moment of the fault, from the seed
      await app.kill();
      await app.again();
    }
    const before = acknowledged.size;
    await until(() => acknowledged.size > before + 20, { timeoutMs: 30_000, what: 'writes to go on' });
    writing = false;
    await Promise.all(writers);

    const stored: SvodkaEvent[] = [];
    for (let after = ''; ; ) {
      const page = await client.get<{ items: SvodkaEvent[]; next: string | null }>(
        `/api/events?limit=200${after}`,
      );
      stored.push(...page.items);
      if (!page.next) break;
      after = `&after=${encodeURIComponent(page.next)}`;
    }
    const ids = stored.map(({ id }) => id);
    expect(new Set(ids).size).toBe(ids.length);
    expect([...acknowledged].filter((id) => !ids.includes(id))).toEqual([]);
    expect(new Set(stored.map(({ title }) => title)).size).toBe(stored.length);

    const important = stored.filter(({ importance }) => importance === 'high').map(({ id }) => id);
    for (const [person, expected] of [
      [all, ids],
      [high, important],
    ] as const) {
      await person.page.getByText('в эфире').waitFor({ timeout: 60_000 });
      // Rows that came while the page stood still wait behind a button; going to the top shows them.
      const shown = await until(
        async () => {
          const pill = person.page.getByRole('button', { name: /нов/ }).filter({ hasText: '↑' });
          if (await pill.count()) await pill.first().click();
          const now = await person.shownIds();
          return now.length > 10 && now.every((id, i) => id === expected[i]) ? now : null;
        },
        { timeoutMs: 60_000, everyMs: 200, what: 'the screen to show what the query returns' },
      );
      expect(shown).toEqual(expected.slice(0, shown.length));
    }
  }, 300_000);
});
