/** A letter that the mail server refuses stands under «Не ушли» with the server's words, and goes when it is sent again. */
import type { User } from '@svodka/shared/contracts/user';
import type { Locator } from 'playwright-core';
import { type App, startApp } from '../support/app-process.ts';
import { type Chromium, describeInBrowser, launchChromium } from '../support/chromium.ts';
import { Client } from '../support/client.ts';
import { Person } from '../support/person.ts';
import { type SmtpSink, startSmtpSink } from '../support/smtp-sink.ts';

const LONG_MS = 120_000;

describeInBrowser('mail with a server that refuses', () => {
  let app: App;
  let chromium: Chromium;
  let smtp: SmtpSink;

  beforeAll(async () => {
    smtp = await startSmtpSink();
    [app, chromium] = await Promise.all([startApp({ env: { SMTP_URL: smtp.url } }), launchChromium()]);
  }, LONG_MS);
  afterAll(async () => {
    await chromium?.close();
    await app?.stop();
    await smtp?.close();
  });

  it(
    'shows what it said, and sends again by one press',
    async () => {
      smtp.script('never');
      const script = await new Client(app.url).signIn(app.admin.login, app.admin.password);
      const { user } = await script.post<{ user: User }>('/api/users', {
        login: 'denis',
        name: 'Денис Лебедев',
        roles: ['manager'],
        email: 'denis@windows.example',
      });
      const order = await script.post<{ id: string }>('/api/projects', { number: '318', managerId: user.id });
      await script.post('/api/events', {
        type: 'production.launched',
        title: 'Запуск в производство',
        projectId: order.id,
      });

      const admin = await Person.at(chromium, app.url, app.admin, '/mail?state=failed');
      const { page } = admin;
      expect(await page.getByRole('note').count()).toBe(0);
      const row = page.getByRole('listitem').filter({ hasText: 'Денис Лебедев' });
      await row.waitFor({ timeout: 30_000 });
      expect(await row.textContent()).toMatch(/Не ушло.*\b5\d\d\b/);
      await row.getByRole('link').click();
      const letter = page.getByRole('complementary', { name: 'Письмо' });
      const looks = letter.frameLocator('iframe').getByText('Запуск в производство').first();
      await looks.waitFor();
      const steps = await page.evaluate(() => history.length);
      await letter.getByRole('button', { name: 'Отправить ещё раз' }).click();
      await admin.toast('Письмо отправляется').waitFor();
      await smtp.letter(({ recipients }) => recipients.includes('denis@windows.example'));

      await page.getByRole('link', { name: 'Отправлены' }).click();
      await row.waitFor({ timeout: 30_000 });
      await letter.getByText('Попытки').waitFor();
      expect(await letter.getByRole('listitem').count()).toBe(2);
      await looks.waitFor();
      // The letter was shown anew with each turn of its; Back leads to where one came from.
      expect(await page.evaluate(() => history.length)).toBe(steps + 1);
      // On a phone the letter is all there is, and Esc leads back to its row.
      await page.setViewportSize({ width: 390, height: 780 });
      await page.goto(`${app.url}/mail?state=sent`);
      const middle = async (place: Locator) => {
        const { y, height } = (await place.boundingBox()) ?? { y: 0, height: 0 };
        return y + height / 2;
      };
      // What can be done stands beside the title, and not on lines of its own.
      const acts = page.getByRole('button', { name: 'Действия: Почта' });
      const title = await middle(page.getByRole('heading', { name: 'Почта' }));
      expect(Math.abs((await middle(acts)) - title)).toBeLessThan(12);
      await acts.click();
      await page.getByRole('menuitem', { name: 'Проверить отправку' }).waitFor();
      await page.keyboard.press('Escape');
      await row.getByRole('link').click();
      await letter.getByText('Попытки').waitFor();
      await page.keyboard.press('Escape');
      await page.waitForFunction(() => document.activeElement?.closest('[role=listitem]') !== null);
      expect(new URL(page.url()).search).toBe('?state=sent');
      expect(admin.complaints()).toEqual([]);
    },
    LONG_MS,
  );
});
