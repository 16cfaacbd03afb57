import type { Project } from '@svodka/shared/contracts/directory';
import type { SvodkaEvent } from '@svodka/shared/contracts/event';
import { dueDays, type Reading, together } from './week.ts';

const TODAY = '2026-11-27';
const order = (id: string, code: string, plannedOn: string, more: object = {}) =>
  ({
    id,
    line: { next: code, milestones: [{ code, state: 'planned', plannedOn, promisedOn: null, ...more }] },
  }) as unknown as Project;
const event = (id: string, on: string, more: object = {}) =>
  ({
    id,
    dueAt: `${on}T09:00:00Z`,
    type: 'call.promise',
    projectId: null,
    ...more,
  }) as unknown as SvodkaEvent;
const days = (orders: Project[], events: SvodkaEvent[]) =>
  dueDays(orders, events, TODAY, ({ dueAt }) => (dueAt ?? '').slice(0, 10)).map(({ on, items }) => [
    on,
    ...items.map(({ id }) => id),
  ]);

describe(dueDays, () => {
  it('tells what is late, then day by day what is asked before what comes next', () => {
    expect(
      days(
        [
          order('ship', 'ship', '2026-11-30'),
          order('prepay', 'prepay', '2026-11-20'),
          order('far', 'act', '2026-12-04'),
        ],
        [event('call', '2026-11-30'), event('late', '2026-11-26'), event('today', TODAY)],
      ),
    ).toEqual([
      [null, 'prepay', 'late'],
      [TODAY, 'today'],
      ['2026-11-30', 'call', 'ship'],
    ]);
  });

  it('goes by what was promised, and leaves out what nothing can be done about', () => {
    expect(days([order('a', 'ready', '2026-11-20', { promisedOn: '2026-12-01' })], [])).toEqual([
      ['2026-12-01', 'a'],
    ]);
    expect(days([order('a', 'reserve', '2026-11-20', { state: 'blocked' })], [])).toEqual([]);
    expect(days([order('a', 'install', '2026-11-30')], [])).toEqual([]);
  });

  it('says once that a payment is late', () => {
    const late = event('said', '2026-11-26', { type: 'payment.overdue', projectId: 'a' });
    expect(days([order('a', 'prepay', '2026-11-20')], [late])).toEqual([[null, 'said']]);
  });
});

describe(together, () => {
  const at = (state: Reading['state'], retry: () => unknown = () => undefined): Reading => ({
    state,
    error: state === 'failed' ? state : null,
    retry,
  });

  it('stands when all of it does, and tries again what has failed', () => {
    expect(together([at('ready'), at('ready')]).state).toBe('ready');
    expect(together([at('ready'), at('loading')]).state).toBe('loading');
    let tried = 0;
    const retry = () => tried++;
    const broken = together([at('loading', retry), at('failed', retry)]);
    expect(broken).toMatchObject({ state: 'failed', error: 'failed' });
    broken.retry();
    expect(tried).toBe(1);
  });
});
