import fc from 'fast-check';
import { DateTime } from 'luxon';
import { NOTICE_REASONS } from '../contracts/notice.ts';
import { MAIL_PACES, type Preferences, PreferencesSchema, preferencesOf } from '../contracts/preferences.ts';
import { isOpen, openFrom, planFor } from './telling.ts';

const ZONES = [
  'Europe/Moscow',
  'Europe/Berlin',
  'America/New_York',
  'Pacific/Apia',
  'Australia/Lord_Howe',
  'UTC',
];
const zones = fc.constantFrom(...ZONES);
/** Around the nights on which clocks change, and anywhere. */
const instants = fc.oneof(
  fc.date({
    min: new Date('2024-03-30T12:00:00Z'),
    max: new Date('2024-04-01T00:00:00Z'),
    noInvalidDate: true,
  }),
  fc.date({
    min: new Date('2024-10-26T12:00:00Z'),
    max: new Date('2024-10-28T00:00:00Z'),
    noInvalidDate: true,
  }),
  fc.date({
    min: new Date('2011-12-29T00:00:00Z'),
    max: new Date('2012-01-01T00:00:00Z'),
    noInvalidDate: true,
  }),
  fc.date({
    min: new Date('2010-01-01T00:00:00Z'),
    max: new Date('2035-01-01T00:00:00Z'),
    noInvalidDate: true,
  }),
);
const times = fc
  .tuple(fc.integer({ min: 0, max: 23 }), fc.constantFrom(0, 15, 30, 59))
  .map((parts) => parts.map((part) => `${part}`.padStart(2, '0')).join(':'));
const quiets = fc.record({ from: times, to: times }).filter(({ from, to }) => from !== to);
const works = fc
  .record({
    days: fc.uniqueArray(fc.integer({ min: 1, max: 7 }), { minLength: 1 }),
    from: times,
    to: times,
  })
  .filter(({ from, to }) => from < to);
const hours = fc.record({ quiet: fc.option(quiets), work: fc.option(works) });
const paces = fc.constantFrom(...MAIL_PACES);
const MINUTE = 60_000;

const people = fc
  .record({ hours, mail: paces, push: fc.boolean(), zone: zones })
  .map(({ hours: given, mail, push, zone }) => ({
    zone,
    preferences: {
      ...preferencesOf(),
      ...given,
      kinds: Object.fromEntries(
        NOTICE_REASONS.map((reason) => [reason, { mail, push }]),
      ) as Preferences['kinds'],
    },
  }));
const notices = fc.record({
  reason: fc.constantFrom(...NOTICE_REASONS),
  projectId: fc.constant(null),
  passesQuiet: fc.constant(false),
});

