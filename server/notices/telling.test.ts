/**
 * Who is told of an event, by what and when, through the whole server, against asking each rule about each state and
 * each minute of the clock: random rules, events, edits, presence, wishes and quiet hours (R4, R6, R12, D1, D15). The seed
 * is printed; TELLING_SEED repeats a run.
 */
import type { Importance } from '@svodka/shared/contracts/event';
import type { Delivery, NoticeView } from '@svodka/shared/contracts/notice';
import type { NoticeRule } from '@svodka/shared/contracts/notice-rule';
import { MAIL_PACES, type MailPace } from '@svodka/shared/contracts/preferences';
import type { Told } from '@svodka/shared/contracts/told';
import { createTestApp, type TestApp } from '../../test/support/app.ts';
import { makeEvent, makeProject, nextSerial } from '../../test/support/factories.ts';
import { FakeClock } from '../../test/support/fake-clock.ts';
import { seeded } from '../../test/support/seeded.ts';
import { until } from '../../test/support/until.ts';
import { PresenceService } from './presence.service.ts';

type Person = Awaited<ReturnType<TestApp['signIn']>>;

/** So many rules, at most three a case, as a company may have (MOST_RULES). */
const CASES = process.env.SVODKA_DEEP ? 55 : 10;
const MINUTE = 60_000;
const ZONES = ['Europe/Moscow', 'America/New_York', 'Asia/Kolkata'] as const;
const ROLES = ['manager', 'appointed', 'author'] as const;
const seed = Number(process.env.TELLING_SEED ?? Date.now() % 1_000_000);
const random = seeded(seed);
const below = (n: number) => Math.floor(random() * n);
const chance = (share: number) => random() < share;
const one = <T>(of: readonly T[]): T => of[below(of.length)] as T;
const some = <T>(of: readonly T[]): T[] => {
  const drawn = of.filter(() => chance(0.6));
  return drawn.length > 0 ? drawn : [one(of)];
};

type Hours = { from: string; to: string };
type Wishes = {
  quiet: Hours | null;
  work: (Hours & { days: number[] }) | null;
  paces: Record<'occurred' | 'changed', MailPace>;
  isMuted: boolean;
  isThere: boolean;
};

const time = () => `${below(24)}`.padStart(2, '0').concat(one([':00', ':20', ':59']));
function drawHours(): Hours {
  const [from, to] = [time(), time()];
  return from === to ? drawHours() : { from, to };
}
function drawWork(): Wishes['work'] {
  const hours = drawHours();
  return hours.from < hours.to ? { ...hours, days: some([1, 2, 3, 4, 5, 6, 7]) } : drawWork();
}
const drawWishes = (): Wishes => ({
  quiet: chance(0.5) ? drawHours() : null,
  work: chance(0.3) ? drawWork() : null,
  paces: { occurred: one(MAIL_PACES), changed: one(MAIL_PACES) },
  isMuted: chance(0.15),
  isThere: chance(0.5),
});
const drawRule = (projectId: string) => ({
  name: `Правило ${nextSerial()}`,
  state: one(['on', 'on', 'on', 'dry', 'off'] as const),
  filter: `project:${projectId} type:measure.done${chance(0.5) ? ' importance>=high' : ''}`,
  trigger: chance(0.6)
    ? { on: 'occurred' as const }
    : { on: 'changed' as const, field: 'importance' as const },
  recipients: some(ROLES).map((to) => (to === 'appointed' ? { to, role: null } : { to })),
  channels: some(['inbox', 'mail'] as const),
  delayMinutes: one([0, 0, 5, 90]),
  digest: one(['person', 'person', 'at-once'] as const),
  passesQuiet: chance(0.2),
});
type Rule = ReturnType<typeof drawRule>;

/** What the clock on somebody's wall shows. */
const walls = new Map(
  ZONES.map((timeZone) => {
    const options = {
      timeZone,
      weekday: 'short',
      hour: '2-digit',
      minute: '2-digit',
      hourCycle: 'h23',
    } as const;
    return [timeZone, new Intl.DateTimeFormat('en-GB', options)];
  }),
);
function wall(at: number, zone: string): { time: string; day: number } {
  const shown = Object.fromEntries(
    (walls.get(zone as (typeof ZONES)[number]) as Intl.DateTimeFormat)
      .formatToParts(at)
      .map(({ type, value }) => [type, value]),
  );
  const day = ['Mon', 'Tue', 'Wed', 'Thu', 'Fri', 'Sat', 'Sun'].indexOf(shown.weekday ?? '') + 1;
  return { time: `${shown.hour}:${shown.minute}`, day };
}
const isIn = (now: string, { from, to }: Hours) =>
  from < to ? now >= from && now < to : now >= from || now < to;
