// A customer is told, looks, asks and says stop, over SMTP and HTTP.
import type { Counterparty } from '@svodka/shared/contracts/counterparty';
import type { CustomerLink } from '@svodka/shared/contracts/customer';
import type { Project } from '@svodka/shared/contracts/directory';
import type { EventCreateInput, SvodkaEvent } from '@svodka/shared/contracts/event';
import type { Delivery } from '@svodka/shared/contracts/notice';
import type { Told } from '@svodka/shared/contracts/told';
import { createTestApp, type TestApp } from '../../test/support/app.ts';
import { makeCounterparty, makeEvent, makeProject, nextSerial } from '../../test/support/factories.ts';
import { FakeClock } from '../../test/support/fake-clock.ts';
import { attach } from '../../test/support/files.ts';
import { type SmtpSink, startSmtpSink } from '../../test/support/smtp-sink.ts';
import { until } from '../../test/support/until.ts';
import { driverCollection } from '../platform/mongo/driver-collection.ts';
import { dayWords } from './customer-letter.ts';
import type { CustomerLinkDoc } from './customer-link.schema.ts';

type Person = Awaited<ReturnType<TestApp['signIn']>>;

const CANARY = 'Канарейка';
const DAY = 24 * 3_600_000;
/** A day after this one: ahead of the store's own time, by which it lets sessions go. */
const dayAt = (days: number) => new Date(Date.now() + days * DAY).toISOString().slice(0, 10);
const [TODAY, TOMORROW, AFTER_TOMORROW, INSTALLATION] = [1, 2, 3, 11].map(dayAt) as [
  string,
  string,
  string,
  string,
];
const at = (day: string, time: string) => `${day}T${time}:00.000Z`;

let app: TestApp;
let sink: SmtpSink;
let clock: FakeClock;
let dispatcher: Person;

beforeAll(async () => {
  sink = await startSmtpSink();
  clock = new FakeClock(at(TODAY, '09:00'));
  app = await createTestApp({
    clock,
    config: { SMTP_URL: sink.url, COMPANY_NAME: 'Окна и Ко' },
    isWatched: true,
  });
  dispatcher = await app.signIn({ roles: ['dispatcher'] });
});
/** Time goes on, and whoever was signed in has to do so again. */
async function goOnTo(moment: Date | string) {
  clock.set(moment);
  await dispatcher.signIn(dispatcher.user.login, dispatcher.password);
}

afterAll(async () => {
  await app?.close();
  await sink?.close();
});

/** An order of a customer who has agreed to letters, unless said otherwise. */
async function order({
  told = ['payment.prepaid'] as Project['told'],
  agreed = true,
  locale = 'ru' as 'ru' | 'en',
} = {}): Promise<{ project: Project; customer: Counterparty; email: string }> {
  const email = `c${nextSerial()}@home.example`;
  const customer = await makeCounterparty(dispatcher, { name: `${CANARY} Инна`, note: CANARY });
  if (agreed) await consent(customer, email, locale);
  const project = await makeProject(dispatcher, {
    counterpartyId: customer.id,
    objectAddress: `${CANARY}, 12`,
    note: CANARY,
    amountKop: 424_242_00,
    told,
  });
  return { project, customer, email };
}
const consent = (customer: Counterparty, email: string, locale: 'ru' | 'en' = 'ru') =>
  dispatcher.post<Counterparty>(`/api/counterparties/${customer.id}/consent`, {
    channel: 'mail',
    email,
    locale,
    text: `${CANARY}: по телефону`,
  });
const prepaid = (project: Project, over: Partial<EventCreateInput> = {}) =>
  makeEvent(dispatcher, {
    type: 'payment.prepaid',
    title: `${CANARY} предоплата`,
    body: CANARY,
    payload: { amountKop: 424_242_00, docNo: CANARY },
    projectId: project.id,
    ...over,
  });
const lettersOf = async (project: Project) =>
  (await dispatcher.get<{ items: Delivery[] }>('/api/deliveries?limit=200')).items.filter(
    ({ customer }) => customer?.projectId === project.id,
  );
const letterOf = (project: Project, state: Delivery['state']) =>
  until(async () => (await lettersOf(project)).find((one) => one.state === state), {
    what: `a letter that is ${state}`,
  });
