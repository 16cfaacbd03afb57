import { prefixKey, SPACE, successor } from '../storage/keys.ts';
import { type Condition, type Conditions, type Interval, intersect } from './bounds.ts';
import { CUT_BYTES, type Index } from './index.ts';
import type { KeyRange } from './plan.ts';

/** A place is found about as fast as ten or twenty keys are read. */
const MAX_RANGES = 10_000;

/** What a filter's conditions make of one index. */
export interface IndexBounds {
  ranges: KeyRange[];
  /** For each leading field that is fixed in every range: how many different values it takes. */
  points: number[];
  /** The field behind the fixed ones is bounded too. */
  hasRange: boolean;
  /** All conditions that reach the index are fully expressed, each path by its one condition. */
  exact: boolean;
  /** Paths whose conditions the ranges use. */
  used: Set<string>;
}

export function boundsOf(index: Index, { paths }: Conditions): IndexBounds {
  let prefixes: Buffer[] = [prefixKey(SPACE.index, index.spec.id)];
  const result: IndexBounds = {
    ranges: [],
    points: [],
    hasRange: false,
    exact: true,
    used: new Set(),
  };
  let ranges: KeyRange[] | undefined;
  for (let field = 0; field < index.paths.length; field++) {
    const path = index.paths[field] as string;
    const conditions = ranges ? undefined : paths.get(path);
    const intervals = conditions && chooseIntervals(conditions, index.spec.multikey[field] === true, result);
    if (!intervals || prefixes.length * intervals.length > MAX_RANGES) {
      if (paths.has(path)) result.exact = false;
      if (!ranges)
        ranges = prefixes.map((prefix) => ({ low: prefix, high: successor(prefix), fixed: prefix.length }));
      continue;
    }
    result.used.add(path);
    const down = index.directions[field] === -1;
    const ordered = down ? [...intervals].reverse() : intervals;
    if (ordered.every(({ point }) => point)) {
      prefixes = prefixes.flatMap((prefix) =>
        ordered.map(({ point }) =>
          Buffer.concat([prefix, down ? inverse(point as Buffer) : (point as Buffer)]),
        ),
      );
      result.points.push(intervals.length);
      continue;
    }
    result.hasRange = true;
    ranges = prefixes.flatMap((prefix) => ordered.map((interval) => rangeOf(prefix, interval, down)));
  }
  const isKey = index.spec.unique;
  ranges ??= prefixes.map((prefix) => ({
    low: prefix,
    high: successor(prefix),
    fixed: prefix.length,
    isKey,
  }));
  result.ranges = ranges.map((range) => cut(range, result));
  return result;
}

/** The intervals of a path's conditions; on a multikey field different elements may satisfy different ones. */
function chooseIntervals(conditions: Condition[], multikey: boolean, result: IndexBounds): Interval[] {
  if (conditions.some((condition) => !condition.exact)) result.exact = false;
  if (conditions.length === 1) return (conditions[0] as Condition).intervals;
  if (!multikey) return conditions.map(({ intervals }) => intervals).reduce(intersect);
  result.exact = false;
  const best = [...conditions].sort((a, b) => weight(a) - weight(b))[0] as Condition;
  return best.intervals;
}

const weight = ({ intervals }: Condition) =>
  intervals.reduce((sum, { point }) => sum + (point ? 1 : 1000), 0);

function rangeOf(prefix: Buffer, { low, high }: Interval, down: boolean): KeyRange {
  const [from, to] = down ? [successor(inverse(high)), successor(inverse(low))] : [low, high];
  return { low: Buffer.concat([prefix, from]), high: Buffer.concat([prefix, to]), fixed: prefix.length };
}

function inverse(bytes: Buffer): Buffer {
  const inverted = Buffer.allocUnsafe(bytes.length);
  for (let i = 0; i < bytes.length; i++) inverted[i] = ~(bytes[i] as number) & 0xff;
  return inverted;
}

/** Stored keys are cut at a length; bounds beyond it must not exclude them. */
function cut(range: KeyRange, result: IndexBounds): KeyRange {
  const limit = 5 + CUT_BYTES;
  if (range.low.length <= limit && range.high.length <= limit) return range;
  result.exact = false;
  const low = range.low.subarray(0, limit);
  const high = range.high.length > limit ? successor(range.high.subarray(0, limit)) : range.high;
  return { low, high, fixed: Math.min(range.fixed, limit) };
}
