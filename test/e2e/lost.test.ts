// The first visitor, the lost one, and what goes to the printer.
import { type App, startApp } from '../support/app-process.ts';
import { type Chromium, describeInBrowser, launchChromium } from '../support/chromium.ts';
import { Person } from '../support/person.ts';

const LONG_MS = 120_000;

describeInBrowser('an installation without anything in it', () => {
  let app: App;
  let chromium: Chromium;
  let admin: Person;

  beforeAll(async () => {
    [app, chromium] = await Promise.all([startApp(), launchChromium()]);
    admin = await Person.at(chromium, app.url, app.admin);
  }, LONG_MS);
  afterAll(async () => {
    await chromium?.close();
    await app?.stop();
  });

  it(
    'tells the administrator how to begin',
    async () => {
      const { page } = admin;
      await page.getByRole('heading', { name: 'С чего начать' }).waitFor();
      await page.getByRole('button', { name: 'Загрузить таблицу' }).waitFor();
      await page.getByRole('button', { name: 'Добавить сотрудников' }).click();
      await page.waitForURL(/\/people$/);
    },
    LONG_MS,
  );

  it(
    'says of an unknown address that there is no such page, and leads on',
    async () => {
      const { page } = admin;
      await page.goto(`${app.url}/nope/at/all`);
      await page.getByRole('heading', { name: 'Такой страницы нет' }).waitFor();
      await page.getByRole('button', { name: 'К ленте' }).click();
      await page.waitForURL(`${app.url}/`);
    },
    LONG_MS,
  );

  it(
    'shows a screen in its styles that was first asked for while the line was cut',
    async () => {
      const { page } = admin;
      await page.goto(app.url);
      await page.getByRole('heading', { name: 'С чего начать' }).waitFor();
      await page.route('**/assets/**', (route) => route.abort());
      await page.getByRole('link', { name: 'Заказы' }).click();
      await page.getByRole('heading', { name: 'Сервер не отвечает' }).waitFor();
      await page.unroute('**/assets/**');
      await page.getByRole('button', { name: 'Повторить' }).click();
      const screen = page.locator('main.page');
      await screen.waitFor();
      expect(await screen.evaluate((each) => getComputedStyle(each).display)).toBe('grid');
    },
    LONG_MS,
  );

  it(
    'is printed without what is there to be pressed',
    async () => {
      const { page } = admin;
      await page.goto(app.url);
      await page.getByRole('heading', { name: 'С чего начать' }).waitFor();
      await page.emulateMedia({ media: 'print' });
      expect(await page.getByRole('navigation').first().isVisible()).toBe(false);
      expect(await page.getByRole('banner').first().isVisible()).toBe(false);
      expect(await page.getByRole('heading', { name: 'Все события' }).isVisible()).toBe(true);
    },
    LONG_MS,
  );
});
