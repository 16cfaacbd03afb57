// Decisions against an evaluation that asks every rule about every state, one clause after the other, and against a
// mutant of each kind.

import { newId } from '@svodka/shared/contracts/id';
import type { EventType } from '@svodka/shared/contracts/modules';
import type { Span, Trigger } from '@svodka/shared/contracts/notice-rule';
import type { Filter } from '@svodka/shared/filter/ast';
import { toPredicate } from '@svodka/shared/filter/predicate';
import { toText } from '@svodka/shared/filter/text';
import fc from 'fast-check';
import { intentsOf } from '../decide.ts';
import { isFollowedBy } from './following.ts';
import type { EventImage, OrderImage } from './images.ts';
import { after, approachAt, earlierBy, laterBy, missedAt, repetitionAt } from './moments.ts';
import { NOBODY } from './people.ts';
import type { RuleDoc } from './rule.schema.ts';
import { RuleSet } from './rule-set.ts';
import { wordsOf } from './words.ts';

const NOW = new Date('2026-11-24T12:00:00Z');
const ZONE = 'Europe/Moscow';
const HOUR = 3_600_000;
const TYPES: EventType[] = ['payment.prepaid', 'install.failed', 'call.missed', 'note.free'];
const PEOPLE = [newId(), newId(), newId()];
const ORDERS = [0, 1].map(
  (n): OrderImage =>
    ({
      _id: newId(),
      managerId: PEOPLE[n] ?? null,
      appointedIds: [PEOPLE[2]],
      tz: ZONE,
      status: n === 0 ? 'ready' : 'request',
      line: { next: null, keys: {} },
    }) as unknown as OrderImage,
);

const leaf = fc.oneof<fc.Arbitrary<Filter>[]>(
  fc.subarray(TYPES, { minLength: 1 }).map((types) => ({ field: 'type' as const, in: types })),
  fc.constant<Filter>({ field: 'importance', in: ['high', 'critical'] }),
  fc.boolean().map((exists) => ({ field: 'project' as const, exists })),
  fc.constantFrom('open', 'recorded').map((status) => ({ field: 'status' as const, in: [status] })),
);
const filterArb: fc.Arbitrary<Filter> = fc.oneof(
  leaf,
  leaf.map((not) => ({ not })),
  fc.array(leaf, { minLength: 1, maxLength: 3 }).map((and) => ({ and })),
  fc.array(leaf, { minLength: 1, maxLength: 3 }).map((or) => ({ or })),
);
const triggerArb: fc.Arbitrary<Trigger> = fc.constantFrom<Trigger>(
  { on: 'occurred' },
  { on: 'changed', field: 'status' },
  { on: 'changed', field: 'importance' },
  { on: 'approaching', lead: null },
  { on: 'due' },
  { on: 'overdue', every: null },
);
const ruleArb = fc.record({
  filter: filterArb,
  trigger: triggerArb,
  state: fc.constantFrom('on' as const, 'dry' as const, 'off' as const),
  orders: fc.constantFrom(null, 'stage:ready'),
  ownerId: fc.constantFrom(null, null, PEOPLE[0] ?? null),
  muted: fc.boolean(),
  to: fc.constantFrom('manager' as const, 'appointed' as const),
});
type Drawn = typeof ruleArb extends fc.Arbitrary<infer R> ? R : never;

const docOf = (drawn: Drawn): RuleDoc => ({
  _id: newId(),
  code: null,
  name: 'Так',
  state: drawn.state,
  filter: toText(drawn.filter),
  orders: drawn.orders,
  trigger: drawn.trigger,
  recipients: [drawn.to === 'manager' ? { to: 'manager' } : { to: 'appointed', role: null }],
  channels: ['inbox'],
  delayMinutes: 0,
  digest: 'person',
  passesQuiet: false,
  escalation: null,
  ownerId: drawn.ownerId,
  createdBy: null,
  updatedAt: NOW,
  since: new Date(0),
  mutedBy: drawn.muted ? [PEOPLE[0] as string] : [],
  removedAt: null,
  version: 1,
});

