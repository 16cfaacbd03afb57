// How the table of orders is read: every sort and every group is an order along an index of its own, and a page goes on
// behind the keys of the last row. Keys stand on the line and are never missing (`shared/rules/orders/line.ts`).
import type { OrdersQuery } from '@svodka/shared/contracts/directory';
import type { Id } from '@svodka/shared/contracts/id';
import { conjunctsOf, type ResolvedFilter } from '@svodka/shared/filter/ast';
import { toMongo } from '@svodka/shared/filter/mongo';
import type { mongo } from 'mongoose';
import { packKeyset, unpackKeyset } from '../../platform/http/keyset.ts';
import { spelled } from './order-spellings.ts';
import { BY_DAY, type ListedProject } from './project.schema.ts';

type Query = Record<string, unknown>;
type Key = { path: string; up: boolean; kind: 'string' | 'number'; of(doc: ListedProject): string | number };

const RISK: Key = { path: 'line.risk', up: false, kind: 'number', of: ({ line }) => line.risk };
const ON: Key = { path: 'line.keys.on', up: true, kind: 'string', of: ({ line }) => line.keys.on };
const ID: Key = { path: '_id', up: false, kind: 'string', of: ({ _id }) => _id };

/** Nobody's orders stand together too: an id is never empty. */
const MANAGER: Key = {
  path: 'managerId',
  up: true,
  kind: 'string',
  of: ({ managerId }) => managerId ?? '',
};

const SORTED = {
  new: [ID],
  risk: [RISK, ID],
  late: [{ path: 'line.keys.slip', up: false, kind: 'number', of: ({ line }) => line.keys.slip }, RISK, ID],
  install: [ON, RISK, ID],
  debt: [{ path: 'line.keys.debt', up: false, kind: 'number', of: ({ line }) => line.keys.debt }, ID],
} satisfies Record<OrdersQuery['sort'], Key[]>;

const GROUPED = {
  manager: [MANAGER, RISK, ID],
  stage: [{ path: 'line.keys.stage', up: true, kind: 'number', of: ({ line }) => line.keys.stage }, RISK, ID],
  week: SORTED.install,
} satisfies Record<NonNullable<OrdersQuery['group']>, Key[]>;

type Order = Pick<OrdersQuery, 'sort' | 'group'>;
const keysOf = ({ sort, group }: Order): readonly Key[] => (group ? GROUPED[group] : SORTED[sort]);

const direction = (keys: readonly Key[]): Record<string, 1 | -1> =>
  Object.fromEntries(keys.map(({ path, up }) => [path, up ? 1 : -1]));

type Place = (string | number)[];

export const placeOf = (order: Order, doc: ListedProject): string =>
  packKeyset(keysOf(order).map(({ of }) => of(doc)));

/** @throws AppError `validation` for a place in another order */
export const placeFrom = (order: Order, text: string): Place =>
  unpackKeyset(
    text,
    keysOf(order).map(({ kind }) => kind),
  );

/** What stands behind a place. Nobody (null) sorts before everybody, and no bound of a text holds it. */
function behind(keys: readonly Key[], place: Place): Query {
  const is = ({ path }: Key, value: unknown) => ({
    [path]: path === 'managerId' && value === '' ? null : value,
  });
  const beyond = ({ path, up }: Key, value: unknown): Query => {
    if (path === 'managerId' && value === '') return { [path]: { $gt: '' } };
    return { [path]: up ? { $gt: value } : { $lt: value } };
  };
  const [first] = keys as [Key, ...Key[]];
  const isBounded = !(first.path === 'managerId' && place[0] === '');
  return {
    // The bound by which the index begins.
    ...(isBounded && { [first.path]: first.up ? { $gte: place[0] } : { $lte: place[0] } }),
    $or: keys.map((key, i) => ({
      ...Object.assign({}, ...keys.slice(0, i).map((each, at) => is(each, place[at]))),
      ...beyond(key, place[i]),
    })),
  };
}

export type TableAsk = Omit<OrdersQuery, 'after' | 'filter' | 'search'> & {
  filter: ResolvedFilter;
  /** Words that all have to be found; looked up apart, because the index of words leads there. */
  words: readonly string[];
  /** Only the order of this number. */
  number?: string;
  /** Restricts to what the asker may see; `{}`: everything. */
  scope: Query;
  /** Without what stands on cards that the asker may not see. */
  openly?: true | undefined;
  after: Place | null;
};

/** @param found what the words ask */
export function tableQuery(ask: TableAsk, found: readonly Query[]): [Query, mongo.FindOptions] {
  const { scope, ids, filter: wanted, after, limit } = ask;
  const keys = keysOf(ask);
  const conditions: Query[] = [scope, ...found, toMongo(wanted)];
  if (ask.number !== undefined) conditions.push(spelled([ask.number]));
  if (ids) conditions.push({ _id: { $in: ids as Id[] } });
  if (after) conditions.push(behind(keys, after));
  const asked = conditions.filter((condition) => Object.keys(condition).length > 0);
  const filter = asked.length > 1 ? { $and: asked } : (asked[0] ?? {});
  const hint = isStretch(wanted) ? { hint: BY_DAY } : {};
  const projection = { terms: 0, chainEdits: 0, announced: 0, prior: 0 };
  return [filter, { sort: direction(keys), limit, projection, maxTimeMS: PATIENCE_MS, ...hint }];
}

const PATIENCE_MS = 4_000;

/** Longer than any month: beyond it so many orders may answer that sorting them costs more than passing the others. */
const STRETCH_MS = 32 * 86_400_000;

/** Whether a filter asks for installations of a few days. Few orders have theirs then, wherever they stand by the sort. */
const isStretch = (filter: ResolvedFilter): boolean =>
  (conjunctsOf(filter) as ResolvedFilter[]).some(
    (part) =>
      'field' in part &&
      part.field === 'install' &&
      !('exists' in part) &&
      part.from !== undefined &&
      part.to !== undefined &&
      Date.parse(part.to) - Date.parse(part.from) <= STRETCH_MS,
  );