const release = ({ id }: Delivery) => dispatcher.post(`/api/deliveries/${id}/retry`);
const eventsOf = async (project: Project, type: string) =>
  (
    await dispatcher.get<{ items: SvodkaEvent[] }>(
      `/api/events?filter=${encodeURIComponent(`project:${project.id} type:${type}`)}`,
    )
  ).items;
const linkTo = async (project: Project, days = 30) =>
  (await dispatcher.post<{ url: string; link: CustomerLink }>(`/api/projects/${project.id}/links`, { days }))
    .url;
const open = async (url: string, init: RequestInit = {}) => {
  const answer = await fetch(url, { redirect: 'manual', ...init });
  return { status: answer.status, headers: answer.headers, html: await answer.text() };
};
const form = (url: string, fields: Record<string, string>) =>
  open(url, { method: 'POST', body: new URLSearchParams(fields) });

describe('letters', () => {
  it('wait for a person the first time, then go, each once, with a link that opens the page (K1 to K3, K5, K6)', async () => {
    const { project, email } = await order();
    const event = await prepaid(project);
    const held = await letterOf(project, 'held');
    expect(held).toMatchObject({
      reason: 'first-of-kind',
      to: email,
      customer: { eventId: event.id, kind: 'payment.prepaid' },
    });
    expect(sink.to(email)).toHaveLength(0);
    const toldOf = async ({ id }: { id: string }) =>
      (await dispatcher.get<Told>(`/api/events/${id}/told`)).customer;
    const counterpartyId = project.counterpartyId;
    expect(await toldOf(event)).toMatchObject({ counterpartyId, letter: { state: 'held' } });
    const silent = await makeEvent(dispatcher, { type: 'act.signed', projectId: project.id });
    expect(await toldOf(silent)).toEqual({ counterpartyId, letter: null });
    expect(await toldOf(await makeEvent(dispatcher, { projectId: project.id }))).toBeNull();
    await release(held);
    const letter = await sink.letter(({ recipients }) => recipients.includes(email));
    expect(letter.subject).toBe(`Заказ № ${project.number}: предоплата получена`);
    expect(letter.from?.value[0]?.name).toBe('Окна и Ко');
    const url = /https?:\/\/\S+\/s\/[\w-]{22}/.exec(letter.text ?? '')?.[0] ?? '';
    expect(String(letter.headers.get('list') && JSON.stringify(letter.headers.get('list')))).toContain(
      `${url}/stop`,
    );
    const [sent] = await until(async () => {
      const found = await eventsOf(project, 'mail.sent');
      return found.length > 0 && found;
    });
    expect(sent).toMatchObject({ module: 'mail', payload: { fields: { kind: 'payment.prepaid' } } });
    expect((await lettersOf(project))[0]?.text).toContain('/s/•••');
    expect((await open(url)).html).toContain(`Заказ № ${project.number}`);

    const second = await order({ locale: 'en' });
    await prepaid(second.project);
    const other = await sink.letter(({ recipients }) => recipients.includes(second.email));
    expect(other.subject).toBe(`Order ${second.project.number}: we have received the prepayment`);
    await dispatcher.delete(`/api/events/${event.id}`);
    await dispatcher.post(`/api/events/${event.id}/restore`);
    await letterOf(second.project, 'sent');
    expect(sink.to(email)).toHaveLength(1);
  });

  it('go to nobody who has not agreed, and about nothing that was not chosen (K1, K4)', async () => {
    const silent = await order({ agreed: false });
    await prepaid(silent.project);
    expect(await letterOf(silent.project, 'cancelled')).toMatchObject({ reason: 'no-consent' });

    const other = await order({ told: ['install.done'] });
    await prepaid(other.project);
    await makeEvent(dispatcher, { type: 'install.done', projectId: other.project.id });
    const held = await letterOf(other.project, 'held');
    expect(await lettersOf(other.project)).toHaveLength(1);
    // What changes while it waits decides, and is shown.
    const shown = async () => {
      const one = await dispatcher.get<Delivery>(`/api/deliveries/${held.id}`);
      expect(await letterOf(other.project, 'held')).toEqual(one);
      return { to: one.to, reason: one.reason };
    };
    const now = `now.${other.email}`;
    await consent(other.customer, now);
    expect(await shown()).toEqual({ to: now, reason: 'first-of-kind' });
    await dispatcher.delete(`/api/counterparties/${other.customer.id}/consent`);
    expect(await shown()).toEqual({ to: '', reason: 'no-consent' });
    await release(held);
    expect(await letterOf(other.project, 'cancelled')).toMatchObject({ reason: 'no-consent' });
    expect(sink.to(other.email)).toHaveLength(0);
  });

  it('that are held are asked for together, however many they are', async () => {
    const told = ['items.complete' as const];
    const held = async () => {
      const { project } = await order({ told });
      await makeEvent(dispatcher, { type: 'items.complete', projectId: project.id });
      return letterOf(project, 'held');
    };
    let sent = 0;
    app.connection.getClient().on('commandStarted', ({ commandName }) => {
      if (commandName === 'find') sent++;
    });
    /** Of several times the least: others ask the store meanwhile, and some of what is asked is remembered. */
    const asked = async () => {
      const times: number[] = [];
      for (let n = 0; n < 5; n++) {
        sent = 0;
        await dispatcher.get('/api/deliveries?state=held');
        times.push(sent);
      }
      return Math.min(...times);
    };
    await held();
    const before = await asked();
    for (let n = 0; n < 8; n++) await held();
    // Asked for one by one, eight more would be eight questions more at least.
    expect(await asked()).toBeLessThan(before + 4);
  });

  it('end by one press, and by no mere opening, also by a link that is closed (K7)', async () => {
    const { project, customer } = await order();
    const url = await linkTo(project);
    await dispatcher.post(`/api/projects/${project.id}/links/revoke`, { linkId: null });
    const card = () => dispatcher.get<Counterparty>(`/api/counterparties/${customer.id}`);
    expect((await open(`${url}/stop`)).status).toBe(200);
    expect((await card()).consents?.[0]?.withdrawn).toBeNull();
    for (let press = 0; press < 2; press++)
      expect((await form(`${url}/stop`, { 'List-Unsubscribe': 'One-Click' })).status).toBe(200);
    expect((await card()).consents).toMatchObject([{ withdrawn: { by: null } }]);
    expect((await form(`${url.slice(0, -22)}${'A'.repeat(22)}/stop`, {})).status).toBe(404);
    await prepaid(project);
    expect(await letterOf(project, 'cancelled')).toMatchObject({ reason: 'no-consent' });
  });

  it('end for whoever has two cards when they end by one of them, and by what was agreed last (K1, K7)', async () => {
    const { project, customer, email } = await order();
    const other = await makeCounterparty(dispatcher, { name: 'Инна Б.' });
    const merge = async () =>
      dispatcher.post<Counterparty>(`/api/counterparties/${other.id}/merge`, {
        from: customer.id,
        versions: { into: other.version, from: (await card(customer)).version },
        values: {},
      });
    const card = ({ id }: Counterparty) => dispatcher.get<Counterparty>(`/api/counterparties/${id}`);
    const url = await linkTo(project);
    await merge();
    // What they agreed to stands with them.
    expect((await card(other)).consents).toMatchObject([{ email, withdrawn: null }]);
    await form(`${url}/stop`, { 'List-Unsubscribe': 'One-Click' });
    expect((await card(other)).consents).toMatchObject([{ email, withdrawn: { by: null } }]);
    await prepaid(project);
    expect(await letterOf(project, 'cancelled')).toMatchObject({ reason: 'no-consent' });
    clock.advance(60_000);
    await consent(other, email);
    expect((await card(other)).consents?.at(-1)).toMatchObject({ withdrawn: null });
  });

  it('tell of what is expected once it has happened, and of a day that is agreed at once (K1)', async () => {
    const due = { local: TOMORROW };
    const { project } = await order({ told: ['payment.prepaid', 'measure.scheduled'] });
    const expected = await prepaid(project, { due });
    await makeEvent(dispatcher, { type: 'measure.scheduled', projectId: project.id, due });
    const agreed = await letterOf(project, 'held');
    expect(agreed.customer?.kind).toBe('measure.scheduled');
    expect(agreed.text).toContain(dayWords(TOMORROW, 'ru'));
    expect(await lettersOf(project)).toHaveLength(1);
    await dispatcher.post(`/api/events/${expected.id}/resolve`);
    expect((await letterOf(project, 'sent')).customer?.kind).toBe('payment.prepaid');
  });

  it('are worded by an administrator, and can name nothing but what is public (K9)', async () => {
    const kind = 'shipment.out';
    const words = (text: string, subject = 'Заказ {number}') => ({ kind, locale: 'ru', subject, text });
    const refused = async (text: string, subject?: string) =>
      (await app.admin.send('POST', '/api/letter-words', words(text, subject))).error?.details?.[0];
    expect(await refused('Сумма: {amount}')).toMatchObject({
      field: 'text',
      reason: 'letter-field',
      position: 7,
    });
    expect(await refused('Здравствуйте, {number')).toMatchObject({ reason: 'letter-brace', position: 14 });
    expect(await refused('Так', '{title}')).toMatchObject({ field: 'subject', position: 0, length: 7 });
    expect(await refused('Так', 'a\r\nBcc: x@y.example')).toMatchObject({ field: 'subject' });
    const preview = await app.admin.send('POST', '/api/letter-words/preview', words('{payload.amountKop}'));
    expect(preview.status).toBe(400);

    await app.admin.post(
      '/api/letter-words',
      words('{company}: изделия едут.\n\nМонтаж {installation}\nДата {day}'),
    );
    const address = `/api/letter-words/looks?${new URLSearchParams(words('<b>{news}</b>'))}`;
    const looks = await open(`${app.url}${address}`, {
      headers: { Authorization: `Bearer ${app.admin.token}` },
    });
    expect(looks.html).toContain('&lt;b&gt;изделия отгружены&lt;/b&gt;');
    const trial = await app.admin.send<Delivery>('POST', '/api/deliveries/trial', {
      channel: 'mail',
      words: words('{news}'),
    });
    expect(trial.status).toBe(409); // this administrator has no address
    const { project } = await order({ told: [kind] });
    await makeEvent(dispatcher, { type: kind, projectId: project.id });
    const letter = await letterOf(project, 'held');
    expect(letter.subject).toBe(`Заказ ${project.number}`);
    expect(letter.text).toMatch(/^Заказ \S+\n\nОкна и Ко: изделия едут\.\n\nМонтаж около .+\nДата /);
    expect(letter.text).toContain('Больше не присылать: ');
  });

  it('wait for the morning of the order', async () => {
    await goOnTo(at(TODAY, '20:00')); // eleven in the evening in Moscow
    const { project } = await order();
    await prepaid(project);
    expect(await letterOf(project, 'queued')).toMatchObject({ nextAttemptAt: at(TOMORROW, '05:00') });
    // Who asks for it knows the hour.
    const asked = await order();
    await prepaid(asked.project);
    await release(await letterOf(asked.project, 'queued'));
    await letterOf(asked.project, 'sent');
    // Nothing was carried all day: it does not go the next night.
    await goOnTo(at(TOMORROW, '20:00'));
    await until(
      async () => (await letterOf(project, 'queued')).nextAttemptAt === at(AFTER_TOMORROW, '05:00'),
      { what: 'the letter waits for another morning' },
    );
    await goOnTo(at(AFTER_TOMORROW, '09:00'));
    await letterOf(project, 'sent');
  });

  it('call a part of a payment a part while the page does not call that step done (K10)', async () => {
    const { project } = await order({ locale: 'en', told: ['payment.final'] });
    await prepaid(project, { type: 'payment.final', payload: { amountKop: 100_00 } });
    const letter = () => letterOf(project, 'held');
    expect((await letter()).subject).toBe(`Order ${project.number}: we have received a part of the payment`);
    clock.advance(60_000);
    await makeEvent(dispatcher, {
      type: 'payment.received',
      projectId: project.id,
      payload: { amountKop: 424_142_00 },
    });
    const { subject } = await dispatcher.get<Delivery>(`/api/deliveries/${(await letter()).id}`);
    expect(subject).toBe(`Order ${project.number}: we have received the full payment`);
  });

  it('name one day of an installation that was moved, and so does the page (PB2, K4)', async () => {
    const { project } = await order({ told: ['install.confirmed', 'work.rescheduled', 'items.complete'] });
    // What is said of one moment has no order of its own.
    const said = (type: EventCreateInput['type'], payload: EventCreateInput['payload'] = {}) => {
      clock.advance(60_000);
      return makeEvent(dispatcher, { type, projectId: project.id, payload });
    };
    const heldOf = (kind: string) =>
      until(async () => (await lettersOf(project)).find(({ customer }) => customer?.kind === kind), {
        what: `a letter of ${kind}`,
      });
    const readOf = async (kind: string) =>
      await dispatcher.get<Delivery>(`/api/deliveries/${(await heldOf(kind)).id}`);
    const [old, moved] = [dayWords(INSTALLATION, 'ru'), dayWords(dayAt(18), 'ru')];
    await said('install.confirmed', { startOn: INSTALLATION });
    expect((await readOf('install.confirmed')).text).toContain(`Дата: ${old}\n`);
    await said('work.rescheduled', { startOn: dayAt(18) });
    await said('items.complete');

    const letter = await readOf('work.rescheduled');
    expect(letter.text).toContain(`Дата: ${moved}\n`);
    expect(letter.text).not.toContain('Монтаж:');
    expect((await readOf('items.complete')).text).toContain(`Монтаж: около ${moved}`);
    const url = await linkTo(project);
    const { html } = await open(url);
    expect(html).toContain(`Предварительная дата монтажа: ${moved}`);
    expect(html).not.toContain(old);
    expect((await open(`${url}?lang=en`)).html).toContain(
      `Installation, provisional date: ${dayWords(dayAt(18), 'en')}`,
    );
    // What was agreed before is no news any more.
    const agreed = await heldOf('install.confirmed');
    expect(await readOf('install.confirmed')).toMatchObject({ reason: 'overtaken' });
    await release(agreed);
    expect(await letterOf(project, 'cancelled')).toMatchObject({ id: agreed.id, reason: 'overtaken' });

    const off = await said('work.rescheduled');
    expect((await open(url)).html).toContain('Монтаж: день уточняется');
    expect((await open(`${url}?lang=en`)).html).toContain('Installation: the day is yet to be confirmed');
    expect((await readOf('items.complete')).text).toContain('Монтаж: день уточняется');
    const { text } = await until(
      async () => (await lettersOf(project)).find(({ customer }) => customer?.eventId === off.id),
      { what: 'a letter of the move to no day' },
    );
    expect(text).toContain('Монтаж: день уточняется');
    expect(text).not.toContain('Дата:');
  });
});

