import { type App, startApp } from '../support/app-process.ts';
import { type Chromium, describeInBrowser, launchChromium } from '../support/chromium.ts';

/** The reply that tells the page that nobody is signed in is an error to the browser's console. */
const isSignedOut = (error: string) => error.includes('401') && error.includes('/api/session');

describeInBrowser('the production build in a browser', () => {
  let app: App;
  let chromium: Chromium;

  beforeAll(async () => {
    [app, chromium] = await Promise.all([startApp(), launchChromium()]);
  }, 60_000);
  afterAll(async () => {
    await chromium?.close();
    await app?.stop();
  });

  it('is well', async () => {
    const health = await fetch(`${app.url}/api/health`);
    expect(health.status).toBe(200);
    expect(health.headers.get('content-type')).toContain('application/json');
  });

  it('asks who is there, lets the administrator in, and remembers after a reload', async () => {
    const { page, errors } = await chromium.newPage();
    const password = page.locator('input[type=password]');
    await page.goto(app.url);
    await expect(page.locator('html').getAttribute('lang')).resolves.toBe('ru');
    await page.locator('input[autocomplete=username]').fill(app.admin.login);
    await password.fill(app.admin.password);
    await password.press('Enter');
    await password.waitFor({ state: 'detached' });

    await page.reload();
    await page.locator('main').first().waitFor();
    expect(await password.count()).toBe(0);
    expect(errors.filter((error) => !isSignedOut(error))).toEqual([]);
  }, 60_000);

  it('draws the column of the feeds once: nothing in it is pushed down by what comes later', async () => {
    const { page } = await chromium.newPage();
    await page.addInitScript(() => {
      const moved: string[] = [];
      Object.assign(globalThis, { moved });
      new PerformanceObserver((list) => {
        for (const entry of list.getEntries())
          for (const { node } of (entry as unknown as { sources: { node: Node | null }[] }).sources)
            if (node instanceof Element && node.closest('nav')) moved.push(node.textContent ?? '');
      }).observe({ type: 'layout-shift', buffered: true });
    });
    await page.goto(app.url);
    await page.locator('input[autocomplete=username]').fill(app.admin.login);
    await page.locator('input[type=password]').fill(app.admin.password);
    await page.locator('input[type=password]').press('Enter');
    const drawn = async () => {
      await page.getByRole('link', { name: 'Просрочено' }).waitFor();
      await page.getByText('в эфире').waitFor();
      return page.evaluate(() => (globalThis as unknown as { moved: string[] }).moved);
    };
    expect(await drawn()).toEqual([]);
    await page.reload();
    expect(await drawn()).toEqual([]);
  }, 60_000);
});
