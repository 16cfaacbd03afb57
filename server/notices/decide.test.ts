import type { DueState } from '@svodka/shared/contracts/event';
import { IdSchema, newId } from '@svodka/shared/contracts/id';
import { EVENT_TYPES } from '@svodka/shared/contracts/modules';
import { type CommentImage, decideComment, escalationOf, intentsOf } from './decide.ts';
import type { EventImage, OrderImage } from './rules/images.ts';
import { NOBODY } from './rules/people.ts';
import type { RuleDoc } from './rules/rule.schema.ts';
import { RuleSet } from './rules/rule-set.ts';
import { startingRules } from './rules/starting-rules.ts';
import { turnsByItself, wordsOf } from './rules/words.ts';

const now = new Date('2026-11-24T12:00:00Z');
const hoursAgo = (hours: number) => new Date(now.getTime() - hours * 3_600_000);
const [manager, anna, boris, author] = [newId(), newId(), newId(), newId()] as [
  string,
  string,
  string,
  string,
];
type Team = Pick<OrderImage, 'managerId' | 'appointedIds'>;
const team: Team = { managerId: manager, appointedIds: [anna, boris] };
const zone = 'Europe/Moscow';
const rules = new RuleSet(startingRules(now), { now, zone });
/** The starting set: today's rules N1 and N2 are what it says. */
const decideEvent = (
  before: EventImage | null,
  after: EventImage,
  { team: people, now: at }: { team: Team; now: Date },
) => {
  const order = after.projectId ? ({ ...people, tz: zone, line: { keys: {} } } as OrderImage) : null;
  const words = wordsOf(rules, before, after, { order, now: at, at, zone });
  return intentsOf(words, { event: after, order, people: NOBODY });
};

const event = (fields: Partial<EventImage> = {}): EventImage => ({
  _id: '019abc00-0000-7000-8000-000000000001',
  type: 'note.free',
  importance: 'normal',
  occurredAt: hoursAgo(1),
  recordedAt: hoursAgo(1),
  dueAt: null,
  dueAllDay: false,
  dueZone: 'Europe/Moscow',
  dueLeadMin: 1440,
  dueState: 'none',
  status: 'open',
  projectId: '019abc00-0000-7000-8000-000000000003',
  author: { userId: author },
  source: null,
  deletedAt: null,
  ...fields,
});
const decide = (before: EventImage | null, after: EventImage, people = team) =>
  decideEvent(before, after, { team: people, now });
const told = (before: EventImage | null, after: EventImage, people = team) =>
  decide(before, after, people).map(({ reason, role, userId }) => [reason, role, userId]);
const everybody = (reason: string) => [
  [reason, 'manager', manager],
  [reason, 'appointed', anna],
  [reason, 'appointed', boris],
];

describe('N1: an important event is told to the manager and the appointed', () => {
  it.each(['high', 'critical'] as const)('importance %s', (importance) => {
    expect(told(null, event({ importance }))).toEqual(everybody('occurred'));
  });

  it.each(['info', 'normal'] as const)('not importance %s', (importance) => {
    expect(told(null, event({ importance }))).toEqual([]);
  });

  it('the noticed types whatever their importance, and no other', () => {
    const heard = EVENT_TYPES.filter((type) =>
      told(null, event({ type, importance: 'info' })).some(([reason]) => reason === 'occurred'),
    );
    expect(heard.sort()).toEqual([
      'complaint.opened',
      'deadline.approaching',
      'deadline.due',
      'deadline.overdue',
      'install.failed',
      'items.complete',
      'material.reserved',
      'payment.overdue',
      'payment.prepaid',
      'production.launched',
    ]);
  });

  it('not without a project, and not when deleted', () => {
    expect(told(null, event({ importance: 'critical', projectId: null }))).toEqual([]);
    expect(told(null, event({ importance: 'critical', deletedAt: now }))).toEqual([]);
  });

  it('never to its author', () => {
    const own = event({ importance: 'high', author: { userId: manager } });
    expect(told(null, own).map(([, , userId]) => userId)).toEqual([anna, boris]);
  });

  it('once to who is manager and appointed, and to nobody where nobody is', () => {
    expect(
      told(null, event({ importance: 'high' }), { managerId: anna, appointedIds: [anna, anna] }),
    ).toEqual([['occurred', 'manager', anna]]);
    expect(told(null, event({ importance: 'high' }), { managerId: null, appointedIds: [] })).toEqual([]);
  });

  it('when it becomes important, but not again with every edit', () => {
    const before = event();
    expect(told(before, { ...before, importance: 'high' })).toEqual(everybody('occurred'));
    const high = { ...before, importance: 'high' as const };
    expect(told(high, { ...high, title: 'Иначе' })).toEqual([]);
    // Another rule says it now, about what was said: the ids are those of then, and nothing is made.
    const ids = (after: EventImage, was: EventImage) => decide(was, after).map(({ id }) => id);
    expect(ids({ ...before, importance: 'critical' }, high)).toEqual(ids(high, before));
    expect(
      told({ ...before, importance: 'high', projectId: null }, { ...before, importance: 'high' }),
    ).toEqual(everybody('occurred'));
  });
});

