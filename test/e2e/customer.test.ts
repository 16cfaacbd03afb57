/**
 * A customer agrees to letters and is told that the prepayment has come, once a person has looked at the letter. They
 * open the page of their order where no script runs, ask, and the question stands on the dispatcher's desk.
 */
import type { Counterparty } from '@svodka/shared/contracts/counterparty';
import type { Project } from '@svodka/shared/contracts/directory';
import { type App, startApp } from '../support/app-process.ts';
import { type Chromium, describeInBrowser, launchChromium } from '../support/chromium.ts';
import { Client } from '../support/client.ts';
import { makeCounterparty, makeEvent, makeProject } from '../support/factories.ts';
import { Person } from '../support/person.ts';
import { type SmtpSink, startSmtpSink } from '../support/smtp-sink.ts';

const LONG_MS = 180_000;
const EMAIL = 'inna@home.example';

describeInBrowser('the customer of an order', () => {
  let app: App;
  let chromium: Chromium;
  let smtp: SmtpSink;
  let script: Client;
  let party: Counterparty;
  let order: Project;

  beforeAll(async () => {
    [smtp, chromium] = await Promise.all([startSmtpSink(), launchChromium()]);
    app = await startApp({ env: { SMTP_URL: smtp.url, COMPANY_NAME: 'Окна и Ко' } });
    script = await new Client(app.url).signIn(app.admin.login, app.admin.password);
    party = await makeCounterparty(script, { name: 'Белова Инна', emails: [EMAIL] });
    order = await makeProject(script, { number: '318', counterpartyId: party.id });
  }, LONG_MS);
  afterAll(async () => {
    await chromium?.close();
    await app?.stop();
    await smtp?.close();
  });

  it(
    'is written to, opens the page, asks, and is heard',
    async () => {
      const desk = await Person.at(chromium, app.url, app.admin);
      const office = await Person.at(chromium, app.url, app.admin, `/counterparties/${party.id}`);
      const { page } = office;
      await page.getByRole('button', { name: 'Записать согласие' }).press('Enter');
      const consent = page.getByRole('dialog', { name: 'Согласие на письма' });
      expect(await consent.getByLabel('Адрес').inputValue()).toBe(EMAIL);
      await consent.getByLabel('Когда и как заказчик согласился').fill('по телефону 27 ноября');
      await consent.getByRole('button', { name: 'Сохранить' }).press('Enter');
      await page.getByText(`согласие на ${EMAIL}`).waitFor();

      await page.goto(`${app.url}/projects/${order.id}`);
      await page.getByRole('button', { name: 'Выбрать' }).press('Enter');
      const told = page.getByRole('dialog', { name: 'О чём писать заказчику' });
      await told.getByLabel('Предоплата внесена').check();
      await told.getByRole('button', { name: 'Сохранить' }).press('Enter');
      await page.getByText(`Письма на ${EMAIL}`).waitFor();

      await makeEvent(script, {
        type: 'payment.prepaid',
        title: 'Предоплата',
        projectId: order.id,
        payload: { amountKop: 10_000_000 },
      });
      await page.goto(`${app.url}/mail?state=held`);
      await page.getByRole('link', { name: /Заказ № 318: предоплата получена/ }).press('Enter');
      const letter = page.getByRole('complementary', { name: 'Письмо' });
      await letter.getByText('первое письмо такого вида').waitFor();
      expect(smtp.to(EMAIL)).toHaveLength(0);
      await letter.getByRole('button', { name: 'Отправить', exact: true }).press('Enter');
      const sent = await smtp.letter(({ recipients }) => recipients.includes(EMAIL));
      const url = /http\S+\/s\/[\w-]{22}/.exec(sent.text ?? '')?.[0] ?? '';
      await desk.rowOf('Заказчику ушло письмо: Предоплата внесена').waitFor();

      const { page: phone, errors } = await chromium.newPage({
        javaScriptEnabled: false,
        viewport: { width: 390, height: 844 },
      });
      const answer = await phone.goto(url);
      expect((await answer?.body())?.length).toBeLessThan(14_000);
      await phone.getByRole('heading', { name: 'Заказ № 318' }).waitFor();
      expect(await phone.evaluate(() => document.documentElement.scrollWidth)).toBeLessThanOrEqual(390);
      await desk.rowOf('Заказчик открыл страницу заказа').waitFor();
      await phone.getByLabel('Ваш вопрос').fill('Когда приедут монтажники?');
      await phone.getByRole('button', { name: 'Отправить' }).click();
      await phone.getByText('Спасибо, вопрос передан').waitFor();
      await desk.rowOf('Вопрос заказчика: Когда приедут монтажники?').waitFor();

      await phone.getByRole('link', { name: 'Не присылать писем о заказе' }).click();
      await phone.getByRole('button', { name: 'Не присылать' }).click();
      await phone.getByText('Писем больше не будет').waitFor();
      await page.goto(`${app.url}/counterparties/${party.id}`);
      await page.getByText('заказчик отказался от писем').waitFor();
      expect(errors).toEqual([]);
      expect([...office.complaints(), ...desk.complaints()]).toEqual([]);
    },
    LONG_MS,
  );
});
