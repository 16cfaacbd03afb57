import type { Page } from 'playwright-core';
import { STEP_MS } from '../support/chromium.ts';

/** One picture: who looks, where, and what is done before it is taken. */
export type Shot = {
  name: string;
  /** Nobody: the sign-in screen. */
  login: string | null;
  /** Taken before the company is written: the desk of the first day. */
  empty?: true;
  address?: string;
  /** What has to be there before it is prepared; the rows of the feed, otherwise. */
  ready?: string;
  prepare?: (page: Page, view: { narrow: boolean; locale: 'ru' | 'en' }) => Promise<void>;
};

const open = async (page: Page, title: string) => {
  await page.locator('article', { hasText: title }).first().click();
  await page.locator('aside .head h2').waitFor();
};
/** Out of the way, so that nothing is hovered. */
const restPointer = (page: Page) => page.mouse.move(2, 2);

export const SHOTS: Shot[] = [
  { name: 'sign-in', login: null },
  { name: 'desk-empty', login: 'admin', empty: true },
  { name: 'desk', login: 'anna' },
  {
    name: 'detail',
    login: 'anna',
    async prepare(page) {
      await open(page, 'Замерный лист');
      await page.locator('aside .message').nth(2).waitFor();
      await restPointer(page);
    },
  },
  {
    name: 'form',
    login: 'anna',
    address: '/?form=new',
    async prepare(page, { locale }) {
      await page
        .getByRole('combobox')
        .first()
        .fill(locale === 'ru' ? 'предоплата' : 'prepayment');
      await page.getByRole('option').first().click();
      await page.locator('dialog input[inputmode="decimal"]').first().fill('184300');
    },
  },
  {
    name: 'form-sheet',
    login: 'ilya',
    address: '/?form=new',
    async prepare(page, { locale }) {
      await page
        .getByRole('combobox')
        .first()
        .fill(locale === 'ru' ? 'лист' : 'sheet');
      await page.getByRole('option').first().click();
      await page.locator('.opening').first().waitFor();
    },
  },
  {
    name: 'filter',
    login: 'anna',
    address: `/?filter=${encodeURIComponent('importance>=high -module:mail')}`,
    async prepare(page) {
      await page.locator('.bar .add').click();
      await page.locator('[role="menu"] button').nth(1).click();
      await page.locator('.picker').waitFor();
    },
  },
  {
    name: 'nothing',
    login: 'anna',
    address: `/?filter=${encodeURIComponent('importance:critical module:mail')}`,
    async prepare(page) {
      await page.locator('.empty .gain').first().waitFor({ timeout: STEP_MS });
    },
  },
];