describe('what is public', () => {
  it('holds nothing that staff have written, in the letter and on the page (PB1, PB3)', async () => {
    const { project, email } = await order();
    const text = { title: CANARY, body: CANARY };
    const shown = await makeEvent(dispatcher, {
      ...text,
      type: 'contract.signed',
      projectId: project.id,
      visibility: 'public',
      payload: { amountKop: 424_242_00, docNo: CANARY },
    });
    const inside = await makeEvent(dispatcher, { ...text, type: 'note.free', projectId: project.id });
    await dispatcher.post(`/api/events/${inside.id}/comments`, { body: CANARY, mentionIds: [] });
    await makeEvent(dispatcher, {
      ...text,
      type: 'material.shortage',
      projectId: project.id,
      payload: { material: CANARY, quantity: CANARY },
    });
    clock.advance(60_000); // whoever confirms the day knows of it
    await makeEvent(dispatcher, {
      ...text,
      type: 'install.confirmed',
      projectId: project.id,
      payload: { startOn: INSTALLATION },
    });
    const file = await attach(dispatcher, { kind: 'event', id: shown.id }, 'Договор', 'dogovor.txt');
    const secret = await attach(dispatcher, { kind: 'event', id: inside.id }, 'тайна', 'secret.txt');
    await prepaid(project);
    const letter = await sink.letter(({ recipients }) => recipients.includes(email));
    const url = await linkTo(project);
    const { html, headers } = await open(url);
    for (const bytes of [html, String(letter.html), letter.text ?? '', letter.subject ?? '']) {
      for (const inner of [
        CANARY,
        '424',
        '242',
        dispatcher.user.name,
        dispatcher.user.id,
        project.id,
        shown.id,
      ])
        expect([inner, bytes.includes(inner)]).toEqual([inner, false]);
    }
    expect(html).not.toContain('<script');
    expect(html).not.toContain('Материалы');
    expect(html).toContain(`Монтаж: ${dayWords(INSTALLATION, 'ru')}`);
    expect(letter.text).toContain(`Монтаж: ${dayWords(INSTALLATION, 'ru')}`);
    expect(html).toContain('dogovor.txt');
    expect(html).not.toContain('secret.txt');
    expect(headers.get('cache-control')).toBe('no-store');
    expect(headers.get('x-robots-tag')).toContain('noindex');

    const document = await open(`${url}/f/${file.id}`);
    expect(document).toMatchObject({ status: 200, html: 'Договор' });
    expect((await open(`${url}/f/${secret.id}`)).status).toBe(404);
    const event = await dispatcher.get<{ event: SvodkaEvent }>(`/api/events/${shown.id}`);
    await dispatcher.patch(
      `/api/events/${shown.id}`,
      { visibility: 'internal' },
      { 'If-Match': String(event.event.rev) },
    );
    expect((await open(`${url}/f/${file.id}`)).status).toBe(404);
  });
});

