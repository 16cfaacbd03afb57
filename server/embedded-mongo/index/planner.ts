/**
 * Chooses how a query is answered. Candidates are every index whose bounds or whose order help; they are ranked
 * by what is known of their shape (equality, then sort, then range), and close races are decided by trying each
 * for a few keys (`trial`).
 */
import { type Document } from 'bson';
import { badValue, MongoError } from '../errors.ts';
import { compileFilter } from '../query/match.ts';
import type { Collection } from '../storage/catalog.ts';
import { isDocument } from '../values/types.ts';
import { type Conditions, conditionsOf } from './bounds.ts';
import type { Index } from './index.ts';
import type { IndexScan, Plan } from './plan.ts';
import { boundsOf, type IndexBounds } from './ranges.ts';

export interface PlanRequest {
  filter: Document;
  /** Sort pattern; its values are 1 or −1 (a `$meta` sort never comes here). */
  sort?: Document;
  /** Index name or key pattern, or `{$natural: ±1}`. */
  hint?: unknown;
  /** The caller wants only the first few: order from an index is worth more. */
  limited?: boolean;
}

export interface Candidate extends Plan {
  access: IndexScan;
  score: number;
}

/** Measures how well a candidate does over its first keys; the higher the better. */
export type Trial = (candidate: Candidate) => number;

/** @throws MongoError 2 for a hint that names no index */
export function planQuery(collection: Collection, request: PlanRequest, trial?: Trial): Plan {
  const { filter, sort } = request;
  const conditions = conditionsOf(filter);
  const hinted = hintOf(collection, request.hint);
  if (hinted === 'forward' || hinted === 'backward') return scanAll(sort, hinted === 'backward');
  if (hinted) {
    const forced = candidateFor(hinted, conditions, request, filter);
    if (forced) return forced;
    throw new MongoError(
      'NoQueryExecutionPlans',
      'the hinted index does not hold all documents of the filter',
    );
  }
  const candidates: Candidate[] = [];
  for (const index of collection.indexes) {
    if (!index.spec.ready || !mayHelp(index, conditions, sort)) continue;
    const candidate = candidateFor(index, conditions, request, filter);
    if (candidate && (candidate.access.ranges.length === 0 || isUseful(candidate, request))) {
      // Nothing beats at most one document.
      if (candidate.score >= 1000) return candidate;
      candidates.push(candidate);
    }
  }
  const best = choose(candidates, trial);
  const union = best && best.score >= 4 ? undefined : unionFor(collection, conditions, request);
  return union ?? best ?? scanAll(sort, false);
}

function scanAll(sort: Document | undefined, reverse: boolean): Plan {
  return { access: { kind: 'collscan', reverse }, sorted: !sort || Object.keys(sort).length === 0 };
}

/** Cheap to ask before bounds are computed: is the first field bounded, or does the order begin with it? */
function mayHelp(index: Index, { paths }: Conditions, sort: Document | undefined): boolean {
  const first = index.paths[0] as string;
  return paths.has(first) || (sort !== undefined && Object.keys(sort)[0] === first);
}

function isUseful({ access, sorted }: Candidate, { sort }: PlanRequest): boolean {
  const bounded = access.ranges.length !== 1 || access.ranges[0]?.low.length !== 5;
  return bounded || (sorted && sort !== undefined && Object.keys(sort).length > 0);
}

/** Plans within this of the best score are tried against each other. */
const CLOSE = 3;

function choose(candidates: Candidate[], trial: Trial | undefined): Candidate | undefined {
  if (candidates.length < 2) return candidates[0];
  const ranked = [...candidates].sort((a, b) => b.score - a.score);
  const top = ranked[0] as Candidate;
  if (!trial || top.score >= 1000) return top;
  const close = ranked.filter(({ score }) => score >= top.score - CLOSE).slice(0, 4);
  if (close.length < 2) return top;
  let best = top;
  let bestScore = -1;
  for (const candidate of close) {
    const score = trial(candidate);
    if (score > bestScore) {
      best = candidate;
      bestScore = score;
    }
  }
  return best;
}

