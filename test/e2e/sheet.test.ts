// A measurement sheet in real browsers: filled on a phone without a signal and sent by a browser that was restarted;
// its photo on the page of the order, while somebody looks at it.
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { BrowserContext } from 'playwright-core';
import sharp from 'sharp';
import { type App, startApp } from '../support/app-process.ts';
import { type Chromium, describeInBrowser, launchChromium, openProfile } from '../support/chromium.ts';
import { Client } from '../support/client.ts';
import { makeEvent, makeProject } from '../support/factories.ts';
import { attach } from '../support/files.ts';
import { keptIn } from '../support/kept.ts';
import { Person } from '../support/person.ts';
import { until } from '../support/until.ts';

const WAIT = { timeout: 60_000 };
const PHONE = { viewport: { width: 390, height: 844 }, hasTouch: true, isMobile: true };
const photo = (background: string) =>
  sharp({ create: { width: 640, height: 480, channels: 3, background } })
    .jpeg()
    .toBuffer();

describeInBrowser('a measurement sheet', () => {
  let app: App;
  let chromium: Chromium;
  let profile: string;
  let phone: BrowserContext | undefined;

  beforeAll(async () => {
    profile = await mkdtemp(join(tmpdir(), 'svodka-phone-'));
    [app, chromium] = await Promise.all([startApp(), launchChromium()]);
  }, 120_000);
  afterAll(async () => {
    await phone?.close();
    await chromium?.close();
    await app?.stop();
    await rm(profile, { recursive: true, force: true });
  });

  it('is filled on a phone without signal, with a photo, and sent by the browser that comes after', async () => {
    const reader = await Person.at(chromium, app.url, app.admin);
    phone = await openProfile(profile, PHONE);
    let page = await phone.newPage();
    await page.goto(app.url);
    await page.locator('input[autocomplete=username]').fill(app.admin.login);
    await page.locator('input[type=password]').fill(app.admin.password);
    await page.locator('input[type=password]').press('Enter');
    await page.getByText('в эфире').waitFor(WAIT);
    await page.goto(`${app.url}/?form=new&type=measure.sheet`);
    let form = page.getByRole('dialog');
    await form.getByRole('button', { name: 'Снять' }).waitFor(WAIT);
    await phone.setOffline(true);
    const sizes = form.locator('.opening input[inputmode=numeric]');
    await sizes.nth(0).fill('1400');
    await sizes.nth(1).fill('1385');
    await sizes.nth(2).fill('1500');
    await form.getByText('Разница 15 мм').waitFor(WAIT);
    await form.getByRole('button', { name: 'Ещё один такой же, как 1' }).click();
    await form.locator('.opening').nth(1).waitFor(WAIT);
    await form
      .locator('input[type=file][capture]')
      .setInputFiles({ name: 'лист.jpg', mimeType: 'image/jpeg', buffer: await photo('#a84') });
    await form.getByText('лист.jpg').waitFor(WAIT);
    // Kept a moment after it was typed; the next browser has nothing else.
    await until(async () => {
      const typed = await keptIn(page, 'typed');
      const kept = [...typed].filter(([name]) => /draft\.event\.new|^file\./.test(name));
      return kept.length === 2 && JSON.stringify(kept).includes('1385');
    });
    await phone.close();

    phone = await openProfile(profile, PHONE);
    page = await phone.newPage();
    await page.goto(`${app.url}/?form=new&type=measure.sheet`);
    form = page.getByRole('dialog');
    await form.getByText('лист.jpg').waitFor(WAIT);
    expect(await form.locator('.opening input[inputmode=numeric]').nth(1).inputValue()).toBe('1385');
    await phone.setOffline(true);
    await page.getByText('в эфире').waitFor({ state: 'detached', ...WAIT });
    await form.getByRole('button', { name: 'Записать' }).click();
    await form.waitFor({ state: 'detached', ...WAIT });
    await phone.setOffline(false);

    const row = reader.rowOf('Замерный лист: 2 проёма');
    await row.waitFor(WAIT);
    await row.locator('.clip .icon').waitFor(WAIT);
    await row.click();
    const pane = reader.page.locator('[data-pane]');
    await pane.locator('.picture img, img[alt="лист.jpg"]').first().waitFor(WAIT);
    await pane.getByRole('img', { name: /^Проём 1: ширина 1400 \/ 1385.*перекошен/ }).waitFor(WAIT);
    // On paper it stands alone, on one page.
    await reader.page.evaluate(() => {
      window.print = () => {};
    });
    await pane.getByRole('button', { name: 'Печать листа' }).click();
    await reader.page.emulateMedia({ media: 'print' });
    await reader.page.getByRole('heading', { name: 'Замерный лист', level: 1 }).waitFor(WAIT);
    expect(await pane.isVisible()).toBe(false);
    const paper = (await reader.page.pdf({ format: 'A4' })).toString('latin1');
    expect(paper.match(/\/Type\s*\/Page\b/g)).toHaveLength(1);
    expect(reader.complaints()).toEqual([]);
  }, 300_000);

  it('stands with its photo on the open page of its order, and is looked at by keys', async () => {
    const client = await new Client(app.url).signIn(app.admin.login, app.admin.password);
    const project = await makeProject(client);
    const event = await makeEvent(client, { projectId: project.id, title: 'Замер на Полевой' });
    const reader = await Person.at(chromium, app.url, app.admin, `/projects/${project.id}`);
    const { page } = reader;
    await page.goto(`${app.url}/projects/${project.id}`);
    await page.getByRole('button', { name: 'Прикрепить' }).first().waitFor(WAIT);
    const owner = { kind: 'event', id: event.id } as const;
    await attach(client, owner, await photo('#48a'), 'лист.jpg');
    await attach(client, owner, 'опись', 'опись.txt');
    await attach(client, { kind: 'project', id: project.id }, 'договор', 'договор.txt');
    // Live, both what its events carry and its own.
    const strip = page.getByRole('list', { name: 'Файлы событий' });
    await strip.getByRole('img', { name: 'лист.jpg' }).waitFor(WAIT);
    await page.getByText('договор.txt').first().waitFor(WAIT);
    await page.getByRole('button', { name: 'Все файлы: 3' }).click();
    const gallery = page.getByRole('dialog', { name: 'Файлы' });
    await gallery.getByText('Замер на Полевой').first().waitFor(WAIT);
    await gallery.getByText('Снимки', { exact: true }).click();
    await gallery.getByText('опись.txt').waitFor({ state: 'detached', ...WAIT });
    await gallery.getByText('Все', { exact: true }).click();
    await gallery.getByText('опись.txt').click();
    const viewer = page.locator('dialog', { has: page.locator('.stage') });
    await viewer.getByText('Такой файл здесь не показать').waitFor(WAIT);
    await page.keyboard.press('End');
    await viewer.locator('.stage img').waitFor(WAIT);
    await viewer.getByRole('link', { name: 'Замер на Полевой' }).click();
    await gallery.waitFor({ state: 'detached', ...WAIT });
    await page.locator('[data-pane]', { hasText: 'Замер на Полевой' }).waitFor(WAIT);
    expect(reader.complaints()).toEqual([]);
  }, 300_000);
});
