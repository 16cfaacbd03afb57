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
});
