import type { Comment } from '@svodka/shared/contracts/comment';
import type { Project } from '@svodka/shared/contracts/directory';
import type { EventCreateInput, SvodkaEvent } from '@svodka/shared/contracts/event';
import type { Delivery, DeliveryState, NoticeView } from '@svodka/shared/contracts/notice';
import type { Told } from '@svodka/shared/contracts/told';
import { createTestApp, type TestApp } from '../../test/support/app.ts';
import type { Client } from '../../test/support/client.ts';
import { makeCounterparty, makeEvent, makeProject, nextSerial } from '../../test/support/factories.ts';
import { FakeClock } from '../../test/support/fake-clock.ts';
import { type SmtpSink, startSmtpSink } from '../../test/support/smtp-sink.ts';
import { TestSocket } from '../../test/support/socket.ts';
import { until } from '../../test/support/until.ts';
import { DeadlineSweep } from '../deadlines/sweep.service.ts';
import type { EventDoc } from '../events/event.schema.ts';
import { driverCollection } from '../platform/mongo/driver-collection.ts';
import type { DeliveryDoc } from './notice.schema.ts';
import { PresenceService } from './presence.service.ts';
import { RelayService } from './relay.service.ts';

type Person = Awaited<ReturnType<TestApp['signIn']>>;

const MINUTE = 60_000;
const HOUR = 60 * MINUTE;

let app: TestApp;
let sink: SmtpSink;
let clock: FakeClock;
let dispatcher: Person;

async function boot(smtpUrl: string | undefined) {
  clock = new FakeClock();
  app = await createTestApp({
    clock,
    config: { PUBLIC_URL: 'https://svodka.example', ...(smtpUrl && { SMTP_URL: smtpUrl }) },
  });
  dispatcher = await app.signIn({ roles: ['dispatcher'] });
}

const person = (fields: Parameters<TestApp['signIn']>[0] = {}) =>
  app.signIn({ roles: ['manager'], email: `p${nextSerial()}@firm.example`, ...fields });

const projectOf = async (manager: Person, appointed: Person[] = []): Promise<Project> =>
  makeProject(app.admin, {
    managerId: manager.user.id,
    appointedIds: appointed.map(({ user }) => user.id),
    counterpartyId: (await makeCounterparty(app.admin, { name: 'Иванов Иван' })).id,
  });

const prepaid = (project: Project, by: Client = dispatcher, over: Partial<EventCreateInput> = {}) =>
  makeEvent(by, {
    type: 'payment.prepaid',
    title: `Предоплата ${nextSerial()}`,
    payload: { amountKop: 18_430_000 },
    projectId: project.id,
    ...over,
  });

const inboxOf = (client: Person) => client.get<{ items: NoticeView[]; unread: number }>('/api/notices');
const deliveriesTo = async (client: Person) =>
  (await app.admin.get<{ items: Delivery[] }>('/api/deliveries?limit=200')).items.filter(
    ({ userId }) => userId === client.user.id,
  );
const delivery = (client: Person, fits: (one: Delivery) => boolean) =>
  until(async () => (await deliveriesTo(client)).find(fits), {
    what: `a delivery to ${client.user.email}`,
  });
const inState = (state: DeliveryState) => (one: Delivery) => one.state === state;
const relay = () => app.app.get(RelayService, { strict: false }).run();
const sweep = () => app.app.get(DeadlineSweep, { strict: false }).run();
const arrive = (client: Person) =>
  app.app.get(PresenceService, { strict: false }).beat(client.user.id, { visible: true, idleMs: 0 });
const lettersTo = (client: Person) => sink.to(client.user.email ?? '');
const letterTo = (client: Person, words = '') =>
  sink.letter(
    ({ recipients, subject }) =>
      recipients.includes(client.user.email ?? '') && Boolean(subject?.includes(words)),
  );

