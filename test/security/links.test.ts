// What stands open to whoever holds an address: a customer's page and its form, the end of letters, a calendar (10, 44).
import type { Counterparty } from '@svodka/shared/contracts/counterparty';
import type { Project } from '@svodka/shared/contracts/directory';
import type { SvodkaEvent } from '@svodka/shared/contracts/event';
import { createTestApp, type TestApp } from '../support/app.ts';
import { makeCounterparty, makeEvent, makeProject } from '../support/factories.ts';
import { type SmtpSink, startSmtpSink } from '../support/smtp-sink.ts';

let app: TestApp;
let sink: SmtpSink;
let customer: Counterparty;
beforeAll(async () => {
  sink = await startSmtpSink();
  app = await createTestApp({ config: { SMTP_URL: sink.url } });
  customer = await makeCounterparty(app.admin, { name: 'Инна' });
});
afterAll(async () => {
  await app?.close();
  await sink?.close();
});

const order = () => makeProject(app.admin, { counterpartyId: customer.id });
const linkTo = async ({ id }: Project) =>
  (await app.admin.post<{ url: string }>(`/api/projects/${id}/links`, { days: 30 })).url;
const calendar = async () => (await app.admin.post<{ url: string }>('/api/session/calendar', {})).url;
const open = (url: string, init: RequestInit = {}) => fetch(url, { redirect: 'manual', ...init });
const ask = (url: string, question: string) =>
  open(url, { method: 'POST', body: new URLSearchParams({ question, contact: '', website: '' }) });
const questionsOf = async ({ id }: Project) =>
  (
    await app.admin.get<{ items: SvodkaEvent[] }>(
      `/api/events?filter=${encodeURIComponent(`project:${id} type:customer.request`)}`,
    )
  ).items;
const asked = async (question: string) => {
  const project = await order();
  const answer = await ask(await linkTo(project), question);
  expect([answer.status, answer.headers.get('location')]).toEqual([
    303,
    expect.stringContaining('asked=thanks'),
  ]);
  const [event] = await questionsOf(project);
  return { title: event?.title ?? '', body: event?.body ?? '' };
};

describe('an address that is open to whoever has it', () => {
  const agreed = async () =>
    (await app.admin.get<Counterparty>(`/api/counterparties/${customer.id}`)).consents?.map(
      ({ withdrawn }) => withdrawn === null,
    );

  it('is read and, where it has a form, pressed; nothing else changes anything', async () => {
    await app.admin.post(`/api/counterparties/${customer.id}/consent`, {
      channel: 'mail',
      email: 'inna@home.example',
      locale: 'ru',
      text: 'по телефону',
    });
    const page = await linkTo(await order());
    for (const [url, allowed] of [
      [page, 'GET, HEAD, POST'],
      [`${page}/stop`, 'GET, HEAD, POST'],
      [await calendar(), 'GET, HEAD'],
    ] as const) {
      const others = [
        'DELETE',
        'PATCH',
        'PUT',
        'OPTIONS',
        'PROPFIND',
        ...(allowed.includes('POST') ? [] : ['POST']),
      ];
      for (const method of others) {
        const answer = await open(url, { method });
        expect([method, answer.status, answer.headers.get('allow')]).toEqual([method, 405, allowed]);
        expect(await answer.text()).not.toContain(new URL(url).pathname.split('/')[2]);
      }
    }
    // Programs that look at the links of a letter open them, some all at once.
    const looks = Array.from({ length: 5 }, () => open(`${page}/stop?lang=en`));
    for (const { status } of await Promise.all(looks)) expect(status).toBe(200);
    expect((await open(`${page}/stop`, { method: 'HEAD' })).status).toBe(200);
    expect(await agreed()).toEqual([true]);
    const tampered = `${page.slice(0, -1)}${page.endsWith('A') ? 'B' : 'A'}/stop`;
    const press = { method: 'POST', body: new URLSearchParams({ 'List-Unsubscribe': 'One-Click' }) };
    expect((await open(tampered, press)).status).toBe(404);
    expect(await agreed()).toEqual([true]);
    expect((await open(`${page}/stop`, press)).status).toBe(200);
    expect((await open(`${page}/stop`, press)).status).toBe(200);
    expect(await agreed()).toEqual([false]);
  });
});

