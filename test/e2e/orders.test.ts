/** An order as dates and statuses, on the manager's open screens, while four people enter what happens to it. */
import type { Project } from '@svodka/shared/contracts/directory';
import type { User } from '@svodka/shared/contracts/user';
import type { Locator } from 'playwright-core';
import { type App, startApp } from '../support/app-process.ts';
import { type Chromium, describeInBrowser, launchChromium } from '../support/chromium.ts';
import { Client } from '../support/client.ts';
import { makeCounterparty, makeEvent, makeProject } from '../support/factories.ts';
import { Person } from '../support/person.ts';
import { until } from '../support/until.ts';

const PASSWORD = 'calm-meadow-58';
const LONG_MS = 120_000;
const TEAM = [
  ['vera', 'Вера Соколова', 'manager'],
  ['irina', 'Ирина Белова', 'finance'],
  ['oleg', 'Олег Орлов', 'orders'],
  ['nina', 'Нина Ежова', 'dispatcher'],
  ['pavel', 'Павел Жуков', 'manager'],
] as const;

describeInBrowser('an order as dates and statuses', () => {
  let app: App;
  let chromium: Chromium;
  let script: Client;
  let order: Project;
  const users = new Map<string, User>();
  const clients = new Map<string, Client>();
  const as = (login: string) => clients.get(login) as Client;

  beforeAll(async () => {
    [app, chromium] = await Promise.all([startApp(), launchChromium()]);
    script = await new Client(app.url).signIn(app.admin.login, app.admin.password);
    for (const [login, name, role] of TEAM) {
      const made = await script.post<{ user: User }>('/api/users', {
        login,
        name,
        roles: [role],
        password: PASSWORD,
      });
      users.set(login, made.user);
      clients.set(login, await new Client(app.url).signIn(login, PASSWORD));
    }
    const customer = await makeCounterparty(script, { name: 'Громов' });
    order = await makeProject(script, {
      number: '318',
      counterpartyId: customer.id,
      objectAddress: 'ул. Садовая, 8',
      managerId: users.get('vera')?.id ?? null,
      appointedIds: [users.get('pavel')?.id ?? ''],
      amountKop: 10_000_000,
    });
    await makeProject(script, { number: '319', managerId: users.get('vera')?.id ?? null });
    await makeEvent(as('oleg'), {
      type: 'contract.signed',
      title: 'Договор',
      projectId: order.id,
      payload: { amountKop: 10_000_000 },
    });
  }, LONG_MS);
  afterAll(async () => {
    await chromium?.close();
    await app?.stop();
  });

  it(
    'moves on the manager’s open screens, and says which shortage delays it',
    async () => {
      const vera = { login: 'vera', password: PASSWORD };
      const table = await Person.at(chromium, app.url, vera, '/projects');
      const page = await Person.at(chromium, app.url, vera, `/projects/${order.id}`);
      const row = table.page.locator(`[data-id="${order.id}"]`);
      await row.getByText('Ожидает предоплату').waitFor();
      const chain = page.page.getByRole('region', { name: 'Этапы заказа' }).first();

      await makeEvent(as('irina'), {
        type: 'payment.prepaid',
        title: 'Предоплата',
        projectId: order.id,
        payload: { amountKop: 7_000_000 },
      });
      await row.getByText('Обеспечение').waitFor();
      await chain.getByRole('button', { name: /^Предоплата: сделано/ }).waitFor();

      const shortage = await makeEvent(as('nina'), {
        type: 'material.shortage',
        title: 'Нет профиля',
        projectId: order.id,
        payload: { material: 'профиль 58 мм' },
        due: { local: '2099-03-12' },
      });
      await chain.getByRole('button', { name: /^Монтаж: .*профиль 58 мм/ }).waitFor();
      await row.locator('.strip .blocked').first().hover();
      await row.getByTitle(/^Материалы: остановлено/).waitFor();
      await as('nina').post(`/api/events/${shortage.id}/resolve`);
      await makeEvent(as('nina'), { type: 'material.reserved', title: 'Резерв', projectId: order.id });
      await chain.getByRole('button', { name: /^Материалы: сделано/ }).waitFor();

      await makeEvent(as('pavel'), { type: 'production.launched', title: 'Запуск', projectId: order.id });
      await row.getByText('В производстве').waitFor();

      await page.page.getByRole('button', { name: 'Все даты' }).click();
      await page.page.getByRole('button', { name: 'Готовность: что сделать' }).click();
      await page.page.getByRole('menuitem', { name: 'Записать: Заказ укомплектован' }).click();
      await page.page
        .getByRole('dialog')
        .getByRole('button', { name: /Записать/ })
        .click();
      await row.getByText('Готов', { exact: true }).waitFor();
      await chain.getByRole('button', { name: /^Готовность: сделано/ }).waitFor();
      expect([...table.complaints(), ...page.complaints()]).toEqual([]);
    },
    LONG_MS,
  );

  it(
    'opens the events that a figure of money is made of, and shows its days on a bar of time',
    async () => {
      const who = { login: 'vera', password: PASSWORD };
      const { page } = await Person.at(chromium, app.url, who, `/projects/${order.id}`);
      const money = page.getByRole('group', { name: 'Деньги' });
      await money.getByRole('button', { name: 'Сумма 100 000 ₽' }).waitFor();
      await money.getByRole('button', { name: 'Долг 30 000 ₽' }).waitFor();
      await money.getByRole('button', { name: 'Оплачено 70 000 ₽, 70 %' }).click();
      await page.locator('article[data-id]', { hasText: 'Запуск' }).waitFor({ state: 'detached' });
      await page.locator('article[data-id]', { hasText: 'Предоплата' }).waitFor();

      await page.getByRole('button', { name: 'По времени' }).click();
      const bars = page.getByRole('listitem', { name: /^Монтаж: / });
      await bars.waitFor();
      const [done, later] = await Promise.all(
        [/^Предоплата: сделано/, /^Монтаж: /].map((name) =>
          page.getByRole('listitem', { name }).locator('.bar').boundingBox(),
        ),
      );
      expect((done?.x ?? 0) + (done?.width ?? 0)).toBeLessThan((later?.x ?? 0) + (later?.width ?? 0));
    },
    LONG_MS,
  );

  it(
    'begins on a phone with what it is, whose, and what comes next; what can be done is in one menu',
    async () => {
      const who = { login: 'vera', password: PASSWORD };
      const phone = await Person.at(chromium, app.url, who, `/projects/${order.id}`, {
        viewport: { width: 390, height: 844 },
        hasTouch: true,
        isMobile: true,
      });
      const { page } = phone;
      await page.getByRole('button', { name: /^Действия: №.318/ }).tap();
      for (const name of ['Обсудить', 'Досье', 'Изменить'])
        await page.getByRole('menuitem', { name }).waitFor();
      await page.keyboard.press('Escape');
      await page.getByRole('menuitem').first().waitFor({ state: 'detached' });
      const first = page.locator('main header').first();
      await first.getByRole('link', { name: 'Громов' }).waitFor();
      expect(await first.textContent()).toMatch(/№\s318.*Громов.*Замер: /s);
      expect((await first.boundingBox())?.height ?? 999).toBeLessThan(130);
      expect(await page.getByRole('button', { name: 'Все даты' }).count()).toBe(0);
      await page.getByRole('button', { name: 'Этапы заказа' }).tap();
      await page.getByRole('menuitem', { name: 'Все даты' }).tap();
      await page.getByRole('row', { name: /^Отгрузка/ }).waitFor();

      // The search is one tap away, wherever one is.
      const search = page.getByRole('button', { name: 'Поиск', exact: true });
      const field = page.getByRole('combobox', { name: 'Поиск', exact: true });
      await search.tap();
      await field.waitFor();
      await search.tap();
      await field.waitFor({ state: 'detached' });
      await search.tap();
      await field.waitFor();
      await page.keyboard.insertText('319');
      await page.getByRole('option', { name: /№ 319/ }).tap();
      await page.getByRole('heading', { name: /№\s319/ }).waitFor();
      expect(phone.complaints()).toEqual([]);
    },
    LONG_MS,
  );

  it(
    'takes a status and a milestone that somebody decides, with the reason',
    async () => {
      const { page, complaints } = await Person.at(
        chromium,
        app.url,
        { login: 'vera', password: PASSWORD },
        `/projects/${order.id}`,
      ).then((person) => ({ page: person.page, complaints: () => person.complaints() }));
      await page.getByRole('button', { name: 'Готов', exact: true }).click();
      let dialog = page.getByRole('dialog');
      await dialog.getByLabel('Статус').selectOption('Договор');
      await dialog.getByLabel(/^Почему/).fill('Меняем договор');
      await dialog.getByRole('button', { name: 'Установить' }).click();
      await dialog.waitFor({ state: 'detached' });
      await page.getByText('Меняем договор').waitFor();
      await page.getByRole('button', { name: 'Все даты' }).click();
      await page.getByRole('button', { name: 'Акт: что сделать' }).click();
      await page.getByRole('menuitem', { name: 'Не нужен в этом заказе' }).click();
      dialog = page.getByRole('dialog');
      await dialog.getByLabel(/^Почему/).fill('Юрлицо, акт не нужен');
      await dialog.getByRole('button', { name: 'Записать решение' }).click();
      await dialog.waitFor({ state: 'detached' });
      await page.getByText('Юрлицо, акт не нужен').waitFor();
      expect(await script.get<Project>(`/api/projects/${order.id}`)).toMatchObject({
        status: 'contract',
        line: { status: 'ready' },
      });
      expect(complaints()).toEqual([]);
    },
    LONG_MS,
  );

  it(
    'lets the table stand where it stands when it is narrowed, and the keys go on in it',
    async () => {
      const who = { login: 'vera', password: PASSWORD };
      const { page } = await Person.at(chromium, app.url, who, '/projects');
      const table = page.locator('main > .body');
      const y = async () => (await table.boundingBox())?.y;
      await page.locator(`[data-id="${order.id}"]`).waitFor();
      const before = await y();
      const late = page.getByRole('checkbox', { name: 'Опаздывают' });
      const at = await late.boundingBox();
      await late.click();
      await page.waitForURL(/filter=/);
      expect([await y(), await late.boundingBox()]).toEqual([before, at]);
      // What narrows it is dropped by a button that stays, and has the focus still.
      await page.getByRole('button', { name: 'Показать все' }).first().click();
      await page.locator(`[data-id="${order.id}"]`).waitFor();
      expect(await late.isChecked()).toBe(false);
      expect(await page.evaluate(() => document.activeElement?.tagName)).toBe('BUTTON');
      await late.click();
      await late.click();
      // Of an empty table, which the first press may have made, no key goes anywhere.
      await page.locator(`.list:not(.old) [data-id="${order.id}"]`).waitFor();
      await page.keyboard.press('j');
      await page.waitForFunction(() => document.activeElement?.matches('[data-id] > .cover'));
      expect(await late.isChecked()).toBe(false);

      // How many they are stands beside the title.
      await page.locator('main .note', { hasText: /^2$/ }).waitFor();
      // Whatever is chosen, its words are there whole.
      const isCut = (box: Locator) =>
        box.evaluate((select) => {
          const [chosen] = (select as HTMLSelectElement).selectedOptions;
          const style = getComputedStyle(select);
          const drawn = document.createElement('span');
          for (const each of ['fontFamily', 'fontSize', 'fontWeight', 'letterSpacing'] as const)
            drawn.style[each] = style[each];
          drawn.style.position = 'absolute';
          drawn.style.whiteSpace = 'nowrap';
          drawn.textContent = chosen?.label ?? '';
          document.body.append(drawn);
          const { width } = drawn.getBoundingClientRect();
          drawn.remove();
          const room =
            select.clientWidth - Number.parseFloat(style.paddingLeft) - Number.parseFloat(style.paddingRight);
          return width > room + 1;
        });
      const sort = page.getByRole('combobox', { name: 'Сортировка' });
      const group = page.getByRole('combobox', { name: 'Группы' });
      for (const query of ['sort=late', 'group=manager', 'group=stage', 'group=week']) {
        await page.goto(`${app.url}/projects?${query}&filter=stage:prepayment`);
        await sort.waitFor();
        expect([query, await isCut(sort), await isCut(group), await y()]).toEqual([
          query,
          false,
          false,
          before,
        ]);
      }
    },
    LONG_MS,
  );

  it(
    'shows all dates of an order, and below them its events, on a low screen too',
    async () => {
      const who = { login: 'vera', password: PASSWORD };
      const { page } = await Person.at(chromium, app.url, who, `/projects/${order.id}`, {
        viewport: { width: 1280, height: 620 },
      });
      await page.getByRole('button', { name: 'Все даты' }).click();
      const rows = page.locator('main table tbody tr');
      await rows.first().waitFor();
      expect(await rows.count()).toBe(10);
      const isInSight = (what: Locator) =>
        what.evaluate((element) => {
          const { left, top, bottom } = element.getBoundingClientRect();
          const middle = (top + bottom) / 2;
          return element.contains(document.elementFromPoint(left + 20, middle));
        });
      const pointer = await page.getByRole('heading', { level: 1 }).first().boundingBox();
      await page.mouse.move(pointer?.x ?? 400, (pointer?.y ?? 90) + 5);
      await page.mouse.wheel(0, 2000);
      const first = page.locator('.events article[data-id]').first();
      await until(() => isInSight(first), { what: 'the events to be in sight' });
      await until(() => isInSight(rows.last()), { what: 'the last date to be in sight' });
      // A key leads to the events from the top of the page, too.
      await page.mouse.wheel(0, -4000);
      await until(async () => !(await isInSight(first)));
      await page.keyboard.press('j');
      await until(() => isInSight(page.locator('.events article:focus')));
    },
    LONG_MS,
  );

  it(
    'names every milestone beside an open event, and is gone from the page of whoever it is taken from',
    async () => {
      const given = await makeProject(script, { number: '443', managerId: users.get('vera')?.id ?? null });
      const event = await makeEvent(script, { title: 'Звонил заказчик', projectId: given.id });
      const vera = { login: 'vera', password: PASSWORD };
      const { page } = await Person.at(chromium, app.url, vera, `/projects/${given.id}?event=${event.id}`);
      const chain = page.getByRole('region', { name: 'Этапы заказа' }).first();
      await page.getByRole('heading', { name: 'Звонил заказчик' }).waitFor();
      await chain.getByRole('listitem').first().waitFor();
      const cut = await chain
        .locator('li .name')
        .evaluateAll((names) =>
          (names as HTMLElement[]).flatMap((name) =>
            name.offsetWidth > 0 && name.scrollWidth <= name.clientWidth ? [] : [name.textContent],
          ),
        );
      expect(cut).toEqual([]);

      await page.goto(`${app.url}/projects/${given.id}`);
      await page.getByRole('button', { name: 'Создать ссылку' }).waitFor();
      const { version } = await script.get<Project>(`/api/projects/${given.id}`);
      await script.patch(
        `/api/projects/${given.id}`,
        { managerId: users.get('pavel')?.id },
        { 'If-Match': String(version) },
      );
      await page.getByRole('heading', { name: 'Такой записи нет' }).waitFor({ timeout: 5_000 });
      await page.getByRole('button', { name: 'Создать ссылку' }).waitFor({ state: 'detached' });
      await page.context().close();
    },
    LONG_MS,
  );
});
