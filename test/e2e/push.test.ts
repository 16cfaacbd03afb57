/**
 * A person lets a browser be told while no page is open. The push service alone is a stand-in, for a browser has only
 * that of its maker: it gives the subscription, opens what the server sent, and the browser is handed just that.
 */
import type { User } from '@svodka/shared/contracts/user';
import { type App, startApp } from '../support/app-process.ts';
import { type Chromium, describeInBrowser, launchChromium } from '../support/chromium.ts';
import { Client } from '../support/client.ts';
import { makeEvent, makeProject } from '../support/factories.ts';
import { Person } from '../support/person.ts';
import { type PushService, startPushService } from '../support/push-service.ts';
import { until } from '../support/until.ts';

const PASSWORD = 'calm-meadow-58';
const LONG_MS = 120_000;

describeInBrowser('push', () => {
  let app: App;
  let chromium: Chromium;
  let service: PushService;

  beforeAll(async () => {
    service = await startPushService();
    [app, chromium] = await Promise.all([startApp({ env: { ALLOW_PRIVATE: '1' } }), launchChromium()]);
  }, LONG_MS);
  afterAll(async () => {
    await chromium?.close();
    await app?.stop();
    await service?.close();
  });

  it(
    'is asked for in the settings, comes sealed to that browser alone, and is shown by it',
    async () => {
      const script = await new Client(app.url).signIn(app.admin.login, app.admin.password);
      const person = { login: 'vera', name: 'Вера Соколова', roles: ['manager'], password: PASSWORD };
      const { user } = await script.post<{ user: User }>('/api/users', person);
      const project = await makeProject(script, { managerId: user.id });
      // Told by push alone, so that who is at the desk is not waited for (notices SPEC D1, R12).
      await script.post('/api/rules', {
        name: 'КП отправлено',
        filter: 'type:quote.sent',
        trigger: { on: 'occurred' },
        recipients: [{ to: 'manager' }],
        channels: ['push'],
      });
      const vera = await Person.at(chromium, app.url, person, '/', {
        serviceWorkers: 'allow',
      });
      const { page } = vera;
      const here = page.getByRole('checkbox', { name: 'Показывать в этом браузере' });
      // What a browser without its maker's service answers, here a private window.
      await page.context().grantPermissions(['notifications'], { origin: app.url });
      await page.goto(`${app.url}/settings`);
      await here.click();
      await page.getByText('Этот браузер сейчас не даёт уведомлений').waitFor();
      await until(async () => !(await here.isChecked()), { what: 'the box springs back' });
      await page.context().clearPermissions();
      await page.addInitScript((given) => {
        PushManager.prototype.subscribe = async (options) => {
          const key = options?.applicationServerKey;
          Object.assign(window, { askedWith: key });
          return { toJSON: () => given } as unknown as PushSubscription;
        };
      }, service.subscription);
      await page.goto(`${app.url}/settings`);
      // A browser in which it is forbidden is not told, and the box does not say so.
      await here.click();
      await page.getByText('Вы запретили уведомления этому сайту').waitFor();
      await until(async () => !(await here.isChecked()), { what: 'the box springs back' });
      await page.context().grantPermissions(['notifications'], { origin: app.url });
      const told = page.waitForResponse(
        (answer) => answer.url().endsWith('/api/me/push') && answer.request().method() === 'POST',
      );
      await here.check();
      expect((await told).status()).toBe(204);
      const askedWith = await page.evaluate(() => (window as { askedWith?: string }).askedWith);

      const worker = await page.context().newCDPSession(page);
      let registrationId = '';
      worker.on('ServiceWorker.workerRegistrationUpdated', ({ registrations }) => {
        registrationId = registrations.find(({ isDeleted }) => !isDeleted)?.registrationId ?? registrationId;
      });
      await worker.send('ServiceWorker.enable');
      await until(() => registrationId !== '');

      // Nobody looks at the desk any more.
      await page.goto('about:blank');
      const event = await makeEvent(script, {
        type: 'quote.sent',
        title: 'КП на 84 000 ₽',
        projectId: project.id,
      });
      const pushed = await until(() => service.pushed[0], { timeoutMs: 60_000, what: 'a push' });
      expect(pushed).toMatchObject({ signedBy: askedWith, audience: service.origin });
      expect(pushed.said).toMatchObject({ path: `/events/${event.id}` });

      const data = JSON.stringify(pushed.said);
      await worker.send('ServiceWorker.deliverPushMessage', { origin: `${app.url}/`, registrationId, data });
      await page.goto(`${app.url}/settings`);
      const shown = await until(async () =>
        page.evaluate(async () => {
          const registration = await navigator.serviceWorker.getRegistration();
          const [one] = (await registration?.getNotifications()) ?? [];
          return one && { title: one.title, body: one.body, tag: one.tag, data: one.data };
        }),
      );
      expect(shown).toEqual({
        title: pushed.said.title,
        body: pushed.said.body,
        tag: pushed.said.tag,
        data: { path: `/events/${event.id}` },
      });
      expect(shown.title).toMatch(/КП на 84/i);
    },
    LONG_MS,
  );
});
