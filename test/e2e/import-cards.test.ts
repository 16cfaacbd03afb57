/** Cards by the import screen: compared first, duplicates proposed and decided, what changed side by side, taken back. */
import { type App, startApp } from '../support/app-process.ts';
import { type Chromium, describeInBrowser, launchChromium } from '../support/chromium.ts';
import { Person } from '../support/person.ts';

const LONG_MS = 180_000;

describeInBrowser('import of counterparties and orders', () => {
  let app: App;
  let chromium: Chromium;
  let admin: Person;

  beforeAll(async () => {
    [app, chromium] = await Promise.all([startApp(), launchChromium()]);
    admin = await Person.at(chromium, app.url, app.admin, '/import');
  }, LONG_MS);
  afterAll(async () => {
    await chromium?.close();
    await app?.stop();
  });

  const pick = async (name: string, text: string) => {
    await admin.page.goto(`${app.url}/import`);
    await admin.page
      .locator('input[type=file]')
      .setInputFiles({ name, mimeType: 'text/csv', buffer: Buffer.from(text) });
    await admin.page.getByRole('heading', { name }).waitFor();
  };
  const press = (name: string) => admin.page.getByRole('button', { name, exact: true }).click();
  const count = (what: string) => admin.page.locator(`[data-count="${what}"]`).textContent();
  const found = (what: string) => admin.page.locator(`[data-found="${what}"]`).textContent();
  const PARTIES =
    'Код;Наименование;ИНН;Телефон;Эл. почта\n1;ООО «Рассвет»;7707083893;8 495 111-22-33;info@rassvet.example\n' +
    '2;Рассвет окна;;8 495 111-22-33;\n3;Белова Инна;;8 916 555-01-01;\n';

  it(
    'knows a table of counterparties, proposes who is there twice, makes what was decided, and takes it back',
    async () => {
      const { page } = admin;
      await pick('контрагенты.csv', PARTIES);
      await page.getByRole('radio', { name: 'Контрагенты' }).and(page.locator(':checked')).waitFor();
      expect(await page.getByLabel('Наименование: Станет').inputValue()).toBe('name');
      await page.getByRole('table', { name: 'Первые строки' }).getByText('+7 916 555-01-01').waitFor();

      await press('Сверить весь файл');
      await page.getByText('Файл сверен, ничего ещё не записано').waitFor();
      expect(await found('new')).toBe('2');
      expect(await found('alike')).toBe('1');
      const alike = page.getByRole('region', { name: 'Похожи на тех, кто уже есть' });
      await alike.getByText('строка 2 этого файла').waitFor();
      await page.getByText('1 похожая строка ждёт решения').waitFor();
      await alike.getByRole('radiogroup', { name: 'Рассвет окна' }).getByText('Тот же').click();
      await page.getByText('1 похожая строка ждёт решения').waitFor({ state: 'detached' });

      await press('Импортировать');
      await page.getByText('Импорт завершён').waitFor();
      expect(await count('created')).toBe('2');
      expect(await count('errors')).toBe('0');
      await press('Контрагенты');
      await page.getByText('ООО «Рассвет»').first().waitFor();
      expect(await page.getByText('Рассвет окна').count()).toBe(0);

      await page.goBack();
      await press('Отменить импорт');
      await page.getByRole('dialog').getByRole('button', { name: 'Отменить импорт' }).click();
      await page.getByText('Импорт отменён').waitFor();
      await page.goto(`${app.url}/counterparties`);
      await page.getByRole('heading', { name: 'Здесь будут контрагенты' }).waitFor();
    },
    LONG_MS,
  );

  it(
    'imports orders, and shows what changed beside what is here before it is written',
    async () => {
      const { page } = admin;
      const text =
        'Номер заказа;Заказчик;Адрес;Сумма договора;Монтаж обещан\nТ-1;Соколова Дарья;Мира, 5;184 300,50 ₽;05.12.2026\nТ-2;Соколова Дарья;Мира, 7;;\n';
      await pick('заказы.csv', text);
      await page.getByRole('radio', { name: 'Заказы' }).and(page.locator(':checked')).waitFor();
      await press('Сверить весь файл');
      await page.getByText('Файл сверен, ничего ещё не записано').waitFor();
      await press('Импортировать');
      await page.getByText('Импорт завершён').waitFor();
      expect(await count('created')).toBe('2');

      await pick('заказы.csv', text.replace('184 300,50 ₽', '190 000').replace('Мира, 7', 'Мира, 8'));
      await press('Сверить весь файл');
      await page.getByText('Файл сверен, ничего ещё не записано').waitFor();
      expect(await found('changed')).toBe('2');
      const changed = page.getByRole('region', { name: 'Изменились: сейчас и в файле' });
      await changed.getByRole('cell', { name: 'Мира, 7' }).waitFor();
      await changed.getByRole('cell', { name: 'Мира, 8' }).waitFor();
      await changed.getByRole('cell', { name: /190\s000/ }).waitFor();
      await page.getByLabel('Обновлять те, что изменились').check();
      await press('Импортировать');
      await page.getByText('Импорт завершён').waitFor();
      expect(await count('changed')).toBe('2');
      await page.goto(`${app.url}/projects`);
      await page.getByText('Мира, 8').first().waitFor();
      expect(admin.complaints()).toEqual([]);
    },
    LONG_MS,
  );
});