function minuteFrom(at: number, fits: (minute: number) => boolean): number | null {
  for (let minute = at; minute < at + 8 * 24 * 60 * MINUTE; minute += MINUTE) if (fits(minute)) return minute;
  return null;
}

/** When a letter that may go from an instant on does go, minute by minute. */
function hourOf(at: number, pace: MailPace, { quiet, work }: Wishes, zone: string): number {
  const begins = minuteFrom(at, (minute) => {
    const { time: now } = wall(minute, zone);
    if (pace === 'hourly') return now.endsWith(':00');
    return pace === 'now' || now === (work?.from ?? '08:00');
  });
  const isOpen = (minute: number, atWork: boolean) => {
    const { time: now, day } = wall(minute, zone);
    return !(quiet && isIn(now, quiet)) && !(atWork && work && !(work.days.includes(day) && isIn(now, work)));
  };
  // Hours that never open are none.
  const opens = (atWork: boolean) => minuteFrom(begins ?? at, (minute) => isOpen(minute, atWork));
  return opens(true) ?? opens(false) ?? at;
}

describe(`who is told, by what and when (seed ${seed})`, () => {
  let app: TestApp;
  let people: Record<(typeof ROLES)[number], Person>;
  const clock = new FakeClock(new Date(Math.floor(Date.now() / MINUTE) * MINUTE));
  const drawn: { projectId: string; rules: Rule[] }[] = [];

  beforeAll(async () => {
    app = await createTestApp({ clock });
    const [manager, appointed, author] = await Promise.all(
      (['manager', 'manager', 'dispatcher'] as const).map((role, i) =>
        app.signIn({ roles: [role], email: `t${nextSerial()}@firm.example`, tz: ZONES[i] as string }),
      ),
    );
    people = { manager, appointed, author } as typeof people;
    const { items } = await app.admin.get<{ items: NoticeRule[] }>('/api/rules');
    for (const { id, code } of items)
      if (code === 'important' || code === 'critical')
        await app.admin.patch(`/api/rules/${id}`, { state: 'off' });
    const team = { managerId: people.manager.user.id, appointedIds: [people.appointed.user.id] };
    // All rules before the first event: one speaks of nothing that was before it.
    for (let i = 0; i < CASES; i++) {
      const { id: projectId } = await makeProject(app.admin, team);
      const rules = Array.from({ length: 1 + below(3) }, () => drawRule(projectId));
      for (const rule of rules) await app.admin.post('/api/rules', rule);
      drawn.push({ projectId, rules });
    }
  }, 120_000);
  afterAll(() => app?.close());

  /** `<who> <what for> <why not>`: in the inbox or not, and when by letter. */
  function naively(rules: readonly Rule[], steps: readonly Importance[], wishes: Record<string, Wishes>) {
    const told = new Map<string, { isListed: boolean; mail: string }>();
    const now = clock.now().getTime();
    steps.forEach((importance, step) => {
      const finds = ({ filter }: Rule, of: Importance | undefined) =>
        of !== undefined && (!filter.includes('importance') || of === 'high');
      const before = steps[step - 1];
      const speaking = rules.filter((rule) => {
        if (rule.state === 'off' || !finds(rule, importance)) return false;
        return rule.trigger.on === 'occurred' ? !finds(rule, before) : step > 0 && before !== importance;
      });
      for (const reason of ['occurred', 'changed'] as const)
        for (const role of ROLES) {
          const said = speaking.filter(
            ({ trigger, recipients }) => trigger.on === reason && recipients.some(({ to }) => to === role),
          );
          const loud = said.filter(({ state }) => state === 'on');
          if (said.length > loud.length) told.set(`${role} ${reason} dry`, { isListed: false, mail: 'none' });
          if (loud.length === 0) continue;
          const key = `${role} ${reason} ${null}`;
          const isListed = loud.some(({ channels }) => channels.includes('inbox'));
          const has = told.get(key) ?? { isListed, mail: 'none' };
          told.set(key, has);
          if (has.mail !== 'none' || !loud.some(({ channels }) => channels.includes('mail'))) continue;
          const wish = wishes[role] as Wishes;
          const pace = wish.paces[reason];
          const looks = wish.isThere && isListed ? MINUTE : 0;
          const at =
            now + Math.max(looks, Math.min(...loud.map(({ delayMinutes }) => delayMinutes * MINUTE)));
          const isAtOnce = loud.some(({ digest }) => digest === 'at-once');
          const zone = people[role].user.tz;
          if (wish.isMuted) has.mail = 'muted';
          else if (pace === 'off') has.mail = 'off';
          else {
            const passes = loud.some(({ passesQuiet }) => passesQuiet);
            const goes = passes ? at : hourOf(at, isAtOnce ? 'now' : pace, wish, zone);
            has.mail = goes === now ? 'now' : new Date(goes).toISOString();
          }
        }
    });
    return told;
  }

  async function asked(eventId: string) {
    const [{ items }, deliveries] = await Promise.all([
      app.admin.get<Told>(`/api/events/${eventId}/told`),
      app.admin.get<{ items: Delivery[] }>('/api/deliveries?limit=200'),
    ]);
    const found = new Map<string, { isListed: boolean; mail: string }>();
    for (const role of ROLES) {
      const inbox = await people[role].get<{ items: NoticeView[] }>('/api/notices?limit=50');
      for (const { id, userId, reason, suppressed } of items) {
        if (userId !== people[role].user.id) continue;
        const [letter, ...more] = deliveries.items.filter(({ noticeId }) => noticeId === id);
        expect(more).toEqual([]);
        const waits =
          letter?.state === 'queued' && Date.parse(letter.nextAttemptAt ?? '') > clock.now().getTime();
        const mail = !letter
          ? 'none'
          : letter.state === 'cancelled'
            ? `${letter.reason}`
            : waits
              ? `${letter.nextAttemptAt}`
              : 'now';
        const isListed = inbox.items.some((notice) => notice.id === id);
        found.set(`${role} ${reason} ${suppressed}`, { isListed, mail });
      }
    }
    return found;
  }

  it('is as each rule and each minute say', async () => {
    let letters = 0;
    for (const [i, { projectId, rules }] of drawn.entries()) {
      clock.advance((10 + below(40)) * MINUTE);
      if (i % 10 === 9) {
        await app.admin.signIn(app.adminLogin.login, app.adminLogin.password);
        for (const role of ROLES) await people[role].signIn(people[role].user.login, people[role].password);
      }
      const wishes = Object.fromEntries(ROLES.map((role) => [role, drawWishes()])) as Record<string, Wishes>;
      for (const role of ROLES) {
        const { quiet, work, paces, isMuted, isThere } = wishes[role] as Wishes;
        const kinds = Object.fromEntries(
          Object.entries(paces).map(([reason, mail]) => [reason, { mail, push: false }]),
        );
        const mute = isMuted ? { mute: projectId } : {};
        await people[role].patch('/api/me/notifications', { quiet, work, kinds, ...mute });
        const beat = { visible: true, idleMs: 0 };
        if (isThere) await app.app.get(PresenceService, { strict: false }).beat(people[role].user.id, beat);
      }
      const steps = [one(['normal', 'high'] as const), one(['normal', 'high'] as const)];
      const event = await makeEvent(people.author, {
        type: 'measure.done',
        projectId,
        importance: steps[0] as Importance,
      });
      if (steps[1] !== steps[0])
        await people.author.patch(`/api/events/${event.id}`, { importance: steps[1] }, { 'If-Match': '1' });
      // What is told of this is told after all that is told of the other.
      const mark = await makeEvent(people.author, {
        type: 'payment.prepaid',
        projectId,
        payload: { amountKop: 100 },
      });
      await until(async () => {
        const { items } = await app.admin.get<Told>(`/api/events/${mark.id}/told`);
        return items.some(({ letters: [letter] }) => letter);
      });
      const expected = naively(rules, steps, wishes);
      letters += [...expected.values()].filter(({ mail }) => mail !== 'none').length;
      expect({ case: i, rules, steps, wishes, told: Object.fromEntries(await asked(event.id)) }).toEqual({
        case: i,
        rules,
        steps,
        wishes,
        told: Object.fromEntries(expected),
      });
    }
    expect(letters).toBeGreaterThan(0);
  }, 600_000);
});
