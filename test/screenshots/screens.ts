import type { Page } from 'playwright-core';
import type { Shot } from './shots.ts';

/** A table as offices keep them, with two rows that do not read. */
const TABLE = [
  'Дата;Событие;Заказ;Клиент;Срок;Примечание',
  '14.03.2025 10:42;Замер выполнен, 4 проёма;Т-901;Северина О.;26.03.2025;лифт грузовой',
  'вчера;Монтаж;Т-901;Северина О.;;',
  '16.03.2025 9:05;Акт подписан;Т-902;ООО «Гранит-Строй»;;претензий нет',
  '17.03.2025;;Т-903;Лаврентьева М. П.;;',
  ...Array.from(
    { length: 40 },
    (_, i) =>
      `${18 + (i % 10)}.03.2025 ${9 + (i % 8)}:15;Отгружено изделие ${i + 1};Т-90${i % 6};Петров А. В.;;`,
  ),
].join('\n');

const upload = async (page: Page) => {
  await page
    .locator('input[type=file]')
    .setInputFiles({ name: 'отгрузки.csv', mimeType: 'text/csv', buffer: Buffer.from(TABLE) });
  await page.locator('.preview [role="listitem"]').first().waitFor();
};
const openFirst = async (page: Page) => {
  await page.locator('.cover').first().click();
  await page.mouse.move(2, 2);
};

/** The screens beside the desk. */
export const SCREEN_SHOTS: Shot[] = [
  { name: 'inbox-empty', login: 'admin', empty: true, address: '/inbox' },
  { name: 'projects-empty', login: 'admin', empty: true, address: '/projects' },
  { name: 'mail-empty', login: 'admin', empty: true, address: '/mail' },
  { name: 'inbox', login: 'maxim', address: '/inbox', ready: '.inbox a.row' },
  {
    name: 'inbox-open',
    login: 'maxim',
    address: '/inbox',
    ready: '.inbox a.row',
    async prepare(page) {
      await page.locator('.inbox a.row').nth(1).click();
      await page.locator('aside .head h2').waitFor();
      await page.mouse.move(2, 2);
    },
  },
  { name: 'people', login: 'admin', address: '/people', ready: '.cover' },
  {
    name: 'person',
    login: 'admin',
    address: '/people?sheet=new',
    ready: 'dialog',
    async prepare(page, { locale }) {
      await page.locator('dialog input[name="name"]').fill('Константин Константинопольский');
      await page.getByRole('button', { name: locale === 'ru' ? /Создать/ : /Create/ }).click();
      await page.locator('dialog [role="alert"]').first().waitFor();
    },
  },
  { name: 'projects', login: 'anna', address: '/projects', ready: '.cover' },
  { name: 'calendar', login: 'anna', address: '/calendar', ready: '[data-work]' },
  { name: 'calendar-month', login: 'anna', address: '/calendar?view=month', ready: '[data-work]' },
  {
    name: 'calendar-move',
    login: 'anna',
    address: '/calendar',
    ready: '[data-work]',
    async prepare(page) {
      await page.locator('[data-work][draggable="true"]').first().focus();
      for (const key of ['Space', 'ArrowRight', 'ArrowDown', 'Enter']) await page.keyboard.press(key);
      await page.getByRole('dialog').waitFor();
    },
  },
  { name: 'crews', login: 'anna', address: '/crews', ready: 'li[data-id]' },
  { name: 'project-form', login: 'anna', address: '/projects?sheet=new', ready: 'dialog' },
  { name: 'project', login: 'anna', address: '/projects?q=322', ready: '.cover', prepare: openFirst },
  { name: 'counterparties', login: 'anna', address: '/counterparties', ready: '.cover' },
  {
    name: 'counterparty',
    login: 'anna',
    address: '/counterparties?q=Северина',
    ready: '.cover',
    prepare: openFirst,
  },
  { name: 'mail', login: 'admin', address: '/mail', ready: '.cover' },
  {
    name: 'letter',
    login: 'admin',
    address: '/mail',
    ready: '.cover',
    async prepare(page) {
      await openFirst(page);
      await page.locator('.letter').waitFor();
    },
  },
  { name: 'import-plan', login: 'admin', address: '/import', ready: '.drop', prepare: upload },
  {
    name: 'import-done',
    login: 'admin',
    address: '/import',
    ready: '.drop',
    async prepare(page, { locale }) {
      await upload(page);
      await page
        .getByRole('button', { name: locale === 'ru' ? 'Импортировать' : 'Import', exact: true })
        .click();
      await page.locator('table').waitFor();
      await page.mouse.move(2, 2);
    },
  },
  { name: 'import', login: 'admin', address: '/import', ready: '.cover' },
  { name: 'settings', login: 'anna', address: '/settings', ready: 'section' },
  { name: 'forbidden', login: 'vera', address: '/people', ready: '.empty' },
];
