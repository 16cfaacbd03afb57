import fc from 'fast-check';
import type { EventType } from '../../contracts/modules.ts';
import type { OrderTemplate } from '../../contracts/order-codes.ts';
import { chainOf } from './chain.ts';
import { movedBy } from './chain-moves.ts';
import { type FactEvent, factsOf } from './facts.ts';
import { DAY_NAMING_TYPES, isWithin, movedTo, type Work, workOf } from './work.ts';
import { awayOn, conflictsOf, type Placed } from './work-conflicts.ts';
import { dayKind, daysAfter, workingDaysBetween } from './working-days.ts';

const ZONE = 'Europe/Moscow';
const NOW = new Date('2026-06-15T09:00:00Z');
const TODAY = '2026-06-15';
const START = Date.parse('2026-04-01T09:00:00Z');
const HOUR_MS = 3_600_000;

let serial = 0;
const event = (
  type: EventType,
  payload: FactEvent['payload'] = {},
  more: Partial<FactEvent> = {},
): FactEvent => ({
  id: `e${String(++serial).padStart(4, '0')}`,
  version: 1,
  type,
  occurredAt: new Date(START + serial * HOUR_MS),
  dueAt: null,
  status: 'recorded',
  resolved: null,
  deletedAt: null,
  payload,
  ...more,
});
const derive = (events: readonly FactEvent[], template: OrderTemplate = 'private') =>
  workOf(factsOf(events, ZONE, TODAY).facts, template);
const only = (events: readonly FactEvent[]): Work => {
  const [work] = derive(events);
  if (!work) throw new Error('no work');
  return work;
};

const WORK_TYPES = [
  ...DAY_NAMING_TYPES,
  'work.started',
  'install.started',
  'work.finished',
  'install.done',
  'install.failed',
] as EventType[];

const dayArb = fc.nat(60).map((days) => daysAfter('2026-05-20', days));
const eventArb: fc.Arbitrary<FactEvent> = fc.record({
  id: fc.nat(25).map((n) => `e${String(n).padStart(4, '0')}`),
  version: fc.nat(3).map((n) => n + 1),
  type: fc.constantFrom(...WORK_TYPES),
  occurredAt: fc.nat(1_200).map((hours) => new Date(START + hours * HOUR_MS)),
  dueAt: fc.constant(null),
  status: fc.constantFrom('recorded' as const, 'open' as const, 'resolved' as const),
  resolved: fc.constant(null),
  deletedAt: fc.option(fc.constant(NOW), { freq: 6 }),
  payload: fc.record(
    {
      startOn: dayArb,
      finishOn: dayArb,
      crew: fc.constantFrom('Бригада 1', 'Бригада 2'),
      stage: fc.integer({ min: 1, max: 3 }),
    },
    { requiredKeys: [] },
  ),
});
/** One payload for one version of one event: what the store holds. */
const historyArb = fc
  .array(eventArb, { maxLength: 30 })
  .map((events) => [...new Map(events.map((each) => [`${each.id} ${each.version}`, each])).values()]);
const deliveriesArb = historyArb.chain((events) =>
  fc.record({
    events: fc.constant(events),
    deliveries: fc.array(fc.nat(Math.max(0, events.length - 1)), { maxLength: 30 }).chain((again) =>
      fc.shuffledSubarray([...events, ...again.flatMap((i) => events[i] ?? [])], {
        minLength: events.length + (events.length > 0 ? again.length : 0),
      }),
    ),
  }),
);

