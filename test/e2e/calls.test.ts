// Calls in real browsers: told of by webhook and file, on an open desk, heard in the pane at the moment that is pointed to.
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { SvodkaEvent } from '@svodka/shared/contracts/event';
import { Random } from '../../server/demo/random.ts';
import { syntheticCall } from '../../server/demo/recordings.ts';
import { type App, startApp } from '../support/app-process.ts';
import { type Chromium, describeInBrowser, launchChromium } from '../support/chromium.ts';
import { Client } from '../support/client.ts';
import { makeCounterparty } from '../support/factories.ts';
import { Person } from '../support/person.ts';
import { cdr, cdrFile, connectTelephony, ring } from '../support/telephony.ts';
import { until } from '../support/until.ts';

const SECONDS = 95;

describeInBrowser('calls in the browser', () => {
  let app: App;
  let chromium: Chromium;
  let sources: string;
  let admin: Client;

  beforeAll(async () => {
    sources = await mkdtemp(join(tmpdir(), 'svodka-calls-'));
    await mkdir(join(sources, 'calls'), { recursive: true });
    [app, chromium] = await Promise.all([startApp({ env: { SOURCES_DIR: sources } }), launchChromium()]);
    admin = await new Client(app.url).signIn(app.admin.login, app.admin.password);
  }, 120_000);
  afterAll(async () => {
    await chromium?.close();
    await app?.stop();
    await rm(sources, { recursive: true, force: true });
  });

  it('come by webhook and by file with their recording, which plays from the moment that a comment names', async () => {
    const number = '+79165550101';
    await makeCounterparty(admin, { name: 'Белова Инна', phones: [number] });
    await admin.patch('/api/sources', { module: 'calls', recordings: { basis: 'contract', days: 30 } });
    const person = await Person.at(chromium, app.url, app.admin);
    const { page } = person;

    const telephony = await connectTelephony(admin);
    const now = new Date(Date.now() - 600_000).toISOString();
    const heard = await ring(
      admin,
      telephony,
      cdr({ uniqueid: 'hook.1', src: number, start: now, topic: 'срок монтажа' }),
    );
    expect(heard.status).toBe(201);
    await person.rowOf(`Входящий звонок: ${number}`).waitFor({ timeout: 60_000 });

    const recorded = cdr({
      uniqueid: 'file.1',
      src: '101',
      dst: number,
      start: now,
      billsec: String(SECONDS),
      recordingfile: 'out-1.wav',
    });
    await writeFile(join(sources, 'calls', 'out-1.wav'), syntheticCall(SECONDS, new Random(1)));
    await writeFile(join(sources, 'calls', 'cdr.csv'), cdrFile([recorded]));
    const row = person.rowOf(`Исходящий звонок: ${number}`);
    await row.waitFor({ timeout: 120_000 });
    await row.locator('.clip .icon').waitFor({ timeout: 60_000 });
    const id = (await row.getAttribute('data-id')) ?? '';
    const { event } = await admin.get<{ event: SvodkaEvent }>(`/api/events/${id}`);
    expect(event.attachments).toMatchObject([{ name: 'out-1.wav', recording: { basis: 'contract' } }]);
    await admin.post(`/api/events/${id}/comments`, {
      body: 'На 1:12 обещали пятницу, до 18:30',
      mentionIds: [],
    });

    await row.click();
    const pane = page.locator('[data-pane]');
    const player = pane.getByRole('group', { name: 'Запись «out-1.wav»' });
    await player.waitFor({ timeout: 60_000 });
    // Nobody has heard it yet, and the log says so.
    const audits = async () =>
      (await admin.get<{ items: { what: string }[] }>('/api/audit?group=recordings')).items;
    expect(await audits()).toEqual([]);
    expect(await pane.getByRole('link', { name: '18:30' }).count()).toBe(0);
    await pane.getByRole('link', { name: '1:12' }).click();
    const audio = pane.locator('audio');
    const state = () =>
      audio.evaluate((element) => {
        const { currentTime, paused, playbackRate, duration } = element as HTMLAudioElement;
        return { currentTime, paused, playbackRate, duration };
      });
    await until(async () => !(await state().catch(() => ({ paused: true }))).paused, {
      timeoutMs: 60_000,
      what: 'the recording to play',
    });
    expect((await state()).currentTime).toBeGreaterThanOrEqual(72);
    expect(Math.round((await state()).duration)).toBe(SECONDS);
    await until(async () => (await audits()).length === 1, { timeoutMs: 60_000, what: 'the access log' });

    // By keys: pause, a little back, twice as fast.
    const slider = player.getByRole('slider');
    await slider.focus();
    await page.keyboard.press(' ');
    await until(async () => (await state()).paused, { timeoutMs: 60_000, what: 'the recording to pause' });
    await page.keyboard.press('Home');
    await until(async () => (await state()).currentTime === 0, { timeoutMs: 60_000, what: 'the beginning' });
    for (let i = 0; i < 4; i++) await page.keyboard.press('ArrowRight');
    await until(async () => Math.abs((await state()).currentTime - 20) < 0.5, {
      timeoutMs: 60_000,
      what: 'twenty seconds',
    });
    await player.getByLabel('Скорость').selectOption('2');
    await until(async () => (await state()).playbackRate === 2, {
      timeoutMs: 60_000,
      what: 'twice the speed',
    });
    await until(() => new URL(page.url()).searchParams.get('t') === '20', {
      timeoutMs: 60_000,
      what: 'the moment in the address',
    });
    await player.locator('.wave path').first().waitFor({ state: 'attached', timeout: 60_000 });

    // The address leads a colleague to the same moment.
    const colleague = await Person.at(chromium, app.url, app.admin);
    await colleague.page.goto(`${app.url}/?event=${id}&t=72`);
    const theirs = colleague.page.locator('[data-pane] audio');
    await theirs.waitFor({ state: 'attached', timeout: 60_000 });
    await until(
      async () =>
        Math.abs((await theirs.evaluate((element) => (element as HTMLAudioElement).currentTime)) - 72) < 1,
      {
        timeoutMs: 60_000,
        what: 'the moment of the address',
      },
    );
    expect([...person.complaints(), ...colleague.complaints()]).toEqual([]);
  }, 400_000);

  it('is told in English to whoever reads English, and found by the words that are stored', async () => {
    const number = '+79165550177';
    const telephony = await connectTelephony(admin);
    const start = new Date(Date.now() - 300_000).toISOString();
    await ring(admin, telephony, cdr({ uniqueid: 'hook.2', src: number, start }));
    const person = await Person.at(chromium, app.url, app.admin);
    await person.rowOf(`Входящий звонок: ${number}`).waitFor({ timeout: 60_000 });

    await admin.patch('/api/session/user', { locale: 'en' });
    try {
      await person.page.goto(`${app.url}/?text=${encodeURIComponent('входящий')}`);
      const row = person.rowOf(`Incoming call: ${number}`);
      await row.waitFor({ timeout: 60_000 });
      await row.click();
      await person.page.locator('[data-pane]').getByText('Telephony').waitFor({ timeout: 60_000 });
      expect(person.complaints()).toEqual([]);
    } finally {
      await admin.patch('/api/session/user', { locale: 'ru' });
    }
  }, 200_000);
});
