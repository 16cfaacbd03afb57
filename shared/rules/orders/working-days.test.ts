import fc from 'fast-check';
import {
  addWorkingDays,
  dayKind,
  daysAfter,
  workingDayFrom,
  workingDaysBetween,
  yearsUnknown,
} from './working-days.ts';

const dayArb = fc
  .integer({ min: Date.parse('2023-06-01') / 86_400_000, max: Date.parse('2031-12-31') / 86_400_000 })
  .map((number) => new Date(number * 86_400_000).toISOString().slice(0, 10));

describe(dayKind, () => {
  it('has as many working days in a year as the government says', () => {
    for (const [year, days] of [
      [2024, 248],
      [2025, 247],
      [2026, 247],
    ]) {
      expect([year, workingDaysBetween(`${Number(year) - 1}-12-31`, `${year}-12-31`)]).toEqual([year, days]);
    }
  });

  it('knows holidays, moved days and short days', () => {
    expect(
      ['2026-01-09', '2026-05-08', '2026-05-09', '2025-11-01', '2025-11-03', '2026-11-27'].map((day) =>
        dayKind(day),
      ),
    ).toEqual(['off', 'short', 'off', 'short', 'off', 'working']);
  });

  it('knows of a year that nobody has published the holidays that the law fixes, and says that it is not', () => {
    const off = ['01-01', '01-08', '02-23', '03-08', '05-01', '05-09', '06-12', '11-04'];
    expect(off.map((day) => dayKind(`2031-${day}`))).toEqual(off.map(() => 'off'));
    expect(['2031-01-09', '2031-01-11', '2031-05-02'].map((day) => dayKind(day))).toEqual([
      'working',
      'off',
      'working',
    ]);
    expect(yearsUnknown(['2026-12-30', '2031-01-01', '2031-02-01'])).toEqual([2031]);
    expect(addWorkingDays('2030-12-31', 1)).toBe('2031-01-09');
    expect(workingDaysBetween('2030-12-31', '2031-01-09')).toBe(1);
  });
});

describe(addWorkingDays, () => {
  it('ends on a working day, as many working days away as it was told', () => {
    fc.assert(
      fc.property(dayArb, fc.integer({ min: 0, max: 60 }), (day, count) => {
        const end = addWorkingDays(day, count);
        expect(dayKind(end)).not.toBe('off');
        expect(workingDaysBetween(workingDayFrom(day), end)).toBe(count);
        expect(workingDaysBetween(end, workingDayFrom(day))).toBe(count === 0 ? 0 : -count);
      }),
    );
  });
});

describe(workingDaysBetween, () => {
  it('is what walking from day to day counts', () => {
    fc.assert(
      fc.property(dayArb, fc.integer({ min: 0, max: 900 }), (from, days) => {
        let on = from;
        let count = 0;
        for (let i = 0; i < days; i++) {
          on = daysAfter(on, 1);
          if (dayKind(on) !== 'off') count++;
        }
        expect(Date.parse(on) - Date.parse(from)).toBe(days * 86_400_000);
        expect(workingDaysBetween(from, on)).toBe(count);
        expect(daysAfter(on, -days)).toBe(from);
      }),
    );
  });

  it('minds what a calendar says twice, or of days that are so anyway', () => {
    const calendar = { 2030: { off: ['01-01', '01-01', '01-05'], working: ['01-06', '01-07'], short: [] } };
    expect(workingDaysBetween('2029-12-31', '2030-01-08', calendar)).toBe(6);
  });
});
