// Three people on the same rows: who works on what, who is told, and many rows dealt with together.
import type { SvodkaEvent } from '@svodka/shared/contracts/event';
import type { User } from '@svodka/shared/contracts/user';
import { type App, startApp } from '../support/app-process.ts';
import { type Chromium, describeInBrowser, launchChromium } from '../support/chromium.ts';
import { Client } from '../support/client.ts';
import { faults } from '../support/faults.ts';
import { Person, tabTo } from '../support/person.ts';
import { until } from '../support/until.ts';

const LONG_MS = 120_000;
const PASSWORD = 'plain-lantern-42';

describeInBrowser('several people at the same rows', () => {
  let app: App;
  let chromium: Chromium;
  let script: Client;
  let anna: Person;
  let vera: Person;
  let boris: Person;

  const task = async (title: string) =>
    (await script.post<{ event: SvodkaEvent }>('/api/events', { type: 'customer.request', title })).event;
  const read = async ({ id }: SvodkaEvent) =>
    (await script.get<{ event: SvodkaEvent }>(`/api/events/${id}`)).event;
  const enter = async (login: string, name: string) => {
    await script.post<{ user: User }>('/api/users', {
      login,
      name,
      roles: ['dispatcher'],
      password: PASSWORD,
    });
    return Person.at(chromium, app.url, { login, password: PASSWORD });
  };
  /** Puts the keyboard on a row. */
  const at = async ({ page }: Person, id: string) => {
    await page.locator(`article[data-id="${id}"]`).first().focus();
    await page.waitForFunction((each) => document.activeElement?.getAttribute('data-id') === each, id);
  };
  const heldBy = ({ page }: Person, id: string, name: string) =>
    page.locator(`article[data-id="${id}"] [data-cell="holder"][title*="${name}"]`).waitFor();

  beforeAll(async () => {
    [app, chromium] = await Promise.all([startApp(), launchChromium()]);
    script = await new Client(app.url).signIn(app.admin.login, app.admin.password);
    anna = await enter('anna', 'Анна Королёва');
    vera = await enter('vera', 'Вера Панина');
    boris = await enter('boris', 'Борис Ежов');
  }, 180_000);
  afterAll(async () => {
    await chromium?.close();
    await app?.stop();
  });

  it(
    'a claim is seen by all at once; it is taken over with a reason, and who held it reads why',
    async () => {
      const event = await task('Перезвонить про откосы');
      for (const each of [anna, vera, boris]) await each.row(event.id).waitFor();
      await at(anna, event.id);
      await anna.page.keyboard.press('e');
      await heldBy(vera, event.id, 'Анна Королёва');
      await heldBy(boris, event.id, 'Анна Королёва');
      await at(vera, event.id);
      await vera.page.keyboard.press('e');
      const dialog = vera.page.getByRole('dialog', { name: 'Забрать себе' });
      await dialog.getByText('этим занимается Анна Королёва').waitFor();
      await dialog.getByRole('textbox').fill('Анна на замере');
      // What is typed into a short form is kept too, until it is sent.
      await vera.page.reload();
      // What the page kept of the row may be older than the claim.
      await heldBy(vera, event.id, 'Анна Королёва');
      await at(vera, event.id);
      await vera.page.keyboard.press('e');
      await until(async () => (await dialog.getByRole('textbox').inputValue()) === 'Анна на замере');
      await vera.page.keyboard.press('Enter');
      await anna.toast('Вера Панина забирает у вас').waitFor();
      await anna.toast('Анна на замере').waitFor();
      await heldBy(anna, event.id, 'Вера Панина');
      await heldBy(boris, event.id, 'Вера Панина');
      // Taken back: it is Anna's again, as it was.
      await vera.page.keyboard.press('Control+z');
      await heldBy(boris, event.id, 'Анна Королёва');
      expect((await read(event)).claim?.from).not.toBeNull();
    },
    LONG_MS,
  );

  it(
    'what another resolves is told to who was at it, and is theirs again by an undo, whatever was changed meanwhile',
    async () => {
      const event = await task('Перезвонить про подоконник');
      for (const { page } of [anna, vera, boris]) await page.goto(app.url);
      for (const each of [anna, vera, boris]) await each.row(event.id).waitFor();
      await at(anna, event.id);
      await anna.page.keyboard.press('e');
      await heldBy(vera, event.id, 'Анна Королёва');
      await at(vera, event.id);
      await vera.page.keyboard.press('r');
      await vera.toast('Этим занимается Анна Королёва').waitFor();
      await anna.toast('Вера Панина решает то, чем вы занимались').waitFor();
      const { rev } = await read(event);
      await script.patch(`/api/events/${event.id}`, { importance: 'high' }, { 'If-Match': String(rev) });
      await vera.page.keyboard.press('Control+z');
      await heldBy(boris, event.id, 'Анна Королёва');
      expect(await read(event)).toMatchObject({ status: 'open', importance: 'high' });
    },
    LONG_MS,
  );

  it(
    'who looks at an event, writes a comment or has the form open is shown to the others there',
    async () => {
      const event = await task('Показать, кто здесь');
      for (const { page } of [anna, vera]) await page.goto(`${app.url}/?event=${event.id}`);
      const watchers = anna.page.locator('.watchers');
      await watchers.getByText('Тоже смотрят: Вера Панина').waitFor();
      const comment = vera.page.getByLabel('Комментарий', { exact: true });
      let words = 'Пишу';
      // It is told for as long as somebody goes on typing.
      await until(
        async () => {
          words += '.';
          await comment.fill(words);
          return watchers.getByText('Вера Панина пишет комментарий').isVisible();
        },
        { everyMs: 500, what: 'Anna to see that Vera types' },
      );
      await comment.fill('');
      await vera.page.keyboard.press('Escape');
      await vera.page.keyboard.press('i');
      await vera.page.getByRole('dialog').getByLabel('Подробности').fill('Иначе');
      await watchers.getByText('Вера Панина правит: подробности').waitFor();
      await vera.page.goto(app.url);
      await until(async () => (await watchers.textContent())?.trim() === '');
      await anna.page.goto(app.url);
      await anna.page.locator('.people').click();
      await anna.page.getByRole('menuitem', { name: 'Вера Панина' }).waitFor();
      await anna.page.keyboard.press('Escape');
    },
    LONG_MS,
  );

  it(
    'what is put off leaves the open feed for all, and may be brought back by undo',
    async () => {
      const event = await task('Отложить до завтра');
      for (const { page } of [anna, vera]) await page.goto(`${app.url}/?view=open`);
      for (const each of [anna, vera]) await each.row(event.id).waitFor();
      await at(anna, event.id);
      await anna.page.keyboard.press('z');
      await anna.page.getByRole('button', { name: 'До завтра, 9:00' }).click();
      await vera.row(event.id).waitFor({ state: 'detached' });
      expect(await read(event)).toMatchObject({ status: 'snoozed' });
      await anna.page.keyboard.press('Control+z');
      await vera.row(event.id).waitFor();
    },
    LONG_MS,
  );

  it(
    'many rows are chosen by keys, told beforehand, dealt with together and brought back together',
    async () => {
      const events: SvodkaEvent[] = [];
      for (let n = 0; n < 4; n++) events.unshift(await task(`Рассылка ${n}`));
      const [first, , last] = events as [SvodkaEvent, SvodkaEvent, SvodkaEvent];
      const done = events[1] as SvodkaEvent;
      await anna.page.goto(`${app.url}/?filter=${encodeURIComponent('рассылка')}`);
      await anna.row(first.id).waitFor();
      await at(anna, first.id);
      await anna.page.keyboard.press('x');
      await anna.page.keyboard.press('Shift+ArrowDown');
      await anna.page.keyboard.press('Shift+ArrowDown');
      await anna.page.locator('article.picked').nth(2).waitFor();
      const bar = anna.page.getByRole('toolbar', { name: 'Действия с выбранными' });
      await bar.getByText('Выбрано: 3').waitFor();
      await script.post(`/api/events/${done.id}/resolve`);
      await bar.getByRole('button', { name: /^Все 4/ }).click();
      await bar.getByRole('button', { name: 'Решено' }).click();
      const dialog = anna.page.getByRole('dialog', { name: 'Решено' });
      await dialog.getByText('Будет сделано: 3').waitFor();
      await dialog.getByText('Уже так и есть: 1').waitFor();
      expect(await faults(anna.page)).toEqual([]);
      await dialog.getByRole('button', { name: 'Сделать' }).click();
      await anna.toast('Решено: 3').waitFor();
      await until(async () =>
        (await Promise.all(events.map(read))).every(({ status }) => status === 'resolved'),
      );
      await anna.page.keyboard.press('Control+z');
      await until(async () => (await read(last)).status === 'open' && (await read(first)).status === 'open');
      expect((await read(done)).status).toBe('resolved');
    },
    LONG_MS,
  );

  it(
    'what is chosen is taken and put off by the keys of one row, and lets go of what has left the list',
    async () => {
      const events: SvodkaEvent[] = [];
      for (let n = 0; n < 4; n++) events.unshift(await task(`Обзвон ${n}`));
      const [first, second, third] = events as [SvodkaEvent, SvodkaEvent, SvodkaEvent];
      await anna.page.goto(`${app.url}/?filter=${encodeURIComponent('обзвон статус:открыто')}`);
      await anna.row(first.id).waitFor();
      await at(anna, first.id);
      const { keyboard } = anna.page;
      await keyboard.press('x');
      await keyboard.press('Shift+ArrowDown');
      await keyboard.press('Shift+ArrowDown');
      const bar = anna.page.getByRole('toolbar', { name: 'Действия с выбранными' });
      await bar.getByText('Выбрано: 3').waitFor();
      await script.post(`/api/events/${second.id}/resolve`);
      await bar.getByText('Выбрано: 2').waitFor();
      await keyboard.press('e');
      const claim = anna.page.getByRole('dialog', { name: 'Взять' });
      await claim.getByText('Будет сделано: 2').waitFor();
      await keyboard.press('Enter');
      await anna.toast('Взято в работу: 2').waitFor();
      await until(async () => (await read(first)).claim !== null && (await read(third)).claim !== null);

      await at(anna, first.id);
      await keyboard.press('x');
      await keyboard.press('Shift+ArrowDown');
      await bar.getByText('Выбрано: 2').waitFor();
      await keyboard.press('z');
      await anna.page
        .getByRole('dialog', { name: 'Отложить' })
        .getByRole('button', { name: /^На час/ })
        .click();
      await anna.page.getByText('Будет сделано: 2').waitFor();
      await anna.page
        .getByRole('dialog')
        .getByText(/До: (сегодня|завтра) \d\d:\d\d/)
        .waitFor();
      await keyboard.press('Enter');
      await anna.toast('Отложено: 2').waitFor();
      await anna.row(first.id).waitFor({ state: 'detached' });
      await keyboard.press('Control+z');
      await anna.row(first.id).waitFor();
      await until(async () => (await read(third)).status === 'open');
    },
    LONG_MS,
  );

  it(
    'a shift is handed over: the draft survives a reload, rows are accepted and returned, claims move and all see it',
    async () => {
      const [mine, kept] = [await task('Уточнить подоконник'), await task('Сверить замер')];
      const asAnna = await new Client(app.url).signIn('anna', PASSWORD);
      for (const { id } of [mine, kept]) await asAnna.post(`/api/events/${id}/claim`, {});
      const giver = anna.page;
      await giver.goto(`${app.url}/shift`);
      await giver.getByRole('link', { name: /Уточнить подоконник/ }).waitFor();
      await giver.getByRole('textbox', { name: 'Своими словами', exact: true }).fill('Подоконник ждёт цвета');
      const who = giver.getByRole('combobox', { name: 'Кто примет' });
      await who.fill('Вера');
      await giver.getByRole('option', { name: /Вера Панина/ }).click();
      await giver.reload();
      await giver.getByRole('textbox', { name: 'Своими словами', exact: true }).waitFor();
      expect(await giver.getByRole('textbox', { name: 'Своими словами', exact: true }).inputValue()).toBe(
        'Подоконник ждёт цвета',
      );
      await giver.getByRole('link', { name: /Сверить замер/ }).waitFor();
      await giver.getByRole('button', { name: 'Сдать смену' }).click();
      await giver.waitForURL(/\/shift\/[0-9a-f-]{36}$/);
      await vera.toast('Смена: Анна Королёва → Вера Панина').waitFor();
      const taker = vera.page;
      await taker.goto(`${app.url}/shift`);
      const waits = taker.getByRole('region', { name: 'Ждёт вашего приёма' });
      await waits.getByRole('link', { name: /Анна Королёва → Вера Панина/ }).click();
      await taker.getByText('Подоконник ждёт цвета').waitFor();
      const row = taker.locator(`li[data-row="${kept.id}"]`);
      await row.getByRole('button', { name: 'Отдать обратно' }).click();
      expect(await faults(taker)).toEqual([]);
      await row.getByRole('textbox').fill('Это довести тебе');
      await taker.keyboard.press('Enter');
      await giver.getByText('возвращено: Это довести тебе').waitFor();
      await taker.getByRole('button', { name: /^Принять всё/ }).click();
      await giver.getByText('Принята').first().waitFor();
      await heldBy(boris, mine.id, 'Вера Панина');
      await heldBy(boris, kept.id, 'Анна Королёва');
      expect((await read(mine)).claim?.by).not.toBe((await read(kept)).claim?.by);
    },
    LONG_MS,
  );

  it(
    'a dispatcher’s day goes by keyboard alone, from the sign-in to the shift that the next one accepts',
    async () => {
      const { user: galina } = await script.post<{ user: User }>('/api/users', {
        login: 'galina',
        name: 'Галина Лось',
        roles: ['dispatcher'],
        password: PASSWORD,
      });
      const [later, urgent] = [await task('Утреннее: сверить цвет'), await task('Утреннее: лопнуло стекло')];
      await script.patch(
        `/api/events/${urgent.id}`,
        { importance: 'high' },
        { 'if-match': `"${urgent.rev}"` },
      );
      const { page, errors } = await chromium.newPage();
      const press = async (...all: string[]) => {
        for (const key of all) await page.keyboard.press(key);
      };
      const row = (id: string) => page.locator(`article[data-id="${id}"]`).first();

      await page.goto(app.url);
      await page.waitForFunction(() => document.activeElement?.matches('input[autocomplete=username]'));
      await page.keyboard.insertText('galina');
      await tabTo(page, page.locator('input[type=password]'));
      await page.keyboard.insertText(PASSWORD);
      await press('Enter');
      await page.getByText('в эфире').waitFor();

      // The most urgent of what nobody holds; said about, corrected, put off, brought back, settled.
      await press('/');
      await page.keyboard.insertText('утреннее');
      await press('Enter');
      for (const { id } of [urgent, later]) await row(id).waitFor();
      await press('Shift+E');
      await until(async () => (await read(urgent)).claim?.by === galina.id);
      await page.waitForFunction((id) => document.activeElement?.getAttribute('data-id') === id, urgent.id);
      await press('c');
      await page.waitForFunction(() => document.activeElement?.tagName === 'TEXTAREA');
      await page.keyboard.insertText('Стекло заказано');
      await press('Control+Enter');
      await until(async () => (await read(urgent)).counters.comments === 1);
      await press('Escape', 'i');
      await page.waitForFunction(() => document.activeElement?.matches('dialog input'));
      await press('Control+A');
      await page.keyboard.insertText('Утреннее: лопнуло стекло, новое заказано');
      await press('Control+Enter');
      await until(async () => (await read(urgent)).title.endsWith('новое заказано'));
      await page.locator('dialog').waitFor({ state: 'detached' });
      await press('z');
      await tabTo(
        page,
        page.getByRole('dialog', { name: 'Отложить' }).getByRole('button', { name: /^На час/ }),
      );
      await press('Enter');
      await until(async () => (await read(urgent)).status === 'snoozed');
      await press('Control+Z');
      await until(async () => (await read(urgent)).status === 'open');
      await press('r');
      await until(async () => (await read(urgent)).status === 'resolved');

      // What comes up meanwhile is written down; then the shift goes on to Vera, with what is still held.
      await press('Escape', 'Escape', 'n');
      await page.waitForFunction(() => document.activeElement?.matches('dialog input'));
      await page.keyboard.insertText('Утреннее: звонили с объекта');
      await press('Control+Enter');
      await page.locator('dialog').waitFor({ state: 'detached' });
      await press('Shift+E');
      await until(async () => (await read(later)).claim?.by === galina.id);
      await press('Escape', 'Escape', 'g', 'v');
      await page.waitForURL('**/shift');
      await page.getByRole('link', { name: /сверить цвет/ }).waitFor();
      await tabTo(page, page.getByRole('combobox', { name: 'Кто примет' }));
      await page.keyboard.insertText('Вера');
      await page.getByRole('option', { name: /Вера Панина/ }).waitFor();
      await press('Enter');
      await tabTo(page, page.getByRole('textbox', { name: 'Своими словами', exact: true }));
      await page.keyboard.insertText('Цвет обещали к трём');
      await page.keyboard.down('Shift');
      await tabTo(page, page.getByRole('button', { name: 'Сдать смену' }));
      await page.keyboard.up('Shift');
      await press('Enter');
      await page.waitForURL(/\/shift\/[0-9a-f-]{36}$/);

      await vera.page.goto(page.url());
      await vera.page.locator(`[data-row="${later.id}"]`).waitFor();
      await vera.page.keyboard.press('j');
      await vera.page.waitForFunction(
        (id) => document.activeElement?.closest('[data-row]')?.getAttribute('data-row') === id,
        later.id,
      );
      await vera.page.keyboard.press('a');
      await until(async () => (await read(later)).claim?.by !== galina.id);
      expect(errors.filter((error) => !error.includes('/api/session'))).toEqual([]);
    },
    LONG_MS,
  );

  it('complains of nothing', () => {
    for (const { complaints } of [anna, vera, boris].map((each) => ({ complaints: each.complaints() })))
      expect(complaints).toEqual([]);
  });
});
