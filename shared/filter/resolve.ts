import { DateTime } from 'luxon';
import {
  type Bound,
  type Filter,
  isCalendarDate,
  mapLeaves,
  type RelativePoint,
  type ResolvedFilter,
} from './ast.ts';
import { normalize } from './normalize.ts';

export type Moment = { now: Date; zone: string };
export type Resolution = {
  filter: ResolvedFilter;
  /** When the same filter first resolves to something else; null: never, nothing in it moves. */
  nextBoundary: Date | null;
};

/**
 * Turns points that move with the clock, and calendar dates, into instants. Predicate and query are made of the one
 * result, so they mean the same moment.
 * @param zone IANA name: where days, weeks (from Monday) and months begin
 */
export function resolveFilter(filter: Filter, { now, zone }: Moment): Resolution {
  const here = DateTime.fromJSDate(now, { zone });
  if (!here.isValid)
    throw new RangeError(`Cannot resolve a filter in the zone ${zone}: ${here.invalidReason}`);
  const boundaries: number[] = [];

  const instantOf = (bound: Bound, edge: 'start' | 'end'): string => {
    if (typeof bound !== 'string') {
      boundaries.push(edgeOf(here, { unit: bound.unit, offset: 0, edge: 'end' }).toMillis());
      return iso(edgeOf(here, bound));
    }
    if (!isCalendarDate(bound)) return bound;
    const day = DateTime.fromISO(bound, { zone });
    return iso(startOfDay(edge === 'start' ? day : day.plus({ days: 1 })));
  };

  const resolved: ResolvedFilter = mapLeaves<Bound, string>(normalize(filter), (leaf) => {
    if ('text' in leaf || 'in' in leaf || 'exists' in leaf) return leaf;
    return {
      field: leaf.field,
      ...(leaf.from !== undefined && { from: instantOf(leaf.from, 'start') }),
      ...(leaf.to !== undefined && { to: instantOf(leaf.to, 'end') }),
    };
  });
  return { filter: resolved, nextBoundary: boundaries.length > 0 ? new Date(Math.min(...boundaries)) : null };
}

const iso = (time: DateTime): string => time.toJSDate().toISOString();

function edgeOf(here: DateTime, { unit, offset, edge }: RelativePoint): DateTime {
  const steps = edge === 'end' ? offset + 1 : offset;
  if (unit === 'hour') return startOfHour(here).plus({ hours: steps });
  return startOfDay(here.startOf(unit).plus({ [unit]: steps }));
}

/**
 * Hours are lengths of time, where days are dates: this goes back by the minutes on the clock, which does not ask what
 * the clock showed then. (Chatham changes it at a quarter to, so that luxon's `startOf` may give an hour still to come.)
 */
function startOfHour(here: DateTime): DateTime {
  return here.minus({ minutes: here.minute, seconds: here.second, milliseconds: here.millisecond });
}

/** The first instant of a date: not always midnight, and where the clock is set back over midnight, the earlier one. */
function startOfDay(day: DateTime): DateTime {
  const start = day.startOf('day');
  const earlier = start.minus({ hours: 1 });
  return earlier.hasSame(start, 'day') ? earlier : start;
}
