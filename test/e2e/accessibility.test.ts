// Every screen, light and dark, against the rules of WCAG 2.1 A and AA that a program can check: names, roles,
// contrast, labels, order of headings. What only a person can judge is not here.
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Page } from 'playwright-core';
import { seed } from '../screenshots/seed.ts';
import { type App, startApp } from '../support/app-process.ts';
import { type Chromium, describeInBrowser, launchChromium } from '../support/chromium.ts';
import { Client } from '../support/client.ts';
import { makeCounterparty, makeEvent, makeProject } from '../support/factories.ts';
import { faults } from '../support/faults.ts';
import { Person } from '../support/person.ts';

const LONG_MS = 120_000;
/** The table of screens, by its text: no browser's module is read here. */
const SCREENS = readFileSync(join(import.meta.dirname, '../../client/features/screens.ts'), 'utf8');

describeInBrowser('accessibility', () => {
  let app: App;
  let chromium: Chromium;
  let person: Person;

  beforeAll(async () => {
    [app, chromium] = await Promise.all([startApp(), launchChromium()]);
    await seed(app.url, app.admin);
    person = await Person.at(chromium, app.url, app.admin);
  }, LONG_MS);
  afterAll(async () => {
    await chromium?.close();
    await app?.stop();
  });

  const inBothThemes = async (page: Page) => {
    for (const colorScheme of ['light', 'dark'] as const) {
      await page.emulateMedia({ colorScheme });
      expect({ colorScheme, faults: await faults(page) }).toEqual({ colorScheme, faults: [] });
    }
  };

  it(
    'holds on the sign-in screen',
    async () => {
      const { page } = await chromium.newPage();
      await page.goto(app.url);
      await page.locator('input[type=password]').waitFor();
      await inBothThemes(page);
    },
    LONG_MS,
  );

  it(
    'holds while a filter is put together by keyboard',
    async () => {
      const { page } = person;
      await page.locator('article[data-id]').first().waitFor();
      await page.keyboard.press('f');
      await page.getByRole('menuitem', { name: 'Модуль' }).waitFor();
      await inBothThemes(page);
      await page.keyboard.press('ArrowDown');
      await page.keyboard.press('Enter');
      await page.getByRole('listbox', { name: 'Модуль' }).waitFor();
      await inBothThemes(page);
      await page.keyboard.press('Escape');
      await page.keyboard.press('ArrowDown');
      await page.keyboard.press('ArrowDown');
      await page.keyboard.press('Enter');
      await page.getByRole('combobox', { name: 'Найти' }).waitFor();
      await inBothThemes(page);
      await page.keyboard.press('Escape');
      await page.keyboard.press('Escape');
      await page.getByRole('menuitem', { name: 'Модуль' }).waitFor({ state: 'detached' });
    },
    LONG_MS,
  );

  it(
    'holds on the desk, and with an event open beside it',
    async () => {
      const { page } = person;
      await page.locator('article[data-id]').first().waitFor();
      await inBothThemes(page);
      await page.locator('article[data-id]').first().click();
      await page.locator('aside .head h2').waitFor();
      await inBothThemes(page);
    },
    LONG_MS,
  );

  const holdsOn = async (address: string) => {
    const { page } = person;
    await page.goto(app.url + address);
    await page.getByText('в эфире').waitFor();
    await page.locator('h1, dialog[open], main').first().waitFor();
    await inBothThemes(page);
    // Only the body of a page scrolls: whatever brings something into sight would push the head out of it.
    const [scrolls, shows] = await page.evaluate(() => {
      const { scrollHeight, clientHeight } = document.documentElement;
      return [scrollHeight, clientHeight];
    });
    expect([address, scrolls]).toEqual([address, shows]);
  };

  it(
    'holds on every screen that there is',
    async () => {
      const paths = [...SCREENS.matchAll(/\bpath: '([a-z-]+)'/g)];
      expect(paths.length).toBeGreaterThan(15);
      for (const [, path] of paths) await holdsOn(`/${path}`);
    },
    4 * LONG_MS,
  );

  it.each(['/?form=new', '/calendar?view=month', '/crews?sheet=new', '/tables/new', '/mail/letters'])(
    'holds on %s',
    holdsOn,
    LONG_MS,
  );

  it(
    'holds on the page that a customer sees',
    async () => {
      const { page } = await chromium.newPage();
      const script = await new Client(app.url).signIn(app.admin.login, app.admin.password);
      const { id } = await makeProject(script, {});
      await makeEvent(script, { type: 'contract.signed', projectId: id });
      const { url } = await script.post<{ url: string }>(`/api/projects/${id}/links`);
      for (const address of [url, `${url}/stop`, `${url}x`]) {
        await page.goto(address);
        await inBothThemes(page);
      }
    },
    LONG_MS,
  );

  it(
    'holds on the first screen of a manager, and on a counterparty that may stand there twice',
    async () => {
      const { page } = person;
      const script = await new Client(app.url).signIn(app.admin.login, app.admin.password);
      const name = 'Двойников П. С.';
      const [one] = [await makeCounterparty(script, { name }), await makeCounterparty(script, { name })];
      await makeProject(script, { counterpartyId: one.id, amountKop: 10_000_000 });
      await makeEvent(script, { type: 'call.missed', counterpartyIds: [one.id] });
      await page.goto(`${app.url}/counterparties/${one.id}`);
      await page.getByText('Звонки и обещания').first().waitFor();
      await inBothThemes(page);
      await page.getByRole('button', { name: 'Сравнить' }).click();
      await page.getByRole('dialog').waitFor();
      await inBothThemes(page);
      const login = 'manager-a11y';
      const password = 'calm-meadow-58';
      await script.post('/api/users', { login, name: 'Вера Соколова', roles: ['manager'], password });
      const manager = await Person.at(chromium, app.url, { login, password });
      await manager.page.waitForURL('**/my');
      await manager.page.getByRole('heading', { name: 'Сегодня' }).waitFor();
      await inBothThemes(manager.page);
    },
    LONG_MS,
  );
});