describe('the page', () => {
  it('is the same for a link that is unknown, over or closed, and says so at once (L1, L2)', async () => {
    const { project } = await order();
    const short = await linkTo(project, 1);
    const closed = await dispatcher.post<{ url: string; link: CustomerLink }>(
      `/api/projects/${project.id}/links`,
      { days: 300 },
    );
    expect((await open(short)).status).toBe(200);
    await goOnTo(new Date(clock.now().getTime() + 2 * DAY));
    await dispatcher.post(`/api/projects/${project.id}/links/revoke`, { linkId: closed.link.id });
    const answers = await Promise.all(
      [short, closed.url, `${app.url}/s/${'B'.repeat(22)}`, `${app.url}/s/x`, `${app.url}/s`].map((url) =>
        open(url),
      ),
    );
    expect(new Set(answers.map(({ status, html }) => `${status} ${html}`)).size).toBe(1);
    expect(answers[0]?.status).toBe(404);
    const stored = await driverCollection<CustomerLinkDoc>(app.connection, 'customer_links').find().toArray();
    const tokens = [short, closed.url].map((url) => url.slice(-22));
    for (const token of tokens) expect(JSON.stringify(stored)).not.toContain(token);
  });

  it('leaves the words of whoever was just asking in their sight when the link is closed (L6)', async () => {
    const { project } = await order();
    const url = await linkTo(project);
    await dispatcher.post(`/api/projects/${project.id}/links/revoke`, { linkId: null });
    const question = 'Можно ли <b>во вторник</b>?\nПосле обеда';
    const asked = { question, contact: '8 916 555-01-01', website: '' };
    const answers = await Promise.all(
      [url, `${app.url}/s/${'B'.repeat(22)}`].map((address) => form(`${address}?lang=ru`, asked)),
    );
    expect(new Set(answers.map(({ status, html }) => `${status} ${html}`)).size).toBe(1);
    const [{ status, html }] = answers as [Awaited<ReturnType<typeof form>>];
    expect(status).toBe(404);
    expect(html).toContain('Можно ли &lt;b&gt;во вторник&lt;/b&gt;?\nПосле обеда');
    expect(html).toContain('8 916 555-01-01');
    expect(html).toContain('Вопрос не отправлен');
    expect((await form(`${url}?lang=en`, asked)).html).toContain('Your question was not sent');
    expect(await eventsOf(project, 'customer.request')).toEqual([]);
    for (const empty of [{ question: '' }, { question: ' ' }])
      expect((await form(url, empty)).html).not.toContain('Вопрос не отправлен');
    expect((await form(url, { question: 'ы'.repeat(40_000) })).status).toBe(404);
    expect((await open(url)).html).not.toContain('Вопрос не отправлен');
  });

  it('is closed to whoever was the customer before, who may still say stop (L1, K7)', async () => {
    const { project, customer } = await order();
    const other = await order();
    const url = await linkTo(project);
    expect((await open(url)).status).toBe(200);
    await dispatcher.patch(
      `/api/projects/${project.id}`,
      { counterpartyId: other.customer.id },
      { 'If-Match': String(project.version) },
    );
    expect((await open(url)).status).toBe(404);
    expect(await dispatcher.get(`/api/projects/${project.id}/links`)).toEqual({ items: [] });
    expect((await open(await linkTo(project))).status).toBe(200);
    expect((await form(`${url}/stop`, {})).status).toBe(200);
    const consents = async ({ id }: Counterparty) =>
      (await dispatcher.get<Counterparty>(`/api/counterparties/${id}`)).consents;
    expect(await consents(customer)).toMatchObject([{ withdrawn: { by: null } }]);
    expect(await consents(other.customer)).toMatchObject([{ withdrawn: null }]);
  });

  it('is opened once a day for the order (L3)', async () => {
    const { project } = await order();
    const links = [await linkTo(project), await linkTo(project)];
    for (const url of [...links, ...links]) await open(url);
    expect(await eventsOf(project, 'link.opened')).toHaveLength(1);
    await goOnTo(new Date(clock.now().getTime() + DAY));
    await open(links[0] ?? '');
    expect(await eventsOf(project, 'link.opened')).toHaveLength(2);
  });

  it('takes a question to the order’s people, once, and throws away what fills in every field (L4)', async () => {
    const { project } = await order();
    const url = await linkTo(project);
    const { html } = await open(url);
    expect(html).toContain('maxlength="2000" aria-describedby="most"');
    expect(html).toMatch(/id="most">До 2000 знаков/);
    expect((await open(`${url}?lang=en`)).html).toMatch(/id="most">Up to 2,000 characters/);
    const question = {
      question: 'Когда <b>приедете</b>?',
      contact: '8 916 555-01-01',
      website: '',
    };
    for (let press = 0; press < 2; press++) {
      const answer = await form(url, question);
      expect(answer.status).toBe(303);
      expect(answer.headers.get('location')).toContain('asked=thanks');
    }
    const asked = await eventsOf(project, 'customer.request');
    expect(asked).toMatchObject([
      { status: 'open', importance: 'high', title: 'Вопрос заказчика: Когда <b>приедете</b>?' },
    ]);
    expect(asked[0]?.payload).toEqual({ contact: '8 916 555-01-01' });
    // Answered, it may be asked again in the same words.
    const { id, rev } = asked[0] as SvodkaEvent;
    await dispatcher.post(`/api/events/${id}/resolve`, undefined, { 'If-Match': String(rev) });
    expect((await form(await linkTo(project), question)).status).toBe(303);
    expect(await eventsOf(project, 'customer.request')).toHaveLength(2);
    const filled = { ...question, question: 'Ещё', website: 'http://x' };
    expect((await form(url, filled)).status).toBe(303);
    expect(await eventsOf(project, 'customer.request')).toHaveLength(2);
    const empty = await form(url, { ...question, question: ' ' });
    expect(empty.status).toBe(400);
    expect(empty.html).toContain('8 916 555-01-01');
    const statuses: number[] = [];
    for (let i = 0; i < 6; i++)
      statuses.push((await form(url, { ...question, question: `Когда? ${i}` })).status);
    expect(statuses).toContain(429);
    expect((await eventsOf(project, 'customer.request')).length).toBeLessThanOrEqual(6);
    expect((await form(url, { ...question, question: 'ы'.repeat(40_000) })).status).toBe(400);
  });
});

