import type { Project } from '@svodka/shared/contracts/directory';
import type { SvodkaEvent } from '@svodka/shared/contracts/event';
import type { NoticeView } from '@svodka/shared/contracts/notice';
import type { NoticeRule, RulePreview } from '@svodka/shared/contracts/notice-rule';
import type { Told, Why } from '@svodka/shared/contracts/told';
import { parseText, toText } from '@svodka/shared/filter/text';
import { createTestApp, type TestApp } from '../../../test/support/app.ts';
import { makeCounterparty, makeEvent, makeProject, nextSerial } from '../../../test/support/factories.ts';
import { FakeClock } from '../../../test/support/fake-clock.ts';
import { until } from '../../../test/support/until.ts';
import { DeadlineSweep } from '../../deadlines/sweep.service.ts';
import { RelayService } from '../relay.service.ts';
import { LiveRules } from './live-rules.ts';
import { startingId, startingRules } from './starting-rules.ts';

type Person = Awaited<ReturnType<TestApp['signIn']>>;
type Rules = { items: NoticeRule[] };

const MINUTE = 60_000;
const HOUR = 60 * MINUTE;

let app: TestApp;
let clock: FakeClock;
let dispatcher: Person;
let manager: Person;
let project: Project;

beforeAll(async () => {
  clock = new FakeClock();
  app = await createTestApp({ clock });
  dispatcher = await app.signIn({ roles: ['dispatcher'] });
}, 60_000);
afterAll(() => app?.close());
beforeEach(async () => {
  manager = await app.signIn({ roles: ['manager'] });
  project = await orderOf(manager);
});

const orderOf = (person: Person) => makeProject(app.admin, { managerId: person.user.id });
const sweep = () => app.app.get(DeadlineSweep, { strict: false }).run();
const inboxOf = async (person: Person) =>
  (await person.get<{ items: NoticeView[] }>('/api/notices?limit=200')).items;
const toldOf = (event: { id: string }) => app.admin.get<Told>(`/api/events/${event.id}/told`);
const write = (fields: object = {}, by: { post: Person['post'] } = app.admin) =>
  by.post<NoticeRule>('/api/rules', {
    name: `Правило ${nextSerial()}`,
    filter: `project:${project.id} type:measure.done`,
    trigger: { on: 'occurred' },
    recipients: [{ to: 'manager' }],
    ...fields,
  });
const happen = (type: SvodkaEvent['type'] = 'measure.done', over: object = {}) =>
  makeEvent(dispatcher, { type, projectId: project.id, title: `Так ${nextSerial()}`, ...over });
/** Another event that is surely told later than all before it: what is not there by then is not told. */
async function settled(): Promise<void> {
  const mark = await happen('payment.prepaid', { payload: { amountKop: 100 } });
  await until(async () => (await inboxOf(manager)).some(({ eventId }) => eventId === mark.id));
}
const reasonsOf = async (person: Person, event: { id: string }) =>
  (await inboxOf(person)).filter(({ eventId }) => eventId === event.id).map(({ reason }) => reason);
const heard = (person: Person, event: { id: string }, reason: string) =>
  until(async () => (await reasonsOf(person, event)).includes(reason as never));

describe('the starting set', () => {
  it('is there to be read by anybody, in its canonical form, and once', async () => {
    const { items } = await manager.get<Rules>('/api/rules');
    expect(items.map(({ code }) => code).filter(Boolean)).toHaveLength(startingRules(clock.now()).length);
    for (const { filter } of items.filter(({ code }) => code)) expect(toText(parseText(filter))).toBe(filter);
  });

  it('may be changed: what is off tells nobody', async () => {
    const id = startingId('complaint');
    await app.admin.send('PATCH', `/api/rules/${id}`, { state: 'off' });
    const event = await happen('complaint.opened');
    await settled();
    expect(await reasonsOf(manager, event)).toEqual([]);
    await app.admin.send('PATCH', `/api/rules/${id}`, { state: 'on' });
    await heard(manager, await happen('complaint.opened'), 'occurred');
  });
});

