import { kindIn } from './day-kind.ts';
import { changedDays, withKind } from './year-days.ts';

const NONE = { off: [], working: [], short: [] };

describe(withKind, () => {
  it('makes a day any kind, and keeps of it only what differs from its day of the week', () => {
    // 2027-03-09 is a Tuesday, 2027-03-13 a Saturday.
    expect(withKind(NONE, '2027-03-09', 'off')).toEqual({ ...NONE, off: ['03-09'] });
    expect(withKind(NONE, '2027-03-13', 'off')).toEqual(NONE);
    expect(withKind(NONE, '2027-03-13', 'short')).toEqual({ ...NONE, working: ['03-13'], short: ['03-13'] });
    const again = withKind(withKind(NONE, '2027-03-09', 'off'), '2027-03-09', 'working');
    expect(again).toEqual(NONE);
  });

  it('says of a day what was made of it', () => {
    for (const day of ['2027-03-09', '2027-03-13'])
      for (const kind of ['off', 'working', 'short'] as const)
        expect([day, kindIn(withKind(NONE, day, kind), day)]).toEqual([day, kind]);
  });
});

describe(changedDays, () => {
  it('names the days that became another kind, in their order', () => {
    const before = { off: ['05-03', '01-01'], working: ['03-13'], short: [] };
    const after = { off: ['01-01', '05-04'], working: [], short: ['05-03'] };
    expect(changedDays(2027, before, after)).toEqual({
      off: ['03-13', '05-04'],
      working: [],
      short: ['05-03'],
    });
    expect(changedDays(2027, after, after)).toEqual(NONE);
  });
});