describe('a question from outside', () => {
  it('may be as long as the field lets it, with the line breaks as forms send them', async () => {
    const line = 'я'.repeat(99);
    const typed = Array.from({ length: 20 }, () => line).join('\n');
    const { body } = await asked(typed.replaceAll('\n', '\r\n'));
    expect(body).toBe(typed);
  });

  it('gives a title of whole signs that turns nothing round', async () => {
    const { title } = await asked(`${'а'.repeat(118)}🪟${'б'.repeat(50)}`);
    expect(title).not.toMatch(/\ufffd/);
    expect(title).toMatch(/а…$|🪟…$/u);
    const marked = await asked('Счёт \u202efdp.exe\u0007\u009b31m \u200b№ 5\u2028готов?');
    for (const text of [marked.title, marked.body])
      expect(text.replaceAll('\n', '')).not.toMatch(/[\p{Cc}\p{Cf}]/u);
    expect(marked.title).toMatch(/Счёт fdp\.exe ?31m № 5 готов\?$/);
  });

  it('that nobody sees is none', async () => {
    const project = await order();
    const answer = await ask(await linkTo(project), '\u200b\u2060 \u202e\r\n');
    expect(answer.status).toBe(400);
    expect(await questionsOf(project)).toEqual([]);
  });

  it('is one, however often it is sent at once, and is not in the way of the next', async () => {
    const project = await order();
    const url = await linkTo(project);
    for (let round = 0; round < 6; round++) {
      const answers = await Promise.all([1, 2].map(() => ask(url, 'Когда?')));
      expect(answers.map(({ status }) => status)).toEqual([303, 303]);
    }
    expect(await questionsOf(project)).toHaveLength(1);
    expect((await ask(url, 'А во сколько?')).status).toBe(303);
    expect(await questionsOf(project)).toHaveLength(2);
  });

  it('that is too long, no form, or slow to come is refused and written nowhere', async () => {
    const project = await order();
    const url = await linkTo(project);
    const long = await ask(url, 'ы'.repeat(10_000));
    expect(long.status).toBe(400);
    expect(await long.text()).toContain('ы'.repeat(2_000));
    const body = '{"key":"x","question":"y"}';
    expect(
      (await open(url, { method: 'POST', body, headers: { 'Content-Type': 'application/json' } })).status,
    ).toBe(400);
    const huge = await open(url, {
      method: 'POST',
      body: new URLSearchParams({ question: 'x'.repeat(2_000_000) }),
    });
    expect(huge.status).toBe(400);
    expect(await questionsOf(project)).toEqual([]);
  });

  it('is not taken by a link that is closed, whose form is still open', async () => {
    const project = await order();
    const url = await linkTo(project);
    await app.admin.post(`/api/projects/${project.id}/links/revoke`, { linkId: null });
    const answer = await ask(url, 'Когда?');
    expect([answer.status, await questionsOf(project)]).toEqual([404, []]);
  });
});

describe('a calendar', () => {
  it('is not found under any other writing of its address, nor after its end', async () => {
    const url = await calendar();
    expect((await open(url)).status).toBe(200);
    const [path, token] = [url.slice(0, url.lastIndexOf('/')), url.slice(url.lastIndexOf('/') + 1, -4)];
    const page = (await linkTo(await order())).split('/').at(-1);
    for (const other of [
      `${token}x`,
      token.toUpperCase(),
      `${token}.ics/x`,
      `${token}%00`,
      page,
      app.admin.token,
      '__proto__',
    ])
      expect([other, (await open(`${path}/${other}.ics`)).status]).toEqual([other, 404]);
    const next = await calendar();
    expect((await open(url)).status).toBe(404);
    await app.admin.delete('/api/session/calendar');
    expect((await open(next)).status).toBe(404);
  });

  it('holds what a hostile title says as one line of text', async () => {
    const person = await app.signIn({ roles: ['dispatcher'] });
    const { url } = await person.post<{ url: string }>('/api/session/calendar', {});
    const due = { local: new Date(Date.now() + 86_400_000).toISOString().slice(0, 10) };
    const title = 'x;ATTENDEE:mailto:a@b\\nEND:VEVENT,=cmd|1';
    await makeEvent(person, { type: 'note.free', title, due });
    const text = (await (await open(url)).text()).replaceAll('\r\n ', '');
    expect(text.match(/^END:VEVENT$/gm)).toHaveLength(1);
    expect(text).toContain('SUMMARY:x\\;ATTENDEE:mailto:a@b\\\\nEND:VEVENT\\,=cmd|1');
  });
});
