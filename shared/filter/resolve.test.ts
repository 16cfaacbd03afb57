import fc from 'fast-check';
import { DateTime } from 'luxon';
import type { Filter, RelativePoint } from './ast.ts';
import { toPredicate } from './predicate.ts';
import { resolveFilter } from './resolve.ts';
import { userFilterArb } from './testing/arbitraries.ts';

const ZONES = [
  'Europe/Moscow',
  'Europe/Berlin',
  'America/Santiago',
  'Pacific/Chatham',
  'America/Havana',
  'UTC',
];

/** Moments near which something happens in some zone: clock changes, year ends, leap days. */
const TURNS = [
  '2025-03-30T01:00:00Z', // Berlin, spring
  '2025-10-26T01:00:00Z', // Berlin, autumn
  '2025-04-06T03:00:00Z', // Santiago: back at midnight
  '2025-09-07T04:00:00Z', // Santiago: forward at midnight, the day begins at 1:00
  '2025-04-05T14:00:00Z', // Chatham, autumn
  '2025-09-27T14:00:00Z', // Chatham, spring
  '2025-11-02T05:00:00Z', // Havana: 0:00 comes twice
  '2025-03-09T05:00:00Z', // Havana: the day begins at 1:00
  '2024-02-29T12:00:00Z',
  '2024-12-31T23:00:00Z',
].map((text) => Date.parse(text));

const momentArb = fc
  .tuple(fc.constantFrom(...TURNS), fc.integer({ min: -4 * 86_400, max: 4 * 86_400 }))
  .map(([turn, seconds]) => new Date(turn + seconds * 1000));
const zoneArb = fc.constantFrom(...ZONES);

const range = (from: RelativePoint, to: RelativePoint): Filter => ({ field: 'occurred', from, to });
const whole = (unit: RelativePoint['unit'], offset: number): Filter =>
  range({ unit, offset, edge: 'start' }, { unit, offset, edge: 'end' });

function boundsOf(filter: Filter, now: Date | string, zone: string): { from: string; to: string } {
  const { filter: resolved } = resolveFilter(filter, { now: new Date(now), zone });
  return resolved as unknown as { from: string; to: string };
}