describe('a rule', () => {
  it('is refused where it can mean nothing, with the place in its text', async () => {
    const refusedFor = async (fields: object) => {
      const draft = { name: 'Так', filter: '', trigger: { on: 'occurred' }, recipients: [{ to: 'manager' }] };
      const answer = await app.admin.send('POST', '/api/rules', { ...draft, ...fields });
      return answer.error?.details?.[0];
    };
    expect(await refusedFor({ filter: 'type:nothing' })).toMatchObject({ field: 'filter', position: 5 });
    expect(await refusedFor({ orders: 'type:call.in' })).toMatchObject({ field: 'orders' });
    expect(await refusedFor({ filter: 'type:mail.sent' })).toMatchObject({ reason: 'rule-loop' });
    expect(await refusedFor({ filter: 'type:call.in or -author:anna' })).toMatchObject({
      reason: 'rule-name',
    });
    expect(await refusedFor({ orders: 'manager:вера' })).toMatchObject({
      field: 'orders',
      reason: 'rule-name',
    });
    expect(await refusedFor({ name: null })).toMatchObject({ field: 'name' });
    expect(await refusedFor({ recipients: [] })).toMatchObject({ field: 'recipients' });
    const nobody = { to: 'person', id: '019abc00-0000-7000-8000-000000000001' };
    expect(await refusedFor({ recipients: [nobody] })).toMatchObject({ reason: 'unknown-user' });
  });

  it('is found again by its id, and refuses an edit of what somebody has changed', async () => {
    const rule = await write();
    const again = await app.admin.send<NoticeRule>('POST', '/api/rules', {
      id: rule.id,
      name: rule.name,
      filter: rule.filter,
      trigger: rule.trigger,
      recipients: rule.recipients,
    });
    expect(again).toMatchObject({ status: 200, body: { id: rule.id } });
    const edit = (name: string) =>
      app.admin.send('PATCH', `/api/rules/${rule.id}`, { name }, { 'If-Match': '1' });
    expect((await edit('Иначе')).status).toBe(200);
    const stale = await edit('Ещё иначе');
    expect(stale.status).toBe(409);
    expect(stale.error?.current).toMatchObject({ name: 'Иначе', version: 2 });
  });

  it('of a manager speaks of the orders that are theirs, and nobody else reads it', async () => {
    const other = await app.signIn({ roles: ['manager'] });
    const rule = await write({ filter: 'type:measure.done' }, manager);
    expect(rule.ownerId).toBe(manager.user.id);
    expect((await other.get<Rules>('/api/rules')).items.map(({ id }) => id)).not.toContain(rule.id);
    const foreign = await makeEvent(dispatcher, {
      type: 'measure.done',
      projectId: (await orderOf(other)).id,
    });
    const [finance, stranger] = [
      await app.signIn({ roles: ['finance'] }),
      await app.signIn({ roles: ['finance'] }),
    ];
    const paid = { filter: 'type:payment.received', recipients: [{ to: 'person', id: finance.user.id }] };
    const mine = await write(paid, manager);
    const path = `/api/rules/${mine.id}/mute`;
    await heard(finance, await happen('payment.received', { payload: { amountKop: 1 } }), 'occurred');
    expect(await finance.post(path, { isMuted: true })).toMatchObject({ isMuted: true });
    expect((await stranger.send('POST', path, { isMuted: true })).status).toBe(404);
    await heard(manager, await happen(), 'occurred');
    expect(await toldOf(foreign)).toMatchObject({ items: [], nobody: 'no-rule' });
  });

  it('tells whom it names once, though two say it, and says why', async () => {
    const finance = await app.signIn({ roles: ['finance'] });
    const person = { to: 'person', id: finance.user.id };
    const [one, two] = [
      await write({ filter: `project:${project.id} type:payment.received`, recipients: [person] }),
      await write({
        filter: `project:${project.id} module:finance`,
        recipients: [{ to: 'manager' }, person],
        channels: ['inbox'],
      }),
    ];
    const event = await happen('payment.received', { payload: { amountKop: 1 } });
    await heard(finance, event, 'occurred');
    await heard(manager, event, 'occurred');
    const mine = (await inboxOf(finance)).filter(({ eventId }) => eventId === event.id);
    expect(mine).toHaveLength(1);
    expect(mine[0]?.role).toBe('person');
    expect([...(mine[0]?.ruleIds ?? [])].sort()).toEqual([one.id, two.id].sort());
    const why = await finance.get<Why>(`/api/notices/${mine[0]?.id}/why`);
    expect(why.rules.map(({ mayWrite }) => mayWrite)).toEqual([false, false]);
    expect((await manager.send('GET', `/api/notices/${mine[0]?.id}/why`)).status).toBe(404);
    // The letter is written after the notice.
    const { items, rules } = await until(async () => {
      const told = await toldOf(event);
      return told.items.some((item) => item.letters.length > 0) && told;
    });
    expect(rules).toHaveLength(2);
    const letters = Object.fromEntries(items.map((item) => [item.userId, item.letters.length]));
    expect(letters).toEqual({ [finance.user.id]: 1, [manager.user.id]: 0 });
  });

  it('tells nobody what they may not see, and that is recorded; nor who does not want to hear of it', async () => {
    const finance = await app.signIn({ roles: ['finance'] });
    const rule = await write({ recipients: [{ to: 'manager' }, { to: 'person', id: finance.user.id }] });
    expect(await manager.post(`/api/rules/${rule.id}/mute`, { isMuted: true })).toMatchObject({
      isMuted: true,
    });
    const event = await happen();
    const told = await until(async () => {
      const now = await toldOf(event);
      return now.items.length === 2 && now;
    });
    expect(Object.fromEntries(told.items.map(({ userId, suppressed }) => [userId, suppressed]))).toEqual({
      [finance.user.id]: 'no-access',
      [manager.user.id]: 'muted',
    });
    expect(await reasonsOf(manager, event)).toEqual([]);
    await manager.post(`/api/rules/${rule.id}/mute`, { isMuted: false });
    await heard(manager, await happen(), 'occurred');
  });

  it('that is dry is recorded and stands in no inbox; turned on it tells what comes', async () => {
    const rule = await write({ state: 'dry' });
    const event = await happen();
    await until(async () => (await toldOf(event)).items.some(({ suppressed }) => suppressed === 'dry'));
    await settled();
    expect(await reasonsOf(manager, event)).toEqual([]);
    await app.admin.send('PATCH', `/api/rules/${rule.id}`, { state: 'on' });
    await heard(manager, await happen(), 'occurred');
    expect(await reasonsOf(manager, event)).toEqual([]);
    expect(await app.admin.get<Rules>('/api/rules')).toMatchObject({
      items: expect.arrayContaining([expect.objectContaining({ id: rule.id, told: 2 })]),
    });
  });

  it('that is dry is recorded and counted beside one that tells the same people, and adds nothing to it', async () => {
    const on = await write({ channels: ['inbox'] });
    const dry = await write({ state: 'dry', channels: ['inbox', 'mail'] });
    const finance = await app.signIn({ roles: ['finance'] });
    const unseen = await write({ state: 'dry', recipients: [{ to: 'person', id: finance.user.id }] });
    const event = await happen();
    const told = await until(async () => {
      const now = await toldOf(event);
      return now.items.length === 3 && now;
    });
    const saying = told.items.map(({ userId, suppressed, ruleIds, letters }) => [
      userId,
      suppressed,
      ruleIds,
      letters.length,
    ]);
    expect(saying).toEqual(
      expect.arrayContaining([
        [manager.user.id, null, [on.id], 0],
        [manager.user.id, 'dry', [dry.id], 0],
        [finance.user.id, 'no-access', [unseen.id], 0],
      ]),
    );
    await settled();
    expect(await reasonsOf(manager, event)).toEqual(['occurred']);
    const { items } = await app.admin.get<Rules>('/api/rules');
    expect(items.find(({ id }) => id === dry.id)?.told).toBe(1);
  });

  it('hears of a field that is changed, each time, and of no other', async () => {
    await write({ trigger: { on: 'changed', field: 'title' } });
    const event = await happen();
    const edit = (fields: object, rev: number) =>
      dispatcher.send('PATCH', `/api/events/${event.id}`, fields, { 'If-Match': String(rev) });
    expect((await edit({ body: 'Слова' }, 1)).status).toBe(200);
    expect((await edit({ title: 'Иначе' }, 2)).status).toBe(200);
    expect((await edit({ title: 'И ещё раз' }, 3)).status).toBe(200);
    await until(async () => (await reasonsOf(manager, event)).length === 2);
    await settled();
    expect(await reasonsOf(manager, event)).toEqual(['changed', 'changed']);
  });

  it('hears of a status each time that it turns, also when time alone turns it back', async () => {
    await write({
      filter: `project:${project.id} type:complaint.opened`,
      trigger: { on: 'changed', field: 'status' },
    });
    const event = await happen('complaint.opened');
    const told = () =>
      reasonsOf(manager, event).then((reasons) => reasons.filter((one) => one === 'changed'));
    for (const turns of [1, 2]) {
      const end = new Date(clock.now().getTime() + HOUR).toISOString();
      await dispatcher.post(`/api/events/${event.id}/snooze`, { until: end });
      await until(async () => (await told()).length === 2 * turns - 1);
      clock.advance(HOUR + MINUTE);
      await sweep();
      await sweep();
      await until(async () => (await told()).length === 2 * turns);
    }
    await settled();
    expect(await told()).toHaveLength(4);
  });

  it('of orders asks about the order', async () => {
    await write({ filter: 'type:measure.done', orders: `manager:${manager.user.id}` });
    const foreign = await orderOf(await app.signIn({ roles: ['manager'] }));
    const event = await makeEvent(dispatcher, { type: 'measure.done', projectId: foreign.id });
    await heard(manager, await happen(), 'occurred');
    expect((await toldOf(event)).nobody).toBe('no-rule');
  });
});

