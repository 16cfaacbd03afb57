/** Orders and counterparties in their forms, and the live stream of events on the page of each. */
import type { Counterparty } from '@svodka/shared/contracts/counterparty';
import type { Project } from '@svodka/shared/contracts/directory';
import type { User } from '@svodka/shared/contracts/user';
import { type App, startApp } from '../support/app-process.ts';
import { type Chromium, describeInBrowser, launchChromium } from '../support/chromium.ts';
import { Client } from '../support/client.ts';
import { Person } from '../support/person.ts';

const PASSWORD = 'calm-meadow-58';
const LONG_MS = 120_000;

describeInBrowser('orders and counterparties', () => {
  let app: App;
  let chromium: Chromium;
  let script: Client;
  let anna: Person;

  beforeAll(async () => {
    [app, chromium] = await Promise.all([startApp(), launchChromium()]);
    script = await new Client(app.url).signIn(app.admin.login, app.admin.password);
    for (const [login, name, role] of [
      ['anna', 'Анна Королёва', 'dispatcher'],
      ['vera', 'Вера Соколова', 'manager'],
      ['ilya', 'Илья Лавров', 'measurer'],
      ['irina', 'Ирина Белова', 'finance'],
    ]) {
      await script.post<{ user: User }>('/api/users', { login, name, roles: [role], password: PASSWORD });
    }
    anna = await Person.at(chromium, app.url, { login: 'anna', password: PASSWORD }, '/counterparties');
  }, LONG_MS);
  afterAll(async () => {
    await chromium?.close();
    await app?.stop();
  });

  const choose = async (label: string, typed: string, option: string | RegExp) => {
    const box = anna.page.getByRole('dialog').getByRole('combobox', { name: label });
    await box.click();
    await box.fill(typed);
    await anna.page.getByRole('option', { name: option }).first().click();
  };

  it(
    'takes a counterparty, says which line of its phones is none, and opens its page',
    async () => {
      const { page } = anna;
      await page.getByRole('button', { name: 'Новый контрагент' }).first().click();
      const sheet = page.getByRole('dialog');
      await sheet.getByText('Организация', { exact: true }).click();
      await sheet.getByLabel(/^Название/).fill('ООО «Гранит-Строй»');
      await sheet.getByLabel('Телефоны').fill('+7 (916) 123-45-67\nспросить Петра');
      await sheet.getByLabel('ИНН').fill('7707 083893');
      await sheet.getByRole('button', { name: /Создать/ }).click();
      await sheet.getByText('строка 2: Это не номер телефона').waitFor();
      await sheet.getByLabel('Телефоны').fill('+7 (916) 123-45-67');
      await sheet.getByRole('button', { name: /Создать/ }).click();

      await page.getByRole('heading', { name: 'ООО «Гранит-Строй»' }).waitFor();
      await page.getByRole('link', { name: '+7 916 123-45-67' }).waitFor();
      const { items } = await script.get<{ items: Counterparty[] }>('/api/counterparties?search=гранит');
      expect(items[0]).toMatchObject({ kind: 'org', inn: '7707083893', phones: ['+79161234567'] });
    },
    LONG_MS,
  );

  it(
    'takes an order with a counterparty that is made on the spot, people and an amount in roubles',
    async () => {
      const { page } = anna;
      await page.getByRole('link', { name: 'Заказы' }).click();
      await page.getByRole('button', { name: 'Новый заказ' }).first().click();
      const sheet = page.getByRole('dialog');
      await sheet.getByLabel(/^Номер/).fill('318');
      await choose('Контрагент', 'Северина О.', /Создать: «Северина О.»/);
      await sheet.getByLabel('Адрес объекта').fill('ул. Садовая, 8, кв. 14');
      await choose('Менеджер', 'Вера', /Вера Соколова/);
      await sheet.getByLabel('Сумма договора').fill('412 500,50');
      await choose('Назначены', 'Илья', /Илья Лавров/);
      await sheet.getByRole('button', { name: /Создать/ }).click();
      await page.getByRole('heading', { name: '№ 318' }).waitFor();
      await page.getByRole('button', { name: /^Сумма 412.500,50.₽/ }).waitFor();

      const { items } = await script.get<{ items: Project[] }>('/api/projects?search=318');
      expect(items[0]).toMatchObject({ amountKop: 41_250_050, objectAddress: 'ул. Садовая, 8, кв. 14' });
      expect(items[0]?.appointedIds).toHaveLength(1);

      // In the list too, found by its address.
      await page.getByRole('link', { name: 'К заказам' }).click();
      await page.getByRole('textbox', { name: 'Номер, адрес или заказчик' }).fill('садов');
      const row = page.getByRole('listitem').filter({ hasText: '№ 318' });
      await row.waitFor();
      expect(await row.textContent()).toContain('Северина О.');
      // And reached from the field by keys alone.
      await page.keyboard.press('ArrowDown');
      await page.keyboard.press('Enter');
      await page.getByRole('heading', { name: '№ 318' }).waitFor();
    },
    LONG_MS,
  );

  it(
    'writes an event on the page of the order, and streams what others write about it and nothing else',
    async () => {
      const { page } = anna;
      await page.keyboard.press('n');
      const sheet = page.getByRole('dialog');
      expect(await sheet.getByRole('combobox', { name: 'Заказ' }).inputValue()).toContain('318');
      await choose('Тип', 'Заметка', 'Заметка');
      await sheet.getByLabel(/^Что произошло/).fill('Клиент просит подоконники шире');
      await sheet.getByRole('button', { name: /Записать/ }).click();
      await anna.rowOf('Клиент просит подоконники шире').waitFor();
      expect(new URL(page.url()).pathname).toMatch(/^\/projects\//);

      const [project] = (await script.get<{ items: Project[] }>('/api/projects?search=318')).items;
      const other = await script.post<Project>('/api/projects', { number: '400' });
      await script.post('/api/events', { type: 'note.free', title: 'Про другой заказ', projectId: other.id });
      await script.post('/api/events', { type: 'note.free', title: 'Замер в среду', projectId: project?.id });
      await anna.rowOf('Замер в среду').waitFor();
      expect(await anna.rowOf('Про другой заказ').count()).toBe(0);

      // The customer's stream has it, and what belongs to no order.
      await script.post('/api/events', {
        type: 'customer.preference',
        title: 'Звонить после 18:00',
        counterpartyIds: [project?.counterpartyId],
      });
      await page.getByRole('link', { name: 'Северина О.' }).first().click();
      await page.getByRole('heading', { name: 'Северина О.' }).waitFor();
      await anna.rowOf('Звонить после 18:00').waitFor();
      await anna.rowOf('Замер в среду').waitFor();
    },
    LONG_MS,
  );

  it(
    'keeps an edit together with one that was faster',
    async () => {
      const { page } = anna;
      const [project] = (await script.get<{ items: Project[] }>('/api/projects?search=318')).items;
      await page.goto(`${app.url}/projects/${project?.id}`);
      await page.getByRole('button', { name: 'Изменить' }).click();
      const sheet = page.getByRole('dialog');
      await sheet.getByLabel('Вид заказа').selectOption('Дилер, без монтажа');
      await script.patch(`/api/projects/${project?.id}`, { objectAddress: 'пр. Мира, 41' });
      await sheet.getByRole('button', { name: /Сохранить/ }).click();
      await sheet.getByText('Пока вы правили, запись изменили: адрес объекта.').waitFor();
      expect(await sheet.getByLabel('Адрес объекта').inputValue()).toBe('пр. Мира, 41');
      await sheet.getByRole('button', { name: /Сохранить/ }).click();
      await sheet.waitFor({ state: 'detached' });
      expect(await script.get<Project>(`/api/projects/${project?.id}`)).toMatchObject({
        template: 'dealer',
        objectAddress: 'пр. Мира, 41',
      });
      // Chromium reports the refusal itself as an error of the console.
      expect(anna.complaints().filter((error) => !error.includes('409'))).toEqual([]);
    },
    LONG_MS,
  );

  it(
    'shows those who may not change the directory no way to do it',
    async () => {
      const irina = await Person.at(chromium, app.url, { login: 'irina', password: PASSWORD }, '/projects');
      await irina.page.getByRole('listitem').filter({ hasText: '№ 318' }).waitFor();
      expect(await irina.page.getByRole('button', { name: 'Новый заказ' }).count()).toBe(0);
      await irina.page
        .getByRole('listitem')
        .filter({ hasText: '№ 318' })
        .getByRole('link')
        .click({ position: { x: 60, y: 12 } });
      await irina.page.getByRole('heading', { name: '№ 318' }).waitFor();
      expect(await irina.page.getByRole('button', { name: 'Изменить' }).count()).toBe(0);
      await irina.page.context().close();
    },
    LONG_MS,
  );
});
