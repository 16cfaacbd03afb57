/** A rule is written as a sentence, tried, and let loose: what it said it would tell is told to the manager. */

import type { Project } from '@svodka/shared/contracts/directory';
import type { NoticeRule } from '@svodka/shared/contracts/notice-rule';
import { type App, startApp } from '../support/app-process.ts';
import { type Chromium, describeInBrowser, launchChromium } from '../support/chromium.ts';
import { Client } from '../support/client.ts';
import { makeEvent, makeProject } from '../support/factories.ts';
import { Person } from '../support/person.ts';
import { until } from '../support/until.ts';

const PASSWORD = 'calm-meadow-58';
const LONG_MS = 120_000;

describeInBrowser('the rules of notices', () => {
  let app: App;
  let chromium: Chromium;
  let script: Client;
  let admin: Person;
  let vera: Person;
  let order: Project;

  beforeAll(async () => {
    [app, chromium] = await Promise.all([startApp(), launchChromium()]);
    script = await new Client(app.url).signIn(app.admin.login, app.admin.password);
    const { user } = await script.post<{ user: { id: string } }>('/api/users', {
      login: 'vera',
      name: 'Вера Соколова',
      roles: ['manager'],
      password: PASSWORD,
    });
    order = await makeProject(script, { number: '318', managerId: user.id });
    [admin, vera] = await Promise.all([
      Person.at(chromium, app.url, app.admin, '/rules'),
      Person.at(chromium, app.url, { login: 'vera', password: PASSWORD }),
    ]);
  }, LONG_MS);
  afterAll(async () => {
    await chromium?.close();
    await app?.stop();
  });

  const quote = (title: string) => makeEvent(script, { type: 'quote.sent', title, projectId: order.id });
  const ruleNamed = async (name: string) =>
    (await script.get<{ items: NoticeRule[] }>('/api/rules')).items.find((rule) => rule.name === name);

  it(
    'one is put together as a sentence, tried on what has been, counted while it is dry, and tells when it is on',
    async () => {
      await quote('КП на 84 000 ₽');
      const { page } = admin;
      await page.getByText('Заказ запущен в производство', { exact: true }).waitFor();
      await page.getByRole('button', { name: 'Новое правило' }).click();
      await page.locator('input[aria-label="Название правила"]:focus').waitFor();
      // Nothing is saved without a name.
      await page.getByRole('button', { name: 'Сохранить' }).click();
      await page.getByText('Назовите правило').waitFor();
      await page.getByRole('textbox', { name: 'Название правила' }).fill('КП отправлено заказчику');
      await page.getByRole('button', { name: /^Убрать.*Предоплата внесена/ }).click();
      await page.getByRole('button', { name: 'Добавить условие' }).press('Enter');
      await page.getByRole('menuitem', { name: 'Тип события' }).press('Enter');
      const types = page.getByRole('dialog', { name: 'Добавить условие' }).getByRole('combobox');
      await types.fill('КП отпр');
      await types.press('Enter');
      await page.getByRole('button', { name: /Кому сообщить/ }).press('Enter');
      await page.getByRole('option', { name: 'автору события' }).click();
      await page.keyboard.press('Escape');
      const read = page.getByRole('region', { name: 'Так его прочтут другие' });
      await read.getByText(/КП отправлено.*Сообщить менеджеру заказа и автору события/).waitFor();
      const preview = page.getByRole('region', { name: 'За последние 30 дней' });
      await preview.getByText(/Сообщило бы: [1-9]/).waitFor();
      await preview.getByText('КП на 84 000 ₽').waitFor();
      await page.getByRole('button', { name: 'Сохранить' }).click();
      await admin.toast('Правило сохранено').waitFor();
      // Who wrote it by the keyboard goes on from its row.
      await page.locator('a:focus', { hasText: 'КП отправлено заказчику' }).waitFor();

      expect(await ruleNamed('КП отправлено заказчику')).toMatchObject({ state: 'dry' });
      const silent = await quote('КП на 90 000 ₽');
      await until(async () => (await ruleNamed('КП отправлено заказчику'))?.told, {
        what: 'the dry rule counts what it would have told',
      });
      await page.getByRole('combobox', { name: 'Состояние: КП отправлено заказчику' }).selectOption('on');
      await admin.toast('КП отправлено заказчику: Включено').waitFor();
      await until(async () => (await ruleNamed('КП отправлено заказчику'))?.state === 'on');
      await quote('КП на 96 000 ₽');
      await vera.toast('КП на 96 000 ₽').waitFor();
      // What was dry came before: it has told nobody.
      const inbox = await new Client(app.url).signIn('vera', PASSWORD);
      const { items } = await inbox.get<{ items: { eventId: string }[] }>('/api/notices');
      expect(items.map(({ eventId }) => eventId)).not.toContain(silent.id);
      expect(admin.complaints()).toEqual([]);
      expect(vera.complaints()).toEqual([]);
    },
    LONG_MS,
  );

  it(
    'a condition that is typed and not applied is a part of what is saved, or in the way of it',
    async () => {
      const { page } = admin;
      await page.goto(`${app.url}/rules/new`);
      await page.getByRole('textbox', { name: 'Название правила' }).fill('Только замеры');
      const orders = page.getByRole('button', { name: 'любым' });
      await orders.press('Enter');
      await page.keyboard.insertText('нет такого поля:1');
      await page.getByRole('button', { name: 'Сохранить' }).click();
      const text = page.getByRole('textbox', { name: 'Фильтр' });
      await page.locator('.editor input:focus').waitFor();
      await text.press('Escape');
      await page.locator('button:focus', { hasText: 'любым' }).waitFor();
      // Left without saving, it is there again, and said to be no part of the rule yet.
      await page.keyboard.press('Escape');
      await page.getByRole('button', { name: 'Новое правило' }).click();
      await page.getByRole('button', { name: 'Начать заново' }).waitFor();
      await page.getByRole('button', { name: 'любым' }).press('Enter');
      await text.fill('стоит:замер');
      await page.getByRole('button', { name: 'Сохранить' }).click();
      await admin.toast('Правило сохранено: Только замеры').waitFor();
      expect(await ruleNamed('Только замеры')).toMatchObject({ orders: 'stopped:measure' });
      // The button that drops it goes with it, and the keyboard goes on to what is said next.
      await page.getByText('Только замеры', { exact: true }).click();
      await page.getByRole('button', { name: 'По любым' }).press('Enter');
      await page.getByRole('button', { name: 'По любым' }).waitFor({ state: 'detached' });
      await page.locator('form button:focus').waitFor();
    },
    LONG_MS,
  );

  it(
    'one that would tell many is let loose from the list by who says that they are sure',
    async () => {
      for (let i = 0; i < 51; i++) await makeEvent(script, { type: 'note.free', projectId: order.id });
      const recipients = [{ to: 'manager' }];
      const filter = 'has:project type:note.free';
      const trigger = { on: 'occurred' };
      await script.post('/api/rules', { name: 'Громкое', state: 'dry', filter, trigger, recipients });
      const { page } = admin;
      await page.goto(`${app.url}/rules`);
      const state = page.getByRole('combobox', { name: 'Состояние: Громкое' });
      await state.selectOption('on');
      const sure = page.getByRole('dialog', { name: 'Много уведомлений' });
      await sure.getByRole('button', { name: 'Отмена' }).click();
      await until(async () => (await state.inputValue()) === 'dry');
      await state.selectOption('on');
      await sure.getByRole('button', { name: 'Сохранить всё равно' }).click();
      await admin.toast('Громкое: Включено').waitFor();
      expect((await ruleNamed('Громкое'))?.state).toBe('on');
      await script.delete(`/api/rules/${(await ruleNamed('Громкое'))?.id}`);
    },
    LONG_MS,
  );

  it(
    'a manager reads those of the company, writes their own, and takes back what they have deleted',
    async () => {
      const { page } = vera;
      await page.goto(`${app.url}/rules`);
      await page.getByText('Важное по заказу', { exact: true }).click();
      await page.getByText('Менять это правило может только администратор.').waitFor();
      await page.goto(`${app.url}/rules/new`);
      await page.getByRole('textbox', { name: 'Название правила' }).fill('Моё правило');
      await page.keyboard.press('Enter');
      await vera.toast('Правило сохранено').waitFor();
      await page.getByText('Моё правило', { exact: true }).click();
      await page.getByRole('button', { name: 'Удалить' }).click();
      await vera.toast('Правило удалено').getByRole('button', { name: 'Отменить' }).click();
      await page.getByText('Моё правило', { exact: true }).waitFor();
      expect((await ruleNamed('Моё правило'))?.ownerId).not.toBeNull();
      // Somebody writes it meanwhile: the editor says so, and keeps what was typed.
      await page.getByText('Моё правило', { exact: true }).click();
      const name = page.getByRole('textbox', { name: 'Название правила' });
      await name.fill('Моё правило, второе');
      const rule = await ruleNamed('Моё правило');
      await script.patch(`/api/rules/${rule?.id}`, { passesQuiet: true });
      await page.getByRole('button', { name: 'Сохранить' }).click();
      await page.getByText('Пока вы правили, правило изменили.').waitFor();
      expect(await name.inputValue()).toBe('Моё правило, второе');
      await page.getByRole('button', { name: 'Сохранить моё' }).click();
      await vera.toast('Правило сохранено: Моё правило, второе').waitFor();
      expect(vera.complaints().filter((error) => !error.includes('409'))).toEqual([]);
    },
    LONG_MS,
  );
});