describe('N2: a deadline is told to the manager and the appointed', () => {
  const dueAt = new Date('2026-11-25T09:00:00Z');
  const due = (dueState: DueState, fields: Partial<EventImage> = {}) => event({ dueAt, dueState, ...fields });

  it.each([
    ['none', 'approaching', 'approaching'],
    ['approaching', 'due', 'due'],
    ['approaching', 'overdue', 'overdue'],
    ['due', 'overdue', 'overdue'],
    ['done', 'overdue', 'overdue'],
  ] as const)('turning from %s to %s', (from, to, reason) => {
    expect(told(due(from), due(to))).toEqual(everybody(reason));
  });

  it.each([
    ['none', 'none'],
    ['approaching', 'approaching'],
    ['approaching', 'done'],
    ['overdue', 'done'],
    ['approaching', 'none'],
  ] as const)('but not from %s to %s', (from, to) => expect(told(due(from), due(to))).toEqual([]));

  it('with the moment of the deadline', () => {
    expect(decide(due('none'), due('approaching'))[0]).toMatchObject({ at: dueAt, reason: 'approaching' });
  });

  it('also when it was near from the start, and again when it was moved', () => {
    expect(told(null, due('approaching'))).toEqual(everybody('approaching'));
    const moved = due('approaching', { dueAt: new Date('2026-11-25T10:00:00Z') });
    expect(told(due('approaching'), moved)).toEqual(everybody('approaching'));
    const first = decide(null, due('approaching')).map(({ id }) => id);
    expect(decide(due('approaching'), moved).map(({ id }) => id)).not.toEqual(first);
  });

  it('also to the author who is one of them: a reminder', () => {
    expect(told(due('none'), due('approaching', { author: { userId: manager } }))).toEqual(
      everybody('approaching'),
    );
  });

  it('not without a project', () => {
    expect(told(null, due('overdue', { projectId: null }))).toEqual([]);
  });
});

describe('N3: who is named in a comment is told', () => {
  const comment = (fields: Partial<CommentImage> = {}): CommentImage => ({
    _id: '019abc00-0000-7000-8000-000000000002',
    eventId: newId(),
    authorId: author,
    mentionIds: [],
    createdAt: now,
    deletedAt: null,
    ...fields,
  });
  const named = (before: CommentImage | null, after: CommentImage) =>
    decideComment(before, after, now).map(({ userId }) => userId);

  it('once, and not by themselves', () => {
    expect(named(null, comment({ mentionIds: [anna, anna, author] }))).toEqual([anna]);
  });

  it('only who is new in an edit', () => {
    expect(named(comment({ mentionIds: [anna] }), comment({ mentionIds: [anna, boris] }))).toEqual([boris]);
  });

  it('not in a removed comment', () => {
    expect(named(null, comment({ mentionIds: [anna], deletedAt: now }))).toEqual([]);
  });
});