const stateArb = fc.record({
  type: fc.constantFrom(...TYPES),
  importance: fc.constantFrom('normal' as const, 'high' as const),
  status: fc.constantFrom('open' as const, 'recorded' as const, 'resolved' as const),
  dueState: fc.constantFrom('none' as const, 'approaching' as const, 'due' as const, 'overdue' as const),
  order: fc.constantFrom(null, 0, 1),
  isDeleted: fc.boolean(),
});
type State = typeof stateArb extends fc.Arbitrary<infer S> ? S : never;

const EVENT_ID = newId();
const imageOf = ({ order, isDeleted, dueState, ...state }: State, rev: number): EventImage => ({
  _id: EVENT_ID,
  ...state,
  occurredAt: NOW,
  recordedAt: NOW,
  dueAt: dueState === 'none' ? null : new Date(NOW.getTime() + HOUR),
  dueAllDay: true,
  dueZone: ZONE,
  dueLeadMin: 60,
  dueState,
  projectId: order === null ? null : (ORDERS[order]?._id ?? null),
  author: { userId: null },
  source: null,
  deletedAt: isDeleted ? NOW : null,
  rev,
});

/** Who is told by what, `*` for nobody: by asking each rule about both states. */
function naively(
  docs: readonly RuleDoc[],
  filters: readonly Filter[],
  before: EventImage | null,
  now: EventImage,
  order: OrderImage | null,
) {
  const told = new Map<string, Set<string>>();
  docs.forEach((rule, at) => {
    const asks = toPredicate(filters[at] as never);
    const finds = (event: EventImage | null) => event !== null && !event.deletedAt && asks(event);
    const ofOrder = rule.orders === null || order?.status === 'ready';
    if (rule.state === 'off' || !finds(now) || !ofOrder) return;
    if (rule.ownerId !== null && order?.managerId !== rule.ownerId) return;
    const isSame = before?.projectId === now.projectId;
    const { trigger } = rule;
    let reason: string | null = null;
    if (trigger.on === 'occurred' && !(isSame && finds(before))) reason = 'occurred';
    if (trigger.on === 'changed' && before && !before.deletedAt) {
      const field = trigger.field as 'status' | 'importance';
      if (before[field] !== now[field]) reason = `changed ${field}`;
    }
    const turned =
      now.dueAt !== null &&
      !(isSame && before?.dueState === now.dueState && before?.dueAt?.getTime() === now.dueAt.getTime());
    if (turned && trigger.on === now.dueState) reason = now.dueState;
    if (reason === null) return;
    const people = rule.recipients[0]?.to === 'manager' ? [order?.managerId] : (order?.appointedIds ?? []);
    for (const person of people) {
      if (!person) continue;
      // What dry ones say stands beside what the others tell.
      const isDry = rule.state === 'dry';
      const isTold = isDry || !rule.mutedBy.includes(person);
      const key = `${isDry ? 'dry ' : ''}${reason} ${person}`;
      const rules = told.get(key) ?? new Set();
      if (isTold) rules.add(rule._id);
      told.set(key, rules);
    }
  });
  return new Map([...told].map(([key, rules]) => [key, [...rules].sort()]));
}

function decided(
  docs: readonly RuleDoc[],
  before: EventImage | null,
  now: EventImage,
  order: OrderImage | null,
) {
  const rules = new RuleSet(docs, { now: NOW, zone: ZONE });
  const words = wordsOf(rules, before, now, { order, now: NOW, at: NOW, zone: ZONE });
  const byId = new Map(docs.map((doc) => [doc._id, doc]));
  return new Map(
    intentsOf(words, { event: now, order, people: NOBODY }).map((intent) => {
      const { trigger } = byId.get(intent.ruleIds[0] ?? '') as RuleDoc;
      const reason = trigger.on === 'changed' ? `changed ${trigger.field}` : intent.reason;
      const isDry = intent.suppressed === 'dry';
      const isTold = isDry || !intent.suppressed;
      return [`${isDry ? 'dry ' : ''}${reason} ${intent.userId}`, isTold ? [...intent.ruleIds].sort() : []];
    }),
  );
}

