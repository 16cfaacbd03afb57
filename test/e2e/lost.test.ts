// The first visitor, the lost one, and what goes to the printer.
import { type App, startApp } from '../support/app-process.ts';
import { type Chromium, describeInBrowser, launchChromium } from '../support/chromium.ts';
import { Client } from '../support/client.ts';
import { makeCounterparty, makeProject } from '../support/factories.ts';
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
      await page.getByRole('button', { name: 'Обновить страницу' }).click();
      const screen = page.locator('main.page');
      await screen.waitFor();
      expect(await screen.evaluate((each) => getComputedStyle(each).display)).toBe('grid');
    },
    LONG_MS,
  );

  it(
    'says in a page that is older than the server that it is to be loaded again',
    async () => {
      const { page } = await Person.at(chromium, app.url, app.admin);
      await page.getByRole('heading', { name: 'С чего начать' }).waitFor();
      await page.route('**/assets/**', (route) => route.fulfill({ status: 404 }));
      await page.evaluate(() => {
        const script = document.querySelector<HTMLScriptElement>('script[type="module"][src]');
        script?.setAttribute('src', '/assets/of-the-build-before.js');
      });
      await page.getByRole('link', { name: 'Бригады' }).click();
      await page.getByRole('heading', { name: 'Вышла новая версия «Сводки»' }).waitFor();
      await page.getByRole('button', { name: 'Обновить страницу' }).waitFor();
      await page.context().close();
    },
    LONG_MS,
  );

  it(
    'names each of its pages in the title, so that tabs and the history tell them apart',
    async () => {
      const { page } = admin;
      const named: Record<string, string> = {
        '/': 'Все события · Сводка',
        '/?view=open': 'Открытые · Сводка',
        '/calendar': 'Календарь · Сводка',
        '/deadlines': 'Сроки · Сводка',
        '/unlinked': 'Привязать к заказу · Сводка',
        '/nope': 'Такой страницы нет · Сводка',
      };
      for (const [path, name] of Object.entries(named)) {
        await page.goto(app.url + path);
        await page.waitForFunction((wanted) => document.title === wanted, name);
      }
    },
    LONG_MS,
  );

  it(
    'leaves out of a list what has no room in a narrow window, and nothing lies beside it',
    async () => {
      const script = await new Client(app.url).signIn(app.admin.login, app.admin.password);
      const { page } = await Person.at(chromium, app.url, app.admin);
      await page.setViewportSize({ width: 1024, height: 768 });
      const { id } = await makeCounterparty(script);
      await makeProject(script, { counterpartyId: id });
      for (const path of ['projects', 'counterparties', 'people', 'audit']) {
        await page.goto(`${app.url}/${path}`);
        const row = page.locator('.list .line[data-id]').first();
        await row.waitFor();
        const beside = await row.evaluate((line) => {
          const right = line.getBoundingClientRect().right;
          return [...line.children].filter((cell) => cell.getBoundingClientRect().right > right + 1).length;
        });
        expect([path, beside]).toEqual([path, 0]);
        expect([path, await row.evaluate((line) => line.clientWidth <= innerWidth - 236)]).toEqual([
          path,
          true,
        ]);
      }
      await page.context().close();
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