describe('time', () => {
  it('brings a deadline near by the lead of the rule, and again each time that it is overdue for so long', async () => {
    await write({
      filter: `project:${project.id}`,
      trigger: { on: 'approaching', lead: { n: 50, unit: 'minutes' } },
    });
    await write({
      filter: `project:${project.id}`,
      trigger: { on: 'overdue', every: { n: 20, unit: 'minutes' } },
    });
    const at = new Date(clock.now().getTime() + 60 * MINUTE).toISOString();
    const event = await happen('note.free', { due: { at, leadMin: 0 } });
    await settled();
    await sweep();
    expect(await reasonsOf(manager, event)).toEqual([]);
    clock.advance(11 * MINUTE);
    await sweep();
    await sweep();
    expect(await reasonsOf(manager, event)).toEqual(['approaching']);
    clock.advance(50 * MINUTE);
    await sweep();
    await heard(manager, event, 'overdue');
    // A standstill over several repetitions tells the latest.
    clock.advance(50 * MINUTE);
    await sweep();
    clock.advance(20 * MINUTE);
    await sweep();
    await sweep();
    expect((await reasonsOf(manager, event)).sort()).toEqual([
      'approaching',
      'overdue',
      'overdue',
      'overdue',
    ]);
    await dispatcher.post(`/api/events/${event.id}/resolve`);
    clock.advance(40 * MINUTE);
    await sweep();
    expect(await reasonsOf(manager, event)).toHaveLength(4);
  });

  it('makes one notice of two rules that say the same when it has come (R4)', async () => {
    const trigger = { on: 'approaching', lead: { n: 45, unit: 'minutes' } };
    const rules = [
      await write({ filter: `project:${project.id}`, trigger, channels: ['inbox'] }),
      await write({ filter: `project:${project.id} type:note.free`, trigger }),
    ];
    const at = new Date(clock.now().getTime() + 60 * MINUTE).toISOString();
    const event = await happen('note.free', { due: { at, leadMin: 0 } });
    await settled();
    clock.advance(16 * MINUTE);
    await sweep();
    const mine = (await inboxOf(manager)).filter(({ eventId }) => eventId === event.id);
    expect(mine).toHaveLength(1);
    expect([...(mine[0]?.ruleIds ?? [])].sort()).toEqual(rules.map(({ id }) => id).sort());
  });

  it('brings the planned day of an installation near though the rest of the order is late, and not a day that was moved', async () => {
    await write({
      filter: `project:${project.id} type:work.planned`,
      trigger: { on: 'approaching', lead: { n: 60, unit: 'hours' } },
    });
    const planned = (days: number) => {
      const day = new Date(clock.now().getTime() + days * 24 * HOUR).toISOString().slice(0, 10);
      return happen('work.planned', { payload: { startOn: day, finishOn: day } });
    };
    // Within the lead already: at once, before the order is derived anew.
    const soon = await planned(2);
    await heard(manager, soon, 'approaching');
    clock.advance(MINUTE);
    const moved = await planned(6);
    clock.advance(MINUTE);
    const inForce = await planned(7);
    await settled();
    const orders = app.connection.db?.collection<{ _id: string; line: { plans: string[] } }>('projects');
    await until(async () => {
      const found = await orders?.findOne({ _id: project.id });
      return found?.line.plans.join() === inForce.id;
    });
    clock.advance(5 * 24 * HOUR);
    // Sessions end meanwhile.
    await app.admin.signIn(app.adminLogin.login, app.adminLogin.password);
    for (const person of [manager, dispatcher]) await person.signIn(person.user.login, person.password);
    await sweep();
    await sweep();
    await heard(manager, inForce, 'approaching');
    expect(await reasonsOf(manager, moved)).toEqual([]);
  });

  it('tells what was expected and did not follow, and not what did', async () => {
    await write({ trigger: { on: 'absent', awaits: 'contract.signed', within: { n: 30, unit: 'minutes' } } });
    const event = await happen();
    await settled();
    clock.advance(20 * MINUTE);
    await sweep();
    expect(await reasonsOf(manager, event)).toEqual([]);
    clock.advance(11 * MINUTE);
    await sweep();
    await sweep();
    expect(await reasonsOf(manager, event)).toEqual(['absent']);
    const told = await inboxOf(manager);
    expect(told.find(({ eventId }) => eventId === event.id)?.awaits).toEqual(['contract.signed']);
    const followed = await happen();
    clock.advance(10 * MINUTE);
    await happen('contract.signed');
    clock.advance(30 * MINUTE);
    await sweep();
    expect(await reasonsOf(manager, followed)).toEqual([]);
    // What is written down late is told at once, unless it was followed.
    const late = await happen('measure.done', {
      occurredAt: new Date(clock.now().getTime() - 35 * MINUTE).toISOString(),
    });
    await settled();
    expect(await reasonsOf(manager, late)).toEqual([]);
  });

  it('writes no letter any more about what has followed before it went', async () => {
    const writer = await app.signIn({ roles: ['manager'], email: `w${nextSerial()}@firm.example` });
    await write({
      filter: `project:${project.id} type:measure.done`,
      trigger: { on: 'absent', awaits: 'contract.signed', within: { n: 30, unit: 'minutes' } },
      recipients: [{ to: 'person', id: writer.user.id }, { to: 'appointed' }],
      delayMinutes: 60,
    });
    await app.admin.patch(`/api/projects/${project.id}`, { appointedIds: [writer.user.id] });
    const event = await happen();
    await settled();
    clock.advance(31 * MINUTE);
    await sweep();
    await heard(writer, event, 'absent');
    clock.advance(10 * MINUTE);
    await happen('contract.signed');
    clock.advance(60 * MINUTE);
    await until(async () => {
      await app.app.get(RelayService, { strict: false }).run();
      const { items } = await toldOf(event);
      const letters = items.find(({ userId }) => userId === writer.user.id)?.letters;
      return letters?.some(({ channel, reason }) => channel === 'mail' && reason === 'stale');
    });
  });

  it('calls a missed call that nobody returns within half an hour, and not one that somebody returns', async () => {
    const { id: customer } = await makeCounterparty(app.admin, { managerId: manager.user.id });
    const missed = () => makeEvent(dispatcher, { type: 'call.missed', counterpartyIds: [customer] });
    const first = await missed();
    await settled();
    clock.advance(31 * MINUTE);
    await sweep();
    await heard(manager, first, 'absent');
    await heard(dispatcher, first, 'absent');
    const second = await missed();
    await makeEvent(dispatcher, { type: 'call.out', counterpartyIds: [customer] });
    clock.advance(31 * MINUTE);
    await sweep();
    await settled();
    expect(await reasonsOf(manager, second)).toEqual([]);
  });

  it('calls the next ones when nobody has done anything, and not when somebody has', async () => {
    const next = await app.signIn({ roles: ['dispatcher'] });
    await write({
      filter: `project:${project.id} type:customer.request`,
      escalation: { afterMinutes: 20, recipients: [{ to: 'person', id: next.user.id }] },
    });
    const [waits, done] = [await happen('customer.request'), await happen('customer.request')];
    await heard(manager, waits, 'occurred');
    await heard(manager, done, 'occurred');
    await dispatcher.post(`/api/events/${done.id}/resolve`);
    clock.advance(10 * MINUTE);
    await sweep();
    expect(await reasonsOf(next, waits)).toEqual([]);
    clock.advance(11 * MINUTE);
    await sweep();
    await sweep();
    expect(await reasonsOf(next, waits)).toEqual(['escalated']);
    expect(await reasonsOf(next, done)).toEqual([]);
  });

  it('calls the next ones when whoever held it has let go of it undone', async () => {
    const next = await app.signIn({ roles: ['dispatcher'] });
    await write({
      filter: `project:${project.id} type:customer.request`,
      escalation: { afterMinutes: 20, recipients: [{ to: 'person', id: next.user.id }] },
    });
    const event = await happen('customer.request');
    await heard(manager, event, 'occurred');
    clock.advance(15 * MINUTE);
    await dispatcher.post(`/api/events/${event.id}/claim`);
    clock.advance(6 * MINUTE);
    await sweep();
    expect(await reasonsOf(next, event)).toEqual([]);
    clock.advance(10 * MINUTE);
    await sweep();
    await sweep();
    expect(await reasonsOf(next, event)).toEqual(['escalated']);
  });

  it('that carries by letter only stands in no inbox, and its letter waits for nobody to look', async () => {
    await app.admin.patch(`/api/users/${manager.user.id}`, { email: `m${nextSerial()}@firm.example` });
    await write({ channels: ['mail'] });
    const event = await happen();
    await settled();
    const [told] = (await toldOf(event)).items;
    expect(told).toMatchObject({ userId: manager.user.id, seenAt: null, letters: [{ channel: 'mail' }] });
    expect(await reasonsOf(manager, event)).toEqual([]);
    expect(await manager.post('/api/notices/seen', { all: true })).toEqual({ unread: 0 });
    expect((await toldOf(event)).items[0]?.seenAt).toBeNull();
    await manager.post('/api/notices/seen', { eventId: event.id });
    expect((await toldOf(event)).items[0]?.seenAt).not.toBeNull();
  });
});

