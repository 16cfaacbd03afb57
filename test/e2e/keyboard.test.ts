// The desk by keyboard alone: the focus is never nowhere, and what lies over the list can be settled without a mouse.
import type { Project } from '@svodka/shared/contracts/directory';
import type { SvodkaEvent } from '@svodka/shared/contracts/event';
import type { Id } from '@svodka/shared/contracts/id';
import type { Locator } from 'playwright-core';
import { type App, startApp } from '../support/app-process.ts';
import { type Chromium, describeInBrowser, launchChromium } from '../support/chromium.ts';
import { Client } from '../support/client.ts';
import { makeEvent } from '../support/factories.ts';
import { faults } from '../support/faults.ts';
import { Person } from '../support/person.ts';
import { until } from '../support/until.ts';

const LONG_MS = 60_000;

describeInBrowser('the desk by keyboard alone', () => {
  let app: App;
  let chromium: Chromium;
  let script: Client;
  let anna: Person;
  let made: SvodkaEvent[];

  const write = async (title: string) =>
    (await script.post<{ event: SvodkaEvent }>('/api/events', { type: 'note.free', title })).event;
  const focusIsOn = (id: string) =>
    anna.page.waitForFunction((each) => document.activeElement?.getAttribute('data-id') === each, id);
  const press = async (...all: string[]) => {
    for (const key of all) await anna.page.keyboard.press(key);
  };
  const openForm = async () => {
    await anna.page.goto(app.url);
    await anna.row(made[0]?.id ?? '').waitFor();
    await press('n');
    await anna.page.waitForFunction(() => document.activeElement?.matches('dialog input'));
  };

  beforeAll(async () => {
    [app, chromium] = await Promise.all([startApp(), launchChromium()]);
    script = await new Client(app.url).signIn(app.admin.login, app.admin.password);
    made = [];
    for (let i = 0; i < 6; i++) made.unshift(await write(`Событие ${i}`));
    anna = await Person.at(chromium, app.url, app.admin);
    await anna.row(made[0]?.id ?? '').waitFor();
  }, 120_000);

  afterAll(async () => {
    await chromium?.close();
    await app?.stop();
  });

  it(
    'is back on the row after a comment, a pane, a search and a condition that came to nothing',
    async () => {
      const { page } = anna;
      const id = made[1]?.id ?? '';
      await press('j', 'j');
      await focusIsOn(id);
      await press('c');
      await page.waitForFunction(() => document.activeElement?.tagName === 'TEXTAREA');
      await press('Escape');
      await focusIsOn(id);
      await press('Escape');
      await page.locator('[data-pane]').waitFor({ state: 'detached' });
      await focusIsOn(id);
      await press('/', 'Escape');
      await focusIsOn(id);
      await press('f');
      await page.getByRole('menuitem', { name: 'Модуль' }).waitFor();
      await press('Escape');
      await focusIsOn(id);
      // A key of the list that is pressed after Enter must not be written into the search.
      await press('/');
      await page.keyboard.insertText('событие 3');
      await press('Enter');
      await anna.row(id).waitFor({ state: 'detached' });
      await anna.row(made[2]?.id ?? '').waitFor();
      await press('j');
      await focusIsOn(made[2]?.id ?? '');
      expect(await page.getByRole('combobox', { name: 'Поиск', exact: true }).inputValue()).toBe('событие 3');
    },
    LONG_MS,
  );

  it(
    'goes by the palette to a screen, a feed and what somebody said',
    async () => {
      const { page } = anna;
      const search = page.getByRole('combobox', { name: 'Поиск', exact: true });
      const option = (name: string | RegExp) => page.getByRole('option', { name }).first();
      await page.goto(app.url);
      await anna.row(made[0]?.id ?? '').waitFor();
      await press('Control+K');
      await option('Контрагенты').waitFor();
      await page.keyboard.insertText('контраг');
      await page.waitForFunction(() => document.querySelectorAll('[role=option]').length === 1);
      await press('Enter');
      await page.waitForURL(/counterparties/);
      await press('Control+K');
      await page.keyboard.insertText('jnrhsn'); // «открыт» in the other layout
      await option(/Открытые/).waitFor();
      await press('Enter');
      await page.waitForURL(/view=open/);
      // And Tab goes on in the screen, not in the column beside it.
      await press('Control+K');
      await page.keyboard.insertText('настр');
      await option('Настройки').waitFor();
      await press('Enter');
      await page.getByRole('heading', { name: 'Профиль' }).waitFor();
      await press('Tab');
      await page.waitForFunction(() => document.activeElement?.closest('main'));
      const order = await script.post<Project>('/api/projects', { number: '3180' });
      await press('Control+K');
      await page.keyboard.insertText('3180');
      await option(/№ 3180/).waitFor();
      await press('Enter');
      await page.waitForURL(`**/projects/${order.id}`);

      await script.post(`/api/events/${made[2]?.id}/comments`, {
        body: 'Подоконник не тот, вернули на склад',
      });
      await press('Control+K');
      await page.keyboard.insertText('оконник');
      await option(/Подоконник не тот/).waitFor();
      await press('ArrowDown', 'Enter');
      await page.locator('[data-pane]').getByText('Подоконник не тот').waitFor();
      await anna.row(made[2]?.id ?? '').waitFor();
      await page.goto(app.url);
      await anna.row(made[0]?.id ?? '').waitFor();
      await press('Control+K');
      await option('Контрагенты').waitFor();
      await press('Escape', 'Escape');
      expect(await search.getAttribute('aria-expanded')).toBe('false');
    },
    LONG_MS,
  );

  it(
    'walks the list to its ends and by pages, peeks, and goes from feed to feed',
    async () => {
      const { page } = anna;
      await page.goto(app.url);
      const [newest, oldest] = [made[0]?.id ?? '', made.at(-1)?.id ?? ''];
      await anna.row(newest).waitFor();
      await press('End');
      await focusIsOn(oldest);
      await press('Home');
      await focusIsOn(newest);
      await press('PageDown');
      await focusIsOn(oldest);
      await press('PageUp');
      await focusIsOn(newest);
      await press('Space');
      await page.locator('[data-pane]').waitFor();
      await press('Space');
      await page.locator('[data-pane]').waitFor({ state: 'detached' });
      await focusIsOn(newest);
      await press('g', '1');
      await page.waitForURL(/view=/);
      const first = page.url();
      await press('Alt+ArrowDown');
      await page.waitForURL((url) => url.href !== first);
      await press('Alt+ArrowUp');
      await page.waitForURL(first);
      await press('g', 'a');
      await page.waitForURL(`${app.url}/`);
    },
    LONG_MS,
  );

  it(
    'is where the last key led before the next one comes, however late the machine draws',
    async () => {
      const page = await anna.page.context().newPage();
      const [newest, oldest] = [made[0]?.id ?? '', made.at(-1)?.id ?? ''];
      await script.post('/api/projects', {});
      await page.addInitScript((ms) => {
        const soon = window.requestAnimationFrame.bind(window);
        window.requestAnimationFrame = (run) => soon(() => setTimeout(() => soon(run), ms));
      }, 500);
      await page.goto(app.url);
      await page.locator(`article[data-id="${newest}"]`).waitFor();
      const visited = await page.evaluateHandle(() => {
        const ids: (string | null | undefined)[] = [];
        addEventListener('focusin', ({ target }) =>
          ids.push((target as Element).closest('[data-id]')?.getAttribute('data-id')),
        );
        return ids;
      });
      await page.keyboard.press('j');
      await page.waitForFunction(() => document.activeElement?.matches('article'));
      for (const key of ['End', 'Home', 'Space']) await page.keyboard.press(key);
      await page.locator('[data-pane]').waitFor();
      await page.keyboard.press('Space');
      await page.locator('[data-pane]').waitFor({ state: 'detached' });
      // A focus that a frame was to bring would have come by now, and taken the ring back.
      await page.evaluate(async () => {
        for (let i = 0; i < 3; i++) await new Promise((drawn) => requestAnimationFrame(drawn));
      });
      expect(await visited.jsonValue()).toEqual([newest, oldest, newest]);

      await page.getByRole('link', { name: 'Заказы' }).press('Enter');
      await page.locator('[role=listitem] .cover').first().waitFor();
      for (const key of ['j', 'Enter']) await page.keyboard.press(key);
      await page.waitForURL(/projects\/./);
      await page.close();
    },
    LONG_MS,
  );

  it(
    'walks a menu by the first letters of its lines, in either layout, and a list that is drawn whole by j and k',
    async () => {
      const { page } = anna;
      await page.goto(app.url);
      await anna.row(made[0]?.id ?? '').waitFor();
      await press('f');
      await page.getByRole('menuitem', { name: 'Модуль' }).waitFor();
      // The places of «с» and «р», typed on: not the first line with «р».
      await press('c', 'h');
      await page.waitForFunction(() => document.activeElement?.textContent?.trim() === 'Срок');
      await press('Escape');
      for (const name of ['Первая', 'Вторая'])
        await script.post('/api/crews', { name, memberIds: [], memberNames: ['Глеб Ильин'], capacity: 1 });
      await press('g', 'b');
      await page.getByText('Вторая').waitFor();
      await press('j', 'j', 'k', 'j');
      await page.waitForFunction(() => document.activeElement?.textContent?.includes('Первая'));
    },
    LONG_MS,
  );

  it(
    'links, marks and settles what came without an order where the ring stands, and nothing else',
    async () => {
      const { page } = anna;
      const customers = ['Тихонов', 'Ершова'].map((name, i) => ({ name, phone: `+791671830${i}1` }));
      const calls: SvodkaEvent[] = [];
      const orders: Project[] = [];
      for (const { name, phone } of customers) {
        // They call before anybody knows whose numbers these are.
        const call = {
          type: 'call.in',
          title: `Звонит ${name}`,
          payload: { from: phone },
        };
        calls.push((await script.post<{ event: SvodkaEvent }>('/api/events', call)).event);
        const counterparty = await script.post<{ id: string }>('/api/counterparties', {
          name,
          phones: [phone],
        });
        orders.push(await script.post<Project>('/api/projects', { counterpartyId: counterparty.id }));
      }
      const orderOf = async (event: SvodkaEvent | undefined) =>
        (await script.get<{ event: SvodkaEvent }>(`/api/events/${event?.id}`)).event.projectId;
      const [older, newer] = calls;
      const line = (event: SvodkaEvent | undefined) => page.locator(`[data-id="${event?.id}"]`);

      await page.goto(`${app.url}/unlinked`);
      await line(newer)
        .getByRole('button', { name: `№ ${orders[1]?.number}` })
        .waitFor();
      await page.locator(`.ringed[data-id="${newer?.id}"]`).waitFor();
      await press('Enter');
      await anna.toast('Звонит Ершова').waitFor();
      expect(await orderOf(newer)).toBe(orders[1]?.id);
      expect(await orderOf(older)).toBeNull();
      await page.locator(`.ringed[data-id="${older?.id}"]`).waitFor();
      await press('Control+Z');
      await line(newer).waitFor();
      await press('k', 'r');
      await line(newer).waitFor({ state: 'detached' });
      const statusOf = async (event: SvodkaEvent | undefined) =>
        (await script.get<{ event: SvodkaEvent }>(`/api/events/${event?.id}`)).event.status;
      await until(async () => (await statusOf(newer)) === 'resolved');
      expect(await statusOf(older)).not.toBe('resolved');
      await page.locator(`.ringed[data-id="${older?.id}"]`).waitFor();
      await press('x', 'Escape');
      expect(new URL(page.url()).pathname).toBe('/unlinked');
      await press('Escape');
      await page.waitForURL((url) => url.pathname === '/');
    },
    LONG_MS,
  );

  it(
    'writes an event by Ctrl+Enter, and by Enter goes on to the next field',
    async () => {
      const { page } = anna;
      await openForm();
      await page.keyboard.insertText('Пишется клавишами');
      const title = await page.evaluateHandle(() => document.activeElement);
      await press('Enter');
      await page.waitForFunction(
        (before) =>
          document.activeElement !== before &&
          document.activeElement?.matches('dialog :is(input, textarea, select)'),
        title,
      );
      await press('Control+Enter');
      await page.locator('dialog').waitFor({ state: 'detached' });
      await anna.rowOf('Пишется клавишами').waitFor();
    },
    LONG_MS,
  );

  it(
    'is on the row again that an undo brings back, in the list and in the lane',
    async () => {
      const { page } = anna;
      const urgent = await script.post<{ event: SvodkaEvent }>('/api/events', {
        type: 'complaint.opened',
        title: 'Стекло с трещиной',
        importance: 'critical',
        payload: {},
      });
      await page.goto(`${app.url}/?view=open`);
      const { id } = urgent.event;
      await anna.row(id).waitFor();
      await press('j');
      await focusIsOn(id);
      await press('r');
      await anna.toast('Стекло с трещиной').waitFor();
      await press('Control+Z');
      await anna.row(id).waitFor();
      await focusIsOn(id);
      // Resolved once more, and the row is let go before it is taken back.
      await press('r');
      await anna.row(id).waitFor({ state: 'detached' });
      await press('Control+Z');
      await focusIsOn(id);
    },
    LONG_MS,
  );

  it(
    'leaves the palette, the page of an order and the end of a page by one key each',
    async () => {
      const { page } = anna;
      const project = await script.post<Project>('/api/projects', { number: '318' });
      await page.goto(app.url);
      await anna.row(made[0]?.id ?? '').waitFor();
      await press('j', 'Control+K');
      await page.keyboard.insertText('зак');
      await page.getByRole('option', { name: 'Заказы' }).waitFor();
      await press('Escape');
      await page.waitForFunction(() => document.activeElement?.matches('.events [data-id]'));
      expect(await page.getByRole('combobox', { name: 'Поиск', exact: true }).inputValue()).toBe('');

      await page.goto(`${app.url}/projects/${project.id}`);
      await page.getByRole('heading', { name: '№ 318' }).waitFor();
      await press('Escape');
      await page.waitForURL(`${app.url}/projects`);

      await page.goto(`${app.url}/settings`);
      await page.getByRole('heading', { name: 'О программе' }).waitFor({ state: 'attached' });
      const scrolled = () => page.locator('main .body').evaluate((body) => body.scrollTop);
      await press('End');
      expect(await scrolled()).toBeGreaterThan(0);
      await press('Home');
      expect(await scrolled()).toBe(0);
    },
    LONG_MS,
  );

  it(
    'finds the search of a narrow page, and leaves it by the keys that led there',
    async () => {
      const { page } = anna;
      await page.setViewportSize({ width: 390, height: 844 });
      await page.goto(app.url);
      await anna.row(made[0]?.id ?? '').waitFor();
      const field = page.getByRole('combobox', { name: 'Поиск', exact: true });
      await press('/');
      await field.waitFor();
      await page.keyboard.insertText('событие 3');
      await page.getByRole('option').first().waitFor();
      expect(new URL(page.url()).search).toBe('');
      await press('Enter');
      await field.waitFor({ state: 'detached' });
      await anna.row(made[0]?.id ?? '').waitFor({ state: 'detached' });
      await anna.row(made[2]?.id ?? '').waitFor();
      await press('Control+K');
      await field.waitFor();
      await press('Escape', 'Escape');
      await field.waitFor({ state: 'detached' });
      await press('j');
      await focusIsOn(made[2]?.id ?? '');
      await press('Control+K');
      await page.keyboard.insertText('контраг');
      await page.getByRole('option', { name: 'Контрагенты' }).waitFor();
      await press('Enter');
      await page.waitForURL(/counterparties/);
      await page.setViewportSize({ width: 1280, height: 720 });
    },
    LONG_MS,
  );

  it(
    'keeps what it says away from the buttons of a form',
    async () => {
      const { page } = anna;
      await openForm();
      await page.keyboard.insertText('Черновик');
      await press('Escape');
      await anna.toast('Черновик сохранён').waitFor();
      await press('n');
      const save = page.locator('dialog').getByRole('button', { name: /Записать/ });
      await save.waitFor();
      const [button, toast] = [await save.boundingBox(), await anna.toast('Черновик сохранён').boundingBox()];
      expect(button && toast && toast.x + toast.width <= button.x).toBe(true);
      await press('Escape');
    },
    LONG_MS,
  );

  it(
    'settles a conflict without a mouse',
    async () => {
      const { page } = anna;
      const event = await write('Монтаж в понедельник');
      await page.goto(`${app.url}/?event=${event.id}&form=edit`);
      await page.waitForFunction(() => document.activeElement?.matches('dialog input'));
      await page.keyboard.press('Control+A');
      await page.keyboard.insertText('Монтаж во вторник');
      await script.patch(
        `/api/events/${event.id}`,
        { title: 'Монтаж в среду' },
        { 'if-match': `"${event.rev}"` },
      );
      await press('Control+Enter');
      await page.getByText('Пока вы правили, событие изменили').waitFor();
      await page.waitForFunction(() => document.activeElement?.matches('dialog input:checked'));
      const options = page.locator('dialog fieldset label');
      expect(await options.count()).toBe(3);
      for (const words of ['Монтаж в понедельник', 'Монтаж в среду', 'Монтаж во вторник'])
        await options.filter({ hasText: words }).waitFor();
      expect(await faults(page)).toEqual([]);
      // To theirs and back to one's own.
      await press('ArrowUp');
      await options.filter({ hasText: 'Монтаж в среду' }).locator('input:checked').waitFor();
      await press('ArrowDown');
      await press('Control+Enter');
      await page.locator('dialog').waitFor({ state: 'detached' });
      await page.getByRole('heading', { name: 'Монтаж во вторник' }).waitFor();
    },
    LONG_MS,
  );

  it(
    'is on the event that was written, also when the news of it comes before the answer',
    async () => {
      const { page } = anna;
      // Under the pointer nothing comes in.
      await page.mouse.move(0, 0);
      await page.goto(app.url);
      await anna.row(made[0]?.id ?? '').waitFor();
      await press('j', 'j', 'n');
      await page.waitForFunction(() => document.activeElement?.matches('dialog input'));
      const title = 'Новость раньше ответа';
      await page.keyboard.insertText(title);
      const writes = (url: URL) => url.pathname === '/api/events';
      await page.route(writes, async (route) => {
        if (route.request().method() !== 'POST') return route.fallback();
        const response = await route.fetch();
        await anna.rowOf(title).waitFor();
        await route.fulfill({ response });
      });
      await press('Control+Enter');
      const row = anna.rowOf(title);
      await row.waitFor();
      await focusIsOn((await row.getAttribute('data-id')) ?? '');
      await page.locator('dialog').waitFor({ state: 'detached' });
      await page.unroute(writes);
      await press('Escape');
      await focusIsOn((await row.getAttribute('data-id')) ?? '');
    },
    LONG_MS,
  );

  it(
    'is on the event that was written on the page of its order, and again when its pane is closed',
    async () => {
      const { page } = anna;
      const project = await script.post<Project>('/api/projects', { number: '455' });
      for (let i = 0; i < 40; i++)
        await script.post('/api/events', {
          type: 'note.free',
          title: `Событие заказа ${i}`,
          projectId: project.id,
        });
      await page.goto(`${app.url}/projects/${project.id}`);
      await anna.rowOf('Событие заказа 39').waitFor();
      await press('j', 'j', 'n');
      await page.waitForFunction(() => document.activeElement?.matches('dialog input'));
      await page.keyboard.insertText('Спрашивает, когда приедут');
      await press('Control+Enter');
      const row = anna.rowOf('Спрашивает, когда приедут');
      await row.waitFor();
      const id = (await row.getAttribute('data-id')) ?? '';
      await focusIsOn(id);
      // The others have pushed it out of sight meanwhile.
      await press('c');
      await page.waitForFunction(() => document.activeElement?.tagName === 'TEXTAREA');
      const list = page.locator('.events .viewport');
      await list.evaluate((viewport) => viewport.scrollTo(0, 150));
      await press('Escape', 'Escape');
      await focusIsOn(id);
      const topOf = async (what: Locator) => (await what.boundingBox())?.y ?? Number.NaN;
      await until(async () => (await topOf(row)) >= (await topOf(list)));
    },
    LONG_MS,
  );

  it(
    'walks a list of records to its ends and by pages, and makes one more of them',
    async () => {
      const { page } = anna;
      for (let i = 0; i < 40; i++) await script.post('/api/counterparties', { name: `Заказчик ${100 + i}` });
      await page.goto(`${app.url}/counterparties`);
      await page.locator('[role=listitem] .cover').first().waitFor();
      const cursor = () =>
        page.evaluate(() => document.activeElement?.closest('[data-id]')?.getAttribute('data-id'));
      await press('j');
      const first = await cursor();
      await press('End');
      const last = await cursor();
      await press('Home');
      expect(await cursor()).toBe(first);
      await press('PageDown');
      const paged = await cursor();
      expect(new Set([first, last, paged]).size).toBe(3);
      expect([first, last, paged]).not.toContain(undefined);
      await press('PageUp');
      expect(await cursor()).toBe(first);
      await press('Shift+N');
      await page
        .locator('dialog')
        .getByRole('button', { name: /Создать/ })
        .waitFor();
      await press('Escape');
    },
    LONG_MS,
  );

  it(
    'keeps what it says away from the row where the keyboard is, and from the deeds of an open event',
    async () => {
      const { page } = anna;
      const asked: Id[] = [];
      for (let i = 0; i < 14; i++)
        asked.unshift((await makeEvent(script, { type: 'customer.request', title: `Просьба ${i}` })).id);
      for (const viewport of [
        { width: 1280, height: 420 },
        { width: 390, height: 520 },
      ]) {
        await page.setViewportSize(viewport);
        await page.goto(app.url);
        await anna.row(asked[0] ?? '').waitFor();
        // The last row that is wholly to be seen stands where such words come up.
        await press('Home', 'PageDown');
        const said = page.getByRole('region', { name: 'Сообщения' });
        const apart = async (what: Locator) => {
          const [a, b] = [await said.boundingBox(), await what.boundingBox()];
          // What was said may have gone by then.
          if (!a?.height) return true;
          return b && (a.y + a.height <= b.y || b.y + b.height <= a.y || a.x + a.width <= b.x);
        };
        await press('r');
        await said.getByRole('button', { name: 'Отменить' }).first().waitFor();
        await until(() => apart(page.locator('article[data-id]:focus')), { what: 'the row to be free' });
        await press('Enter', 'r');
        for (const part of await page.locator('[data-pane] [data-clear]').all())
          await until(() => apart(part), { what: 'the deeds to be free' });
        await press('Control+Z', 'Escape');
      }
      await page.setViewportSize({ width: 1280, height: 720 });
    },
    LONG_MS,
  );

  it(
    'is somewhere after a condition, a feed that was saved, a page that was opened and a button that went',
    async () => {
      const { page } = anna;
      const focused = () => page.evaluate(() => document.activeElement?.textContent?.trim() ?? '');
      const isOn = (selector: string) =>
        page.waitForFunction((each) => document.activeElement?.matches(each), selector);
      await page.goto(app.url);
      await page.locator('.window article[data-id]').first().waitFor();
      await press('j', 'f');
      await page.getByRole('menuitem', { name: 'Важность' }).waitFor();
      await press('Enter');
      await page.getByRole('listbox', { name: 'Важность' }).waitFor();
      await isOn('[role=listbox]');
      await press('Enter');
      await page.getByRole('listbox').waitFor({ state: 'detached' });
      await page.waitForURL(/filter=/);
      await isOn('[aria-haspopup=menu]');
      // The button that saves goes with what it has saved.
      await anna.pressAt(page.getByRole('button', { name: 'Сохранить ленту' }), 'Enter');
      await page.waitForFunction(() => document.activeElement?.matches('dialog input'));
      await page.keyboard.insertText('Важное на смене');
      await press('Enter');
      await page.locator('dialog').waitFor({ state: 'detached' });
      await isOn('h1');
      expect(await focused()).toBe('Важное на смене');
      // A condition of it that is dropped, then what was changed in it.
      const drop = page.getByRole('button', { name: /^Убрать/ }).last();
      await anna.pressAt(drop, 'Enter');
      await drop.waitFor({ state: 'detached' });
      await isOn('main button');
      await anna.pressAt(page.getByRole('button', { name: 'Сбросить условия' }), 'Enter');
      await drop.waitFor();
      await isOn('main button');

      const project = await script.post<Project>('/api/projects', { number: '777' });
      await page.goto(`${app.url}/projects`);
      await page.locator(`[data-id="${project.id}"]`).waitFor();
      await press('j');
      await isOn('.cover');
      const id = await page.evaluate(() =>
        document.activeElement?.closest('[data-id]')?.getAttribute('data-id'),
      );
      await press('Enter');
      await page.waitForURL(`**/projects/${id}`);
      await isOn('h1');
      expect(await focused()).toMatch(/^№/);
      // And back on the row that one came by.
      await press('Escape');
      await isOn(`[data-id="${id}"] > .cover`);
    },
    LONG_MS,
  );

  it(
    'signs out by the palette',
    async () => {
      const { page } = await Person.at(chromium, app.url, app.admin);
      await page.locator('[data-row]').first().waitFor();
      await page.keyboard.press('Control+K');
      await page.keyboard.insertText('выйти');
      await page.getByRole('option', { name: 'Выйти' }).waitFor();
      await page.keyboard.press('Enter');
      await page.locator('input[type=password]').waitFor();
    },
    LONG_MS,
  );
});
