/** A table becomes events: dropped or chosen, looked at, corrected, imported with a bar that moves, shown on the desk. */
import * as XLSX from '@e965/xlsx';
import { type App, startApp } from '../support/app-process.ts';
import { type Chromium, describeInBrowser, launchChromium } from '../support/chromium.ts';
import { permitLog } from '../support/permit-log.ts';
import { Person } from '../support/person.ts';

const LONG_MS = 180_000;

describeInBrowser('import of files', () => {
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

  const pick = (name: string, content: string | Buffer) =>
    admin.page
      .locator('input[type=file]')
      .setInputFiles({ name, mimeType: 'text/csv', buffer: Buffer.from(content) });
  const count = (what: string) => admin.page.locator(`[data-count="${what}"]`);

  it(
    'shows an unknown table as the guessed columns read it, with what is wrong in its place, and imports the rest',
    async () => {
      const { page } = admin;
      await pick(
        'заявки.csv',
        'Когда;Что;Заказ;Клиент;Цвет\n14.03.2025 10:42;Замер;Т-1;Северина О.;белый\nвчера;Монтаж;Т-1;;\n15.03.2025;;Т-2;;\n16.03.2025 9:00;Акт подписан;Т-2;;дуб\n',
      );
      await page.getByRole('heading', { name: 'заявки.csv' }).waitFor();
      await page.getByText('Столбцы угаданы по названиям и значениям').waitFor();
      const preview = page.getByRole('list', { name: 'Первые строки' });
      await preview.getByText('Когда: не похоже на время: «вчера»').waitFor();
      await preview.getByText('Что: пусто').waitFor();
      await preview.getByText('Акт подписан').waitFor();
      await page.getByText('4 строки · 2 с ошибками').waitFor();
      expect(await page.getByLabel('Клиент: Станет').inputValue()).toBe('counterparty');

      // Without its title a table does not start.
      await page.getByLabel('Что: Станет').selectOption('Подробности');
      await page.getByRole('button', { name: 'Импортировать' }).click();
      await page.getByText('Укажите столбец, в котором сказано, что произошло.').first().waitFor();
      await page.getByLabel('Что: Станет').selectOption('Что произошло');
      await page.getByRole('button', { name: 'Импортировать' }).click();
      await page.getByText('Импорт завершён').waitFor();
      expect(await count('created').textContent()).toBe('2');
      expect(await count('errors').textContent()).toBe('2');
      expect(await count('projects').textContent()).toBe('2');
      const errors = page.getByRole('table');
      await errors.getByText('вчера').waitFor();
      expect(await errors.getByRole('row').count()).toBe(3);

      await page.getByRole('button', { name: 'Показать события' }).click();
      await admin.rowOf('Акт подписан').waitFor();
      expect(await admin.shownIds()).toHaveLength(2);
      // The condition names the file.
      await page.locator('.chip', { hasText: 'заявки.csv' }).waitFor();
    },
    LONG_MS,
  );

  it(
    'shows a workbook as it shows a text',
    async () => {
      const { page } = admin;
      await page.goto(`${app.url}/import`);
      const book = XLSX.utils.book_new();
      const rows = [
        ['Когда', 'Что', 'Заказ'],
        ['14.03.2025 10:42', 'Замер по книге', 'К-1'],
      ];
      XLSX.utils.book_append_sheet(book, XLSX.utils.aoa_to_sheet(rows), 'Сделки');
      await pick('сделки.xlsx', Buffer.from(XLSX.write(book, { type: 'buffer', bookType: 'xlsx' })));
      await page.getByRole('heading', { name: 'сделки.xlsx' }).waitFor();
      await page.getByRole('list', { name: 'Первые строки' }).getByText('Замер по книге').waitFor();
    },
    LONG_MS,
  );

  it(
    'recognises a log, lets its bar move, stops, and goes on by the same file without doubling anything',
    async () => {
      const { page } = admin;
      const log = permitLog({ cases: 900, seed: 3 });
      await page.goto(`${app.url}/import`);
      await pick('log.csv', log);
      await page.getByText('Узнали по столбцам: Журнал дел').waitFor();
      await page.getByRole('button', { name: 'Импортировать' }).click();
      const bar = page.getByRole('progressbar');
      await bar.and(page.locator('[aria-valuenow]:not([aria-valuenow="0"])')).waitFor();
      await page.getByRole('button', { name: 'Остановить' }).click();
      await page.getByText('Импорт остановлен').waitFor();
      const kept = Number((await count('created').textContent())?.replace(/\D/g, ''));
      expect(kept).toBeGreaterThan(0);
      expect(kept).toBeLessThan(5400);

      await page.getByRole('button', { name: 'Загрузить другой файл' }).click();
      await pick('log.csv', log);
      await page.getByRole('button', { name: 'Импортировать' }).click();
      await page.getByText('Импорт завершён').waitFor({ timeout: 90_000 });
      const created = Number((await count('created').textContent())?.replace(/\D/g, ''));
      const existing = Number((await count('existing').textContent())?.replace(/\D/g, ''));
      expect(created + existing).toBe(5400);
      expect(existing).toBeGreaterThanOrEqual(kept);

      await page.getByRole('link', { name: 'К загрузкам' }).click();
      const earlier = page.getByRole('list', { name: 'Прежние загрузки' }).getByRole('listitem');
      await earlier.nth(2).waitFor();
      // What was last known of the list stands there until the server has told how it is now.
      const stopped = earlier.filter({ hasText: 'остановлен' });
      await stopped.first().waitFor();
      expect(await stopped.count()).toBe(1);
    },
    LONG_MS,
  );

  it(
    'takes a dropped file and says in words why one is none',
    async () => {
      const { page } = admin;
      await page.goto(`${app.url}/import`);
      await page.getByText('Перетащите сюда файл: CSV, Excel, текст').waitFor();
      const dropped = await page.evaluateHandle(() => {
        const transfer = new DataTransfer();
        transfer.items.add(new File(['просто письмо без таблицы'], 'письмо.csv', { type: 'text/csv' }));
        return transfer;
      });
      await page.dispatchEvent('.drop', 'dragover', { dataTransfer: dropped });
      await page.getByText('Отпустите, чтобы загрузить').waitFor();
      await page.dispatchEvent('.drop', 'drop', { dataTransfer: dropped });
      await page.getByRole('alert').filter({ hasText: 'В первой строке нет названий столбцов' }).waitFor();
      expect(admin.complaints().filter((error) => !error.includes('400'))).toEqual([]);
    },
    LONG_MS,
  );
});
