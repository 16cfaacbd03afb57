/** One counterparty of two records, in front of two people; its money; and what a manager sees first. */
import type { Counterparty } from '@svodka/shared/contracts/counterparty';
import type { Project } from '@svodka/shared/contracts/directory';
import type { User } from '@svodka/shared/contracts/user';
import { type App, startApp } from '../support/app-process.ts';
import { type Chromium, describeInBrowser, launchChromium } from '../support/chromium.ts';
import { Client } from '../support/client.ts';
import { makeCounterparty, makeEvent, makeProject } from '../support/factories.ts';
import { Person } from '../support/person.ts';

const PASSWORD = 'calm-meadow-58';
const LONG_MS = 120_000;

describeInBrowser('counterparties, and the week of a manager', () => {
  let app: App;
  let chromium: Chromium;
  let script: Client;
  let nina: Person;
  let vera: Person;
  let veraId: string;
  let stays: Counterparty;
  let goes: Counterparty;
  let order: Project;

  beforeAll(async () => {
    [app, chromium] = await Promise.all([startApp(), launchChromium()]);
    script = await new Client(app.url).signIn(app.admin.login, app.admin.password);
    const hire = async (login: string, name: string, role: string) =>
      (await script.post<{ user: User }>('/api/users', { login, name, roles: [role], password: PASSWORD }))
        .user.id;
    await hire('nina', 'Нина Ежова', 'dispatcher');
    veraId = await hire('vera', 'Вера Соколова', 'manager');
    stays = await makeCounterparty(script, {
      name: 'Громов П. С.',
      phones: ['+79165550001'],
      managerId: veraId,
    });
    goes = await makeCounterparty(script, {
      name: 'Громов, П. С.',
      phones: ['+79165550002'],
      managerId: veraId,
    });
    order = await makeProject(script, {
      number: '318',
      counterpartyId: goes.id,
      managerId: veraId,
      amountKop: 10_000_000,
    });
    await makeEvent(script, {
      type: 'payment.prepaid',
      projectId: order.id,
      payload: { amountKop: 7_000_000 },
    });
    await makeEvent(script, {
      type: 'payment.received',
      title: 'Доплата наличными',
      counterpartyIds: [goes.id],
      payload: { amountKop: 1_000_000 },
    });
    [nina, vera] = (await Promise.all(
      ['nina', 'vera'].map((login) =>
        Person.at(chromium, app.url, { login, password: PASSWORD }, `/counterparties/${goes.id}`),
      ),
    )) as [Person, Person];
  }, LONG_MS);
  afterAll(async () => {
    await chromium?.close();
    await app?.stop();
  });

  it(
    'says what somebody owes over orders and without one, and opens what it is made of',
    async () => {
      const { page } = nina;
      const money = page.getByRole('group', { name: 'Деньги' });
      await money.getByRole('button', { name: 'Договоры 100 000 ₽' }).waitFor();
      await money.getByRole('button', { name: 'Оплачено 80 000 ₽, 80 %' }).waitFor();
      await money.getByRole('button', { name: 'Долг 20 000 ₽' }).waitFor();
      await makeEvent(script, {
        type: 'payment.refunded',
        projectId: order.id,
        payload: { amountKop: 500_000 },
      });
      await money.getByRole('button', { name: 'Долг 25 000 ₽' }).waitFor();
      await money.getByRole('button', { name: 'без заказа 10 000 ₽' }).click();
      await nina.rowOf('Доплата наличными').waitFor();
      expect((await nina.shownIds()).length).toBe(1);
    },
    LONG_MS,
  );

  it(
    'makes one of two in one step, and leads whoever looks at the other along',
    async () => {
      const { page } = nina;
      await page.goto(`${app.url}/counterparties/${goes.id}`);
      await page.getByText('Похожие записи').waitFor();
      await page.getByRole('button', { name: 'Сравнить' }).click();
      const dialog = page.getByRole('dialog');
      await dialog.getByRole('group', { name: 'Останется' }).getByText('Громов П. С.').click();
      await dialog.getByRole('button', { name: /Объединить/ }).click();
      for (const { page } of [nina, vera]) {
        await page.waitForURL(`**/counterparties/${stays.id}*`);
        await page.getByRole('heading', { name: 'Громов П. С.' }).waitFor();
        await page.getByRole('link', { name: '+7 916 555-00-02' }).first().waitFor();
        await page.getByRole('button', { name: 'Долг 25 000 ₽' }).waitFor();
      }
      await nina.rowOf('Доплата наличными').waitFor();
      // An old link leads there too.
      const { page: other } = vera;
      await other.goto(`${app.url}/counterparties/${goes.id}`);
      await other.waitForURL(`**/counterparties/${stays.id}*`);
    },
    LONG_MS,
  );

  it(
    'makes two of one again',
    async () => {
      await nina.page.getByRole('button', { name: 'Разделить' }).click();
      await nina.toast('Объединение отменено').waitFor();
      for (const { page } of [nina, vera]) {
        await page.getByText('Похожие записи').waitFor();
        await page.getByRole('link', { name: '+7 916 555-00-02' }).waitFor({ state: 'detached' });
      }
      const { page } = nina;
      await page.goto(`${app.url}/counterparties`);
      await page.getByText('Похожие записи').nth(1).waitFor();
      expect([...nina.complaints(), ...vera.complaints()]).toEqual([]);
    },
    LONG_MS,
  );

  it(
    'shows a manager first what is theirs: what has happened, what is due, and who installs',
    async () => {
      const manager = await Person.at(chromium, app.url, { login: 'vera', password: PASSWORD });
      const { page } = manager;
      await page.waitForURL('**/my');
      await page.getByRole('link', { name: /№ 318/ }).first().waitFor();
      const news = page.getByRole('region', { name: 'Новое с прошлого раза' });
      await news.getByText('Доплата наличными').waitFor();
      await page.keyboard.press('r');
      await news.getByText('Нового нет.').waitFor();
      await makeEvent(script, {
        type: 'customer.request',
        title: 'Просит поставить раньше',
        projectId: order.id,
        due: { at: new Date(Date.now() + 24 * 3_600_000).toISOString() },
      });
      await news.getByText('Просит поставить раньше').waitFor();
      await page
        .getByRole('region', { name: /Сегодня|Дальше на неделе/ })
        .getByText('Просит поставить раньше')
        .waitFor();
      await page.keyboard.press('j');
      await page.keyboard.press('Enter');
      await page.waitForURL(`**/projects/${order.id}*`);
      await makeEvent(script, {
        type: 'customer.request',
        title: 'Ответить сегодня',
        projectId: order.id,
        due: { at: new Date(Date.now() - 3_600_000).toISOString() },
      });
      await page.goto(`${app.url}/my`);
      const today = page.getByRole('region', { name: 'Сегодня' });
      await today.getByText('Ответить сегодня').waitFor();
      // Of what has not been read yet it is not said that there is nothing.
      await page.addInitScript(() => {
        const watch = new MutationObserver(() => {
          const said = document.querySelector('main')?.textContent ?? '';
          if (said.includes('На сегодня сроков нет')) document.body.dataset.lied = said;
        });
        watch.observe(document, { subtree: true, childList: true, characterData: true });
      });
      await page.reload();
      await today.getByText('Ответить сегодня').waitFor();
      expect(await page.evaluate(() => document.body.dataset.lied)).toBeUndefined();
      // The stream of all events is a step away, and a reload stays there.
      await page.getByRole('link', { name: 'Все события' }).first().click();
      await manager.rowOf('Просит поставить раньше').waitFor();
      await page.reload();
      await manager.rowOf('Просит поставить раньше').waitFor();
      expect(manager.complaints()).toEqual([]);
    },
    LONG_MS,
  );
});
