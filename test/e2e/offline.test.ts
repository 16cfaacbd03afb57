// A desk without a line: read and worked on, closed and opened again, and all of it with the server once, or said.
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Comment } from '@svodka/shared/contracts/comment';
import type { SvodkaEvent } from '@svodka/shared/contracts/event';
import type { User } from '@svodka/shared/contracts/user';
import type { BrowserContext, Page } from 'playwright-core';
import { type App, startApp } from '../support/app-process.ts';
import { describeInBrowser, openProfile } from '../support/chromium.ts';
import { Client } from '../support/client.ts';
import { keptIn } from '../support/kept.ts';
import { until } from '../support/until.ts';

const PASSWORD = 'calm-meadow-58';
const LONG_MS = 240_000;
const WAIT = { timeout: 60_000 };
const KEPT = { serviceWorkers: 'allow' } as const;

/** Names of what the browser's own database has of a kind. */
const kept = async (page: Page, store: 'seen' | 'typed') => [...(await keptIn(page, store)).keys()];

describeInBrowser('a desk without a line', () => {
  let app: App;
  let script: Client;
  let me: User;
  let profile: string;
  let context: BrowserContext;
  let page: Page;

  beforeAll(async () => {
    profile = await mkdtemp(join(tmpdir(), 'svodka-offline-'));
    app = await startApp();
    script = await new Client(app.url).signIn(app.admin.login, app.admin.password);
    const anna = { login: 'anna', name: 'Анна Ковалёва', roles: ['dispatcher'], password: PASSWORD };
    me = (await script.post<{ user: User }>('/api/users', anna)).user;
    context = await openProfile(profile, KEPT);
    page = await context.newPage();
    await page.goto(app.url);
    await signIn();
  }, LONG_MS);
  afterAll(async () => {
    await context?.close();
    await app?.stop();
    await rm(profile, { recursive: true, force: true });
  });

  async function signIn() {
    await page.locator('input[autocomplete=username]').fill('anna');
    await page.locator('input[type=password]').fill(PASSWORD);
    await page.locator('input[type=password]').press('Enter');
    await page.getByText('в эфире').waitFor(WAIT);
  }
  const task = async (title: string) =>
    (await script.post<{ event: SvodkaEvent }>('/api/events', { type: 'customer.request', title })).event;
  const read = async ({ id }: SvodkaEvent) =>
    (await script.get<{ event: SvodkaEvent }>(`/api/events/${id}`)).event;
  const said = async ({ id }: SvodkaEvent) =>
    (await script.get<{ items: Comment[] }>(`/api/events/${id}/comments`)).items.map(({ body }) => body);
  const row = ({ id }: SvodkaEvent) => page.locator(`article[data-id="${id}"]`).first();
  const pill = () => page.getByRole('button', { name: /ждёт отправки|ждут отправки/ });

  /** Opens its pane, does something there, and is back in the list. */
  async function at(event: SvodkaEvent, what: () => Promise<void>) {
    await row(event).click();
    await page.locator('[data-pane]').getByText(event.title).first().waitFor(WAIT);
    await what();
    await page.goto(`${app.url}/`);
    await row(event).waitFor(WAIT);
  }

  it(
    'does what was done in it, once, after the browser was closed and opened again; says what was refused',
    async () => {
      const names = ['Правка', 'Слова', 'Взять', 'Отпустить', 'Отложить', 'Решить', 'Передумать', 'Спор'];
      const events: SvodkaEvent[] = [];
      for (const name of names) events.push(await task(`${name} без связи`));
      const [edited, spoken, taken, held, later, done, dropped, disputed] = events as [
        SvodkaEvent,
        SvodkaEvent,
        SvodkaEvent,
        SvodkaEvent,
        SvodkaEvent,
        SvodkaEvent,
        SvodkaEvent,
        SvodkaEvent,
      ];
      await script.post(`/api/events/${spoken.id}/comments`, { body: 'Сказано до обрыва' });
      await at(held, async () => {
        await page.keyboard.press('e');
        await until(async () => (await read(held)).claim?.by === me.id);
      });
      await at(spoken, async () => {
        await page.getByText('Сказано до обрыва').waitFor(WAIT);
        await until(async () => (await kept(page, 'seen')).includes(`event ${spoken.id}`));
      });
      // The page itself and the rows as they are now are on the device.
      await page.evaluate(() => navigator.serviceWorker.ready.then(() => true));
      await page.waitForFunction(() => navigator.serviceWorker.controller !== null);
      await page.reload();
      await row(disputed).waitFor(WAIT);
      await until(async () => (await kept(page, 'seen')).some((name) => name.startsWith('rows ')));

      await context.setOffline(true);
      await page.getByText(/нет связи · данные на \d\d:\d\d/).waitFor(WAIT);
      await at(edited, async () => {
        await page.keyboard.press('i');
        await page.getByLabel('Подробности').fill('Дописано в поезде');
        await page.keyboard.press('Control+Enter');
        await page.getByText('Ваша правка').waitFor(WAIT);
      });
      await at(spoken, async () => {
        await page.getByText('Сказано до обрыва').waitFor(WAIT);
        await page.getByRole('textbox', { name: 'Комментарий' }).fill('Сказано в поезде');
        await page.keyboard.press('Control+Enter');
        await page.getByText('Ждёт связи').waitFor(WAIT);
      });
      await at(taken, () => page.keyboard.press('e'));
      await at(held, () => page.keyboard.press('e'));
      await at(later, async () => {
        await page.keyboard.press('z');
        await page.getByRole('button', { name: 'До завтра, 9:00' }).click();
      });
      await at(done, () => page.keyboard.press('r'));
      await at(dropped, () => page.keyboard.press('r'));
      await at(disputed, async () => {
        await page.keyboard.press('i');
        await page.getByLabel('Подробности').fill('Моё слово');
        await page.keyboard.press('Control+Enter');
        await page.getByText('Ваша правка').waitFor(WAIT);
      });
      await page.keyboard.press('n');
      await page.getByLabel(/^Что произошло/).fill('Записано в поезде');
      await page.keyboard.press('Control+Enter');
      const writtenAt = Date.now();
      await page.getByRole('button', { name: '9 ждут отправки' }).waitFor(WAIT);
      const own = () => page.locator('article', { hasText: 'Записано в поезде' });
      await own().getByText('Ждёт связи').waitFor(WAIT);
      // A row counts what its pane does.
      expect(await row(spoken).locator('.comments').textContent()).toContain('2');
      const { rev } = await read(disputed);
      await script.patch(
        `/api/events/${disputed.id}`,
        { body: 'Слово другого' },
        { 'If-Match': String(rev) },
      );
      await context.close();

      context = await openProfile(profile, KEPT);
      await context.setOffline(true);
      page = await context.newPage();
      await page.goto(app.url);
      await page.getByText(/нет связи · данные на/).waitFor(WAIT);
      await at(spoken, () => page.getByText('Сказано до обрыва').waitFor(WAIT));
      await own().click();
      await page.locator('[data-pane]').getByText('Записано в поезде').first().waitFor(WAIT);
      await page.goto(`${app.url}/`);
      await page.getByRole('button', { name: '9 ждут отправки' }).click();
      const list = page.getByRole('dialog', { name: 'Не отправлено' });
      await list
        .getByRole('listitem')
        .filter({ hasText: dropped.title })
        .getByRole('button', { name: 'Отбросить' })
        .click();
      await page.keyboard.press('Escape');
      await page.getByRole('button', { name: '8 ждут отправки' }).waitFor(WAIT);
      expect(await said(spoken)).toEqual(['Сказано до обрыва']);

      await context.setOffline(false);
      await pill().waitFor({ state: 'detached', ...WAIT });
      await page.getByText('в эфире').waitFor(WAIT);
      const written = async () =>
        (await script.get<{ items: SvodkaEvent[] }>('/api/events')).items.filter(
          ({ title }) => title === 'Записано в поезде',
        );
      // They go in their order: with the last one there all are.
      await until(async () => (await written()).length > 0);
      expect((await read(edited)).body).toBe('Дописано в поезде');
      expect(await said(spoken)).toEqual(['Сказано до обрыва', 'Сказано в поезде']);
      expect((await read(taken)).claim?.by).toBe(me.id);
      expect((await read(held)).claim).toBeNull();
      expect((await read(later)).status).toBe('snoozed');
      expect((await read(done)).status).toBe('resolved');
      expect((await read(dropped)).status).toBe('open');
      expect(await written()).toHaveLength(1);
      // Dated by when it was written, and not by when the line was back: what waits for less is sent at once.
      const [{ occurredAt = '' } = {}] = await written();
      expect(Date.parse(occurredAt) - writtenAt).toBeLessThan(6_000);
      for (const each of [edited, taken, later, done])
        expect((await read(each)).rev).toBeLessThanOrEqual(each.rev + 1);

      // What somebody else had changed meanwhile is said at its place, and nothing of either is lost.
      expect((await read(disputed)).body).toBe('Слово другого');
      await page.getByRole('button', { name: '1 не принято' }).waitFor(WAIT);
      await row(disputed).click();
      await page.locator('[data-pane]').getByText('Не принято:').waitFor(WAIT);
    },
    LONG_MS,
  );

  it(
    'goes on with what was written last, where a page ended before the database had it',
    async () => {
      const { id } = await task('Черновик');
      const name = `draft.comment.${id}`;
      const words = page.getByRole('textbox', { name: 'Комментарий' });
      await page.goto(`${app.url}/?event=${id}`);
      await words.fill('Прежние слова');
      await until(async () => (await kept(page, 'typed')).includes(name));
      for (const value of [{ text: 'Последние слова', chosen: [] }, null]) {
        await page.evaluate(([key, text]) => localStorage.setItem(key, text), [
          `svodka.own.${me.id}.${name}`,
          JSON.stringify({ at: Date.now(), value }),
        ] as const);
        await page.reload();
        await words.waitFor(WAIT);
        expect(await words.inputValue()).toBe(value?.text ?? '');
      }
    },
    LONG_MS,
  );

  it(
    'keeps nothing that was read when its person signs out, also without a line',
    async () => {
      await page.goto(app.url);
      await page.getByText('в эфире').waitFor(WAIT);
      await until(async () => (await kept(page, 'seen')).some((name) => name.startsWith('rows ')));
      await context.setOffline(true);
      await page.getByText(/нет связи/).waitFor(WAIT);
      await page.getByRole('button', { name: 'Профиль' }).click();
      await page.getByRole('menuitem', { name: 'Выйти' }).click();
      await page.locator('input[type=password]').waitFor(WAIT);
      await until(async () => (await kept(page, 'seen')).length === 0);
      await context.setOffline(false);
      await page.reload();
      await page.locator('input[type=password]').waitFor(WAIT);
      await until(async () => (await page.request.get(`${app.url}/api/session`)).status() === 401);
    },
    LONG_MS,
  );
});
