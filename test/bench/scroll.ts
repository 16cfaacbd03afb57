/**
 * What a row of the table of orders costs the page as it is scrolled in, ten a frame, from the first order to the last of
 * those that are there: time of the main thread, and tasks that kept it longer than 50 ms. For `-- orders scroll`.
 */
import type { App } from '../support/app-process.ts';
import { launchChromium } from '../support/chromium.ts';
import { Person } from '../support/person.ts';
import { ms, table } from './statistics.ts';

const PARTS = ['TaskDuration', 'ScriptDuration', 'LayoutDuration', 'RecalcStyleDuration'] as const;
const ROW_PX = 40;
const STEP_PX = 10 * ROW_PX;
/** So many frames without a further row, and it is the end. */
const PATIENCE = 100;

export async function benchScroll(app: App): Promise<void> {
  const chromium = await launchChromium();
  const rows: (string | number)[][] = [];
  try {
    const { page } = await Person.at(chromium, app.url, app.admin);
    const cdp = await page.context().newCDPSession(page);
    await cdp.send('Performance.enable', { timeDomain: 'threadTicks' });
    for (const [name, query] of [
      ['by risk', ''],
      ['by weeks', '?group=week'],
    ]) {
      await page.goto(`${app.url}/projects${query}`);
      await page.locator('.viewport [data-id]').first().waitFor();
      const spent = async () => {
        const { metrics } = await cdp.send('Performance.getMetrics');
        return PARTS.map((part) => (metrics.find((one) => one.name === part)?.value ?? 0) * 1000);
      };
      const before = await spent();
      const { top, long } = await page.evaluate(
        async ([step, patience]) => {
          const view = document.querySelector('.viewport') as HTMLElement;
          const long: number[] = [];
          const watch = new PerformanceObserver((list) => {
            for (const { duration } of list.getEntries()) long.push(duration);
          });
          watch.observe({ type: 'longtask' });
          for (let still = 0, top = -1; still < patience; still = view.scrollTop === top ? still + 1 : 0) {
            top = view.scrollTop;
            view.scrollTop = top + step;
            await new Promise(requestAnimationFrame);
          }
          watch.disconnect();
          return { top: view.scrollTop, long };
        },
        [STEP_PX, PATIENCE] as const,
      );
      const count = top / ROW_PX;
      const each = (await spent()).map((now, i) => ms((now - (before[i] ?? 0)) / count));
      rows.push([name ?? '', Math.round(count), ...each, long.length, ms(Math.max(0, ...long))]);
    }
  } finally {
    await chromium.close();
  }
  table(
    'Orders scrolled in, ms of the main thread a row',
    ['', 'rows', 'all', 'script', 'layout', 'style', 'tasks > 50 ms', 'longest'],
    rows,
  );
}