describe('N5: the past of an import makes no noise', () => {
  const source = { batchId: newId() };

  it.each([
    [1, 3],
    [23.9, 3],
    [24, 0],
    [24 * 365 * 13, 0],
  ])('what happened %d h ago is told to %d', (hours, people) => {
    const occurred = event({ importance: 'critical', occurredAt: hoursAgo(hours), source });
    expect(told(null, occurred)).toHaveLength(people);
    expect(told(null, event({ dueAt: hoursAgo(hours), dueState: 'overdue', source }))).toHaveLength(people);
    expect(told(null, { ...occurred, source: null })).toHaveLength(3);
  });
});

describe('N5: a deadline of an import', () => {
  const source = { batchId: newId() };

  it('is fresh by the moment of its state, not by the deadline', () => {
    const dueAt = new Date('2026-11-20T20:59:59Z'); // a Friday; overdue from Monday 09:00 in Moscow
    const day = event({ dueAt, dueAllDay: true, dueState: 'overdue', source });
    const monday = { team, now: new Date('2026-11-23T07:00:00Z') };
    expect(decideEvent(null, day, monday)).toHaveLength(3);
    expect(decideEvent(null, day, { team, now: new Date('2026-11-24T07:00:00Z') })).toHaveLength(0);
    const far = event({
      dueAt: new Date('2026-11-30T12:00:00Z'),
      dueLeadMin: 43_200,
      dueState: 'approaching',
      source,
    });
    expect(told(null, far)).toEqual([]);
  });
});

describe('N6: the same decision has the same ids', () => {
  it('for the same change', () => {
    const after = event({ importance: 'high', dueAt: now, dueState: 'overdue' });
    const ids = decide(null, after).map(({ id }) => id);
    expect(new Set(ids).size).toBe(6);
    expect(decide(null, after).map(({ id }) => id)).toEqual(ids);
    for (const id of ids) expect(IdSchema.parse(id)).toBe(id);
  });

  it('whatever is edited about the event', () => {
    const after = event({ importance: 'high' });
    const edited = { ...after, importance: 'critical' as const, occurredAt: hoursAgo(5) };
    expect(decide(null, edited).map(({ id }) => id)).toEqual(decide(null, after).map(({ id }) => id));
  });
});

describe(turnsByItself, () => {
  const overdue = { type: 'deadline.overdue' as const, status: 'open' as const, author: { userId: null } };
  const closed = { ...overdue, status: 'resolved' as const, resolved: { by: null } };

  it('says when a program closes what it has told, and opens it again (N9)', () => {
    expect(turnsByItself(event(overdue), event(closed))).toBe('closed');
    expect(turnsByItself(event(closed), event(closed))).toBeNull();
    expect(turnsByItself(event(closed), event(overdue))).toBe('back');
    expect(turnsByItself(event(closed), event({ ...overdue, status: 'recorded' }))).toBe('back');
    expect(turnsByItself(null, event(overdue))).toBeNull();
  });

  it('leaves to a person what a person closes', () => {
    expect(turnsByItself(event(overdue), event({ ...closed, resolved: { by: manager } }))).toBeNull();
    expect(turnsByItself(event(), event({ status: 'resolved', resolved: { by: null } }))).toBeNull();
  });
});

describe(escalationOf, () => {
  it('calls for what waits, not for what did not follow', () => {
    const absent = startingRules(now).find(({ trigger }) => trigger.on === 'absent');
    const rule = {
      ...absent,
      state: 'on',
      escalation: { afterMinutes: 5, recipients: [{ to: 'person', id: anna }] },
    } as RuleDoc;
    const notice = { reason: 'absent', at: now, createdAt: now } as const;
    const next = escalationOf(rule, notice, { event: event(), order: null, people: NOBODY });
    expect(next).toMatchObject([{ userId: anna, reason: 'escalated', awaits: [] }]);
  });
});
