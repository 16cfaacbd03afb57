/**
 * The data were put back from a copy: letters that may have gone wait. Whoever may see the mail is told on every page,
 * is led there, lets one letter go by keys and discards the others, and the strip goes away.
 */
import { cp, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Delivery } from '@svodka/shared/contracts/notice';
import type { User } from '@svodka/shared/contracts/user';
import { type App, startApp } from '../support/app-process.ts';
import { type Chromium, describeInBrowser, launchChromium } from '../support/chromium.ts';
import { Client } from '../support/client.ts';
import { Person } from '../support/person.ts';
import { type SmtpSink, startSmtpSink } from '../support/smtp-sink.ts';
import { until } from '../support/until.ts';

const LONG_MS = 180_000;
const ADMIN = { login: 'admin', password: 'steady-anchor-31' };

describeInBrowser('letters that are held after a copy was put back', () => {
  let root: string;
  let app: App;
  let chromium: Chromium;
  let smtp: SmtpSink;
  const start = (dataDir: string) =>
    startApp({
      dataDir,
      env: { SMTP_URL: smtp.url, ADMIN_LOGIN: ADMIN.login, ADMIN_PASSWORD: ADMIN.password },
    });
  const deliveries = async (script: Client) =>
    (await script.get<{ items: Delivery[] }>('/api/deliveries')).items;

  beforeAll(async () => {
    root = await mkdtemp(join(tmpdir(), 'svodka-held-'));
    [smtp, chromium] = await Promise.all([startSmtpSink(), launchChromium()]);
    app = await start(join(root, 'before'));
  }, LONG_MS);
  afterAll(async () => {
    await chromium?.close();
    await app?.stop();
    await smtp?.close();
    await rm(root, { recursive: true, force: true });
  });

  it(
    'says so to those who may decide, and lets them decide one by one or at once',
    async () => {
      smtp.script('later', 'later', 'later');
      let script = await new Client(app.url).signIn(ADMIN.login, ADMIN.password);
      const { user } = await script.post<{ user: User }>('/api/users', {
        login: 'vera',
        name: 'Вера Соколова',
        roles: ['manager'],
        password: 'plain-lantern-42',
        email: 'vera@windows.example',
      });
      const order = await script.post<{ id: string }>('/api/projects', { number: '318', managerId: user.id });
      for (const type of ['production.launched', 'items.complete', 'material.reserved'])
        await script.post('/api/events', {
          type,
          title: `Новость ${type}`,
          projectId: order.id,
        });
      await until(async () => {
        const all = await deliveries(script);
        return all.length === 3 && all.every(({ attempts }) => attempts.length === 1);
      });
      await app.stop();
      await cp(join(root, 'before'), join(root, 'after'), { recursive: true });
      app = await start(join(root, 'after'));
      script = await new Client(app.url).signIn(ADMIN.login, ADMIN.password);

      const admin = await Person.at(chromium, app.url, ADMIN);
      const { page } = admin;
      const strip = page.getByRole('banner').getByRole('link', { name: /ждут вашего решения/ });
      await strip.waitFor();
      const vera = await Person.at(chromium, app.url, { login: 'vera', password: 'plain-lantern-42' });
      // Whoever reads is not pushed down by it: with it and without, the page begins at the same height.
      const top = async ({ page: of }: Person) => (await of.locator('#feed').first().boundingBox())?.y;
      expect(
        await vera.page
          .getByRole('banner')
          .getByRole('link', { name: /решения/ })
          .count(),
      ).toBe(0);
      expect(await top(admin)).toBe(await top(vera));
      await page.setViewportSize({ width: 390, height: 844 });
      await vera.page.setViewportSize({ width: 390, height: 844 });
      await strip.waitFor();
      await until(async () => (await top(admin)) === (await top(vera)));
      await page.setViewportSize({ width: 1440, height: 900 });

      await strip.press('Enter');
      await page.waitForURL(/mail\?state=held/);
      const rows = page.getByRole('list', { name: 'Почта' }).getByRole('listitem');
      await rows.nth(2).waitFor();
      for (const key of ['j', 'Enter']) await page.keyboard.press(key);
      const letter = page.getByRole('complementary', { name: 'Письмо' });
      await letter.getByText('могло уже уйти').waitFor();
      await letter.getByRole('button', { name: 'Отправить', exact: true }).press('Enter');
      await admin.toast('Письмо отправляется').waitFor();
      await smtp.letter(({ recipients }) => recipients.includes('vera@windows.example'));
      await page.keyboard.press('Escape');
      await rows.nth(2).waitFor({ state: 'detached' });
      await strip.waitFor();

      await page.getByRole('button', { name: 'Отбросить все' }).press('Enter');
      await admin.toast('Отброшено 2 письма').waitFor();
      await strip.waitFor({ state: 'detached' });
      const fates = (await deliveries(script)).map(({ state, reason }) => `${state} ${reason}`);
      expect(fates.filter((fate) => fate === 'cancelled discarded')).toHaveLength(2);
      expect(smtp.to('vera@windows.example')).toHaveLength(1);
      expect(admin.complaints()).toEqual([]);
    },
    LONG_MS,
  );
});