describe('with an SMTP server', () => {
  beforeAll(async () => {
    sink = await startSmtpSink();
    await boot(sink.url);
  });
  afterAll(async () => {
    await app?.close();
    await sink?.close();
  });

  it('writes to the manager and the appointed who are away that the prepayment was made, once each (N1)', async () => {
    const [manager, appointed, stranger] = [await person(), await person(), await person()];
    const project = await projectOf(manager, [appointed]);
    const event = await prepaid(project);
    const letter = await letterTo(manager);
    await letterTo(appointed);
    expect(letter.subject).toBe(`№ ${project.number}: ${event.title.toLowerCase()}, Иванов Иван`);
    expect(letter.text).toContain(`https://svodka.example/events/${event.id}`);
    expect(letter.text).toContain('Контрагент: Иванов Иван');
    expect(letter.html).toContain('Иванов Иван');
    const sent = await delivery(manager, inState('sent'));
    expect(letter.messageId).toBe(sent.messageId);
    expect(sent).toMatchObject({ reason: null, nextAttemptAt: null, attempts: [{ outcome: '250 kept' }] });
    expect(sent.messageId).toBe(`<${sent.noticeId}@svodka.example>`);
    expect(lettersTo(manager)).toHaveLength(1);

    const inbox = await inboxOf(manager);
    expect(inbox.unread).toBe(1);
    expect(inbox.items).toMatchObject([
      { reason: 'occurred', role: 'manager', at: event.occurredAt, seenAt: null, event: { id: event.id } },
    ]);
    expect((await inboxOf(appointed)).items).toMatchObject([{ role: 'appointed' }]);
    expect((await inboxOf(stranger)).items).toEqual([]);
  });

  it('writes in the language of the reader', async () => {
    const manager = await person({ locale: 'en' });
    await prepaid(await projectOf(manager));
    expect((await letterTo(manager)).subject).toMatch(/^No\. T-\d+: prepayment made: /);
  });

  it('tells of a deadline that comes near, is there and is over, once each (N2)', async () => {
    const manager = await person();
    const project = await projectOf(manager);
    const dueAt = new Date(clock.now().getTime() + 3 * HOUR);
    const event = await makeEvent(dispatcher, {
      title: 'Согласовать монтаж',
      projectId: project.id,
      due: { at: dueAt.toISOString(), leadMin: 120 },
    });
    expect(event.dueState).toBe('none');
    clock.advance(2 * HOUR);
    await sweep();
    await sweep();
    expect((await letterTo(manager, 'срок приближается')).text).toContain('Согласовать монтаж');
    clock.advance(HOUR);
    await sweep();
    await letterTo(manager, 'срок просрочен');
    const { items } = await inboxOf(manager);
    expect(items.map(({ reason, at }) => [reason, at])).toEqual([
      ['overdue', dueAt.toISOString()],
      ['approaching', dueAt.toISOString()],
    ]);
    expect(lettersTo(manager)).toHaveLength(2);
  });

  it('lets who is present see the notice first, and cancels the letter of a seen one (D1)', async () => {
    const manager = await person();
    const project = await projectOf(manager);
    await arrive(manager);
    await prepaid(project);
    const queued = await delivery(manager, inState('queued'));
    expect(Date.parse(queued.nextAttemptAt ?? '') - Date.parse(queued.createdAt)).toBe(MINUTE);
    clock.advance(MINUTE - 1);
    await relay();
    expect((await deliveriesTo(manager))[0]?.state).toBe('queued');
    const { items } = await inboxOf(manager);
    const ids = items.map(({ id }) => id);
    expect(await manager.post('/api/notices/seen', { ids })).toEqual({ unread: 0 });
    clock.advance(2);
    await relay();
    expect(await delivery(manager, inState('cancelled'))).toMatchObject({ reason: 'seen', attempts: [] });
    expect(lettersTo(manager)).toHaveLength(0);
  });

  it('writes to who is present but does not look, after a minute', async () => {
    const manager = await person();
    const project = await projectOf(manager);
    await arrive(manager);
    await prepaid(project);
    await delivery(manager, inState('queued'));
    clock.advance(MINUTE);
    await letterTo(manager);
  });

  it('takes the reading of an event for the reading of what was told of it, and of nothing else', async () => {
    const manager = await person();
    await arrive(manager);
    const project = await projectOf(manager);
    const [read, other] = [await prepaid(project), await prepaid(project)];
    await until(async () => (await inboxOf(manager)).unread === 2);
    expect(await manager.post('/api/notices/seen', { eventId: read.id })).toEqual({ unread: 1 });
    clock.advance(2 * MINUTE);
    await relay();
    expect(await delivery(manager, inState('cancelled'))).toMatchObject({ reason: 'seen', attempts: [] });
    const { items } = await inboxOf(manager);
    expect(items.filter(({ seenAt }) => seenAt === null).map(({ eventId }) => eventId)).toEqual([other.id]);
  });

  it('shows a toast on every open page of who is there, and no letter once it is seen', async () => {
    const manager = await person();
    const project = await projectOf(manager);
    const pages = [await TestSocket.connect(manager), await TestSocket.connect(manager)];
    const foreign = await TestSocket.connect(await person());
    await pages[0]?.ask('presence.beat', { visible: true, idleMs: 0 });
    const event = await prepaid(project);
    for (const page of pages) {
      const told = await page.fact('notice.changed', ({ isNew }) => isNew);
      expect(told).toMatchObject({
        unread: 1,
        notice: { reason: 'occurred', role: 'manager', event: { id: event.id } },
        refs: { projects: [{ number: project.number }], counterparties: [{ name: 'Иванов Иван' }] },
      });
    }
    await manager.post('/api/notices/seen', { all: true });
    for (const page of pages)
      await page.fact('notice.changed', ({ unread, isNew }) => unread === 0 && !isNew);
    clock.advance(MINUTE);
    expect(await delivery(manager, inState('cancelled'))).toMatchObject({ reason: 'seen' });
    expect(lettersTo(manager)).toHaveLength(0);
    expect(foreign.facts.filter(({ name }) => name === 'notice.changed')).toEqual([]);
    for (const page of [...pages, foreign]) page.raw.disconnect();
  });

  it('takes a page that is hidden or idle, and one that is long gone, for nobody', async () => {
    const presence = app.app.get(PresenceService, { strict: false });
    const { user } = await person();
    await presence.beat(user.id, { visible: false, idleMs: 0 });
    await presence.beat(user.id, { visible: true, idleMs: 5 * MINUTE });
    expect(await presence.presentOf([user.id])).toEqual(new Set());
    await presence.beat(user.id, { visible: true, idleMs: MINUTE });
    expect(await presence.presentOf([user.id])).toEqual(new Set([user.id]));
    clock.advance(30_000);
    expect(await presence.presentOf([user.id])).toEqual(new Set());
  });

  it('does not tell the author what the author wrote', async () => {
    const [manager, appointed] = [await person(), await person()];
    const project = await projectOf(manager, [appointed]);
    await makeEvent(manager, { type: 'material.reserved', projectId: project.id });
    await letterTo(appointed);
    expect((await inboxOf(manager)).items).toEqual([]);
  });

  it('tells who is named in a comment, if they may see the event (N3, N4)', async () => {
    const [manager, stranger] = [await person(), await person()];
    const event = await makeEvent(dispatcher, { projectId: (await projectOf(manager)).id });
    const comment = await dispatcher.post<Comment>(`/api/events/${event.id}/comments`, {
      body: 'Посмотрите, **пожалуйста**',
      mentionIds: [manager.user.id, stranger.user.id, dispatcher.user.id],
    });
    expect((await letterTo(manager)).subject).toContain('вас упомянули');
    expect((await inboxOf(manager)).items).toMatchObject([
      {
        reason: 'mention',
        role: 'mentioned',
        commentId: comment.id,
        comment: { authorId: dispatcher.user.id, body: 'Посмотрите, пожалуйста' },
      },
    ]);
    expect((await inboxOf(stranger)).items).toEqual([]);
    expect((await inboxOf(dispatcher)).items).toEqual([]);
  });

  it('tries a letter again that was refused for now, and gives up on one refused for good (D5)', async () => {
    const [manager, second] = [await person(), await person()];
    sink.script('later');
    await prepaid(await projectOf(manager));
    const queued = await delivery(
      manager,
      ({ attempts, state }) => attempts.length === 1 && state === 'queued',
    );
    expect(queued).toMatchObject({
      reason: '451 come back later',
      attempts: [{ outcome: '451 come back later' }],
    });
    clock.advance(MINUTE);
    await letterTo(manager);
    const sent = await delivery(manager, inState('sent'));
    expect(sent).toMatchObject({ reason: null, attempts: [{}, { outcome: '250 kept' }] });
    expect(lettersTo(manager)).toHaveLength(1);

    sink.script('never');
    await prepaid(await projectOf(second));
    const failed = await delivery(second, inState('failed'));
    expect(failed).toMatchObject({ reason: '550 no such mailbox', nextAttemptAt: null });
    // A person who has put it right sends it again.
    await app.admin.post(`/api/deliveries/${failed.id}/retry`);
    await letterTo(second);
    const answer = await app.admin.send('POST', `/api/deliveries/${sent.id}/retry`);
    expect(answer).toMatchObject({ status: 409, error: { code: 'conflict' } });
  });

  it('gives up after 1, 5, 15, 60 and 240 minutes', async () => {
    const manager = await person();
    sink.script('later', 'later', 'later', 'later', 'later', 'later');
    await prepaid(await projectOf(manager));
    for (const [index, minutes] of [1, 5, 15, 60, 240].entries()) {
      const { nextAttemptAt } = await delivery(manager, ({ attempts, state }) => {
        return attempts.length === index + 1 && state === 'queued';
      });
      expect(Date.parse(nextAttemptAt ?? '') - clock.now().getTime()).toBe(minutes * MINUTE);
      clock.advance(minutes * MINUTE);
      await relay();
    }
    expect(await delivery(manager, inState('failed'))).toMatchObject({ reason: '451 come back later' });
    expect(lettersTo(manager)).toHaveLength(0);
  });

  it('repeats a letter, with the same Message-ID, until it is known to have arrived (D5, D6)', async () => {
    const manager = await person();
    sink.script('hang-up-after-dot', 'take-and-hang-up', 'later');
    await prepaid(await projectOf(manager));
    const tried = (count: number, state: DeliveryState) =>
      delivery(manager, (one) => one.attempts.length === count && one.state === state);
    for (const [count, state, minutes] of [
      [1, 'ambiguous', 1],
      [2, 'ambiguous', 5],
      [3, 'queued', 15],
    ] as const) {
      const { nextAttemptAt } = await tried(count, state);
      expect(Date.parse(nextAttemptAt ?? '') - clock.now().getTime()).toBe(minutes * MINUTE);
      clock.advance(minutes * MINUTE);
      await relay();
    }
    const { messageId } = await tried(4, 'sent');
    expect(lettersTo(manager).map((letter) => letter.messageId)).toEqual([messageId, messageId]);
  });

  it('leaves as unknown what stays unanswered after the last repetition, until somebody asks (D5)', async () => {
    const manager = await person();
    sink.script(...Array.from({ length: 6 }, () => 'hang-up-after-dot' as const));
    await prepaid(await projectOf(manager));
    for (const [index, minutes] of [1, 5, 15, 60, 240].entries()) {
      await delivery(
        manager,
        ({ attempts, state }) => attempts.length === index + 1 && state === 'ambiguous',
      );
      clock.advance(minutes * MINUTE);
      await relay();
    }
    const unknown = await delivery(
      manager,
      ({ attempts, state }) => attempts.length === 6 && state === 'ambiguous',
    );
    expect(unknown.nextAttemptAt).toBeNull();
    await app.admin.post(`/api/deliveries/${unknown.id}/retry`);
    expect(await letterTo(manager)).toMatchObject({ messageId: unknown.messageId });
  });

  it('takes over from a worker that died, and repeats only what may have gone out (D3, D4)', async () => {
    const [before, after] = [await person(), await person()];
    for (const [manager, isDotted] of [
      [before, false],
      [after, true],
    ] as const) {
      await arrive(manager);
      await prepaid(await projectOf(manager));
      const { id } = await delivery(manager, inState('queued'));
      await driverCollection<DeliveryDoc>(app.connection, 'deliveries').updateOne(
        { _id: id },
        {
          $set: {
            state: 'sending',
            isDotted,
            attempts: [{ at: clock.now(), outcome: 'started' }],
            nextAttemptAt: new Date(clock.now().getTime() + 45_000),
          },
          $inc: { fence: 1 },
        },
      );
    }
    await relay();
    expect(lettersTo(before)).toHaveLength(0);
    clock.advance(45_000);
    await letterTo(before);
    expect(await delivery(before, inState('sent'))).toMatchObject({
      attempts: [{ outcome: 'ended-before-dot' }, { outcome: '250 kept' }],
    });
    await delivery(after, inState('ambiguous'));
    expect(lettersTo(after)).toHaveLength(0);
    clock.advance(MINUTE);
    await letterTo(after);
  });

  it('does not send to who lost access, is disabled or has no mailbox by then (D2, security.md 45)', async () => {
    const [moved, disabled, mute] = [await person(), await person(), await person({ email: null })];
    const projects: Project[] = [];
    for (const manager of [moved, disabled, mute]) {
      await arrive(manager);
      const project = await projectOf(manager);
      projects.push(project);
      await prepaid(project);
      await delivery(manager, inState('queued'));
    }
    await app.admin.patch(`/api/projects/${projects[0]?.id}`, { managerId: dispatcher.user.id });
    await app.admin.patch(`/api/users/${disabled.user.id}`, { disabled: true });
    const { items } = await inboxOf(moved);
    await until(async () => (await inboxOf(moved)).items[0]?.event === null, {
      what: 'the loss of the event',
    });
    expect(items).toHaveLength(1);
    clock.advance(MINUTE);
    expect(await delivery(moved, inState('cancelled'))).toMatchObject({ reason: 'no-access' });
    expect(await delivery(disabled, inState('cancelled'))).toMatchObject({ reason: 'no-access' });
    expect(await delivery(mute, inState('cancelled'))).toMatchObject({ reason: 'no-email', to: '' });
    expect([...lettersTo(moved), ...lettersTo(disabled)]).toEqual([]);
  });

  it('does not send what is no longer so: a deadline that has moved, a comment that is removed (D2)', async () => {
    const manager = await person();
    await arrive(manager);
    const project = await projectOf(manager);
    const event = await makeEvent(dispatcher, {
      projectId: project.id,
      due: { at: new Date(clock.now().getTime() + HOUR).toISOString() },
    });
    const { id } = await dispatcher.post<Comment>(`/api/events/${event.id}/comments`, {
      body: 'Срочно',
      mentionIds: [manager.user.id],
    });
    await until(async () => (await deliveriesTo(manager)).length === 2);
    await dispatcher.patch(
      `/api/events/${event.id}`,
      { due: { at: new Date(clock.now().getTime() + 100 * HOUR).toISOString() } },
      { 'If-Match': String(event.rev) },
    );
    await dispatcher.delete(`/api/comments/${id}`);
    clock.advance(MINUTE);
    await until(async () => (await deliveriesTo(manager)).every(({ reason }) => reason === 'stale'));
    expect(lettersTo(manager)).toHaveLength(0);
  });

  it('lets a title from another program add neither header nor recipient (security.md 22)', async () => {
    const manager = await person();
    await arrive(manager);
    const event = await prepaid(await projectOf(manager));
    await delivery(manager, inState('queued'));
    await driverCollection<EventDoc>(app.connection, 'events').updateOne(
      { _id: event.id },
      { $set: { title: 'Счёт\r\nBcc: evil@firm.example\r\n\r\n<script>' }, $inc: { version: 1 } },
    );
    clock.advance(MINUTE);
    const letter = await letterTo(manager);
    expect(letter.recipients).toEqual([manager.user.email]);
    expect(letter.headers.has('bcc')).toBe(false);
    expect(letter.html).not.toContain('<script>');
  });

  it('shows nobody the notices of others, and lets nobody mark them', async () => {
    const [manager, other] = [await person(), await person()];
    await prepaid(await projectOf(manager));
    await letterTo(manager);
    const ids = (await inboxOf(manager)).items.map(({ id }) => id);
    await other.post('/api/notices/seen', { ids });
    expect((await inboxOf(manager)).unread).toBe(1);
    expect(await manager.post('/api/notices/seen', { all: true })).toEqual({ unread: 0 });
    expect((await manager.get<{ items: NoticeView[] }>('/api/notices?unread=true')).items).toEqual([]);
  });

  it('pages the inbox, newest first', async () => {
    const manager = await person();
    const project = await projectOf(manager);
    for (let i = 0; i < 5; i++) {
      await prepaid(project);
      clock.advance(1_000);
    }
    await until(async () => (await inboxOf(manager)).items.length === 5);
    const seen: string[] = [];
    for (let after = ''; ; ) {
      const page = await manager.get<{ items: NoticeView[]; next: string | null }>(
        `/api/notices?limit=2${after && `&after=${encodeURIComponent(after)}`}`,
      );
      seen.push(...page.items.map(({ id }) => id));
      if (!page.next) break;
      after = page.next;
    }
    expect(seen).toEqual((await inboxOf(manager)).items.map(({ id }) => id));
    expect(await manager.send('GET', '/api/notices?after=nonsense')).toMatchObject({
      status: 400,
      error: { code: 'validation', details: [{ field: 'after', reason: 'cursor' }] },
    });
  });

  it('shows the mail to administrators and dispatchers only', async () => {
    const manager = await person();
    expect((await manager.send('GET', '/api/deliveries')).status).toBe(403);
    expect((await dispatcher.send('GET', '/api/deliveries')).status).toBe(200);
    expect((await app.client().send('GET', '/api/deliveries')).status).toBe(401);
    const unknown = '/api/deliveries/019abc00-0000-7000-8000-000000000001';
    expect((await dispatcher.send('GET', unknown)).status).toBe(404);
    expect((await dispatcher.send('POST', `${unknown}/retry`)).status).toBe(404);
  });

  // The last: the server holds on to its letter.
  it('lets a server that stalls over one letter hold up no other', async () => {
    const [stuck, manager] = [await person(), await person()];
    const { offers } = sink;
    sink.script('stall');
    await prepaid(await projectOf(stuck));
    await until(() => sink.offers > offers);
    await prepaid(await projectOf(manager));
    await letterTo(manager);
    expect((await deliveriesTo(stuck))[0]?.state).toBe('sending');
  });
});

