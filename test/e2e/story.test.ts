/**
 * The main job, end to end, on the production build: two dispatchers with different feeds and a project manager at
 * three computers; another manager who is away. What the issue and the README promise is walked through once, in order.
 */
import type { SvodkaEvent } from '@svodka/shared/contracts/event';
import type { User } from '@svodka/shared/contracts/user';
import { type App, startApp } from '../support/app-process.ts';
import { type Chromium, describeInBrowser, launchChromium } from '../support/chromium.ts';
import { Client } from '../support/client.ts';
import { Person } from '../support/person.ts';
import { type SmtpSink, startSmtpSink } from '../support/smtp-sink.ts';

const PASSWORD = 'calm-meadow-58';
const STORY_MS = 180_000;

describeInBrowser('the main job', () => {
  let app: App;
  let chromium: Chromium;
  let smtp: SmtpSink;
  let script: Client;
  let anna: Person;
  let maxim: Person;
  let vera: Person;
  let order318 = '';
  let order319 = '';
  let prepaid = '';

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
    smtp = await startSmtpSink();
    [app, chromium] = await Promise.all([
      startApp({ env: { SMTP_URL: smtp.url, MAIL_FROM: 'svodka@windows.example' } }),
      launchChromium(),
    ]);
    script = await new Client(app.url).signIn(app.admin.login, app.admin.password);
    await hire('anna', 'Анна Королёва', 'dispatcher');
    await hire('maxim', 'Максим Орлов', 'dispatcher');
    const manager = await hire('vera', 'Вера Соколова', 'manager');
    const away = await hire('denis', 'Денис Лебедев', 'manager');
    const customer = await script.post<{ id: string }>('/api/counterparties', {
      kind: 'person',
      name: 'Лаврентьева М. П.',
    });
    const order = (number: string, managerId: string) =>
      script.post<{ id: string }>('/api/projects', { number, managerId, counterpartyId: customer.id });
    order318 = (await order('318', manager.id)).id;
    order319 = (await order('319', away.id)).id;

    const as = (login: string) => ({ login, password: PASSWORD });
    anna = await Person.at(chromium, app.url, as('anna'), '/?filter=module:finance');
    maxim = await Person.at(chromium, app.url, as('maxim'), '/?filter=importance%3E=high');
    vera = await Person.at(chromium, app.url, as('vera'), '/?view=all');
  }, 120_000);

  afterAll(async () => {
    await chromium?.close();
    await app?.stop();
    await smtp?.close();
  });

  it(
    'shows a prepayment that one dispatcher writes on every screen where it belongs, with a toast for the manager',
    async () => {
      const { page } = anna;
      await anna.beginsPrepayment({ order: '318', amount: '184300', title: 'Предоплата 70 %' });
      await page.getByText('Высокая', { exact: true }).click();
      await page.getByRole('button', { name: /Записать/ }).click();

      await anna.rowOf('Предоплата 70 %').waitFor();
      await maxim.rowOf('Предоплата 70 %').waitFor();
      await vera.rowOf('Предоплата 70 %').waitFor();
      await vera.toast('Предоплата 70 %').waitFor();
      prepaid = (await anna.rowOf('Предоплата 70 %').getAttribute('data-id')) ?? '';
      expect(await maxim.rowOf('Предоплата 70 %').textContent()).toMatch(/№\s318/);
      // Who is at the screen is not written to while the toast is fresh.
      expect(smtp.to('vera@windows.example')).toEqual([]);
    },
    STORY_MS,
  );

  it(
    'takes a row from the feed that it no longer fits, and brings changes to the others',
    async () => {
      const { event } = await script.get<{ event: SvodkaEvent }>(`/api/events/${prepaid}`);
      await script.patch(
        `/api/events/${prepaid}`,
        { importance: 'normal', title: 'Предоплата 70 %, банк' },
        { 'If-Match': String(event.rev) },
      );
      await anna.rowOf('Предоплата 70 %, банк').waitFor();
      await maxim.row(prepaid).waitFor({ state: 'detached' });
    },
    STORY_MS,
  );

  it(
    'shows what another process writes, and removes and restores with undo',
    async () => {
      const { event } = await script.post<{ event: SvodkaEvent }>('/api/events', {
        type: 'payment.overdue',
        title: 'Платёж из 1С',
        importance: 'high',
        payload: { amountKop: 5_000_000 },
        projectId: order318,
      });
      await anna.row(event.id).waitFor();
      await maxim.row(event.id).waitFor();

      await anna.row(event.id).click();
      const pane = anna.page.locator('[data-pane]');
      await pane.getByText('Платёж из 1С').first().waitFor();
      await pane.getByRole('button', { name: /Решено/ }).waitFor();
      await anna.page.keyboard.press('r');
      await pane.getByRole('button', { name: /Вернуть/ }).waitFor();
      await maxim.page.locator(`article[data-id="${event.id}"].done`).first().waitFor();

      await script.delete(`/api/events/${event.id}`);
      await maxim.row(event.id).waitFor({ state: 'detached' });
      await script.post(`/api/events/${event.id}/restore`);
      await maxim.row(event.id).waitFor();
      await anna.page.keyboard.press('Escape');
    },
    STORY_MS,
  );

  it(
    'carries a discussion between two open screens, and tells whoever is mentioned',
    async () => {
      const open = `/?event=${prepaid}`;
      await anna.page.goto(app.url + open);
      await maxim.page.goto(app.url + open);
      const write = maxim.page.locator('[data-pane] textarea');
      await write.fill('@Вер');
      await maxim.page.getByRole('option', { name: /Вера Соколова/ }).click();
      await write.pressSequentially('можно резервировать материалы?');
      await write.press('Control+Enter');

      await anna.page.locator('[data-pane]').getByText('можно резервировать материалы?').waitFor();
      // With its words when it stands alone, with its title beside another one.
      await vera.toast(/можно резервировать материалы|упоминает вас/).waitFor();
      await anna.page.locator('[data-pane] textarea').fill('Да, деньги пришли.');
      await anna.page.locator('[data-pane] textarea').press('Control+Enter');
      await maxim.page.locator('[data-pane]').getByText('Да, деньги пришли.').waitFor();
    },
    STORY_MS,
  );

  it(
    'writes to the manager who is away, and not to the one who is here',
    async () => {
      await script.post('/api/events', {
        type: 'payment.prepaid',
        title: 'Предоплата по № 319',
        payload: { amountKop: 9_000_000 },
        projectId: order319,
      });
      const letter = await smtp.letter(
        ({ recipients }) => recipients.includes('denis@windows.example'),
        30_000,
      );
      expect(letter.subject).toContain('319');
      expect(letter.text).toContain('Предоплата по № 319');
    },
    STORY_MS,
  );

  it(
    'announces a deadline that comes near: a toast for who is here, a letter for who is not',
    async () => {
      const due = { at: new Date(Date.now() + 65_000).toISOString(), leadMin: 1 };
      const task = (title: string, projectId: string) =>
        script.post('/api/events', { type: 'note.free', title, due, projectId });
      await task('Подтвердить монтаж 318', order318);
      await task('Подтвердить монтаж 319', order319);
      await vera.toast(/Подтвердить монтаж 318/).waitFor({ timeout: 45_000 });
      await smtp.letter(
        ({ text, recipients }) =>
          recipients.includes('denis@windows.example') && Boolean(text?.includes('Подтвердить монтаж 319')),
        45_000,
      );
    },
    STORY_MS,
  );

  it('has nothing to complain of in any of the browsers', () => {
    for (const person of [anna, maxim, vera]) expect(person.complaints()).toEqual([]);
  });
});
