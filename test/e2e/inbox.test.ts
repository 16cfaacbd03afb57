/** What waits for a person: the inbox fills while they look, is read by keyboard; letters are readable without SMTP. */
import type { SvodkaEvent } from '@svodka/shared/contracts/event';
import type { User } from '@svodka/shared/contracts/user';
import { type App, startApp } from '../support/app-process.ts';
import { type Chromium, describeInBrowser, launchChromium } from '../support/chromium.ts';
import { Client } from '../support/client.ts';
import { Person } from '../support/person.ts';
import { until } from '../support/until.ts';

const PASSWORD = 'calm-meadow-58';
const LONG_MS = 120_000;

describeInBrowser('inbox and mail', () => {
  let app: App;
  let chromium: Chromium;
  let script: Client;
  let vera: Person;
  let order = '';
  let veraId = '';

  const hire = async (login: string, name: string, role: string) =>
    (
      await script.post<{ user: User }>('/api/users', {
        login,
        name,
        roles: [role],
        email: `${login}@windows.example`,
        password: PASSWORD,
      })
    ).user;

  beforeAll(async () => {
    [app, chromium] = await Promise.all([startApp(), launchChromium()]);
    script = await new Client(app.url).signIn(app.admin.login, app.admin.password);
    const manager = await hire('vera', 'Вера Соколова', 'manager');
    const appointed = await hire('denis', 'Денис Лебедев', 'manager');
    const project = await script.post<{ id: string }>('/api/projects', {
      number: '318',
      managerId: manager.id,
      appointedIds: [appointed.id],
    });
    order = project.id;
    veraId = manager.id;
    vera = await Person.at(chromium, app.url, { login: 'vera', password: PASSWORD }, '/inbox');
  }, LONG_MS);
  afterAll(async () => {
    await chromium?.close();
    await app?.stop();
  });

  const write = async (event: Record<string, unknown>) =>
    (await script.post<{ event: SvodkaEvent }>('/api/events', { projectId: order, ...event })).event;
  const notice = (text: string) => vera.page.locator('a.row', { hasText: text });

  it(
    'is empty at first, then shows at once what comes: an event, a deadline, a mention',
    async () => {
      await vera.page.getByText('Пока вас ничего не ждёт').waitFor();
      const event = await write({
        type: 'payment.prepaid',
        title: 'Предоплата 70 %',
        payload: { amountKop: 18_430_000 },
      });
      await notice('Предоплата внесена').waitFor();
      expect(await notice('Предоплата внесена').textContent()).toMatch(/№\s318/);

      await write({
        type: 'note.free',
        title: 'Подтвердить монтаж',
        due: { at: new Date(Date.now() + 3_600_000).toISOString() },
      });
      await notice('Срок приближается: ').waitFor();

      const [manager] = (await script.get<{ items: User[] }>('/api/users?search=вера')).items;
      await script.post(`/api/events/${event.id}/comments`, {
        body: '@Вера Соколова, можно резервировать?',
        mentionIds: [manager?.id],
      });
      await notice('упоминает вас').waitFor();
      expect(await notice('упоминает вас').textContent()).toContain('можно резервировать?');
      await vera.page.getByRole('button', { name: 'Входящие: 3 непрочитанных' }).waitFor();
    },
    LONG_MS,
  );

  it(
    'is read by keyboard: all that was told of the opened one is seen, the rest by one press',
    async () => {
      const { page } = vera;
      await page.keyboard.press('j');
      await page.keyboard.press('Enter');
      const pane = page.getByRole('complementary', { name: 'Событие' });
      await pane.getByRole('heading', { name: 'Предоплата 70 %' }).waitFor();
      await page.getByRole('button', { name: 'Входящие: 1 непрочитанное' }).waitFor();
      await page.keyboard.press('Escape');
      await pane.waitFor({ state: 'detached' });

      await page.getByText('Непрочитанные', { exact: true }).click();
      await notice('Срок приближается').waitFor();
      await notice('Предоплата внесена').waitFor({ state: 'detached' });
      await page.getByRole('button', { name: 'Отметить все прочитанными' }).click();
      await page.getByRole('button', { name: 'Входящие', exact: true }).waitFor();
      await page.reload();
      await page.getByText('Всё прочитано').waitFor();
      expect(vera.complaints()).toEqual([]);
    },
    LONG_MS,
  );

  it(
    'may be taken where it is told, and takes the focus from nobody',
    async () => {
      const { page } = vera;
      await page.keyboard.press('/');
      const focus = () => page.evaluate(() => document.activeElement?.outerHTML);
      const typing = await focus();
      const event = await write({ type: 'complaint.opened', title: 'Продувает балконную дверь' });
      const toast = vera.toast('Рекламация открыта: Продувает');
      await toast.getByRole('button', { name: 'Решено' }).waitFor();
      expect(await focus()).toBe(typing);
      await toast.getByRole('button', { name: 'Взять' }).click();
      await toast.waitFor({ state: 'detached' });
      const answer = () => script.get<{ event: SvodkaEvent }>(`/api/events/${event.id}`);
      await until(async () => (await answer()).event.claim?.by === veraId);
      await page.getByRole('button', { name: 'Входящие', exact: true }).waitFor();
    },
    LONG_MS,
  );

  it(
    'keeps the letter to who is away, to be read under «Почта», from where its event opens',
    async () => {
      const admin = await Person.at(chromium, app.url, app.admin, '/mail');
      const { page } = admin;
      await page.getByRole('note').filter({ hasText: 'Отправка писем не настроена' }).waitFor();
      // To try it asks nobody for an address: nothing leaves, and how that is changed is said.
      await page.getByRole('button', { name: 'Проверить отправку' }).click();
      await admin.toast(/Отправка писем не подключена.*SMTP_URL/).waitFor();
      await page.getByRole('link', { name: 'Сохранены' }).click();
      const row = page
        .getByRole('listitem')
        .filter({ hasText: 'Денис Лебедев' })
        .filter({ hasText: 'Предоплата' });
      await row.waitFor();
      await row.getByRole('link').click();
      const letter = page.getByRole('complementary', { name: 'Письмо' });
      await letter.getByText('denis@windows.example').waitFor();
      expect(await letter.textContent()).toContain('№ 318: предоплата');
      // As it looks, in a page of its own.
      await letter
        .frameLocator('iframe')
        .getByText('Вы получили это письмо, потому что назначены на этот заказ.')
        .waitFor();
      // Nobody to hand it to: no way to send it again.
      expect(await letter.getByRole('button', { name: 'Отправить ещё раз' }).count()).toBe(0);
      await letter.getByRole('button', { name: 'Открыть событие' }).click();
      await page.getByRole('heading', { name: 'Предоплата 70 %' }).waitFor();

      // The letter's own link leads there too.
      const id = new URL(page.url()).searchParams.get('event');
      await page.goto(`${app.url}/events/${id}`);
      await page.getByRole('heading', { name: 'Предоплата 70 %' }).waitFor();
      const refused = 'deliveries/trial';
      expect(admin.complaints().filter((complaint) => !complaint.includes(refused))).toEqual([]);
      await page.context().close();
    },
    LONG_MS,
  );
});
