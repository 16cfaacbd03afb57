/** The calendar of installations, by several people at once: what one moves, the others see move. */

import type { Counterparty } from '@svodka/shared/contracts/counterparty';
import type { Crew, InstallationsPage } from '@svodka/shared/contracts/crews';
import type { Project } from '@svodka/shared/contracts/directory';
import type { Revision, SvodkaEvent } from '@svodka/shared/contracts/event';
import type { MilestoneDue } from '@svodka/shared/contracts/orders';
import { dayIn } from '@svodka/shared/rules/orders/facts';
import { addWorkingDays, daysAfter, weekdayOf } from '@svodka/shared/rules/orders/working-days';
import type { Locator } from 'playwright-core';
import { type App, startApp } from '../support/app-process.ts';
import { type Chromium, describeInBrowser, launchChromium } from '../support/chromium.ts';
import { Client } from '../support/client.ts';
import { Person } from '../support/person.ts';
import { until } from '../support/until.ts';

const PASSWORD = 'calm-meadow-58';
const LONG_MS = 120_000;
const TODAY = dayIn('Europe/Moscow', new Date());
/** The Monday of next week, which the calendar shows beside this one. */
const MONDAY = daysAfter(TODAY, 8 - weekdayOf(TODAY));
/** Days on which crews work, whatever holidays the week has. */
const [FIRST, SECOND, THIRD] = [0, 1, 2].map((i) => addWorkingDays(MONDAY, i)) as [string, string, string];

