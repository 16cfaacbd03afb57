import type { EventType } from '../../contracts/modules.ts';
import { chainOf } from './chain.ts';
import type { FactEvent } from './facts.ts';
import { offPlan } from './on-plan.ts';

const NOW = new Date('2026-11-30T09:00:00Z');
const ago = (days: number) => new Date(NOW.getTime() - days * 86_400_000);

let serial = 0;
const event = (type: EventType, days: number, payload: FactEvent['payload'] = {}): FactEvent => ({
  id: `e${String(++serial).padStart(4, '0')}`,
  version: 1,
  type,
  occurredAt: ago(days),
  dueAt: null,
  status: 'recorded',
  resolved: null,
  deletedAt: null,
  payload,
});
const chain = (events: FactEvent[], amountKop: number | null = 10_000_000) =>
  chainOf({ template: 'private', zone: 'Europe/Moscow', createdAt: ago(8), amountKop, now: NOW, events });
const sold = () => [
  event('measure.done', 6),
  event('contract.signed', 5, { amountKop: 10_000_000 }),
  event('payment.prepaid', 5, { amountKop: 7_000_000 }),
];
/** When the installation comes out by the days that work takes. */
const forecast = chain(sold()).milestones.find(({ code }) => code === 'install')?.forecastOn ?? '';

describe(offPlan, () => {
  it('finds nothing against an order that goes as it should', () => {
    expect(offPlan(chain(sold()))).toBeNull();
    expect(offPlan(chain([...sold(), event('work.planned', 1, { startOn: '2026-12-30' })]))).toBeNull();
  });

  it('is a day of the installation before which it cannot be ready', () => {
    const on = '2026-12-07';
    for (const type of ['work.planned', 'install.confirmed'] as const)
      expect(offPlan(chain([...sold(), event(type, 1, { startOn: on })]))).toEqual({
        kind: 'later',
        on,
        forecastOn: forecast,
        isDayOff: false,
      });
  });

  it('is a day of the installation on which nobody works', () => {
    // A Sunday, long after it could be ready.
    expect(offPlan(chain([...sold(), event('work.planned', 1, { startOn: '2026-12-27' })]))).toEqual({
      kind: 'later',
      on: '2026-12-27',
      forecastOn: '2026-12-28',
      isDayOff: true,
    });
  });

  it('is whatever does not fit together', () => {
    expect(offPlan(chain(sold(), 9_000_000))).toEqual({ kind: 'contradiction' });
  });

  it('asks nothing of a day on which it was done', () => {
    const events = [...sold(), event('work.planned', 4, { startOn: '2026-11-28' }), event('install.done', 1)];
    expect(offPlan(chain(events))?.kind).not.toBe('later');
  });
});
