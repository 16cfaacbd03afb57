import { FakeClock } from '../../test/support/fake-clock.ts';
import type { ChangeBus } from '../changes/change-bus.ts';
import { type Authenticated, RecentSignIns } from './recent-sign-ins.ts';

const found = { session: { _id: 's' }, user: { _id: 'u' } } as Authenticated;

describe(RecentSignIns.name, () => {
  const log = { isFresh: true };
  let clock: FakeClock;
  let recent: RecentSignIns;
  beforeEach(() => {
    log.isFresh = true;
    clock = new FakeClock();
    recent = new RecentSignIns(clock, log as ChangeBus);
  });

  it('serves what was found a moment ago', () => {
    recent.remember('hash', found, recent.age);
    expect(recent.get('hash')).toMatchObject(found);
    expect(recent.get('other')).toBeUndefined();
  });

  it('asks the store again after a second while nothing is heard of changes, else after a minute', () => {
    recent.remember('hash', found, recent.age);
    clock.advance(1_000);
    expect(recent.get('hash')).toBeDefined();
    log.isFresh = false;
    expect(recent.get('hash')).toBeUndefined();
    log.isFresh = true;
    clock.advance(59_000);
    expect(recent.get('hash')).toBeUndefined();
  });

  it('forgets everything when it is told to', () => {
    recent.remember('hash', found, recent.age);
    recent.forget();
    expect(recent.get('hash')).toBeUndefined();
  });

  it('forgets what stands on a session or a person that has changed, and nothing else', () => {
    const another = { session: { _id: 't' }, user: { _id: 'v' } } as Authenticated;
    for (const changed of ['s', 'u']) {
      recent.remember('hash', found, recent.age);
      recent.remember('other', another, recent.age);
      recent.forgetOf(changed);
      expect(recent.get('hash')).toBeUndefined();
      expect(recent.get('other')).toBeDefined();
    }
  });

  it('does not keep what was read before a change and arrives after it', () => {
    for (const forget of [() => recent.forget(), () => recent.forgetOf('s')]) {
      const { age } = recent;
      forget();
      recent.remember('hash', found, age);
      expect(recent.get('hash')).toBeUndefined();
    }
  });
});
