import type { BrowserContextOptions, Locator, Page } from 'playwright-core';
import type { Chromium, Watched } from './chromium.ts';

/** Somebody at a computer of their own: a browser context that is signed in. */
export class Person {
  private constructor(
    readonly page: Page,
    readonly errors: string[],
  ) {}

  static async at(
    chromium: Chromium,
    url: string,
    who: { login: string; password: string },
    path = '/',
    options: BrowserContextOptions = {},
  ): Promise<Person> {
    return Person.signingIn(await chromium.newPage(options), url, who, path);
  }

  /** At a page that somebody has made ready. */
  static async signingIn(
    { page, errors }: Watched,
    url: string,
    who: { login: string; password: string },
    path = '/',
  ): Promise<Person> {
    await page.goto(url + path);
    await page.locator('input[autocomplete=username]').fill(who.login);
    await page.locator('input[type=password]').fill(who.password);
    await page.locator('input[type=password]').press('Enter');
    await page.locator('nav').first().waitFor();
    await page.getByText('в эфире').waitFor();
    return new Person(page, errors);
  }

  /** Opens the form of a new event and types a prepayment; it is not sent yet. */
  async beginsPrepayment({ order, amount, title }: { order: string; amount: string; title: string }) {
    const { page } = this;
    await page.keyboard.press('n');
    const type = page.getByRole('combobox', { name: 'Тип' });
    await type.click();
    await type.fill('Предоплата');
    await page.getByRole('option', { name: 'Предоплата внесена' }).click();
    await page.getByLabel('Сумма').fill(amount);
    const project = page.getByRole('combobox', { name: 'Заказ' });
    await project.click();
    await project.fill(order);
    await page.getByRole('option', { name: new RegExp(order) }).click();
    await page.getByLabel('Что произошло').fill(title);
  }

  /** Goes there as one does without a mouse, and presses a key. */
  async pressAt(target: Locator, key: string): Promise<void> {
    await tabTo(this.page, target);
    await this.page.keyboard.press(key);
  }

  /** Goes there as one does without a mouse, and types in place of what is there. */
  async typeAt(target: Locator, text: string): Promise<void> {
    await this.pressAt(target, 'Control+a');
    await this.page.keyboard.insertText(text);
  }

  /** The row of an event, in the list or in the lane of what is urgent. */
  row(id: string): Locator {
    return this.page.locator(`article[data-id="${id}"]`).first();
  }

  rowOf(title: string): Locator {
    return this.page.locator('article[data-id]', { hasText: title }).first();
  }

  /** Ids of the rows on the screen, from the top. */
  shownIds(): Promise<string[]> {
    return this.page
      .locator('article[data-id]')
      .evaluateAll((rows) => rows.map((row) => row.getAttribute('data-id') ?? ''));
  }

  toast(text: string | RegExp): Locator {
    return this.page.getByRole('region', { name: 'Сообщения' }).locator('.toast', { hasText: text });
  }

  /** Complaints of the page, but for the answer that tells a fresh page that nobody is signed in. */
  complaints(): string[] {
    return this.errors.filter((error) => !(error.includes('401') && error.includes('/api/session')));
  }
}

const MOST_STOPS = 150;

/** By Tab alone, from wherever the focus is. */
export async function tabTo(page: Page, target: Locator): Promise<void> {
  await target.waitFor();
  for (let i = 0; i < MOST_STOPS; i++) {
    if (await target.evaluate((element) => element === document.activeElement)) return;
    await page.keyboard.press('Tab');
  }
  throw new Error(`no Tab leads to ${target}`);
}
