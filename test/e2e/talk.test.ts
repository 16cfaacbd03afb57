// Three people talk at one event: each sees at once what the others say, mark, change, take back and have read.
import type { Project } from '@svodka/shared/contracts/directory';
import type { SvodkaEvent } from '@svodka/shared/contracts/event';
import type { User } from '@svodka/shared/contracts/user';
import { type App, startApp } from '../support/app-process.ts';
import { type Chromium, describeInBrowser, launchChromium } from '../support/chromium.ts';
import { Client } from '../support/client.ts';
import { makeProject } from '../support/factories.ts';
import { faults } from '../support/faults.ts';
import { Person } from '../support/person.ts';
import { until } from '../support/until.ts';

const LONG_MS = 180_000;
const PASSWORD = 'plain-lantern-42';

describeInBrowser('three people at one discussion', () => {
  let app: App;
  let chromium: Chromium;
  let script: Client;
  let anna: Person;
  let vera: Person;
  let boris: Person;
  let project: Project;
  let event: SvodkaEvent;

  const enter = async (login: string, name: string, departmentId: string | null = null) => {
    await script.post<{ user: User }>('/api/users', {
      login,
      name,
      departmentId,
      roles: ['dispatcher'],
      password: PASSWORD,
    });
    return Person.at(chromium, app.url, { login, password: PASSWORD });
  };
  const composer = ({ page }: Person) => page.getByRole('textbox', { name: 'Комментарий' });
  const say = async (who: Person, words: string) => {
    await composer(who).last().fill(words);
    await composer(who).last().press('Control+Enter');
  };
  const message = ({ page }: Person, words: string) => page.locator('.message', { hasText: words }).last();
  /** Presses a button that a comment shows under the pointer or the keyboard. */
  const press = (who: Person, words: string, name: string) =>
    message(who, words).getByRole('button', { name, exact: true }).press('Enter');

  beforeAll(async () => {
    [app, chromium] = await Promise.all([startApp(), launchChromium()]);
    script = await new Client(app.url).signIn(app.admin.login, app.admin.password);
    anna = await enter('anna', 'Анна Королёва');
    vera = await enter('vera', 'Вера Панина', 'Склад');
    boris = await enter('boris', 'Борис Ежов');
    project = await makeProject(script);
    const body = { type: 'customer.request', title: 'Просят перенести монтаж', projectId: project.id };
    event = (await script.post<{ event: SvodkaEvent }>('/api/events', body)).event;
    for (const { page } of [anna, vera, boris]) await page.goto(`${app.url}/?event=${event.id}`);
    for (const each of [anna, vera, boris]) await composer(each).waitFor();
  }, LONG_MS);
  afterAll(async () => {
    await chromium?.close();
    await app?.stop();
  });

  it(
    'an answer, a sign, an edit and who has read are seen by all',
    async () => {
      await say(anna, `Перенесём **на среду**, см. #${project.number} <img src=x onerror=alert(1)>`);
      for (const { page } of [vera, boris])
        await page.locator('.message strong', { hasText: 'на среду' }).waitFor();
      await boris.page.locator(`.message a[href="/projects/${project.id}"]`).waitFor();
      expect(await boris.page.locator('.message img').count()).toBe(0);
      await anna.page.locator('.readers[aria-label*="Вера Панина"][aria-label*="Борис Ежов"]').waitFor();
      await press(vera, 'на среду', 'Ответить');
      await composer(vera).last().fill('Бригада занята');
      // What is answered stays with the words.
      await vera.page.reload();
      await vera.page.locator('.reply', { hasText: 'Анна Королёва' }).waitFor();
      await composer(vera).last().press('Control+Enter');
      await message(anna, 'Бригада занята').locator('.quote', { hasText: 'Анна Королёва' }).waitFor();
      await press(boris, 'Бригада занята', 'Поставить реакцию');
      await boris.page.getByRole('menuitemradio', { name: 'Смотрю' }).press('Enter');
      for (const each of [anna, vera, boris])
        await message(each, 'Бригада занята').getByRole('button', { name: 'Смотрю: Борис Ежов' }).waitFor();
      await press(vera, 'Бригада занята', 'Действия с комментарием');
      await vera.page.getByRole('menuitem', { name: 'Изменить' }).press('Enter');
      const words = vera.page.locator('.message textarea');
      await words.fill('Бригада свободна в среду');
      await words.press('Control+Enter');
      await message(boris, 'Бригада свободна').locator('.edited').press('Enter');
      await boris.page.getByRole('dialog').getByText('Бригада занята').waitFor();
      await boris.page.keyboard.press('Escape');
    },
    LONG_MS,
  );

  it(
    'what is taken back leaves a trace, and may come back',
    async () => {
      await say(boris, 'Не туда');
      await message(anna, 'Не туда').waitFor();
      await press(boris, 'Не туда', 'Действия с комментарием');
      await boris.page.getByRole('menuitem', { name: 'Удалить' }).press('Enter');
      await anna.page.locator('.removed', { hasText: 'Комментарий удалён · Борис Ежов' }).waitFor();
      expect(await anna.page.getByRole('button', { name: 'Отменить удаление' }).count()).toBe(0);
      await boris.page.getByRole('button', { name: 'Отменить удаление' }).click();
      await message(anna, 'Не туда').waitFor();
    },
    LONG_MS,
  );

  it(
    'a department is named at once, and the order has a discussion of its own',
    async () => {
      await anna.page.goto(`${app.url}/projects/${project.id}`);
      const discuss = () => anna.page.getByRole('button', { name: 'Обсудить' }).click();
      const isFocused = () =>
        composer(anna)
          .last()
          .evaluate((field) => field === document.activeElement);
      await discuss();
      await composer(anna).waitFor();
      // What is typed goes into the words, and nothing has begun before they are sent.
      expect(await isFocused()).toBe(true);
      await anna.page.keyboard.type('черновик');
      await anna.page.getByRole('dialog').getByRole('button', { name: 'Закрыть' }).click();
      const stream = await script.get<{ items: SvodkaEvent[] }>('/api/events?filter=type:order.discussed');
      expect(stream.items).toEqual([]);
      await discuss();
      await composer(anna).waitFor();
      expect(await composer(anna).inputValue()).toBe('черновик');
      await composer(anna).fill('');
      let asked = 0;
      anna.page.on('request', (request) => {
        if (new URL(request.url()).pathname === '/api/users') asked++;
      });
      await composer(anna).pressSequentially('@Скл');
      await anna.page.getByRole('option', { name: /Склад/ }).waitFor();
      expect(asked).toBeLessThanOrEqual(1);
      await composer(anna).press('Enter');
      await composer(anna).pressSequentially('держим срок');
      await composer(anna).press('Control+Enter');
      await anna.page.getByRole('dialog').waitFor({ state: 'detached' });
      await until(isFocused);
      await message(anna, 'держим срок').locator('.mention', { hasText: '@Склад' }).waitFor();
      await vera.toast('Анна Королёва упоминает вас').waitFor();
    },
    LONG_MS,
  );

  it(
    'the customer is spoken to knowingly, once asked',
    async () => {
      const show = vera.page.getByRole('button', { name: 'Показать заказчику' }).first();
      await show.click();
      // Whoever goes on by the keyboard without reading has shown nothing.
      expect(await vera.page.evaluate(() => document.activeElement?.textContent?.trim())).toBe('Отмена');
      await vera.page.keyboard.press('Enter');
      await vera.page.getByRole('dialog').waitFor({ state: 'detached' });
      expect(await show.getAttribute('aria-pressed')).toBe('false');
      await show.click();
      await vera.page.getByRole('dialog').getByRole('button', { name: 'Показать' }).click();
      await say(vera, 'Приедем в среду');
      await message(boris, 'Приедем в среду').getByText('видно заказчику').waitFor();
      await show.click();
      expect(await vera.page.getByRole('dialog').count()).toBe(0);
    },
    LONG_MS,
  );

  it(
    'reads well for those who do not see it, light and dark',
    async () => {
      for (const colorScheme of ['light', 'dark'] as const) {
        await boris.page.emulateMedia({ colorScheme });
        expect({ colorScheme, faults: await faults(boris.page) }).toEqual({ colorScheme, faults: [] });
      }
      for (const each of [anna, vera, boris]) expect(each.complaints()).toEqual([]);
    },
    LONG_MS,
  );
});