function candidateFor(
  index: Index,
  conditions: Conditions,
  request: PlanRequest,
  filter: Document,
): Candidate | undefined {
  if (!holdsAllMatches(index, filter)) return undefined;
  const bounds = boundsOf(index, conditions);
  const order = orderOf(index, bounds, request.sort);
  const access: IndexScan = {
    kind: 'ixscan',
    index,
    ranges: bounds.ranges,
    reverse: order?.reverse ?? false,
    merge: order?.merge ?? false,
    exact: bounds.exact && !conditions.residual && conditions.paths.size === bounds.used.size,
  };
  const sorting = request.sort !== undefined && Object.keys(request.sort).length > 0;
  return {
    access,
    sorted: !sorting || order !== undefined,
    score: scoreOf(index, bounds, sorting, order, request),
  };
}

function scoreOf(
  index: Index,
  bounds: IndexBounds,
  sorting: boolean,
  order: Order | undefined,
  { limited }: PlanRequest,
): number {
  const equalities = bounds.points.length;
  if (index.spec.unique && equalities === index.paths.length) return 1000;
  return equalities * 4 + (bounds.hasRange ? 3 : 0) + (sorting && order ? (limited ? 6 : 3) : 0);
}

/** Ranges that are walked at once: each holds a cursor. The matches of more are put in order when they are there. */
const MAX_MERGED = 400;

interface Order {
  reverse: boolean;
  merge: boolean;
}

/** How the index delivers the sort order, undefined when it does not. */
function orderOf(
  index: Index,
  { points, ranges }: IndexBounds,
  sort: Document | undefined,
): Order | undefined {
  if (!sort) return undefined;
  const constant = new Set<string>();
  points.forEach((count, i) => {
    if (count === 1 && !index.spec.multikey[i]) constant.add(index.paths[i] as string);
  });
  const wanted = Object.entries(sort)
    .map(([path, direction]) => ({ path, direction: Number(direction) < 0 ? -1 : 1 }))
    .filter(({ path }) => !constant.has(path));
  if (wanted.length === 0) return { reverse: false, merge: false };
  const firstOpen = points.findIndex((count) => count > 1);
  const starts = firstOpen < 0 ? [points.length] : [firstOpen, points.length];
  for (const start of starts) {
    const direction = follows(index, start, wanted);
    const merge = start === points.length && firstOpen >= 0;
    if (direction !== 0 && !(merge && ranges.length > MAX_MERGED)) return { reverse: direction < 0, merge };
  }
  return undefined;
}

/** 1 or −1 when the index fields from `start` on are the wanted ones in that direction; 0 when they are not. */
function follows(index: Index, start: number, wanted: { path: string; direction: number }[]): number {
  let direction = 0;
  for (let i = 0; i < wanted.length; i++) {
    const { path, direction: asked } = wanted[i] as { path: string; direction: number };
    if (index.paths[start + i] !== path || index.spec.multikey[start + i]) return 0;
    const relative = asked * (index.directions[start + i] as number);
    if (direction !== 0 && relative !== direction) return 0;
    direction = relative;
  }
  return direction;
}

/** A `$or` whose every branch has its index; the rest of the filter is looked at on the documents. */
function unionFor(
  collection: Collection,
  { alternatives }: Conditions,
  request: PlanRequest,
): Plan | undefined {
  for (const branches of alternatives) {
    const scans: IndexScan[] = [];
    const areAllIndexed = branches.every((branch) => {
      const { access } = planQuery(collection, { filter: branch });
      if (access.kind === 'ixscan') scans.push({ ...access, exact: false });
      // A branch may bring several scans, so their number does not say that every branch has one.
      else if (access.kind === 'or') scans.push(...access.scans);
      else return false;
      return true;
    });
    if (areAllIndexed && branches.length > 0) {
      const sorting = request.sort !== undefined && Object.keys(request.sort).length > 0;
      return { access: { kind: 'or', scans }, sorted: !sorting };
    }
  }
  return undefined;
}

