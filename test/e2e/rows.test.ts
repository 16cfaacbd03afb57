import type { Project } from '@svodka/shared/contracts/directory';
import type { SvodkaEvent } from '@svodka/shared/contracts/event';
import type { Locator } from 'playwright-core';
import { type App, startApp } from '../support/app-process.ts';
import { type Chromium, describeInBrowser, launchChromium } from '../support/chromium.ts';
import { Client } from '../support/client.ts';
import { makeCounterparty, makeEvent, makeProject } from '../support/factories.ts';
import { Person } from '../support/person.ts';
import { until } from '../support/until.ts';

const password = 'plain-lantern-42';

describeInBrowser('rows of the desk', () => {
  let app: App;
  let chromium: Chromium;
  let script: Client;
  let anna: Person;

  const write = async (title: string, more: Partial<SvodkaEvent> = {}) =>
    (await script.post<{ event: SvodkaEvent }>('/api/events', { type: 'note.free', title, ...more })).event;
  const offsetOf = (id: string) =>
    anna.row(id).evaluate((row) => Math.round(row.getBoundingClientRect().top));

  beforeAll(async () => {
    [app, chromium] = await Promise.all([startApp(), launchChromium()]);
    script = await new Client(app.url).signIn(app.admin.login, app.admin.password);
    const { id: projectId } = await script.post<Project>('/api/projects', { number: '318' });
    for (let i = 0; i < 320; i++) await write(`Событие ${i}`, { projectId });
    await script.post('/api/users', {
      login: 'anna',
      name: 'Анна Королёва',
      roles: ['dispatcher'],
      password,
    });
    anna = await Person.at(chromium, app.url, { login: 'anna', password });
  }, 120_000);

  afterAll(async () => {
    await chromium?.close();
    await app?.stop();
  });

  it('takes in what is critical at once, under a resting pointer too, and moves nothing there', async () => {
    await anna.page.locator('article[data-id]').nth(8).waitFor();
    const ids = await anna.shownIds();
    const under = ids[6] ?? '';
    const before = await offsetOf(under);
    await anna.row(under).hover();
    const event = await write('Сорван срок', { type: 'complaint.opened', importance: 'critical' });
    await anna.page.locator(`.lane article[data-id="${event.id}"]`).waitFor();
    await anna.page.waitForFunction(() => document.title.startsWith('(1)'));
    expect(await offsetOf(under)).toBe(before);
  }, 60_000);

  it('comes back to the row and the height that were left', async () => {
    const { page } = anna;
    const view = page.locator('.events .viewport');
    await page.mouse.move(5, 5);
    await page.waitForFunction(() => {
      const list = document.querySelector('.events .viewport');
      if (list && list.scrollHeight > 300 * 40) return true;
      list?.scrollTo(0, list.scrollHeight);
      return false;
    });
    await view.evaluate((list) => list.scrollTo(0, 280 * 40 + 7));
    // The rows down there are drawn in the next frame.
    const drawn = await page.waitForFunction(() =>
      document.elementFromPoint(700, 600)?.closest('article')?.getAttribute('data-id'),
    );
    const id = (await drawn.jsonValue()) ?? '';
    // Nobody leaves in the very frame of a scroll, before the page has heard of it.
    await page.evaluate(
      () => new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(done))),
    );
    const before = await offsetOf(id);
    await page.goto(`${app.url}/settings`);
    await page.goBack();
    await anna.row(id).waitFor();
    expect(await offsetOf(id)).toBe(before);
    // Inside of the page too: an event is opened, from it its order, and Back twice.
    await anna.row(id).click();
    await page.locator('[data-pane]').waitFor();
    await page.locator('[data-pane]').getByRole('link', { name: '№ 318' }).click();
    await page.getByRole('heading', { name: '№ 318' }).waitFor();
    await page.goBack();
    await page.locator('[data-pane]').waitFor();
    await anna.row(id).waitFor();
    expect(await offsetOf(id)).toBe(before);
    await page.goBack();
    await page.locator('[data-pane]').waitFor({ state: 'detached' });
    expect(await offsetOf(id)).toBe(before);
    // The ring stands where it stood.
    expect(
      await page.evaluate(() => document.querySelector('.events .ringed')?.getAttribute('data-id')),
    ).toBe(id);
  }, 60_000);

  it('shows what has come by a key, and the keyboard goes on from there', async () => {
    const { page } = anna;
    const focusIsOn = (id: string) =>
      page.waitForFunction((each) => document.activeElement?.getAttribute('data-id') === each, id);
    await page.goto(app.url);
    await page.locator('.window article[data-id]').nth(8).waitFor();
    for (let n = 0; n < 12; n++) await page.keyboard.press('j');
    await page.waitForFunction(() => document.activeElement?.matches('.window article'));
    const { id } = await write('Пришло, пока читали');
    await page.getByRole('button', { name: '1 новое' }).waitFor();
    await page.keyboard.press('.');
    await focusIsOn(id);
    // Read only here: the list may have come back to a place far below, where the test before had left it.
    const [first, second] = await page
      .locator('.window article[data-id]')
      .evaluateAll((rows) => rows.map((row) => row.getAttribute('data-id') ?? ''));
    expect(first).toBe(id);
    await page.keyboard.press('j');
    await focusIsOn(second ?? '');
  }, 60_000);

  it('gives its words the width of a narrow list beside an open event', async () => {
    const { page } = anna;
    await page.setViewportSize({ width: 1024, height: 768 });
    await page.goto(app.url);
    await page.locator('.window article[data-id]').first().click();
    await page.locator('[data-pane]').waitFor();
    const row = page.locator('.window article.compact').first();
    await row.waitFor();
    // At one moment: a row that news puts elsewhere is drawn anew, and what was measured of it is gone.
    const share = () =>
      row.evaluate((each) => (each.querySelector('.words b')?.clientWidth ?? 0) / each.clientWidth);
    await until(async () => (await share()) > 0.6, { what: 'words of more than six tenths of the row' });
  }, 60_000);

  it('say on a phone what it is, in two lines where it takes two, and whose it is', async () => {
    const { id: counterpartyId } = await makeCounterparty(script, { name: 'Северин Т. Д.' });
    const { id: projectId } = await makeProject(script, { number: '443', counterpartyId });
    const title = 'Предоплата не поступила: 94 976 ₽';
    const { id } = await makeEvent(script, {
      type: 'payment.overdue',
      title,
      projectId,
      importance: 'critical',
      payload: { amountKop: 9_497_600 },
      due: { local: '2026-01-12' },
    });
    await write(`Замечание по шестому окну: ${'скол на створке, '.repeat(9)}заменить`, { projectId });
    const { page } = await Person.at(chromium, app.url, { login: 'anna', password }, '/?view=all', {
      viewport: { width: 390, height: 844 },
      hasTouch: true,
      isMobile: true,
    });
    const isWhole = (part: Locator) =>
      part.evaluate(
        (element) =>
          element.scrollHeight <= element.clientHeight + 1 && element.scrollWidth <= element.clientWidth + 1,
      );
    const row = page.locator(`article[data-id="${id}"]`).first();
    await row.getByText('№ 443 · Северин Т. Д.').waitFor();
    expect(await isWhole(row.locator('.words b'))).toBe(true);
    // However long a title is: nothing of a row stands outside of it, and the rows meet.
    await page.locator('article[data-id]', { hasText: 'Замечание по шестому окну' }).waitFor();
    const boxes = await page.locator('.events .viewport article').evaluateAll((rows) =>
      rows.map((each) => {
        const box = each.getBoundingClientRect();
        const inner = [...each.querySelectorAll('.words b, .context, .tail > *, .dueplace')]
          .map((part) => part.getBoundingClientRect())
          .filter(({ height }) => height > 0);
        return {
          top: box.top,
          bottom: box.bottom,
          first: Math.min(...inner.map(({ top }) => top)),
          last: Math.max(...inner.map(({ bottom }) => bottom)),
        };
      }),
    );
    expect(boxes.filter(({ top, bottom, first, last }) => first < top || last > bottom)).toEqual([]);
    expect(boxes.filter(({ top }, i) => top < (boxes[i - 1]?.bottom ?? 0) - 0.5)).toEqual([]);
    expect(new Set(boxes.map(({ top, bottom }) => Math.round(bottom - top))).size).toBe(2);

    await page.goto(`${app.url}/my`);
    for (const panel of ['Сегодня', 'Новое с прошлого раза']) {
      const line = page.getByRole('region', { name: panel }).locator('[data-stop]', { hasText: title });
      const whose = line.getByText('№ 443 · Северин Т. Д.');
      await whose.waitFor();
      expect([await isWhole(line.locator('.voices b')), await isWhole(whose)]).toEqual([true, true]);
    }
  }, 60_000);
});