describe(resolveFilter, () => {
  it.each([
    ['Europe/Moscow', '2025-03-14T20:59:59.999Z', '2025-03-13T21:00:00.000Z', '2025-03-14T21:00:00.000Z', 24],
    ['Europe/Moscow', '2025-03-14T21:00:00.000Z', '2025-03-14T21:00:00.000Z', '2025-03-15T21:00:00.000Z', 24],
    ['Europe/Berlin', '2025-03-30T12:00:00.000Z', '2025-03-29T23:00:00.000Z', '2025-03-30T22:00:00.000Z', 23],
    ['Europe/Berlin', '2025-10-26T12:00:00.000Z', '2025-10-25T22:00:00.000Z', '2025-10-26T23:00:00.000Z', 25],
    [
      'America/Santiago',
      '2025-09-07T12:00:00.000Z',
      '2025-09-07T04:00:00.000Z',
      '2025-09-08T03:00:00.000Z',
      23,
    ],
    [
      'America/Santiago',
      '2025-04-05T12:00:00.000Z',
      '2025-04-05T03:00:00.000Z',
      '2025-04-06T04:00:00.000Z',
      25,
    ],
    [
      'Pacific/Chatham',
      '2025-09-28T00:00:00.000Z',
      '2025-09-27T11:15:00.000Z',
      '2025-09-28T10:15:00.000Z',
      23,
    ],
    [
      'America/Havana',
      '2025-11-02T18:00:00.000Z',
      '2025-11-02T04:00:00.000Z',
      '2025-11-03T05:00:00.000Z',
      25,
    ],
  ])('today in %s at %s', (zone, now, from, to, hours) => {
    expect(boundsOf(whole('day', 0), now, zone)).toMatchObject({ from, to });
    expect((Date.parse(to) - Date.parse(from)) / 3_600_000).toBe(hours);
  });

  it('counts weeks from Monday and months by the calendar', () => {
    const now = '2025-03-14T10:00:00Z';
    expect(boundsOf(whole('week', 0), now, 'UTC')).toMatchObject({
      from: '2025-03-10T00:00:00.000Z',
      to: '2025-03-17T00:00:00.000Z',
    });
    expect(boundsOf(whole('month', -1), now, 'UTC')).toMatchObject({
      from: '2025-02-01T00:00:00.000Z',
      to: '2025-03-01T00:00:00.000Z',
    });
    expect(boundsOf(whole('month', -1), '2025-03-31T10:00:00Z', 'UTC')).toMatchObject({
      from: '2025-02-01T00:00:00.000Z',
    });
    expect(boundsOf(whole('hour', -1), now, 'UTC')).toMatchObject({
      from: '2025-03-14T09:00:00.000Z',
      to: '2025-03-14T10:00:00.000Z',
    });
  });

  it('keeps hours in order where the clock changes within one', () => {
    const before = boundsOf(whole('hour', 0), '2025-04-05T13:59:00Z', 'Pacific/Chatham');
    const after = boundsOf(whole('hour', 0), '2025-04-05T14:00:00Z', 'Pacific/Chatham');
    expect(before).toMatchObject({ from: '2025-04-05T13:15:00.000Z', to: '2025-04-05T14:15:00.000Z' });
    expect(after).toEqual(before);
  });

  it('takes a calendar date as its whole day in the zone', () => {
    const dates: Filter = { field: 'occurred', from: '2025-03-30', to: '2025-03-30' };
    expect(boundsOf(dates, '2020-01-01T00:00:00Z', 'Europe/Berlin')).toMatchObject({
      from: '2025-03-29T23:00:00.000Z',
      to: '2025-03-30T22:00:00.000Z',
    });
    expect(resolveFilter(dates, { now: new Date(), zone: 'UTC' }).nextBoundary).toBeNull();
  });

  it('divides time into days without gap or overlap, whatever the clock does', () => {
    fc.assert(
      fc.property(
        momentArb,
        zoneArb,
        fc.integer({ min: -5, max: 5 }),
        fc.constantFrom('hour', 'day', 'week', 'month'),
        (now, zone, offset, unit) => {
          const one = boundsOf(whole(unit, offset), now, zone);
          const next = boundsOf(whole(unit, offset + 1), now, zone);
          expect(one.from < one.to).toBe(true);
          expect(next.from).toBe(one.to);
          if (offset === 0) expect(one.from <= now.toISOString() && now.toISOString() < one.to).toBe(true);
        },
      ),
      { numRuns: 500 },
    );
  });

  it('agrees with the date that a wall clock shows', () => {
    fc.assert(
      fc.property(momentArb, momentArb, zoneArb, (now, occurredAt, zone) => {
        const { filter } = resolveFilter(whole('day', 0), { now, zone });
        const dateOf = (time: Date) => DateTime.fromJSDate(time, { zone }).toISODate();
        expect(toPredicate(filter)({ occurredAt })).toBe(dateOf(occurredAt) === dateOf(now));
      }),
      { numRuns: 500 },
    );
  });

  it('resolves to the same until the next boundary, and moves there', () => {
    fc.assert(
      fc.property(
        userFilterArb,
        momentArb,
        zoneArb,
        fc.double({ min: 0, max: 1, noNaN: true }),
        (filter, now, zone, share) => {
          const { filter: resolved, nextBoundary } = resolveFilter(filter, { now, zone });
          const at = (time: number) => resolveFilter(filter, { now: new Date(time), zone });
          if (!nextBoundary) {
            expect(at(now.getTime() + 40 * 86_400_000).filter).toEqual(resolved);
            return;
          }
          const rest = nextBoundary.getTime() - now.getTime();
          expect(rest).toBeGreaterThan(0);
          for (const time of [now.getTime() + Math.floor(share * (rest - 1)), nextBoundary.getTime() - 1]) {
            expect(at(time)).toEqual({ filter: resolved, nextBoundary });
          }
          expect(at(nextBoundary.getTime()).filter).not.toEqual(resolved);
        },
      ),
      { numRuns: 500 },
    );
  });

  it('says which zone it does not know', () => {
    expect(() => resolveFilter({ and: [] }, { now: new Date(), zone: 'Mars/Base' })).toThrow(/Mars\/Base/);
  });
});