const changesArb = fc.record({
  rules: fc.array(ruleArb, { maxLength: 8 }),
  before: fc.option(stateArb, { nil: null }),
  now: stateArb,
});
type Changes = typeof changesArb extends fc.Arbitrary<infer C> ? C : never;

function compared({ rules, before, now }: Changes, mutate: (doc: RuleDoc) => RuleDoc = (doc) => doc) {
  const docs = rules.map(docOf);
  const was = before && imageOf(before, 1);
  const is = imageOf(now, 2);
  const order = now.order === null ? null : (ORDERS[now.order] ?? null);
  return {
    expected: naively(
      docs,
      rules.map(({ filter }) => filter),
      was,
      is,
      order,
    ),
    found: decided(docs.map(mutate), was, is, order),
  };
}

describe('decisions', () => {
  it('are those of asking each rule about both states', () => {
    fc.assert(
      fc.property(changesArb, (changes) => {
        const { expected, found } = compared(changes);
        expect(found).toEqual(expected);
      }),
      { numRuns: 2_000 },
    );
  });

  it.each([
    ['a rule that is off speaks', (doc: RuleDoc): RuleDoc => ({ ...doc, state: 'on' })],
    ['a rule of a manager speaks of all orders', (doc: RuleDoc): RuleDoc => ({ ...doc, ownerId: null })],
    ['a rule asks nothing of the order', (doc: RuleDoc): RuleDoc => ({ ...doc, orders: null })],
    ['nobody can mute', (doc: RuleDoc): RuleDoc => ({ ...doc, mutedBy: [] })],
  ])('would be found out if %s', (_name, mutate) => {
    expect(() =>
      fc.assert(
        fc.property(changesArb, (changes) => {
          const { expected, found } = compared(changes, mutate);
          expect(found).toEqual(expected);
        }),
        { numRuns: 2_000 },
      ),
    ).toThrow();
  });

  it('say the same of a hundred rules as of each alone', () => {
    fc.assert(
      fc.property(fc.array(ruleArb, { minLength: 50, maxLength: 100 }), stateArb, (drawn, state) => {
        const docs = drawn.map(docOf).filter(({ state: is }) => is !== 'off');
        const event = imageOf(state, 1);
        const together = new RuleSet(docs, { now: NOW, zone: ZONE }).finding(event);
        const alone = docs.filter(
          (doc) => new RuleSet([doc], { now: NOW, zone: ZONE }).finding(event).length > 0,
        );
        expect(new Set(together.map(({ rule }) => rule._id))).toEqual(new Set(alone.map(({ _id }) => _id)));
      }),
      { numRuns: 50 },
    );
  });
});

const spanArb: fc.Arbitrary<Span> = fc.record({
  n: fc.integer({ min: 1, max: 12 }),
  unit: fc.constantFrom('minutes' as const, 'hours' as const, 'workingDays' as const),
});
const momentArb = fc
  .integer({ min: Date.parse('2026-01-01T00:00:00Z'), max: Date.parse('2026-12-31T00:00:00Z') })
  .map((ms) => new Date(ms));

