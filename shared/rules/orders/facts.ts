import type { EventStatus } from '../../contracts/event.ts';
import type { Id } from '../../contracts/id.ts';
import { asks, type EventType } from '../../contracts/modules.ts';
import type { NamedFact } from '../../contracts/orders.ts';
import type { Payload } from '../../contracts/payload.ts';
import { FACT_TYPES } from './fills.ts';
import type { Day } from './working-days.ts';

/** What of an event the chain looks at. */
export type FactEvent = {
  id: Id;
  version: number;
  type: EventType;
  occurredAt: Date;
  recordedAt?: Date;
  dueAt: Date | null;
  status: EventStatus;
  resolved: { at: Date; from?: EventStatus } | null;
  deletedAt: Date | null;
  payload: Payload;
  itemIds?: readonly string[];
};

/** What lay behind an order when the desk first heard of it: its card knows it, and no event tells it. */
export type PriorFact = { type: EventType; on: Day; payload: Payload };

/** Something that has happened, on a day of the order's zone. */
export type Fact = {
  /** Of its event; null: it lay behind the order already. */
  id: Id | null;
  type: EventType;
  on: Day;
  /** Orders the facts of one day. */
  at: number;
  payload: Payload;
  /** The goods that it is about, where it names them. */
  itemIds: readonly string[];
  isResolved: boolean;
  /** Until when it asks to be dealt with. */
  dueOn: Day | null;
};

/** The day that an event names. */
export const dayOf = ({ payload: { startOn } }: Pick<Fact, 'payload'>): Day | null =>
  typeof startOn === 'string' ? startOn : null;

/** Whether a work was moved off its day, and to none that is known: what was planned before holds no more. */
export const movesOff = (fact: Pick<Fact, 'type' | 'payload'>): boolean =>
  fact.type === 'work.rescheduled' && dayOf(fact) === null;

/** Nothing that this desk knows of is older; such a year was typed wrong. */
const FIRST_DAY = '2000-01-01';

/** Whatever else is told of an order says nothing of its chain. */
const KNOWN: ReadonlySet<EventType> = new Set(FACT_TYPES);

type ZoneDays = { format: Intl.DateTimeFormat; days: Map<number, Day> };
const zones = new Map<string, ZoneDays>();
/** Since long before anything that is believed, days of all zones begin with such a quarter of an hour. */
const QUARTER_MS = 900_000;
const QUARTERS_SINCE = Date.UTC(1980, 0, 1);
const MOST_DAYS = 20_000;

/** The calendar day of an instant in a zone. */
export function dayIn(zone: string, at: Date): Day {
  let known = zones.get(zone);
  if (!known) {
    // Swedish writes days as the standard does.
    known = { format: new Intl.DateTimeFormat('sv-SE', { timeZone: zone }), days: new Map() };
    zones.set(zone, known);
  }
  const ms = at.getTime();
  if (!(ms >= QUARTERS_SINCE)) return known.format.format(at);
  const quarter = Math.floor(ms / QUARTER_MS);
  let day = known.days.get(quarter);
  if (day === undefined) {
    day = known.format.format(at);
    if (known.days.size >= MOST_DAYS) known.days.clear();
    known.days.set(quarter, day);
  }
  return day;
}

/**
 * When it happened; null: it has not. A deadline that nobody has met is expected, and no fact, unless its type asks
 * something of somebody: then having been written is what happened.
 */
export function happenedAt({
  type,
  occurredAt,
  dueAt,
  status,
  resolved,
  deletedAt,
}: Pick<FactEvent, 'type' | 'occurredAt' | 'dueAt' | 'status' | 'resolved' | 'deletedAt'>): Date | null {
  if (deletedAt !== null) return null;
  if (dueAt === null || status === 'recorded' || asks(type)) return occurredAt;
  if (status !== 'resolved') return null;
  return resolved && resolved.from !== 'recorded' ? resolved.at : occurredAt;
}

/**
 * The facts among events, oldest first, each event once whatever came how often and in which order.
 * @returns `unbelievable`: those whose day lies ahead or in another age
 */
export function factsOf(
  events: readonly FactEvent[],
  zone: string,
  todayOn: Day,
  prior: readonly PriorFact[] = [],
): { facts: Fact[]; unbelievable: Fact[] } {
  const newest = new Map<Id, FactEvent>();
  for (const event of events) {
    if ((newest.get(event.id)?.version ?? 0) < event.version) newest.set(event.id, event);
  }
  const facts = prior.flatMap(({ type, on, payload }): Fact[] =>
    KNOWN.has(type)
      ? [{ id: null, type, on, at: Date.parse(on), payload, itemIds: [], isResolved: false, dueOn: null }]
      : [],
  );
  for (const event of newest.values()) {
    const at = KNOWN.has(event.type) ? happenedAt(event) : null;
    if (at)
      facts.push({
        id: event.id,
        type: event.type,
        on: dayIn(zone, at),
        at: at.getTime(),
        payload: event.payload,
        itemIds: event.itemIds ?? [],
        isResolved: event.status === 'resolved',
        dueOn: event.dueAt && dayIn(zone, event.dueAt),
      });
  }
  facts.sort((a, b) => a.at - b.at || ((a.id ?? '') < (b.id ?? '') ? -1 : 1));
  const isBelievable = ({ on }: Fact) => on.length === FIRST_DAY.length && on >= FIRST_DAY && on <= todayOn;
  return { facts: facts.filter(isBelievable), unbelievable: facts.filter((fact) => !isBelievable(fact)) };
}

/** A fact as a cause is told. */
export function named({ id, type, on, payload }: Fact): NamedFact {
  const told = [payload.material, payload.quantity, payload.reason].filter(
    (word) => typeof word === 'string',
  );
  return { eventId: id, type, on, text: told.join(', ') };
}