describe('guessing', () => {
  it('is answered less and less, from one address and not from others (L2)', async () => {
    const guarded = await createTestApp({ config: { TRUST_PROXY: '1' } });
    try {
      const guess = async (i: number, address: string) =>
        (
          await fetch(`${guarded.url}/s/${String(i).padStart(22, 'x')}`, {
            headers: { 'X-Forwarded-For': address },
          })
        ).status;
      const statuses: number[] = [];
      for (let i = 0; i < 1_000; i++) statuses.push(await guess(i, '203.0.113.7'));
      // Twenty at once, and one a minute of whatever time that took.
      expect(statuses.slice(0, 20).every((status) => status === 404)).toBe(true);
      expect(statuses.slice(20).filter((status) => status !== 429).length).toBeLessThan(20);
      expect(await guess(1, '203.0.113.8')).toBe(404);
      // Behind one address there are many, and one of them has the right one.
      for (let i = 0; i < 30; i++) await guess(i, '203.0.113.9');
      expect(await guess(1, '203.0.113.9')).toBe(429);
      const customer = await makeCounterparty(guarded.admin);
      const { id } = await makeProject(guarded.admin, { counterpartyId: customer.id });
      const { url } = await guarded.admin.post<{ url: string }>(`/api/projects/${id}/links`, { days: 30 });
      const right = await fetch(guarded.url + new URL(url).pathname, {
        headers: { 'X-Forwarded-For': '203.0.113.9' },
      });
      expect(right.status).toBe(200);
    } finally {
      await guarded.close();
    }
  });
});