describe('a preview', () => {
  const draft = (over: object = {}) => ({
    filter: `project:${project.id} type:measure.done`,
    trigger: { on: 'occurred' },
    recipients: [{ to: 'manager' }],
    ...over,
  });
  const preview = (over: object = {}) => app.admin.post<RulePreview>('/api/rules/preview', draft(over));

  it('says whom a rule would have told in thirty days, with the events', async () => {
    const ago = (hours: number) => new Date(clock.now().getTime() - hours * HOUR).toISOString();
    const events = [
      await happen('measure.done', { occurredAt: ago(2) }),
      await happen('measure.done', { occurredAt: ago(30) }),
      await happen('measure.done', { occurredAt: ago(24 * 40) }),
    ];
    expect(await preview()).toMatchObject({
      times: 2,
      told: 2,
      mostPerDay: 1,
      isWhole: true,
      groups: [{ by: 'role', name: 'manager', people: 1, told: 2 }],
      items: [{ event: { id: events[0]?.id }, userIds: [manager.user.id] }, { event: { id: events[1]?.id } }],
    });
    const within = { n: 20, unit: 'hours' };
    expect(await preview({ trigger: { on: 'absent', awaits: 'contract.signed', within } })).toMatchObject({
      times: 1,
      items: [{ event: { id: events[1]?.id } }],
    });
    await makeEvent(dispatcher, { type: 'contract.signed', projectId: project.id, occurredAt: ago(20) });
    expect(await preview({ trigger: { on: 'absent', awaits: 'contract.signed', within } })).toMatchObject({
      times: 0,
    });
  });

  it('counts nothing that its asker may not see, so that no word of it is found out by guessing', async () => {
    const inside = await app.signIn({ roles: ['dispatcher'], departmentId: 'Бухгалтерия' });
    const hidden = await makeEvent(inside, {
      type: 'measure.done',
      projectId: project.id,
      title: 'Оклад Петрова 184300',
      visibility: 'department',
    });
    const asks = async (by: Pick<Person, 'post'>, over: object = {}) => {
      const recipients = [{ to: 'person', id: dispatcher.user.id }];
      const body = { ...draft({ filter: 'оклад', recipients }), ...over };
      return by.post<RulePreview>('/api/rules/preview', body);
    };
    const triggers = [
      { on: 'occurred' },
      { on: 'absent', awaits: 'contract.signed', within: { n: 1, unit: 'minutes' } },
      { on: 'changed', field: 'importance' },
    ];
    await app.admin.patch(`/api/events/${hidden.id}`, { importance: 'info' }, { 'If-Match': '1' });
    clock.advance(2 * MINUTE);
    expect((await manager.send('GET', `/api/events/${hidden.id}`)).status).toBe(404);
    for (const trigger of triggers) {
      expect(await asks(app.admin, { trigger })).toMatchObject({ times: 1, told: 1 });
      expect(await asks(manager, { trigger })).toMatchObject({
        times: 0,
        told: 0,
        mostPerDay: 0,
        groups: [],
        items: [],
      });
    }
  });

  it('lists only events that somebody would hear of, and nobody who has taken back their consent', async () => {
    const mine = await happen('measure.done');
    const within = [mine.id];
    const listed = async (over: object) => (await preview(over)).items.map(({ event }) => event.id);
    expect(await listed({})).toEqual(expect.arrayContaining(within));
    // Who writes an event is not told of it.
    const toAuthor = { recipients: [{ to: 'person', id: dispatcher.user.id }] };
    expect(await preview(toAuthor)).toMatchObject({ told: 0, items: [] });

    const { id: counterpartyId } = await makeCounterparty(app.admin, {});
    const order = await makeProject(app.admin, { counterpartyId, told: ['shipment.out'] });
    await makeEvent(dispatcher, { type: 'shipment.out', projectId: order.id });
    const toCustomer = {
      filter: `project:${order.id} type:shipment.out`,
      recipients: [{ to: 'customer' }],
    };
    expect(await preview(toCustomer)).toMatchObject({ told: 0, groups: [], items: [] });
    const consent = `/api/counterparties/${counterpartyId}/consent`;
    const agreed = { channel: 'mail', email: 'inna@home.example', locale: 'ru', text: 'Устно' };
    await app.admin.post(consent, agreed);
    expect(await preview(toCustomer)).toMatchObject({ told: 1, groups: [{ by: 'customer', people: 1 }] });
    await app.admin.delete(consent);
    expect(await preview(toCustomer)).toMatchObject({ told: 0, groups: [] });
  });

  it('asks once more before a rule may tell more than fifty on a day', async () => {
    for (let n = 0; n < 51; n++) await happen();
    const body = { ...draft(), name: 'Громкое' };
    const refused = await app.admin.send('POST', '/api/rules', body);
    expect(refused).toMatchObject({ status: 409, error: { details: [{ reason: 'rule-loud' }] } });
    const dry = await app.admin.post<NoticeRule>('/api/rules', { ...body, state: 'dry' });
    const turnOn = (fields: object) => app.admin.send('PATCH', `/api/rules/${dry.id}`, fields);
    expect((await turnOn({ state: 'on' })).status).toBe(409);
    expect((await turnOn({ state: 'on', isSure: true })).status).toBe(200);
  });
});

describe('the rules at hand', () => {
  it('are put together anew only when one has become another, however often they are read again', async () => {
    const live = app.app.get(LiveRules, { strict: false });
    const before = await live.set();
    live.forget();
    expect(await live.set()).toBe(before);
    const { id } = await write();
    await until(async () => (await live.set()).rules.some(({ rule }) => rule._id === id));
  });
});