/** True when every document that matches the filter stands in the index, which may be partial. */
function holdsAllMatches({ spec: { partialFilterExpression } }: Index, filter: Document): boolean {
  return !partialFilterExpression || implies(filter, partialFilterExpression);
}

/** Simple syntactic implication: each condition of `needed` follows from one conjunct of the filter. */
export function implies(filter: Document, needed: Document): boolean {
  return Object.entries(needed).every(([path, expected]) => {
    if (path === '$and') return (expected as Document[]).every((part) => implies(filter, part));
    if (path.startsWith('$')) return false;
    const parts: [string, unknown][] =
      isDocument(expected) && Object.keys(expected as Document)[0]?.startsWith('$')
        ? Object.entries(expected as Document)
        : [['$eq', expected]];
    return parts.every(([operator, operand]) => impliedBy(filter, path, operator, operand));
  });
}

function impliedBy(filter: Document, path: string, operator: string, operand: unknown): boolean {
  return Object.entries(filter).some(([name, value]) => {
    if (name === '$and')
      return (value as Document[]).some((part) => impliedBy(part, path, operator, operand));
    if (name !== path) return false;
    const given: [string, unknown][] =
      isDocument(value) && Object.keys(value as Document)[0]?.startsWith('$')
        ? Object.entries(value as Document)
        : [['$eq', value]];
    return given.some(([op, x]) => conditionImplies(op, x, operator, operand));
  });
}

function conditionImplies(op: string, x: unknown, operator: string, operand: unknown): boolean {
  const holds = (value: unknown) =>
    value !== null && !Array.isArray(value) && compileFilter({ v: { [operator]: operand } })({ v: value });
  if (op === '$eq') return holds(x);
  if (op === '$in') return Array.isArray(x) && x.length > 0 && x.every(holds);
  if (op === '$exists' && operator === '$exists') return truthy(x) === truthy(operand);
  const bounded = op === '$gt' || op === '$gte' || op === '$lt' || op === '$lte';
  if (operator === '$exists') return truthy(operand) && (bounded || op === '$regex' || op === '$elemMatch');
  if (op === operator && (op === '$ne' || op === '$type'))
    return JSON.stringify(x) === JSON.stringify(operand);
  if (operator === '$type' && bounded) return holds(x);
  const up = op === '$gt' || op === '$gte';
  if ((up && operator === '$gte') || (!up && operator === '$lte')) return bounded && holds(x);
  if (op === operator && bounded) return holdsLoosely(x, operator, operand);
  if (op === '$gt' && operator === '$gt') return holds(x);
  return false;
}

const holdsLoosely = (x: unknown, operator: string, operand: unknown): boolean =>
  compileFilter({ v: { [operator === '$gt' ? '$gte' : '$lte']: operand } })({ v: x });

const truthy = (value: unknown) => value === true || (typeof value === 'object' && Number(value) !== 0);

function hintOf(collection: Collection, hint: unknown): Index | 'forward' | 'backward' | undefined {
  if (hint === undefined || hint === null) return undefined;
  if (isDocument(hint)) {
    const pattern = hint as Document;
    const keys = Object.keys(pattern);
    if (keys.length === 0) return undefined;
    if (keys[0] === '$natural') return Number(pattern.$natural) < 0 ? 'backward' : 'forward';
    const wanted = keys.map((key) => `${key}:${Number(pattern[key])}`).join();
    const index = collection.indexes.find(
      ({ spec }) =>
        Object.keys(spec.key)
          .map((key) => `${key}:${Number(spec.key[key])}`)
          .join() === wanted,
    );
    if (index?.spec.ready) return index;
  } else if (typeof hint === 'string') {
    const index = collection.indexes.find(({ name }) => name === hint);
    if (index?.spec.ready) return index;
  } else {
    throw new MongoError('FailedToParse', 'hint must be a string or an object');
  }
  throw badValue('hint provided does not correspond to an existing index');
}
