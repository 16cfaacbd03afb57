/** The device is not as it should be: its clock is a day off, it keeps nothing, it is full; or its person may less by now. */
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
const HOUR = 3_600_000;
const DAY = 24 * HOUR;
const REFUSED = /Такой записи нет|На это у вас нет прав/;

describeInBrowser('a device that is not as it should be', () => {
  let app: App;
  let chromium: Chromium;
  let script: Client;
  let anna: User;

  beforeAll(async () => {
    [app, chromium] = await Promise.all([startApp(), launchChromium()]);
    script = await new Client(app.url).signIn(app.admin.login, app.admin.password);
    const person = { login: 'anna', name: 'Анна Ковалёва', roles: ['dispatcher'], password: PASSWORD };
    anna = (await script.post<{ user: User }>('/api/users', person)).user;
  }, LONG_MS);
  afterAll(async () => {
    await chromium?.close();
    await app?.stop();
  });

  const task = async (title: string) =>
    (await script.post<{ event: SvodkaEvent }>('/api/events', { type: 'customer.request', title })).event;
  const read = async ({ id }: SvodkaEvent) =>
    (await script.get<{ event: SvodkaEvent }>(`/api/events/${id}`)).event;
  const named = async (title: string) =>
    (await script.get<{ items: SvodkaEvent[] }>('/api/events')).items.filter((each) => each.title === title);
  const said = async ({ id }: SvodkaEvent) =>
    (await script.get<{ items: Comment[] }>(`/api/events/${id}/comments`)).items;
  /** Anna at a device that is so from its first script on. */
  const annaAt = async (path: string, made: () => void, arg?: unknown) => {
    const watched = await chromium.newPage();
    await watched.page.addInitScript(made as (given: unknown) => void, arg);
    return Person.signingIn(watched, app.url, { login: 'anna', password: PASSWORD }, path);
  };
  const say = async (page: Page, words: string) => {
    await page.getByRole('textbox', { name: 'Комментарий' }).fill(words);
    await page.keyboard.press('Control+Enter');
  };
  const write = async (page: Page, title: string) => {
    await page.keyboard.press('n');
    await page.getByLabel(/^Что произошло/).fill(title);
    await page.keyboard.press('Control+Enter');
  };

  it.each([
    ['ahead', DAY],
    ['behind', -DAY],
  ])(
    'says that its clock is a day %s, and goes by the server’s',
    async (way, off) => {
      const event = await task(`Часы ${way}`);
      const late = (ms: number) => {
        const Real = Date;
        globalThis.Date = class extends Real {
          constructor(...given: unknown[]) {
            super(...((given.length > 0 ? given : [Real.now() + ms]) as [number]));
          }
          static override now = () => Real.now() + ms;
        } as DateConstructor;
      };
      const person = await annaAt(`/?event=${event.id}`, late as () => void, off);
      const { page } = person;
      await person.toast('Часы этого устройства идут неверно').waitFor();
      const begun = Date.now();
      const isNow = (at: string | undefined, ahead = 0) =>
        expect(Math.abs(Date.parse(at ?? '') - begun - ahead)).toBeLessThan(10 * 60_000);
      await say(page, `Сказано ${way}`);
      await until(async () => (await said(event)).length > 0);
      await page.keyboard.press('Escape');
      await page.keyboard.press('e');
      await until(async () => (await read(event)).claim?.by === anna.id);
      await page.keyboard.press('z');
      await page.getByRole('button', { name: /^На час/ }).click();
      await until(async () => (await read(event)).status === 'snoozed');
      await write(page, `Записано ${way}`);
      await until(async () => (await named(`Записано ${way}`)).length > 0);
      isNow((await read(event)).snooze?.until ?? undefined, HOUR);
      isNow((await said(event))[0]?.createdAt);
      isNow((await named(`Записано ${way}`))[0]?.occurredAt);
      expect([await said(event), await named(`Записано ${way}`)].map(({ length }) => length)).toEqual([1, 1]);
      expect(person.complaints()).toEqual([]);
      await page.context().close();
    },
    LONG_MS,
  );

  it(
    'has no database: that is said, and what was typed is there after a reload, and sent once',
    async () => {
      const event = await task('Без базы');
      const person = await annaAt(`/?event=${event.id}`, () => {
        IDBFactory.prototype.open = () => {
          throw new DOMException('refused', 'SecurityError');
        };
      });
      const { page } = person;
      await person.toast('Браузер не хранит данные на этом устройстве').waitFor();
      const composer = page.getByRole('textbox', { name: 'Комментарий' });
      await composer.fill('Недописанное');
      await page.reload();
      await until(async () => (await composer.inputValue()) === 'Недописанное');
      await composer.press('Control+Enter');
      await until(async () => (await said(event)).length > 0);
      expect((await said(event)).map(({ body }) => body)).toEqual(['Недописанное']);
      await page.context().close();
    },
    LONG_MS,
  );

  it(
    'is full: what is typed stays where there is room, and where there is none that is said, and it is sent all the same',
    async () => {
      const event = await task('Полное устройство');
      const person = await annaAt(`/?event=${event.id}`, () => {
        const { put } = IDBObjectStore.prototype;
        const full = () => {
          throw new DOMException('full', 'QuotaExceededError');
        };
        const { setItem } = Storage.prototype;
        IDBObjectStore.prototype.put = function (...given) {
          return 'isFull' in window ? full() : put.apply(this, given);
        };
        Storage.prototype.setItem = function (...given) {
          return 'isFuller' in window ? full() : setItem.apply(this, given);
        };
      });
      const { page } = person;
      const composer = page.getByRole('textbox', { name: 'Комментарий' });
      await composer.waitFor();
      await page.evaluate(() => Object.assign(window, { isFull: true }));
      await composer.fill('Недописанное');
      const written = () => page.evaluate(() => JSON.stringify({ ...localStorage }));
      await until(async () => (await written()).includes('Недописанное'));
      expect(await person.toast('Браузер не сохраняет набранное').count()).toBe(0);
      // There is room again: the database has it, and nothing else does.
      await page.reload();
      await until(async () => (await composer.inputValue()) === 'Недописанное');
      await until(async () => JSON.stringify([...(await keptIn(page, 'typed'))]).includes('Недописанное'));
      await until(async () => !(await written()).includes('Недописанное'));

      await page.evaluate(() => Object.assign(window, { isFull: true, isFuller: true }));
      await composer.fill('Договорено');
      await person.toast('Браузер не сохраняет набранное').waitFor();
      await composer.press('Control+Enter');
      await until(async () => (await said(event)).length > 0);
      await page.keyboard.press('Escape');
      await write(page, 'Записано на полном');
      await until(async () => (await named('Записано на полном')).length > 0);
      expect((await said(event)).map(({ body }) => body)).toEqual(['Договорено']);
      expect(await named('Записано на полном')).toHaveLength(1);
      await page.context().close();
    },
    LONG_MS,
  );

  it(
    'sends what was done without a line as somebody who may less by now: each is refused at its place, and kept',
    async () => {
      const [event, other] = [await task('Права сузились'), await task('И здесь')];
      const person = await annaAt(`/?event=${event.id}`, () => {});
      const { page } = person;
      await page.getByRole('textbox', { name: 'Комментарий' }).waitFor();
      await person.row(other.id).waitFor();
      await page.context().setOffline(true);
      await say(page, 'Сказано диспетчером');
      await page.getByText('Ждёт связи').waitFor();
      await page.keyboard.press('Escape');
      await page.keyboard.press('Escape');
      await person.row(other.id).focus();
      await page.keyboard.press('r');
      await page.getByText('2 ждут отправки').waitFor();
      await script.patch(`/api/users/${anna.id}`, { roles: ['measurer'] });
      await page.context().setOffline(false);
      // With other rights it is another session.
      await page.getByText('Сеанс завершён: вышел срок, сменили пароль или права. Войдите снова.').waitFor();
      await page.locator('input[autocomplete=username]').fill('anna');
      await page.locator('input[type=password]').fill(PASSWORD);
      await page.locator('input[type=password]').press('Enter');
      // A key that was pressed is taken back with a word; what was typed stays.
      await person.toast(REFUSED).waitFor();
      await page.getByRole('button', { name: '1 не принято' }).click();
      const list = page.getByRole('dialog', { name: 'Не отправлено' });
      await list.getByText('Сказано диспетчером').waitFor();
      await list.getByText(REFUSED).waitFor();
      expect([await said(event), (await read(other)).status]).toEqual([[], 'open']);
      // It stays over a reload, and goes when its author says so.
      await page.reload();
      await page.getByRole('button', { name: '1 не принято' }).click();
      await list.getByRole('button', { name: 'Отбросить' }).click();
      await list.getByText('Всё отправлено.').waitFor();
      await page.context().close();
    },
    LONG_MS,
  );
});