describeInBrowser('the calendar of installations', () => {
  let app: App;
  let chromium: Chromium;
  let script: Client;
  let anna: Person;
  let vera: Person;
  let crews: [Crew, Crew];
  const orders: Project[] = [];

  beforeAll(async () => {
    [app, chromium] = await Promise.all([startApp(), launchChromium()]);
    script = await new Client(app.url).signIn(app.admin.login, app.admin.password);
    const people: Record<string, string> = {};
    for (const [login, name, role] of [
      ['anna', 'Анна Королёва', 'dispatcher'],
      ['vera', 'Вера Соколова', 'manager'],
      ['irina', 'Ирина Белова', 'finance'],
    ] as const) {
      const { user } = await script.post<{ user: { id: string } }>('/api/users', {
        login,
        name,
        roles: [role],
        password: PASSWORD,
      });
      people[login] = user.id;
    }
    const crew = (name: string) => script.post<Crew>('/api/crews', { name });
    crews = [await crew('Бригада 1'), await crew('Бригада 2')];
    const customer = await script.post<Counterparty>('/api/counterparties', { name: 'Северина О. С.' });
    for (const [number, startOn, who] of [
      ['318', FIRST, crews[0]],
      ['319', SECOND, crews[1]],
      ['320', THIRD, crews[1]],
    ] as const) {
      const order = await script.post<Project>('/api/projects', {
        number,
        counterpartyId: customer.id,
        objectAddress: `ул. Садовая, ${number}`,
        managerId: people.vera,
      });
      orders.push(order);
      await script.post('/api/events', {
        type: 'crew.assigned',
        title: 'Бригада назначена',
        projectId: order.id,
        payload: { crew: who.id, startOn },
      });
      await script.post('/api/events', {
        type: 'items.complete',
        title: 'Заказ укомплектован',
        projectId: order.id,
        payload: { total: 2 },
      });
    }
    // What is shipped is installed on the day that is planned, and whatever comes after waits for it.
    for (const type of [
      'measure.done',
      'contract.signed',
      'material.reserved',
      'production.launched',
      'shipment.out',
    ])
      await script.post('/api/events', { type, title: 'Сделано', projectId: orders[0]?.id });
    await script.post('/api/events', {
      type: 'payment.prepaid',
      title: 'Предоплата',
      projectId: orders[0]?.id,
      payload: { amountKop: 100 },
    });
    const at = (login: string) => Person.at(chromium, app.url, { login, password: PASSWORD }, '/calendar');
    [anna, vera] = await Promise.all([at('anna'), at('vera')]);
  }, LONG_MS);
  afterAll(async () => {
    await chromium?.close();
    await app?.stop();
  });

  const cardOf = ({ page }: Person, number: string): Locator =>
    page.getByRole('link', { name: new RegExp(`№ ${number},`) });
  const cellOf = ({ page }: Person, crew: Crew, day: string): Locator =>
    page.locator(`[data-cell="${crew.id} ${day}"]`);
  const placeOf = async (number: string) => {
    const page = await script.get<InstallationsPage>(
      `/api/installations?from=${FIRST}&to=${daysAfter(FIRST, 13)}`,
    );
    const item = page.items.find(
      ({ projectId }) => orders.find(({ id }) => id === projectId)?.number === number,
    );
    return item && { startOn: item.startOn, crew: item.crew };
  };
  /** Whether a card lies over a cell. */
  const liesIn = async (person: Person, number: string, crew: Crew, day: string) => {
    const [card, cell] = await Promise.all([
      cardOf(person, number).boundingBox(),
      cellOf(person, crew, day).boundingBox(),
    ]);
    if (!card || !cell) return false;
    const [x, y] = [card.x + card.width / 2, card.y + card.height / 2];
    return x > cell.x && x < cell.x + cell.width && y > cell.y && y < cell.y + cell.height;
  };
  const giveReason = async ({ page }: Person, reason: string) => {
    const popover = page.getByRole('dialog', { name: /Перенос монтажа/ });
    await popover.getByRole('textbox', { name: /Почему/ }).fill(reason);
    await popover.getByRole('button', { name: 'Перенести' }).click();
    await popover.waitFor({ state: 'detached' });
  };

  it(
    'is moved by the mouse in one browser, with a reason, and moves in the other; taken back, it goes back in both',
    async () => {
      await cardOf(anna, '318').waitFor();
      await cardOf(vera, '318').waitFor();
      await cardOf(anna, '318').dragTo(cellOf(anna, crews[1], FIRST));
      const popover = anna.page.getByRole('dialog', { name: /Перенос монтажа/ });
      // Nothing is written without a reason.
      await popover.getByRole('button', { name: 'Перенести' }).click();
      await popover.getByText('Напишите причину').waitFor();
      expect(await placeOf('318')).toEqual({ startOn: FIRST, crew: crews[0].id });
      await giveReason(anna, 'Бригада 1 на обучении');
      await until(() => liesIn(vera, '318', crews[1], FIRST), { what: 'the card moves for the other' });
      expect(await placeOf('318')).toEqual({ startOn: FIRST, crew: crews[1].id });
      await anna.toast('Монтаж № 318 перенесён').getByRole('button', { name: 'Отменить' }).click();
      await until(() => liesIn(vera, '318', crews[0], FIRST), { what: 'the card goes back for the other' });
      expect(await placeOf('318')).toEqual({ startOn: FIRST, crew: crews[0].id });
    },
    LONG_MS,
  );

  it(
    'is moved by keys alone, and says what does not fit where it does not',
    async () => {
      const { page } = anna;
      await cardOf(anna, '318').focus();
      await page.keyboard.press('Space');
      await page.keyboard.press('ArrowRight');
      await page.keyboard.press('Escape');
      expect(await placeOf('318')).toEqual({ startOn: FIRST, crew: crews[0].id });
      // On to the day and the crew of № 319, which does one a day.
      await cardOf(anna, '318').focus();
      await page.keyboard.press('Space');
      for (let day = FIRST; day < SECOND; day = daysAfter(day, 1)) await page.keyboard.press('ArrowRight');
      await page.keyboard.press('ArrowDown');
      await page.keyboard.press('Enter');
      const popover = page.getByRole('dialog', { name: /Перенос монтажа/ });
      await popover.getByText('больше, чем бригада успевает за день').waitFor();
      await popover.getByRole('textbox', { name: /Почему/ }).waitFor();
      await popover.getByRole('button', { name: 'Просьба заказчика' }).focus();
      await page.keyboard.press('Enter');
      await page.keyboard.press('Enter');
      await popover.waitFor({ state: 'detached' });
      await until(async () => (await placeOf('318'))?.crew === crews[1].id);
      expect(await placeOf('318')).toEqual({ startOn: SECOND, crew: crews[1].id });
      for (const number of ['318', '319'])
        await vera.page
          .getByRole('link', { name: new RegExp(`№ ${number},.*больше, чем бригада успевает`) })
          .waitFor();
      await vera.page.getByRole('button', { name: '2 накладки' }).click();
      await cardOf(vera, '320').waitFor({ state: 'detached' });
      await vera.page.getByRole('button', { name: '2 накладки' }).click();
      await cardOf(vera, '320').waitFor();
    },
    LONG_MS,
  );

  it(
    'lets one of two who move the same installation win, and shows the other what happened',
    async () => {
      const start = async (person: Person, day: string) => {
        await cardOf(person, '320').focus();
        await person.page.keyboard.press('Space');
        for (let on = THIRD; on !== day; on = daysAfter(on, 1))
          await person.page.keyboard.press('ArrowRight');
        await person.page.keyboard.press('Enter');
        await person.page.getByRole('dialog', { name: /Перенос монтажа/ }).waitFor();
      };
      const [one, other] = [daysAfter(THIRD, 1), daysAfter(THIRD, 2)];
      await Promise.all([start(anna, one), start(vera, other)]);
      await giveReason(vera, 'Просьба заказчика');
      await until(async () => (await placeOf('320'))?.startOn === other);
      await giveReason(anna, 'Изделия не готовы');
      await anna.toast('Монтаж № 320 уже перенесли: Вера Соколова').waitFor();
      await until(() => liesIn(anna, '320', crews[1], other), { what: 'the card stands where it is' });
      expect(await placeOf('320')).toEqual({ startOn: other, crew: crews[1].id });
    },
    LONG_MS,
  );

  it(
    'may be looked at and not moved by who has not the right',
    async () => {
      const irina = await Person.at(chromium, app.url, { login: 'irina', password: PASSWORD }, '/calendar');
      await cardOf(irina, '319').waitFor();
      expect(await cardOf(irina, '319').getAttribute('draggable')).toBe('false');
      await cardOf(irina, '319').focus();
      await irina.page.keyboard.press('Space');
      // Nothing was picked up: this opens what it stands on, the order.
      await irina.page.keyboard.press('Enter');
      await irina.page.getByRole('heading', { name: '№ 319' }).waitFor();
      expect(await placeOf('319')).toEqual({ startOn: SECOND, crew: crews[1].id });
      expect(anna.complaints().filter((error) => !error.includes('409'))).toEqual([]);
      expect(vera.complaints()).toEqual([]);
      await irina.page.context().close();
    },
    LONG_MS,
  );

  it(
    'is dragged from the tray of what has no day, and asked for from its order',
    async () => {
      const order = await script.post<Project>('/api/projects', {
        number: '330',
        objectAddress: 'ул. Садовая, 330',
        managerId: orders[0]?.managerId,
      });
      orders.push(order);
      const type = 'contract.signed';
      await script.post('/api/events', {
        type,
        title: 'Договор',
        projectId: order.id,
        payload: { amountKop: 100 },
      });
      const trayOf = ({ page }: Person) => page.getByRole('region', { name: 'Без даты' });
      const card = trayOf(anna).getByRole('link', { name: /№ 330,/ });
      await card.waitFor();
      await trayOf(vera)
        .getByRole('link', { name: /№ 330,/ })
        .waitFor();
      await card.dragTo(cellOf(anna, crews[0], THIRD));
      // Nobody counts on a day yet, so nobody is asked why.
      const planning = anna.page.getByRole('dialog', { name: 'День монтажа № 330' });
      await planning.getByRole('button', { name: 'Назначить' }).click();
      await planning.waitFor({ state: 'detached' });
      await anna.toast('Монтаж № 330 назначен').waitFor();
      await until(() => liesIn(vera, '330', crews[0], THIRD), { what: 'the card comes for the other' });
      expect(await placeOf('330')).toEqual({ startOn: THIRD, crew: crews[0].id });
      await trayOf(vera).waitFor({ state: 'detached' });

      // From the order one comes to the same question.
      await vera.page.goto(`${app.url}/projects/${order.id}`);
      await vera.page.getByRole('button', { name: 'Все даты' }).click();
      await vera.page.getByRole('button', { name: 'Монтаж: что сделать' }).click();
      await vera.page.getByRole('menuitem', { name: 'Перенести' }).click();
      const form = vera.page.getByRole('dialog', { name: /Перенос монтажа № 330/ });
      const day = form.getByLabel('День');
      await day.waitFor();
      expect(await day.inputValue()).toBe(THIRD);
      const left = await form.evaluate(({ style }) => style.left);
      // To where the calendar does not show it; by way of a year that there is not.
      const far = addWorkingDays(daysAfter(MONDAY, 42), 0);
      await day.fill(`0204${far.slice(4)}`);
      await form.getByRole('textbox', { name: /Почему/ }).fill('Погода');
      await form.getByRole('button', { name: 'Перенести' }).click();
      await form.getByText('Проверьте год').waitFor();
      await day.fill(far);
      await cardOf(vera, '330').waitFor({ state: 'detached' });
      expect(await form.evaluate(({ style }) => style.left)).toBe(left);
      await form.getByRole('button', { name: 'Перенести' }).click();
      await until(() => liesIn(vera, '330', crews[0], far), { what: 'the calendar shows its new week' });
      await vera.page.goBack();
      await vera.page.getByRole('heading', { name: '№ 330' }).waitFor();
      expect(vera.complaints()).toEqual([]);
    },
    LONG_MS,
  );

  it(
    'of deadlines moves one for everybody, with the reason, takes it back, and says who was faster',
    async () => {
      const { event } = await script.post<{ event: SvodkaEvent }>('/api/events', {
        type: 'customer.request',
        title: 'Прислать расчёт',
        projectId: orders[1]?.id,
        due: { local: FIRST },
      });
      const now = async () => (await script.get<{ event: SvodkaEvent }>(`/api/events/${event.id}`)).event;
      const dayCell = ({ page }: Person, day: string) => page.locator(`[data-cell="${day}"]`);
      const lies = (person: Person, day: string) =>
        dayCell(person, day)
          .getByRole('link', { name: /Прислать расчёт/ })
          .waitFor();
      const say = async ({ page }: Person, reason: string) => {
        const popover = page.getByRole('dialog', { name: /Перенос срока/ });
        const why = popover.getByRole('textbox', { name: /Почему/ });
        await why.fill(reason);
        await why.press('Control+Enter');
        await popover.waitFor({ state: 'detached' });
      };
      await Promise.all(
        [anna, vera].map(({ page }) => page.goto(`${app.url}/deadlines?view=week&on=${FIRST}`)),
      );
      await Promise.all([lies(anna, FIRST), lies(vera, FIRST)]);
      const card = anna.page.getByRole('link', { name: /Прислать расчёт/ });
      await card.dragTo(dayCell(anna, SECOND));
      await say(anna, 'Ждём ответа завода');
      await lies(vera, SECOND);
      expect(await now()).toMatchObject({ dueLocal: SECOND, dueAllDay: true });
      const { items } = await script.get<{ items: Revision[] }>(`/api/events/${event.id}/revisions`);
      expect(items[0]?.reason).toBe('Ждём ответа завода');
      await anna.toast('Срок перенесён').getByRole('button', { name: 'Отменить' }).click();
      await lies(vera, FIRST);

      await card.dragTo(dayCell(anna, SECOND));
      const popover = anna.page.getByRole('dialog', { name: /Перенос срока/ });
      await popover.waitFor();
      const { rev } = await now();
      await script.patch(`/api/events/${event.id}`, { due: { local: THIRD } }, { 'If-Match': String(rev) });
      await say(anna, 'Не успеваем');
      await anna.toast('Этот срок уже перенесли').waitFor();
      await lies(anna, THIRD);
      expect((await now()).dueLocal).toBe(THIRD);
    },
    LONG_MS,
  );

  it(
    'of deadlines moves the milestone of an order by keys alone',
    async () => {
      const { page } = anna;
      const ofOrder = async () => {
        const to = daysAfter(TODAY, 60);
        const found = await script.get<{ items: MilestoneDue[] }>(
          `/api/milestones?from=${TODAY}&to=${to}&projects=${orders[1]?.id}`,
        );
        return found.items.find(({ code }) => code === 'payment');
      };
      const on = (await until(ofOrder, { what: 'the order waits for its payment' }))?.on ?? '';
      await page.goto(`${app.url}/deadlines?on=${on}`);
      await page.getByRole('link', { name: /^Оплата, № 319/ }).focus();
      await page.keyboard.press('Space');
      const next = addWorkingDays(on, 1);
      for (let day = on; day < next; day = daysAfter(day, 1)) await page.keyboard.press('ArrowRight');
      await page.keyboard.press('Enter');
      const popover = page.getByRole('dialog', { name: /Перенос срока: Оплата/ });
      await popover.getByRole('textbox', { name: /Почему/ }).waitFor();
      await page.keyboard.type('Просьба заказчика');
      await page.keyboard.press('Enter');
      await popover.waitFor({ state: 'detached' });
      await until(async () => (await ofOrder())?.on === next, { what: 'the milestone is moved' });
      expect(await ofOrder()).toMatchObject({ isMoved: true });
      // The key of undo takes the last move back.
      await page.keyboard.press('Control+z');
      await until(async () => (await ofOrder())?.on === on, { what: 'the milestone is back' });
      expect(anna.complaints().filter((error) => !error.includes('409'))).toEqual([]);
    },
    LONG_MS,
  );
});