/** The same by hand: the newest version of each event that is there, walked from the first to the last. */
function naive(
  events: readonly FactEvent[],
  stage: number,
): Pick<Work, 'startOn' | 'crew' | 'promisedOn'> | null {
  const newest = events.filter(
    (each) => !events.some((other) => other.id === each.id && other.version > each.version),
  );
  const inOrder = newest
    .filter(({ deletedAt, payload }) => deletedAt === null && (payload.stage ?? 1) === stage)
    .sort((a, b) => a.occurredAt.getTime() - b.occurredAt.getTime() || (a.id < b.id ? -1 : 1));
  let startOn: string | null = null;
  let crew: string | null = null;
  let promisedOn: string | null = null;
  let doneOn: string | null = null;
  let isOff = false;
  for (const { type, payload, occurredAt } of inOrder) {
    const day = payload.startOn as string | undefined;
    if (type === 'work.rescheduled' && !day) [startOn, isOff] = [null, true];
    if (type === 'install.confirmed') [promisedOn, isOff] = [day ?? promisedOn, isOff && !day];
    else {
      if (type !== 'install.failed') crew = (payload.crew as string | undefined) ?? crew;
      if (/^(crew|stage|work\.(planned|resch))/.test(type) && day) [startOn, doneOn] = [day, null];
      if (type === 'install.done' || type === 'work.finished')
        doneOn = new Date(occurredAt.getTime() + 3 * HOUR_MS).toISOString().slice(0, 10);
    }
  }
  const on = startOn ?? doneOn ?? (isOff ? null : promisedOn);
  if (on === null) return null;
  return { startOn: doneOn !== null && doneOn < on ? doneOn : on, crew, promisedOn };
}

describe(workOf, () => {
  it('is the same for any permutation and repetition of the same events', () => {
    fc.assert(
      fc.property(deliveriesArb, fc.constantFrom('private', 'facade'), ({ events, deliveries }, template) => {
        expect(derive(deliveries, template as OrderTemplate)).toEqual(
          derive(events, template as OrderTemplate),
        );
      }),
      { numRuns: 400 },
    );
  });

  it('is not done by what was before a plan that was moved to no day', () => {
    const fact = (id: string, type: FactEvent['type'], hour: number, payload: object = {}): FactEvent => ({
      id,
      version: 1,
      type,
      occurredAt: new Date(Date.UTC(2026, 3, 1, hour)),
      dueAt: null,
      status: 'recorded',
      resolved: null,
      deletedAt: null,
      payload: { ...payload },
    });
    const done = fact('a', 'work.finished', 9);
    const moved = fact('c', 'work.rescheduled', 11);
    expect(derive([done, moved], 'facade')).toMatchObject([{ state: 'done', startOn: '2026-04-01' }]);
    expect(
      derive([done, fact('b', 'crew.assigned', 10, { startOn: '2026-05-20' }), moved], 'facade'),
    ).toEqual([]);
  });

  it('takes days, crew and promise from the latest fact that names them, of each stage apart', () => {
    fc.assert(
      fc.property(historyArb, (events) => {
        const works = derive(events, 'facade');
        for (const stage of [1, 2, 3]) {
          const work = works.find((each) => each.stage === stage);
          const { startOn, crew, promisedOn } = work ?? {};
          expect(work ? { startOn, crew, promisedOn } : null).toEqual(naive(events, stage));
          if (work) expect(work.startOn <= work.finishOn).toBe(true);
        }
      }),
      { numRuns: 400 },
    );
  });

  it('is planned by a later event only, whenever that was written', () => {
    const planned = event('work.planned', { startOn: '2026-06-20', finishOn: '2026-06-22', crew: 'A' });
    const moved = event('work.rescheduled', { startOn: '2026-06-25' });
    expect(only([moved, planned])).toMatchObject({
      startOn: '2026-06-25',
      finishOn: '2026-06-25',
      crew: 'A',
    });
    const early = { ...moved, occurredAt: new Date(START) };
    expect(only([planned, early])).toMatchObject({ startOn: '2026-06-20', finishOn: '2026-06-22' });
    expect(only([planned, { ...moved, version: 2, deletedAt: NOW }]).startOn).toBe('2026-06-20');
  });

  it('stands on no day once it was moved to none, until somebody names one', () => {
    const planned = event('work.planned', { startOn: '2026-06-20', crew: 'A' });
    const promised = event('install.confirmed', { startOn: '2026-06-20' });
    const off = event('work.rescheduled', { reason: 'заказчик просит позже' });
    expect(derive([planned, promised, off])).toEqual([]);
    const again = event('work.planned', { startOn: '2026-06-25' });
    expect(only([planned, promised, off, again])).toMatchObject({ startOn: '2026-06-25', crew: 'A' });
    const said = event('install.confirmed', { startOn: '2026-06-26' });
    expect(only([planned, off, said])).toMatchObject({ startOn: '2026-06-26', isPlanned: false });
  });

  it('knows what is only promised, begun, failed, done, and planned anew', () => {
    const promised = event('install.confirmed', { startOn: '2026-06-18' });
    expect(only([promised])).toMatchObject({
      startOn: '2026-06-18',
      isPlanned: false,
      promisedOn: '2026-06-18',
    });
    const planned = event('work.planned', { startOn: '2026-06-12', crew: 'A' });
    expect(only([planned, event('install.started')]).state).toBe('started');
    const failed = event('install.failed', {}, { status: 'open' });
    expect(only([planned, failed]).state).toBe('failed');
    expect(only([planned, failed, event('work.rescheduled', { startOn: '2026-06-19' })]).state).toBe(
      'planned',
    );
    const done = event('install.done');
    expect(only([planned, done]).state).toBe('done');
    expect(only([planned, done, event('work.planned', { startOn: '2026-06-22' })]).state).toBe('planned');
    expect(derive([event('crew.assigned', { crew: 'A' })])).toEqual([]);
    expect(derive([planned], 'dealer')).toEqual([]);
  });

  it('is not held up by a stage or a year that was typed wrong', () => {
    const wrong = event('work.planned', { startOn: '2026-06-12', finishOn: '2096-06-12', stage: 1_000_000 });
    expect(derive([wrong], 'facade')).toMatchObject([{ stage: 1, stages: 1, finishOn: '2026-06-12' }]);
  });
});

