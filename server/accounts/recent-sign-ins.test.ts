import { FakeClock } from '../../test/support/fake-clock.ts';
import { type Authenticated, RecentSignIns } from './recent-sign-ins.ts';

const found = { session: { _id: 's' }, user: { _id: 'u' } } as Authenticated;

describe(RecentSignIns.name, () => {
  it('serves what was found a moment ago', () => {
    const recent = new RecentSignIns(new FakeClock());
    recent.remember('hash', found, recent.age);
    expect(recent.get('hash')).toMatchObject(found);
    expect(recent.get('other')).toBeUndefined();
  });

  it('asks the store again after a second', () => {
    const clock = new FakeClock();
    const recent = new RecentSignIns(clock);
    recent.remember('hash', found, recent.age);
    clock.advance(1_000);
    expect(recent.get('hash')).toBeUndefined();
  });

  it('forgets everything at a change', () => {
    const recent = new RecentSignIns(new FakeClock());
    recent.remember('hash', found, recent.age);
    recent.forget();
    expect(recent.get('hash')).toBeUndefined();
  });

  it('does not keep what was read before a change and arrives after it', () => {
    const recent = new RecentSignIns(new FakeClock());
    const { age } = recent;
    recent.forget();
    recent.remember('hash', found, age);
    expect(recent.get('hash')).toBeUndefined();
  });
});
