import fc from 'fast-check';
import { DateTime } from 'luxon';
import { type DueFields, deadlineOf, dueMoments, dueStateAt, instantOfWall, nextDueChangeAt } from './due.ts';

const ZONES = [
  'Europe/Moscow',
  'Europe/Berlin',
  'Asia/Kolkata',
  'America/Santiago',
  'America/New_York',
  'Pacific/Chatham',
  'Pacific/Apia',
  'Australia/Lord_Howe',
  'Africa/Casablanca',
  'Asia/Tehran',
  'America/St_Johns',
  'UTC',
];
const zones = fc.constantFrom(...ZONES);
const instants = fc.date({
  min: new Date('2010-01-01T00:00:00Z'),
  max: new Date('2035-01-01T00:00:00Z'),
  noInvalidDate: true,
});
const wall = (at: Date, zone: string, form = "yyyy-MM-dd'T'HH:mm:ss") =>
  DateTime.fromJSDate(at, { zone }).toFormat(form);

const fields = fc.record<DueFields>({
  dueAt: fc.option(instants),
  dueAllDay: fc.boolean(),
  dueZone: zones,
  dueLeadMin: fc.integer({ min: 0, max: 43_200 }),
  status: fc.constantFrom('open', 'resolved'),
});

describe(instantOfWall.name, () => {
  it('gives back the wall time it was asked for, and no earlier instant has it', () => {
    fc.assert(
      fc.property(instants, zones, (at, zone) => {
        const asked = wall(at, zone);
        const found = instantOfWall(asked, zone);
        expect(wall(found, zone)).toBe(asked);
        expect(found.getTime()).toBeLessThanOrEqual(at.getTime());
      }),
      { numRuns: 2000 },
    );
  });

  it.each([
    ['spring gap', '2025-03-30T02:30:00', 'Europe/Berlin', '2025-03-30T01:00:00.000Z'],
    ['autumn fold, first time', '2025-10-26T02:30:00', 'Europe/Berlin', '2025-10-26T00:30:00.000Z'],
    ['gap at midnight', '2025-09-07T00:10:00', 'America/Santiago', '2025-09-07T04:00:00.000Z'],
    ['half an hour of gap', '2025-10-05T02:10:00', 'Australia/Lord_Howe', '2025-10-04T15:30:00.000Z'],
    ['a quarter-hour zone', '2025-09-28T02:50:00', 'Pacific/Chatham', '2025-09-27T14:00:00.000Z'],
    ['a day that never was', '2011-12-30T12:00:00', 'Pacific/Apia', '2011-12-30T10:00:00.000Z'],
    ['no change', '2026-11-24T18:00:00', 'Europe/Moscow', '2026-11-24T15:00:00.000Z'],
  ])('%s', (_name, asked, zone, instant) => {
    expect(instantOfWall(asked, zone).toISOString()).toBe(instant);
  });
});

describe(deadlineOf.name, () => {
  it('keeps a whole day as its last second in the zone', () => {
    expect(deadlineOf({ local: '2026-11-24', leadMin: 60 }, 'Europe/Moscow')).toEqual({
      dueAt: new Date('2026-11-24T20:59:59.000Z'),
      dueAllDay: true,
      dueZone: 'Europe/Moscow',
      dueLocal: '2026-11-24',
      dueLeadMin: 60,
    });
  });

  it('takes the zone that the deadline names before that of the project', () => {
    const deadline = deadlineOf({ local: '2026-11-24T18:00', zone: 'Asia/Kolkata' }, 'Europe/Moscow');
    expect(deadline.dueAt.toISOString()).toBe('2026-11-24T12:30:00.000Z');
    expect(deadline.dueZone).toBe('Asia/Kolkata');
    expect(deadline.dueLeadMin).toBe(1440);
  });

  it('says an instant as wall time of the project', () => {
    const deadline = deadlineOf({ at: '2026-11-24T15:00:00.000Z' }, 'Europe/Moscow');
    expect(deadline).toMatchObject({
      dueAllDay: false,
      dueLocal: '2026-11-24T18:00',
      dueZone: 'Europe/Moscow',
    });
  });
});

describe(dueMoments.name, () => {
  it.each([
    ['Tuesday → Wednesday', '2026-11-24', '2026-11-25T06:00:00.000Z'],
    ['Friday → Monday', '2026-11-27', '2026-11-30T06:00:00.000Z'],
    ['Saturday → Monday', '2026-11-28', '2026-11-30T06:00:00.000Z'],
    ['Sunday → Monday', '2026-11-29', '2026-11-30T06:00:00.000Z'],
  ])('a whole day is overdue the next working morning: %s', (_name, local, overdue) => {
    const moments = dueMoments({ ...deadlineOf({ local }, 'Europe/Moscow'), status: 'open' });
    expect(moments?.overdueAt.toISOString()).toBe(overdue);
  });
});

describe(dueStateAt.name, () => {
  it('is none without a deadline and done when resolved, always', () => {
    fc.assert(
      fc.property(fields, instants, (event, now) => {
        if (event.dueAt === null) expect(dueStateAt(event, now)).toBe('none');
        else if (event.status === 'resolved') expect(dueStateAt(event, now)).toBe('done');
      }),
    );
  });

  it('never goes back while time goes on', () => {
    const order = ['none', 'approaching', 'due', 'overdue'];
    fc.assert(
      fc.property(fields, instants, fc.nat(1e10), (event, now, later) => {
        if (event.status === 'resolved') return;
        const then = new Date(now.getTime() + later);
        expect(order.indexOf(dueStateAt(event, then))).toBeGreaterThanOrEqual(
          order.indexOf(dueStateAt(event, now)),
        );
      }),
      { numRuns: 500 },
    );
  });

  it('changes exactly at nextDueChangeAt: the same until a millisecond before', () => {
    fc.assert(
      fc.property(fields, instants, (event, now) => {
        const change = nextDueChangeAt(event, now);
        if (change === null) {
          expect(dueStateAt(event, new Date('2100-01-01'))).toBe(dueStateAt(event, now));
          return;
        }
        expect(change.getTime()).toBeGreaterThan(now.getTime());
        expect(dueStateAt(event, new Date(change.getTime() - 1))).toBe(dueStateAt(event, now));
        if (event.dueLeadMin > 0 || now < new Date(event.dueAt as Date))
          expect(dueStateAt(event, change)).not.toBe(dueStateAt(event, now));
      }),
      { numRuns: 1000 },
    );
  });

  it('ends in nothing more to come', () => {
    fc.assert(
      fc.property(fields, (event) => {
        let now = new Date('2000-01-01');
        for (let i = 0; i < 3; i++) now = nextDueChangeAt(event, now) ?? now;
        expect(nextDueChangeAt(event, now)).toBeNull();
      }),
    );
  });
});
