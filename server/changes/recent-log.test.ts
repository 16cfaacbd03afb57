import type { Change } from './change.ts';
import { RecentLog } from './recent-log.ts';

const change = (n: number): Change => ({
  token: String(n).padStart(6, '0'),
  collection: 'events',
  kind: 'insert',
  id: `${n}`,
  at: null,
  before: null,
  after: { _id: `${n}` },
  changed: [],
});
const token = (n: number) => change(n).token;
const range = (from: number, to: number) => Array.from({ length: to - from + 1 }, (_, i) => change(from + i));

describe(RecentLog.name, () => {
  let recent: RecentLog;
  const stop = new AbortController();
  const after = (n: number) => recent.after(token(n), stop.signal);
  beforeEach(() => {
    recent = new RecentLog();
    recent.begin(token(0), ['events']);
  });

  it('gives what came after a place, and waits for what has not come', async () => {
    recent.push(range(1, 3));
    expect((await after(1))?.changes).toEqual(range(2, 3));
    const next = after(3);
    recent.push([change(4)]);
    expect((await next)?.changes).toEqual([change(4)]);
  });

  it('says how far the log was read when it had nothing', async () => {
    const next = after(0);
    recent.quiet(token(7));
    expect(await next).toEqual({ changes: [], quiet: token(7) });
  });

  it('holds a batch once that comes again', async () => {
    recent.push(range(1, 3));
    recent.broken();
    recent.begin(token(0), ['events']);
    recent.push(range(1, 4));
    expect((await after(0))?.changes).toEqual(range(1, 4));
  });

  it('sends those away who are too far behind, and everybody when the stream breaks', async () => {
    recent.push(range(1, 10_001));
    expect(await after(1)).toBeNull();
    expect(recent.reaches(token(1), ['events'])).toBe(false);
    expect(recent.reaches(token(9_999), ['events'])).toBe(true);
    const waiting = after(10_001);
    recent.broken();
    expect(await waiting).toBeNull();
    expect(recent.reaches(token(10_001), ['events'])).toBe(false);
  });

  it('does not carry on over a gap, nor for collections that it does not bring', async () => {
    recent.push(range(1, 3));
    recent.broken();
    recent.begin(token(9), ['events']);
    expect(await after(3)).toBeNull();
    expect(recent.reaches(token(9), ['events', 'users'])).toBe(false);
  });
});