describe('without an SMTP server', () => {
  beforeAll(() => boot(undefined));
  afterAll(() => app?.close());

  it('tells those who stand in for a manager who is let in no more, or for none (N11)', async () => {
    const manager = await person({ departmentId: 'Продажи' });
    const project = await projectOf(manager);
    const loose = await makeProject(app.admin, {});
    const told = async (of: Project) => {
      const event = await prepaid(of, app.admin);
      const standsIn = await until(
        async () => (await inboxOf(dispatcher)).items.find((one) => one.event?.id === event.id),
        { what: 'the dispatcher is told', timeoutMs: 5_000 },
      );
      const { items } = await app.admin.get<Told>(`/api/events/${event.id}/told`);
      return { role: standsIn.role, items: items.map(({ userId, suppressed }) => ({ userId, suppressed })) };
    };
    const closed = { userId: manager.user.id, suppressed: 'disabled' };
    const byDispatcher = { userId: dispatcher.user.id, suppressed: null };
    expect(await told(loose)).toEqual({ role: 'role', items: [byDispatcher] });
    await manager.post('/api/rules', {
      name: 'Моё',
      trigger: { on: 'occurred' },
      filter: 'type:note.free',
      recipients: [{ to: 'manager' }],
      state: 'on',
    });
    await app.admin.patch(`/api/users/${manager.user.id}`, { disabled: true });
    const first = await told(project);
    expect(first.items).toEqual(expect.arrayContaining([closed, byDispatcher]));
    // What the closed one has asked for themselves nobody else hears.
    expect(first.items.filter(({ suppressed }) => suppressed === null)).toEqual([byDispatcher]);
    const quiet = await app.admin.post<{ event: SvodkaEvent }>('/api/events', {
      type: 'note.free',
      title: 'Только для своего правила',
      projectId: project.id,
    });
    const decided = await until(
      async () => {
        const { items } = await app.admin.get<Told>(`/api/events/${quiet.event.id}/told`);
        return items.length > 0 && items;
      },
      { what: 'it is decided whom that rule tells' },
    );
    expect(decided.map(({ userId, suppressed }) => ({ userId, suppressed }))).toEqual([closed]);
    // A head who sees the whole stream goes before the dispatchers.
    const head = await person({ roles: ['manager', 'dispatcher'], departmentId: 'Продажи' });
    await app.admin.patch(`/api/users/${head.user.id}`, { isHead: true });
    const event = await prepaid(project, app.admin);
    await until(async () => (await inboxOf(head)).items.some((one) => one.event?.id === event.id), {
      what: 'the head is told',
    });
    expect((await inboxOf(dispatcher)).items.some((one) => one.event?.id === event.id)).toBe(false);
    await app.admin.patch(`/api/users/${head.user.id}`, { disabled: true });
  });

  it('keeps the letters to be read in the app (D7)', async () => {
    const manager = await person();
    const event: SvodkaEvent = await prepaid(await projectOf(manager));
    const kept = await delivery(manager, inState('kept'));
    expect(kept).toMatchObject({ reason: 'no-smtp', attempts: [], to: manager.user.email });
    expect(await app.admin.get<Delivery>(`/api/deliveries/${kept.id}`)).toEqual(kept);
    expect(kept.text).toContain(event.id);
  });
});

describe('to demonstration addresses', () => {
  beforeAll(async () => {
    sink = await startSmtpSink();
    await boot(sink.url);
  });
  afterAll(async () => {
    await app?.close();
    await sink?.close();
  });

  it('sends nothing (D7)', async () => {
    const manager = await person({ email: 'anna@demo.invalid' });
    await prepaid(await projectOf(manager));
    expect(await delivery(manager, inState('kept'))).toMatchObject({ reason: 'demo-address' });
    expect(sink.offers).toBe(0);
  });
});