describe('moments', () => {
  const happened = (at: Date) => ({
    ...imageOf(
      {
        type: 'payment.prepaid',
        importance: 'normal',
        status: 'open',
        dueState: 'none',
        order: 0,
        isDeleted: false,
      },
      1,
    ),
    occurredAt: at,
  });
  const widthArb = fc.integer({ min: 1, max: 5 * 24 * HOUR });
  const windowOf = (from: Date, width: number) => ({ from, to: new Date(from.getTime() + width) });

  it('that fall into a window are of events in the stretch that is looked through', () => {
    fc.assert(
      fc.property(
        momentArb,
        spanArb,
        fc.integer({ min: 0, max: 1_000 }),
        widthArb,
        (at, span, back, width) => {
          const missed = missedAt(happened(at), ORDERS[0] ?? null, span, ZONE);
          const window = windowOf(new Date(missed.getTime() - 1 - (back % width)), width);
          const { from, to } = earlierBy(window, span, ZONE);
          expect(at >= from && at <= to).toBe(true);
          const near = approachAt({ at, from: at, zone: ZONE, of: '' }, span);
          const later = laterBy(windowOf(new Date(near.getTime() - 1 - (back % width)), width), span, ZONE);
          expect(at >= later.from && at <= later.to).toBe(true);
        },
      ),
      { numRuns: 2_000 },
    );
  });

  it('of what repeats are every so often from the beginning on, and the latest is found at once', () => {
    fc.assert(
      fc.property(momentArb, spanArb, fc.integer({ min: 0, max: 40 * 24 * HOUR }), (dueAt, every, later) => {
        const event = { ...happened(dueAt), dueAt, dueAllDay: false };
        const now = new Date(dueAt.getTime() + later);
        let last: Date | null = null;
        let k = 1;
        const nth = () => after(dueAt, { n: every.n * k, unit: every.unit }, ZONE);
        for (; k < 60_000 && nth() <= now; k++) last = nth();
        expect(repetitionAt(event, every, now)).toEqual({ last, next: nth() });
      }),
      { numRuns: 200 },
    );
  });

  it('of what did not follow: over any history, told as reading it through would tell', () => {
    const stepArb = fc.record({
      hours: fc.integer({ min: 0, max: 30 }),
      type: fc.constantFrom('payment.prepaid' as const, 'production.launched' as const),
      order: fc.constantFrom(0, 1),
    });
    const within: Span = { n: 10, unit: 'hours' };
    const run = (
      steps: { hours: number; type: EventType; order: number }[],
      follows: typeof isFollowedBy,
    ) => {
      let at = NOW.getTime();
      const events = steps.map(({ hours, type, order }) => {
        at += hours * HOUR;
        const projectId = ORDERS[order]?._id ?? null;
        return {
          _id: newId(),
          type,
          projectId,
          counterpartyIds: [],
          occurredAt: new Date(at),
          status: 'open' as const,
        };
      });
      const expected = events.filter(
        (base, i) =>
          base.type === 'payment.prepaid' &&
          !events.some(
            (other, j) =>
              j !== i &&
              other.type === 'production.launched' &&
              other.projectId === base.projectId &&
              other.occurredAt >= base.occurredAt &&
              other.occurredAt.getTime() <= base.occurredAt.getTime() + within.n * HOUR,
          ),
      );
      // As the sweep finds it: window by window, each base at its moment, by what had followed then.
      const found = events.filter((base) => {
        if (base.type !== 'payment.prepaid') return false;
        const moment = after(base.occurredAt, within, ZONE);
        const known = events.filter(
          ({ type, occurredAt }) => type === 'production.launched' && occurredAt <= moment,
        );
        return !known.some((follower) => follows(base, follower));
      });
      expect(found.map(({ _id }) => _id)).toEqual(expected.map(({ _id }) => _id));
    };
    const histories = fc.array(stepArb, { maxLength: 20 });
    fc.assert(
      fc.property(histories, (steps) => run(steps, isFollowedBy)),
      { numRuns: 1_000 },
    );
    const whatever: typeof isFollowedBy = (base, other) => other.occurredAt >= base.occurredAt;
    expect(() =>
      fc.assert(
        fc.property(histories, (steps) => run(steps, whatever)),
        { numRuns: 1_000 },
      ),
    ).toThrow();
  });
});
