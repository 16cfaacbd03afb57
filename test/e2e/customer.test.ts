/**
 * A rule is written as a sentence, tried, and let loose, by keyboard alone. The prepayment is entered: the manager before a screen has a
 * toast, who is away a letter, and the customer one too, once a person has looked at it. They open the page of their
 * order where no script runs, ask, and the question stands on the dispatcher's desk. Each step is asked beside it who
 * was not to be told.
 */
import type { Counterparty } from '@svodka/shared/contracts/counterparty';
import type { Project } from '@svodka/shared/contracts/directory';
import type { Delivery, NoticeView } from '@svodka/shared/contracts/notice';
import type { NoticeRule } from '@svodka/shared/contracts/notice-rule';
import { type App, startApp } from '../support/app-process.ts';
import { type Chromium, describeInBrowser, launchChromium } from '../support/chromium.ts';
import { Client } from '../support/client.ts';
import { makeCounterparty, makeEvent, makeProject } from '../support/factories.ts';
import { Person } from '../support/person.ts';
import { type SmtpSink, startSmtpSink } from '../support/smtp-sink.ts';
import { until } from '../support/until.ts';

const LONG_MS = 180_000;
const EMAIL = 'inna@home.example';
const PASSWORD = 'calm-meadow-58';

describeInBrowser('the customer of an order', () => {
  let app: App;
  let chromium: Chromium;
  let smtp: SmtpSink;
  let script: Client;
  let party: Counterparty;
  let order: Project;

  const hire = async (login: string) => {
    const email = `${login}@firm.example`;
    const person = { login, name: login, roles: ['manager'], email, password: PASSWORD };
    return (await script.post<{ user: { id: string } }>('/api/users', person)).user.id;
  };
  const noticesOf = async (login: string) => {
    const client = await new Client(app.url).signIn(login, PASSWORD);
    return (await client.get<{ items: NoticeView[] }>('/api/notices')).items;
  };

  beforeAll(async () => {
    [smtp, chromium] = await Promise.all([startSmtpSink(), launchChromium()]);
    app = await startApp({ env: { SMTP_URL: smtp.url, COMPANY_NAME: 'Окна и Ко' } });
    script = await new Client(app.url).signIn(app.admin.login, app.admin.password);
    party = await makeCounterparty(script, { name: 'Белова Инна', emails: [EMAIL] });
    const [managerId, away] = [await hire('vera'), await hire('denis')];
    await hire('petr');
    order = await makeProject(script, {
      number: '318',
      counterpartyId: party.id,
      managerId,
      appointedIds: [away],
    });
    // What a company begins with would tell them too.
    const { items } = await script.get<{ items: NoticeRule[] }>('/api/rules');
    for (const { id, code } of items)
      if (code === 'prepaid' || code === 'important')
        await script.patch(`/api/rules/${id}`, { state: 'off' });
  }, LONG_MS);
  afterAll(async () => {
    await chromium?.close();
    await app?.stop();
    await smtp?.close();
  });

  const prepay = (title: string) =>
    makeEvent(script, {
      type: 'payment.prepaid',
      title,
      projectId: order.id,
      payload: { amountKop: 10_000_000 },
    });

  it(
    'has a manager who is told by a rule that was tried first, and a colleague of theirs who is away',
    async () => {
      await prepay('Давняя предоплата');
      const [admin, vera, petr] = await Promise.all([
        Person.at(chromium, app.url, app.admin, '/rules'),
        Person.at(chromium, app.url, { login: 'vera', password: PASSWORD }),
        Person.at(chromium, app.url, { login: 'petr', password: PASSWORD }),
      ]);
      const { page } = admin;
      const { keyboard } = page;
      await page.getByText('Предоплата внесена', { exact: true }).first().waitFor();
      await keyboard.press('Shift+N');
      await page.locator('input[aria-label="Название правила"]:focus').waitFor();
      await keyboard.insertText('Деньги пришли');
      await admin.pressAt(page.getByRole('button', { name: /Кому сообщить/ }), 'Enter');
      await page.locator('[data-floats] input:focus').waitFor();
      await keyboard.insertText('назначенным на');
      await page.getByRole('option', { name: 'назначенным на заказ' }).first().waitFor();
      await keyboard.press('Enter');
      // What was put together is there again after a reload.
      await page.reload();
      const read = page.getByRole('region', { name: 'Так его прочтут другие' });
      await read.getByText(/Предоплата внесена.*назначенным/).waitFor();
      const preview = page.getByRole('region', { name: 'За последние 30 дней' });
      await preview.getByText(/Сообщило бы: [1-9]/).waitFor();
      await preview.getByText('Давняя предоплата').waitFor();
      await admin.pressAt(page.getByRole('button', { name: 'Сохранить' }), 'Enter');
      await admin.toast('Правило сохранено').waitFor();

      // Dry: it counts, and tells nobody.
      const tried = await prepay('Проба');
      await until(
        async () => {
          const { items } = await script.get<{ items: NoticeRule[] }>('/api/rules');
          return items.some(({ name, told }) => name === 'Деньги пришли' && told === 2);
        },
        { what: 'the dry rule counts the two whom it would have told' },
      );
      for (const login of ['vera', 'denis', 'petr']) expect(await noticesOf(login)).toEqual([]);
      const state = page.getByRole('combobox', { name: 'Состояние: Деньги пришли' });
      await admin.pressAt(state, 'ArrowUp');
      await admin.toast('Деньги пришли: Включено').waitFor();

      await keyboard.press('Tab');
      await keyboard.press('g');
      await keyboard.press('a');
      await page.getByRole('heading', { name: 'Все события' }).waitFor();
      await keyboard.press('n');
      await admin.typeAt(page.getByRole('combobox', { name: 'Тип' }), 'Предоплата');
      await page.getByRole('option', { name: 'Предоплата внесена' }).waitFor();
      await keyboard.press('Enter');
      await admin.typeAt(page.getByLabel('Сумма'), '184300');
      await admin.typeAt(page.getByRole('combobox', { name: 'Заказ' }), '318');
      await page.getByRole('option', { name: /318/ }).waitFor();
      await keyboard.press('Enter');
      await admin.typeAt(page.getByLabel('Что произошло'), 'Предоплата 70 %');
      await keyboard.press('Control+Enter');

      // A toast takes the focus from nobody, and what is done on it is done.
      await vera.page.keyboard.press('/');
      const typing = await vera.page.evaluate(() => document.activeElement?.outerHTML);
      const toast = vera.toast('Предоплата 70 %');
      await toast.waitFor();
      expect(await vera.page.evaluate(() => document.activeElement?.outerHTML)).toBe(typing);
      const letter = await smtp.letter(({ recipients }) => recipients.includes('denis@firm.example'));
      expect(letter.subject).toMatch(/^№ 318: предоплата 70 %/);
      expect(letter.text).not.toContain('184');
      await vera.pressAt(toast.getByRole('button', { name: 'Открыть', exact: true }), 'Enter');
      await vera.page.locator('[data-pane]').getByText('Предоплата 70 %').first().waitFor();
      await until(async () => (await noticesOf('vera')).every(({ seenAt }) => seenAt !== null));
      expect((await noticesOf('vera')).map(({ eventId }) => eventId)).not.toContain(tried.id);
      // Who was there has no letter, and whose order it is not hears nothing.
      const { items } = await script.get<{ items: Delivery[] }>('/api/deliveries');
      expect(items.filter(({ to }) => to === 'vera@firm.example')).toMatchObject([
        { state: 'cancelled', reason: 'seen' },
      ]);
      expect(smtp.letters).toHaveLength(1);
      expect(await noticesOf('petr')).toEqual([]);
      expect(await petr.toast('Предоплата').count()).toBe(0);
      expect([...admin.complaints(), ...vera.complaints(), ...petr.complaints()]).toEqual([]);
    },
    LONG_MS,
  );

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

      await prepay('Предоплата');
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