describe(openFrom.name, () => {
  it('is the first open moment, in every zone and over every jump of the clocks', () => {
    fc.assert(
      fc.property(hours, instants, zones, (given, at, zone) => {
        const open = openFrom(given, at, zone);
        expect(open >= at).toBe(true);
        const law = isOpen(given, open, zone) ? given : { ...given, work: null };
        if (open > at) {
          expect(isOpen(law, open, zone)).toBe(true);
          expect(isOpen(law, new Date(open.getTime() - 1), zone)).toBe(false);
        }
        // Each quarter of an hour in between is closed: openings last at least a minute, and stand at such times.
        for (let ms = at.getTime(); ms < open.getTime(); ms += 13 * MINUTE)
          expect(isOpen(law, new Date(ms), zone)).toBe(false);
      }),
      { numRuns: 300 },
    );
  });

  it('waits over midnight, and at work for the next day of it', () => {
    const berlin = (text: string) => DateTime.fromISO(text, { zone: 'Europe/Berlin' }).toJSDate();
    const quiet = { from: '22:00', to: '08:00' };
    const open = (at: string, given: Parameters<typeof openFrom>[0]) =>
      DateTime.fromJSDate(openFrom(given, berlin(at), 'Europe/Berlin'), { zone: 'Europe/Berlin' }).toFormat(
        "yyyy-MM-dd'T'HH:mm",
      );
    expect(open('2026-11-27T21:59', { quiet, work: null })).toBe('2026-11-27T21:59');
    expect(open('2026-11-27T22:00', { quiet, work: null })).toBe('2026-11-28T08:00');
    expect(open('2026-11-28T03:00', { quiet, work: null })).toBe('2026-11-28T08:00');
    // The night that is an hour shorter, and a time that it leaves out.
    expect(open('2026-03-28T23:00', { quiet, work: null })).toBe('2026-03-29T08:00');
    expect(open('2026-03-29T01:30', { quiet: { from: '01:00', to: '02:30' }, work: null })).toBe(
      '2026-03-29T03:00',
    );
    const work = { days: [1, 2, 3, 4, 5], from: '09:00', to: '18:00' };
    expect(open('2026-11-27T18:00', { quiet: null, work })).toBe('2026-11-30T09:00');
  });

  it('takes hours that never open to be none, so that nothing waits for ever', () => {
    const at = new Date('2026-11-27T09:00:00Z');
    const never = { quiet: { from: '08:00', to: '20:00' }, work: { days: [1], from: '09:00', to: '18:00' } };
    expect(openFrom(never, at, 'UTC')).toEqual(new Date('2026-11-27T20:00:00Z'));
  });
});

describe(planFor.name, () => {
  it('is never early, never in closed hours, never later than a week and a day, and gathers what waits', () => {
    fc.assert(
      fc.property(people, notices, instants, (person, notice, at) => {
        const { mail, push } = person.preferences.kinds[notice.reason];
        const plan = planFor(person, notice, at);
        expect('not' in plan.mail).toBe(mail === 'off');
        expect('not' in plan.push).toBe(!push);
        for (const one of [plan.mail, plan.push]) {
          if ('not' in one) continue;
          expect(one.at >= at).toBe(true);
          expect(one.at.getTime() - at.getTime()).toBeLessThan(9 * 24 * 60 * MINUTE);
          expect(one.isGathered).toBe(one.at > at);
          const law = { ...person.preferences, work: null };
          expect(isOpen(law, one.at, person.zone)).toBe(true);
        }
      }),
      { numRuns: 300 },
    );
  });

  it('lets through what passes quiet hours, at once and alone, unless the person wants none of it', () => {
    fc.assert(
      fc.property(people, notices, instants, (person, notice, at) => {
        const plan = planFor(person, { ...notice, passesQuiet: true }, at);
        const isOff = person.preferences.kinds[notice.reason].mail === 'off';
        expect(plan.mail).toEqual(isOff ? { not: 'off' } : { at, isGathered: false });
      }),
    );
  });

  it('says nothing of a muted order, but that somebody has named the person', () => {
    const order = '01890000-0000-7000-8000-0000000000d1';
    const person = { preferences: { ...preferencesOf(), muted: [order] }, zone: 'UTC' };
    const at = new Date('2026-11-27T12:00:00Z');
    const of = (reason: 'occurred' | 'mention', projectId = order) =>
      planFor(person, { reason, projectId, passesQuiet: true }, at).mail;
    expect(of('occurred')).toEqual({ not: 'muted' });
    expect(of('mention')).toEqual({ at, isGathered: false });
    expect(of('occurred', `${order.slice(0, -1)}2`)).toEqual({ at, isGathered: false });
  });
});

describe('what a person may wish for', () => {
  it('is what everybody has until it is touched', () => {
    expect(PreferencesSchema.parse(preferencesOf())).toEqual(preferencesOf({ kinds: {} }));
    expect(preferencesOf({ kinds: { due: { mail: 'off', push: false } } }).kinds).toMatchObject({
      due: { mail: 'off', push: false },
      overdue: { mail: 'now', push: true },
    });
  });
});
