import { promiseFate } from './promises.ts';

const at = (time: string) => new Date(`2026-11-27T${time}:00Z`);
const until15 = (resolved: string | null) => ({
  dueAt: at('15:00'),
  resolved: resolved ? { at: at(resolved) } : null,
});

describe(promiseFate, () => {
  it.each([
    ['waits until its hour', until15(null), '14:59', 'open'],
    ['is broken by time alone', until15(null), '15:16', 'broken'],
    ['is kept by what was done in time', until15('14:00'), '18:00', 'kept'],
    [
      'is kept by a call that began in time and told of itself when it was over',
      until15('15:10'),
      '18:00',
      'kept',
    ],
    ['stays broken when it is done later', until15('15:40'), '18:00', 'broken'],
    ['has no hour to miss', { ...until15(null), dueAt: null }, '23:00', 'open'],
    ['without an hour is kept whenever it is done', { ...until15('23:00'), dueAt: null }, '23:30', 'kept'],
  ] as const)('%s', (_name, promise, now, fate) => {
    expect(promiseFate(promise, at(now))).toBe(fate);
  });
});
