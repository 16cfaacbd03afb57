/**
 * What one live event costs the page that shows it at the top of its list: main-thread time (script, style, layout,
 * paint, as the browser itself counts tasks) in the two seconds after it was written, less what the same page spends
 * in two quiet seconds. Nobody touches the page, so every event slides in at once.
 */
import { setTimeout as pause } from 'node:timers/promises';
import { newId } from '@svodka/shared/contracts/id';
import type { CDPSession, Page } from 'playwright-core';
import type { App } from '../support/app-process.ts';
import { launchChromium } from '../support/chromium.ts';
import type { Client } from '../support/client.ts';
import { Person } from '../support/person.ts';
import { signInAdmin } from './people.ts';
import { ms, summarize, table } from './statistics.ts';

const WINDOW_MS = 2000;
const EVENTS = 15;
const AT_ONCE = 20;
/** The last: paint, layers, commits, and the compositor's word of every frame it has shown. */
const PARTS = [
  'TaskDuration',
  'ScriptDuration',
  'LayoutDuration',
  'RecalcStyleDuration',
  'TaskOtherDuration',
] as const;

const sample = (i: number) => ({
  id: newId(),
  type: 'note.free',
  title: `Событие ${i}: проверка скорости`,
  importance: 'normal',
});

async function write(admin: Client, n: number): Promise<void> {
  for (let done = 0; done < n; done += AT_ONCE) {
    await Promise.all(Array.from({ length: AT_ONCE }, (_, i) => admin.post('/api/events', sample(done + i))));
  }
}

/** Scrolls until `n` rows are loaded, and back to the top. */
async function load(page: Page, n: number): Promise<void> {
  await page.waitForFunction((rows) => {
    const view = document.querySelector('.events .viewport');
    if (!view || view.scrollHeight >= rows * 40) return true;
    view.scrollTop = view.scrollHeight;
    return false;
  }, n);
  await page.locator('.events .viewport').evaluate((view) => view.scrollTo(0, 0));
  await pause(WINDOW_MS);
}

async function spent(cdp: CDPSession): Promise<number[]> {
  const { metrics } = await cdp.send('Performance.getMetrics');
  return PARTS.map((part) => (metrics.find(({ name }) => name === part)?.value ?? 0) * 1000);
}

export async function benchLiveRow(app: App): Promise<void> {
  const admin = await signInAdmin(app);
  const chromium = await launchChromium();
  const lines: (string | number)[][] = [];
  try {
    await write(admin, 3100);
    const { page } = await Person.at(chromium, app.url, app.admin);
    const cdp = await page.context().newCDPSession(page);
    await cdp.send('Performance.enable', { timeDomain: 'threadTicks' });
    for (const rows of [100, 3000]) {
      await load(page, rows);
      const windows = async (live: boolean) => {
        const costs: number[][] = [];
        for (let i = 0; i < EVENTS; i++) {
          const event = sample(i);
          const from = await spent(cdp);
          if (live) await admin.post('/api/events', event);
          await pause(WINDOW_MS);
          const to = await spent(cdp);
          // Asked only now: a page that is asked to wait for a row looks for it in every frame.
          if (live) await page.locator(`article[data-id="${event.id}"]`).waitFor();
          costs.push(to.map((each, k) => each - (from[k] ?? 0)));
        }
        return PARTS.map((_, k) => summarize(costs.map((cost) => cost[k] ?? 0)));
      };
      const quiet = await windows(false);
      const live = await windows(true);
      PARTS.forEach((part, k) => {
        const idle = quiet[k]?.p50 ?? 0;
        const { p50 = 0, p95 = 0, max = 0 } = live[k] ?? {};
        lines.push([`${rows} rows: ${part}`, ms(idle), ms(p50 - idle), ms(p95 - idle), ms(max - idle)]);
      });
    }
  } finally {
    await chromium.close();
  }
  table(
    `One live event at the top of a list, ms of the main thread in ${WINDOW_MS / 1000} s, ${EVENTS} events`,
    ['', 'quiet', 'p50', 'p95', 'max'],
    lines,
  );
}