describe(movedTo, () => {
  it('keeps how many working days a work takes', () => {
    fc.assert(
      fc.property(dayArb, fc.nat(20), dayArb, (startOn, length, day) => {
        const work = { startOn, finishOn: daysAfter(startOn, length) };
        const moved = movedTo(work, day);
        expect(moved.startOn).toBe(day);
        expect(moved.finishOn >= day).toBe(true);
        if (dayKind(day) !== 'off')
          expect(workingDaysBetween(day, moved.finishOn)).toBe(workingDaysBetween(startOn, work.finishOn));
      }),
    );
  });
});

describe(conflictsOf, () => {
  const crew = {
    id: 'a',
    workDays: [1, 2, 3, 4, 5],
    capacity: 1,
    isActive: true,
    absences: [{ from: '2026-06-24', to: '2026-06-26', note: 'отпуск' }],
  };
  const work = (startOn: string, more: Partial<Placed> = {}): Placed => ({
    startOn,
    finishOn: startOn,
    crew: 'a',
    state: 'planned',
    goods: { done: 1, total: 1, isReady: true, readyOn: null },
    promisedOn: null,
    ...more,
  });
  const kinds = (works: Placed[], of = works[0] as Placed, crews = crew) =>
    conflictsOf(works, { crewOf: () => crews, todayOn: TODAY })
      .get(of)
      ?.map(({ kind, on }) => [kind, on]) ?? [];

  it('names more than a crew does on one day, in every one of them, and counts what is not told too', () => {
    const works = [work('2026-06-18'), work('2026-06-17', { finishOn: '2026-06-19' }), work('2026-06-22')];
    expect(kinds(works)).toEqual([['over', '2026-06-18']]);
    expect(kinds(works, works[1])).toEqual([['over', '2026-06-18']]);
    expect(kinds(works, works[2])).toEqual([]);
    expect(kinds(works, works[0], { ...crew, capacity: 2 })).toEqual([]);
    expect(kinds([work('2026-06-18'), work('2026-06-18', { crew: null })])).toEqual([]);
  });

  it('is the same in whatever order the works come, and goes with one that goes', () => {
    const placedArb = fc.array(
      fc.record({ at: fc.nat(14), length: fc.nat(3), crew: fc.constantFrom('a', 'b', null) }),
      { maxLength: 12 },
    );
    fc.assert(
      fc.property(placedArb, (places) => {
        const works = places.map(({ at, length, crew }) =>
          work(daysAfter('2026-06-15', at), { finishOn: daysAfter('2026-06-15', at + length), crew }),
        );
        const crewOf = (named: string) => ({ ...crew, id: named });
        const told = (list: Placed[]) => {
          const found = conflictsOf(list, { crewOf, todayOn: TODAY });
          return works.map((each) => (found.get(each) ?? []).map(({ kind, on }) => `${kind} ${on}`).sort());
        };
        expect(told([...works].reverse())).toEqual(told(works));
        // Whoever goes makes no new conflict for those who stay.
        const [gone, ...rest] = works;
        const after = told(rest);
        for (const [i, before] of told(works).entries())
          if (works[i] !== gone) expect(before).toEqual(expect.arrayContaining(after[i] ?? []));
      }),
    );
  });

  it('names days on which the crew is away, and no other', () => {
    expect(kinds([work('2026-06-25')])).toEqual([['absent', '2026-06-25']]);
    expect(kinds([work('2026-06-20')])).toEqual([['day-off', '2026-06-20']]);
    // A holiday in the week, and a weekend in the middle of longer work.
    expect(awayOn(crew, '2026-06-12')).toEqual({ kind: 'day-off', note: '' });
    expect(kinds([work('2026-06-19', { finishOn: '2026-06-22' })])).toEqual([]);
    expect(awayOn({ ...crew, workDays: [6] }, '2026-06-20')).toBeNull();
    expect(kinds([work('2026-06-18')], undefined, { ...crew, isActive: false })).toEqual([
      ['inactive', null],
    ]);
  });

  it('names goods that come too late, a promise that breaks, and a day that has passed', () => {
    const goods = (readyOn: string) => ({ done: 0, total: 2, isReady: false, readyOn });
    expect(kinds([work('2026-06-18', { goods: goods('2026-06-18') })])).toEqual([['goods', '2026-06-18']]);
    expect(kinds([work('2026-06-18', { goods: goods('2026-06-17') })])).toEqual([]);
    expect(kinds([work('2026-06-18', { promisedOn: '2026-06-17' })])).toEqual([['promised', '2026-06-17']]);
    expect(kinds([work('2026-06-11')])).toEqual([['undone', '2026-06-11']]);
    expect(kinds([work('2026-06-11', { state: 'done', promisedOn: '2026-06-10' })])).toEqual([]);
  });
});

describe(movedBy, () => {
  it('names the milestones that a move moves, and only later ones', () => {
    const chain = (events: FactEvent[]) =>
      chainOf({
        template: 'private',
        zone: ZONE,
        createdAt: new Date(START),
        amountKop: null,
        now: NOW,
        events,
      });
    const planned = event('work.planned', { startOn: '2026-07-20' });
    const moved = event('work.rescheduled', { startOn: '2026-07-27' });
    const moves = movedBy(chain([planned]), chain([planned, moved]));
    expect(moves.map(({ code }) => code)).toEqual(['install', 'act', 'payment']);
    expect(moves[0]).toEqual({ code: 'install', from: '2026-07-20', to: '2026-07-27' });
    expect(movedBy(chain([planned]), chain([planned]))).toEqual([]);
  });
});

describe(isWithin, () => {
  it('holds both ends', () => {
    const work = { startOn: '2026-06-10', finishOn: '2026-06-12' };
    expect(isWithin(work, { from: '2026-06-12', to: '2026-06-20' })).toBe(true);
    expect(isWithin(work, { from: '2026-06-01', to: '2026-06-10' })).toBe(true);
    expect(isWithin(work, { from: '2026-06-13', to: '2026-06-20' })).toBe(false);
  });
});
