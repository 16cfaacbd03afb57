import { jest } from '@jest/globals';
import { newId } from '@svodka/shared/contracts/id';
import type { AuditDraft } from './audit.schema.ts';
import { FOLD_MS, Folding } from './folding.ts';

const HOUR = 3_600_000;

describe(Folding.name, () => {
  let told: AuditDraft[];
  let folding: Folding;
  beforeEach(() => {
    jest.useFakeTimers({ now: Date.UTC(2026, 10, 27) });
    told = [];
    folding = new Folding(
      (draft) => told.push(draft),
      () => new Date(),
    );
  });
  afterEach(() => jest.useRealTimers());

  const draft = (part: Partial<AuditDraft>): AuditDraft => ({
    at: new Date(),
    who: null,
    what: 'refused.scope',
    object: { kind: 'event', id: newId() },
    from: '10.0.0.1',
    details: { route: 'GET /api/events/:id' },
    ...part,
  });
  const counted = () => told.reduce((sum, { details }) => sum + Number(details.times ?? 1), 0);

  it('tells the first at once, and how often it came again', () => {
    const same = draft({ who: 'a' });
    for (let i = 0; i < 40; i++) folding.add(same);
    expect(told).toHaveLength(1);
    jest.advanceTimersByTime(FOLD_MS);
    expect(told.map(({ details }) => details.times)).toEqual([undefined, 39]);
  });

  it('grows by a few a minute whatever one person makes up, counts all, and still tells the others', () => {
    for (let minute = 0; minute < 60; minute++) {
      for (let i = 0; i < 500; i++) folding.add(draft({ who: 'greedy', from: `2a00:1::${i.toString(16)}` }));
      jest.advanceTimersByTime(FOLD_MS);
    }
    expect(told.length).toBeLessThan(60 + 2 * 60 + 5);
    expect(counted()).toBe(60 * 500);
    const before = told.length;
    folding.add(draft({ who: 'other' }));
    expect(told).toHaveLength(before + 1);
    expect(told.at(-1)?.object).not.toBeNull();
  });

  it('takes an IPv6 network for one, and forgets nothing that was said of its first try', () => {
    const failed = (from: string) => draft({ what: 'sign-in.failed', object: null, details: {}, from });
    for (let i = 0; i < 200; i++) folding.add(failed(`2001:db8:0:1::${i.toString(16)}`));
    expect(told.map(({ from }) => from)).toEqual(['2001:db8:0:1::0']);
  });

  it('is bounded when as many networks as there are try', () => {
    for (let i = 0; i < 5_000; i++)
      folding.add(
        draft({ what: 'sign-in.failed', object: null, from: `10.${i >> 8}.${i & 255}.1`, details: {} }),
      );
    jest.advanceTimersByTime(HOUR);
    expect(told.length).toBeLessThan(300 + 5);
    expect(counted()).toBe(5_000);
  });

  it('tells at its end what it had only counted', () => {
    const same = draft({ who: 'a' });
    for (let i = 0; i < 5; i++) folding.add(same);
    folding.end();
    expect(counted()).toBe(1 + 4);
  });
});
