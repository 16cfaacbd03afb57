// Files of events in real browsers: chosen in a form without a connection, kept over a reload, seen by a colleague.
import { randomBytes } from 'node:crypto';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import type { SvodkaEvent } from '@svodka/shared/contracts/event';
import { SENT_BYTES } from '@svodka/shared/contracts/file';
import sharp from 'sharp';
import { type App, startApp } from '../support/app-process.ts';
import { type Chromium, describeInBrowser, launchChromium } from '../support/chromium.ts';
import { Client } from '../support/client.ts';
import { makeProject } from '../support/factories.ts';
import { Person } from '../support/person.ts';
import { until } from '../support/until.ts';

const photo = () =>
  sharp({ create: { width: 640, height: 480, channels: 3, background: '#357' } })
    .jpeg()
    .toBuffer();

describeInBrowser('files in the browser', () => {
  let app: App;
  let chromium: Chromium;

  beforeAll(async () => {
    [app, chromium] = await Promise.all([startApp(), launchChromium()]);
  }, 120_000);
  afterAll(async () => {
    await chromium?.close();
    await app?.stop();
  });

  it('wait on the device until there is a connection, and then stand on a colleague’s open desk', async () => {
    const writer = await Person.at(chromium, app.url, app.admin);
    const reader = await Person.at(chromium, app.url, app.admin);
    const { page } = writer;
    // What the form needs is fetched with the first screen; from here on there is no signal.
    await page.keyboard.press('n');
    const form = page.getByRole('dialog');
    await form.getByRole('button', { name: 'Прикрепить' }).waitFor();
    await page.context().setOffline(true);
    await page.getByText('в эфире').waitFor({ state: 'detached', timeout: 60_000 });
    await form.getByLabel('Что произошло').fill('Замер на Лесной');
    await form
      .locator('input[type=file]')
      .first()
      .setInputFiles([
        { name: 'лист.jpg', mimeType: 'image/jpeg', buffer: await photo() },
        { name: 'опись.txt', mimeType: 'text/plain', buffer: Buffer.from('окно, дверь') },
      ]);
    await form.getByText('опись.txt').waitFor();
    await page.keyboard.press('Control+Enter');
    await form.waitFor({ state: 'detached', timeout: 60_000 });
    await page.context().setOffline(false);
    // The page is another one by the time that the line is there.
    await page.reload();

    const row = reader.rowOf('Замер на Лесной');
    await row.waitFor({ timeout: 60_000 });
    await row.locator('.clip .icon').waitFor({ timeout: 60_000 });
    const id = (await row.getAttribute('data-id')) ?? '';
    const client = await new Client(app.url).signIn(app.admin.login, app.admin.password);
    const names = await until(
      async () => {
        const { event } = await client.get<{ event: SvodkaEvent }>(`/api/events/${id}`);
        const names = (event.attachments ?? []).map(({ name }) => name).sort();
        return names.length === 2 && names;
      },
      { timeoutMs: 60_000, what: 'both files to be attached' },
    );
    expect(names).toEqual(['лист.jpg', 'опись.txt']);

    await row.click();
    const pane = reader.page.locator('[data-pane]');
    await pane.locator('.picture img').waitFor({ timeout: 60_000 });
    await pane.locator('.picture a').click();
    const viewer = reader.page.getByRole('dialog');
    await viewer.locator('.stage img').waitFor();
    // On a phone nothing of it is beside the screen.
    const wide = reader.page.viewportSize();
    await reader.page.setViewportSize({ width: 390, height: 844 });
    for (const part of ['.stage img', 'a[download]']) {
      const place = await viewer.locator(part).first().boundingBox();
      expect((place?.x ?? 999) + (place?.width ?? 999)).toBeLessThanOrEqual(390);
    }
    if (wide) await reader.page.setViewportSize(wide);
    await reader.page.keyboard.press('ArrowRight');
    await viewer.getByText('опись.txt').first().waitFor();
    await reader.page.keyboard.press('Escape');
    await viewer.waitFor({ state: 'detached' });

    // Taken off, and put back.
    await pane.locator('.picture').hover();
    await pane.getByRole('button', { name: 'Открепить «лист.jpg»' }).click();
    await reader.toast('откреплён').getByRole('button', { name: 'Отменить' }).click();
    await pane.locator('.picture img').waitFor();
    expect(reader.complaints()).toEqual([]);
  }, 300_000);

  it('go in ever larger parts, and in small ones where a proxy takes no others', async () => {
    const person = await Person.at(chromium, app.url, app.admin);
    const { page } = person;
    const asked: number[] = [];
    let isRefused = false;
    await page.route('**/api/files/*/upload?**', async (route) => {
      const offset = Number(new URL(route.request().url()).searchParams.get('offset'));
      asked.push(offset / SENT_BYTES);
      if (offset > 0 && !isRefused) {
        isRefused = true;
        await route.fulfill({ status: 413, contentType: 'text/html', body: '<h1>413</h1>' });
      } else await route.continue();
    });
    const client = await new Client(app.url).signIn(app.admin.login, app.admin.password);
    const title = 'С большими файлами';
    const { event } = await client.post<{ event: SvodkaEvent }>('/api/events', { type: 'note.free', title });
    await person.rowOf(title).click();
    const pane = page.locator('[data-pane]');
    const nothing = { name: 'скан.pdf', mimeType: 'application/pdf', buffer: Buffer.alloc(0) };
    await pane.locator('input[type=file]').first().setInputFiles([nothing]);
    await person.toast('«скан.pdf» не прикреплён').getByText('Файл пуст').waitFor();
    const attached = async (name: string) => {
      const path = join(await mkdtemp(join(tmpdir(), 'svodka-e2e-')), name);
      // Above what can be handed to the page with the command.
      await writeFile(path, randomBytes(4 * SENT_BYTES));
      await pane.locator('input[type=file]').first().setInputFiles(path);
      await until(
        async () => {
          const now = await client.get<{ event: SvodkaEvent }>(`/api/events/${event.id}`);
          return now.event.attachments?.some((file) => file.name === name);
        },
        { timeoutMs: 120_000, what: `${name} to be attached` },
      );
      await rm(dirname(path), { recursive: true });
      return asked.splice(0);
    };
    expect(await attached('первый.bin')).toEqual([0, 1, 1, 2, 3]);
    expect(await attached('второй.bin')).toEqual([0, 1, 3]);
  }, 300_000);

  it('go with a comment, and one that is refused says why', async () => {
    const person = await Person.at(chromium, app.url, app.admin);
    const client = await new Client(app.url).signIn(app.admin.login, app.admin.password);
    const { event } = await client.post<{ event: SvodkaEvent }>('/api/events', {
      type: 'note.free',
      title: 'Со снимками',
    });
    await person.rowOf('Со снимками').click();
    const pane = person.page.locator('[data-pane]');
    await pane.locator('.write input[type=file]').setInputFiles([
      { name: 'акт.txt', mimeType: 'text/plain', buffer: Buffer.from('подписан') },
      { name: 'подделка.png', mimeType: 'image/png', buffer: Buffer.from('<html>') },
    ]);
    await pane.getByText('подделка.png').waitFor();
    await pane.getByRole('button', { name: 'Отправить' }).click();
    await pane.locator('.message a', { hasText: 'акт.txt' }).waitFor({ timeout: 60_000 });
    await person.toast('«подделка.png» не прикреплён').waitFor({ timeout: 60_000 });
    // However long a name is, why it was refused and the way to drop it stand inside the pane.
    const name = `${'ж'.repeat(120)}.png`;
    await pane
      .locator('section.files input[type=file]')
      .first()
      .setInputFiles([{ name, mimeType: 'image/png', buffer: Buffer.from('<html>') }]);
    const line = pane.locator('section.files .waiting', { hasText: name });
    await line.locator('.failure').waitFor({ timeout: 60_000 });
    const { x = 0, width = 0 } = (await pane.boundingBox()) ?? {};
    for (const part of [line.locator('.failure'), line.getByRole('button').last()]) {
      const place = await part.boundingBox();
      expect(place?.width).toBeGreaterThan(20);
      expect((place?.x ?? 9_999) + (place?.width ?? 0)).toBeLessThanOrEqual(x + width);
    }
    await line.getByRole('button').last().click();
    await line.waitFor({ state: 'detached' });
    const { items } = await client.get<{ items: { body: string; attachments?: { name: string }[] }[] }>(
      `/api/events/${event.id}/comments`,
    );
    expect(items.map(({ body, attachments }) => [body, attachments?.map(({ name }) => name)])).toEqual([
      ['акт.txt, подделка.png', ['акт.txt']],
    ]);
  }, 120_000);

  it('are pasted into what is open, wherever the focus is', async () => {
    const { page } = await Person.at(chromium, app.url, app.admin);
    const client = await new Client(app.url).signIn(app.admin.login, app.admin.password);
    await page.context().grantPermissions(['clipboard-read', 'clipboard-write'], { origin: app.url });
    await page.evaluate(async () => {
      const canvas = new OffscreenCanvas(64, 48);
      canvas.getContext('2d')?.fillRect(0, 0, 64, 48);
      const picture = await canvas.convertToBlob({ type: 'image/png' });
      await navigator.clipboard.write([new ClipboardItem({ 'image/png': picture })]);
    });
    const { event } = await client.post<{ event: SvodkaEvent }>('/api/events', {
      type: 'note.free',
      title: 'Снимок из буфера',
    });
    const row = page.locator(`article[data-id="${event.id}"]`);
    await row.click();
    const pane = page.locator('[data-pane]');
    await pane.getByRole('button', { name: 'Прикрепить' }).waitFor();
    // What is written elsewhere is not for it.
    await page.keyboard.press('/');
    await page.keyboard.press('Control+V');
    await row.click();
    await page.keyboard.press('Control+V');
    await pane.locator('.picture img').waitFor({ timeout: 60_000 });

    const project = await makeProject(client);
    await page.goto(`${app.url}/projects/${project.id}`);
    await page.getByRole('button', { name: 'Прикрепить' }).waitFor();
    await page.keyboard.press('Control+V');
    await page.locator('.files .picture img').waitFor({ timeout: 60_000 });
    // Many of them leave the order itself on its screen. Bytes behind its end make each picture another file.
    const many = Array.from({ length: 30 }, (_, i) => `снимок ${i}.png`);
    const buffer = await sharp(await photo())
      .png()
      .toBuffer();
    await page
      .locator('.files input[type=file]')
      .first()
      .setInputFiles(
        many.map((name) => ({
          name,
          mimeType: 'image/png',
          buffer: Buffer.concat([buffer, Buffer.from(name)]),
        })),
      );
    const own = page.locator('.files section > ul');
    await until(async () => (await own.locator('.picture').count()) === 1 + many.length, {
      timeoutMs: 60_000,
      what: 'all pictures of the order',
    });
    expect((await own.boundingBox())?.height).toBeLessThan(200);
    await page.goto(`${app.url}/?event=${event.id}`);
    await pane.locator('.picture img').first().waitFor();
    expect(await pane.locator('.picture').count()).toBe(1);
  }, 120_000);
});
