/** Nothing typed is lost: the line is cut, the server dies, the session ends, the page is loaded again, somebody else sits down. */
import type { Comment } from '@svodka/shared/contracts/comment';
import type { SvodkaEvent } from '@svodka/shared/contracts/event';
import type { User } from '@svodka/shared/contracts/user';
import type { Page } from 'playwright-core';
import { type App, startApp } from '../support/app-process.ts';
import { type Chromium, describeInBrowser, launchChromium } from '../support/chromium.ts';
import { Client } from '../support/client.ts';
import { keptIn } from '../support/kept.ts';
import { Person } from '../support/person.ts';
import { until } from '../support/until.ts';

const PASSWORD = 'calm-meadow-58';
const LONG_MS = 120_000;

describeInBrowser('what was typed', () => {
  let app: App;
  let chromium: Chromium;
  let script: Client;
  let anna: Person;
  let event: SvodkaEvent;

  const hire = async (login: string, name: string, role: string) =>
    (await script.post<{ user: User }>('/api/users', { login, name, roles: [role], password: PASSWORD }))
      .user;

  beforeAll(async () => {
    [app, chromium] = await Promise.all([startApp(), launchChromium()]);
    script = await new Client(app.url).signIn(app.admin.login, app.admin.password);
    await hire('anna', 'Анна Ковалёва', 'dispatcher');
    await hire('boris', 'Борис Ильин', 'dispatcher');
    await hire('marat', 'Марат Сафин', 'measurer');
    const made = { type: 'note.free', title: 'Замер на Лесной' };
    event = (await script.post<{ event: SvodkaEvent }>('/api/events', made)).event;
    anna = await Person.at(chromium, app.url, { login: 'anna', password: PASSWORD }, `/?event=${event.id}`);
  }, LONG_MS);
  afterAll(async () => {
    await chromium?.close();
    await app?.stop();
  });

  const composer = () => anna.page.getByRole('textbox', { name: 'Комментарий' });
  const comments = async () =>
    (await script.get<{ items: Comment[] }>(`/api/events/${event.id}/comments`)).items.map(
      ({ body }) => body,
    );
  const events = async (title: string) =>
    (await script.get<{ items: SvodkaEvent[] }>('/api/events')).items.filter((each) => each.title === title);

  it(
    'waits while the line is cut, over a reload, and is sent once when it is back',
    async () => {
      const { page } = anna;
      await composer().waitFor();
      // The form comes behind the first screen.
      await page.waitForFunction(() =>
        performance.getEntriesByType('resource').some(({ name }) => name.includes('/soon')),
      );
      await page.context().setOffline(true);
      await composer().fill('Сказано без связи');
      await composer().press('Control+Enter');
      await page.getByText('Ждёт связи').waitFor();
      await page.keyboard.press('Escape');
      await page.keyboard.press('Escape');
      await page.keyboard.press('n');
      await page.getByLabel(/^Что произошло/).fill('Записано без связи');
      await page.keyboard.press('Control+Enter');
      await page.getByText('2 ждут отправки').click();
      await page.getByText('Новое событие · Записано без связи').waitFor();
      await page.keyboard.press('Escape');
      expect(await comments()).toEqual([]);
      await page.context().setOffline(false);
      await page.reload();
      await until(
        async () => (await comments()).length === 1 && (await events('Записано без связи')).length === 1,
      );
      await page.goto(`${app.url}/?event=${event.id}`);
      await page.getByText('Сказано без связи').waitFor();
      expect(await comments()).toEqual(['Сказано без связи']);
    },
    LONG_MS,
  );

  it(
    'stands in its place after a reload: the comment, the new event, the edit',
    async () => {
      const { page } = anna;
      await composer().fill('Недописанный комментарий');
      await page.reload();
      await until(async () => (await composer().inputValue()) === 'Недописанный комментарий');
      await composer().fill('');
      await page.keyboard.press('Escape');
      await page.keyboard.press('i');
      const body = page.getByLabel('Подробности');
      await body.fill('Недописанная правка');
      await page.keyboard.press('Escape');
      await page.getByText('Черновик сохранён').waitFor();
      await page.reload();
      await composer().waitFor();
      await page.keyboard.press('i');
      await until(async () => (await body.inputValue()) === 'Недописанная правка');
      await page.keyboard.press('Control+Enter');
      await until(
        async () =>
          (await script.get<{ event: SvodkaEvent }>(`/api/events/${event.id}`)).event.body ===
          'Недописанная правка',
      );
    },
    LONG_MS,
  );

  it(
    'is one draft in two tabs: gone on with in either, sent once, and gone from both',
    async () => {
      const { page } = anna;
      const other = await page.context().newPage();
      await other.goto(`${app.url}/?event=${event.id}`);
      const there = other.getByRole('textbox', { name: 'Комментарий' });
      await there.waitFor();
      await composer().fill('Начато здесь');
      await until(async () => (await there.inputValue()) === 'Начато здесь');
      await there.press('End');
      await there.pressSequentially(', кончено там');
      await until(async () => (await composer().inputValue()) === 'Начато здесь, кончено там');
      await there.press('Control+Enter');
      await until(async () => (await composer().inputValue()) === '');

      const title = (on: Page) => on.getByLabel(/^Что произошло/);
      const begin = async (on: Page) => {
        await on.goto(app.url);
        await on.getByText('в эфире').waitFor();
        await on.keyboard.press('n');
      };
      await begin(page);
      await title(page).fill('Записано в двух вкладках');
      // It is kept a moment after it was typed.
      await until(async () => (await keptIn(page, 'typed')).size > 0);
      await begin(other);
      await until(async () => (await title(other).inputValue()) === 'Записано в двух вкладках');
      await title(page).press('Control+Enter');
      await title(other).waitFor({ state: 'detached' });
      await until(async () => (await events('Записано в двух вкладках')).length > 0);

      for (const each of [page, other]) await each.goto(`${app.url}/?event=${event.id}`);
      await Promise.all([page, other].map((each) => each.getByText('Начато здесь, кончено там').waitFor()));
      expect([await composer().inputValue(), await there.inputValue()]).toEqual(['', '']);
      await begin(other);
      expect(await title(other).inputValue()).toBe('');
      await other.close();
      expect((await comments()).filter((body) => body.startsWith('Начато'))).toHaveLength(1);
      expect(await events('Записано в двух вкладках')).toHaveLength(1);
    },
    LONG_MS,
  );

  it(
    'marks a mention of somebody who may not see the event (DI11), before it is sent and for whoever reads it',
    async () => {
      const { page } = anna;
      await composer().fill('');
      await composer().pressSequentially('@Марат');
      await page.getByRole('option', { name: /Марат Сафин.*не увидит/ }).click();
      await composer().pressSequentially('посмотри');
      await page.getByText(/Марат Сафин не увидит/).waitFor();
      await composer().press('Control+Enter');
      await until(async () => (await comments()).includes('@Марат Сафин посмотри'));
      const { items } = await script.get<{ items: Comment[] }>(`/api/events/${event.id}/comments`);
      const said = items.find(({ body }) => body.startsWith('@Марат'));
      expect(said?.mentionIds).toHaveLength(1);
      const mark = (on: Page) =>
        on.locator(`#comment-${said?.id}`).getByText('Не видит это событие: Марат Сафин');
      await mark(page).waitFor();
      await page.goto(`${app.url}/?event=${event.id}`);
      await mark(page).waitFor();
      await composer().pressSequentially('@Замер');
      await page.getByRole('option', { name: /никто не увидит/ }).click();
      await composer().pressSequentially('гляньте');
      await composer().press('Control+Enter');
      await page.getByText('Не видит это событие: Замер').waitFor();
    },
    LONG_MS,
  );

  it(
    'is never cut off: what is too long is marked, counted and refused with its reason, and stands there whole',
    async () => {
      const { page } = anna;
      await page.goto(app.url);
      await page.getByText('в эфире').waitFor();
      await page.keyboard.press('n');
      const title = page.getByLabel(/^Что произошло/);
      await title.fill('');
      await page.keyboard.insertText('а'.repeat(312));
      await page.getByText('312 / 300').waitFor();
      expect(await title.getAttribute('aria-invalid')).toBe('true');
      await title.press('Control+Enter');
      await page.getByText('Не длиннее 300 знаков').waitFor();
      expect(await title.inputValue()).toHaveLength(312);
      for (let i = 0; i < 12; i++) await title.press('Backspace');
      await page.getByText('300 / 300').waitFor();
      await title.press('Control+Enter');
      await title.waitFor({ state: 'detached' });
      await until(async () => (await events('а'.repeat(300))).length === 1);

      await page.goto(`${app.url}/?event=${event.id}`);
    },
    LONG_MS,
  );

  it(
    'is nobody else’s: who signs in after a sign-out by the menu sees nothing of it, and its author all of it',
    async () => {
      const { page } = anna;
      const signIn = async (login: string) => {
        await page.locator('input[autocomplete=username]').fill(login);
        await page.locator('input[type=password]').fill(PASSWORD);
        await page.locator('input[type=password]').press('Enter');
        await page.getByText('в эфире').waitFor();
      };
      const signOut = async () => {
        await page.getByRole('button', { name: 'Профиль' }).click();
        await page.getByRole('menuitem', { name: 'Выйти' }).click();
        await page.locator('input[autocomplete=username]').waitFor();
      };
      await composer().fill('Только моё');
      await page.evaluate(() => Object.assign(window, { before: true }));
      await signOut();
      expect(await page.evaluate(() => 'before' in window)).toBe(false);
      await signIn('boris');
      await page.goto(`${app.url}/?event=${event.id}`);
      await composer().waitFor();
      expect(await composer().inputValue()).toBe('');
      await signOut();
      await signIn('anna');
      await page.goto(`${app.url}/?event=${event.id}`);
      await until(async () => (await composer().inputValue()) === 'Только моё');
    },
    LONG_MS,
  );

  it(
    'waits for its author when the session has ended',
    async () => {
      const { page } = anna;
      // Nothing is asked any more that would tell the page of the end of the session before its author does.
      await page.getByText('Не видит это событие: Замер').waitFor();
      await composer().fill('После сеанса');
      await page.context().clearCookies();
      await composer().press('Control+Enter');
      await page.locator('input[type=password]').waitFor();
      await page.locator('input[autocomplete=username]').fill('anna');
      await page.locator('input[type=password]').fill(PASSWORD);
      await page.locator('input[type=password]').press('Enter');
      await until(async () => (await comments()).filter((body) => body === 'После сеанса').length === 1);
    },
    LONG_MS,
  );
});
