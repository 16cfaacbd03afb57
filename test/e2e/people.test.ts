/**
 * Who may come in: an administrator makes accounts on the screen, the people come in with what they were given, change
 * it, and are put out when their access is closed.
 */
import { type App, startApp } from '../support/app-process.ts';
import { type Chromium, describeInBrowser, launchChromium } from '../support/chromium.ts';
import { Client } from '../support/client.ts';
import { Person } from '../support/person.ts';

const LONG_MS = 120_000;

describeInBrowser('people', () => {
  let app: App;
  let chromium: Chromium;
  let admin: Person;
  let password = '';

  beforeAll(async () => {
    [app, chromium] = await Promise.all([startApp(), launchChromium()]);
    admin = await Person.at(chromium, app.url, app.admin, '/people');
  }, LONG_MS);
  afterAll(async () => {
    await chromium?.close();
    await app?.stop();
  });

  const row = (name: string) => admin.page.getByRole('listitem').filter({ hasText: name });

  it(
    'refuses an account that lacks something, field by field, then makes it and shows its password once',
    async () => {
      const { page } = admin;
      await page.getByRole('button', { name: 'Добавить' }).click();
      const sheet = page.getByRole('dialog');
      await sheet.getByLabel(/^Имя/).fill('Вера Соколова');
      await sheet.getByLabel(/^Логин/).fill('в');
      await sheet.getByRole('button', { name: /Создать/ }).click();
      await sheet.getByText('Логин — от 2 до 40 букв, цифр, точек, дефисов').waitFor();
      await sheet.getByText('Выберите хотя бы одну роль.').waitFor();

      await sheet.getByLabel(/^Логин/).fill('vera');
      await sheet.getByRole('checkbox', { name: /^Менеджер/ }).check();
      await sheet.getByRole('combobox', { name: 'Отдел' }).fill('Проекты');
      await sheet.getByLabel('Почта').fill('vera@okna.example');
      await sheet.getByRole('button', { name: /Создать/ }).click();

      const once = page.getByRole('dialog', { name: 'Вера Соколова' });
      password = (await once.locator('output').textContent()) ?? '';
      expect(password.length).toBeGreaterThanOrEqual(8);
      await once.getByRole('button', { name: 'Готово' }).click();
      await row('Вера Соколова').waitFor();
      expect(await row('Вера Соколова').textContent()).toContain('Проекты');
      // A login is given once.
      await page.getByRole('button', { name: 'Добавить' }).click();
      await sheet.getByLabel(/^Имя/).fill('Другая Вера');
      await sheet.getByLabel(/^Логин/).fill('vera');
      await sheet.getByRole('checkbox', { name: /^Финансы/ }).check();
      await sheet.getByRole('button', { name: /Создать/ }).click();
      await sheet.getByText('Уже занято').waitFor();
      await page.keyboard.press('Escape');
      await sheet.waitFor({ state: 'detached' });
    },
    LONG_MS,
  );

  it(
    'lets the person in, who changes the password and the language, and has no way to the accounts',
    async () => {
      const vera = await Person.at(chromium, app.url, { login: 'vera', password }, '/settings');
      const { page } = vera;
      expect(await page.getByRole('link', { name: 'Сотрудники' }).count()).toBe(0);
      await page.getByLabel('Текущий пароль').fill(password);
      await page.getByLabel('Новый пароль').fill('meadow-lark-77');
      await page.getByLabel('Ещё раз').fill('meadow-lark-78');
      await page.getByRole('button', { name: 'Сменить пароль' }).click();
      await page.getByText('Пароли не совпадают.').waitFor();
      await page.getByLabel('Ещё раз').fill('meadow-lark-77');
      await page.getByRole('button', { name: 'Сменить пароль' }).click();
      await vera.toast('Пароль сменён').waitFor();
      password = 'meadow-lark-77';

      await page.getByText('English', { exact: true }).click();
      await page.getByRole('heading', { name: 'Settings' }).waitFor();
      await page.goto(`${app.url}/people`);
      await page.getByText('You have no access to this section').waitFor();
      expect(vera.complaints()).toEqual([]);
      await page.context().close();
      const again = await new Client(app.url).signIn('vera', password);
      expect(again.session?.user.locale).toBe('en');
    },
    LONG_MS,
  );

  it(
    'puts a person out when their access is closed, and takes it back by undo',
    async () => {
      const herself = await new Client(app.url).signIn('vera', password);
      await herself.patch('/api/session/user', { locale: 'ru' });
      const vera = await Person.at(chromium, app.url, { login: 'vera', password });
      await row('Вера Соколова').getByRole('button').click();
      await admin.page.getByRole('menuitem', { name: 'Закрыть доступ' }).click();
      await row('Вера Соколова').getByText('закрыт').waitFor();
      await vera.page
        .getByText('Сеанс завершён: вышел срок, сменили пароль или права. Войдите снова.')
        .waitFor();
      await vera.page.context().close();
      await expect(new Client(app.url).signIn('vera', password)).rejects.toThrow('401');

      // The list shows it before the server has heard of it.
      const heard = admin.page.waitForResponse(
        (answer) => answer.request().method() === 'PATCH' && answer.ok(),
      );
      await admin.toast('Доступ закрыт').getByRole('button', { name: 'Отменить' }).click();
      await row('Вера Соколова').getByText('закрыт').waitFor({ state: 'detached' });
      await heard;
      await new Client(app.url).signIn('vera', password);
    },
    LONG_MS,
  );

  it(
    'gives a new password after asking, and finds people by the beginnings of words',
    async () => {
      const { page } = admin;
      await row('Вера Соколова').getByRole('button').click();
      await page.getByRole('menuitem', { name: 'Новый пароль' }).click();
      await page.getByRole('button', { name: 'Выдать пароль' }).click();
      const given = (await page.locator('output').textContent()) ?? '';
      await page.getByRole('button', { name: 'Готово' }).click();
      await expect(new Client(app.url).signIn('vera', password)).rejects.toThrow('401');
      await new Client(app.url).signIn('vera', given);

      const search = page.getByRole('textbox', { name: 'Имя или логин' });
      await search.fill('сок');
      await row('admin').waitFor({ state: 'detached' });
      await row('Вера Соколова').waitFor();
      await search.fill('никого');
      await page.getByText('Ничего не нашлось').waitFor();
      await page.getByRole('button', { name: 'Очистить поиск' }).last().click();
      await row('admin').waitFor();
      // Chromium reports the refused login itself as an error of the console.
      expect(admin.complaints().filter((error) => !error.includes('409'))).toEqual([]);
    },
    LONG_MS,
  );
});
