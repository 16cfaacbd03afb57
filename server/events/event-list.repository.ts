// Lists of events, newest first by (occurredAt, id), paged by that key.
//
// A page is read by one or several ordered walks along indexes (access-path.ts) that are merged here, so the store
// never sorts. Where a filter may refuse most of what a walk brings, the walk ends after SCAN_KEYS keys; the page is
// then short, says `more`, and gives the place to go on from.
import { Inject, Injectable } from '@nestjs/common';
import type { Count, ValueCounts } from '@svodka/shared/feed/feed';
import type { ResolvedFilter } from '@svodka/shared/filter/ast';
import { fieldOf, type SetField } from '@svodka/shared/filter/fields';
import { toMongo } from '@svodka/shared/filter/mongo';
import type { Connection, mongo } from 'mongoose';
import { packKeyset, unpackKeyset } from '../platform/http/keyset.ts';
import { driverCollection } from '../platform/mongo/driver-collection.ts';
import { MONGO } from '../platform/mongo/mongo.ts';
import { Vocabulary } from '../platform/mongo/vocabulary.ts';
import { type AccessPath, accessPathOf, type Walk, walkAlong } from './access-path.ts';
import type { EventDoc } from './event.schema.ts';

/** How many keys one walk of a page may pass. */
export const SCAN_KEYS = 5_000;
/** Where the walk looks whether the page is full: soon, because most filters that people set match often. */
const WINDOWS = [SCAN_KEYS / 10, (SCAN_KEYS * 9) / 10];
/** Walks with fewer events than this are followed to their end, whatever else is asked of those. */
const RARE_KEYS = 1_000;
/** How many keys are counted at once. */
const COUNTED_KEYS = 1_000;
/** So long may the store look for one page. */
export const PATIENCE_MS = 2_000;

type Query = mongo.Filter<EventDoc>;
type Key = { occurredAt: Date; _id: string };
type Walks = Extract<AccessPath, { kind: 'walks' }>;
type Reading = { query: Query; from: Key | null; limit: number; fields: typeof WHOLE | typeof SHOWN };
type Found = { docs: EventDoc[]; horizon: Key | null };

/** `whole`: with what filters look at, for a reader that asks them again. */
export type PageAsk = { after?: string | undefined; limit: number; whole?: true };

export type EventPage = {
  docs: EventDoc[];
  /** Where the next page goes on; null: this was the last. */
  next: string | null;
  /** The page is short because the walk was ended, not because there is nothing more. */
  more: boolean;
};

const ORDER = { occurredAt: -1, _id: -1 } as const;
/** Revisions are long, and nobody asks for them in a list. */
const WHOLE = { revisions: 0 } as const;
/** Without what only filters look at, which is most of an event. */
export const SHOWN = { ...WHOLE, terms: 0, commentTerms: 0, audienceIds: 0 } as const;

const newestFirst = (a: Key, b: Key): number =>
  b.occurredAt.getTime() - a.occurredAt.getTime() || (a._id < b._id ? 1 : a._id > b._id ? -1 : 0);

/** Behind a key in the list: older than it. */
const behind = ({ occurredAt, _id }: Key): Query => ({
  occurredAt: { $lte: occurredAt },
  $or: [{ occurredAt: { $lt: occurredAt } }, { _id: { $lt: _id } }],
});

/** Down to a key and including it. */
const downTo = ({ occurredAt, _id }: Key): Query => ({
  occurredAt: { $gte: occurredAt },
  $or: [{ occurredAt: { $gt: occurredAt } }, { _id: { $gte: _id } }],
});

const all = (...queries: (Query | null)[]): Query => {
  const parts = queries.filter((query): query is Query => query !== null && Object.keys(query).length > 0);
  return parts.length === 1 ? (parts[0] as Query) : parts.length === 0 ? {} : { $and: parts };
};

@Injectable()
export class EventListRepository {
  readonly #events: mongo.Collection<EventDoc>;

  constructor(
    @Inject(MONGO) connection: Connection,
    private readonly vocabulary: Vocabulary,
  ) {
    this.#events = driverCollection(connection, 'events');
  }

  /**
   * One page of the events that match.
   * @param after `next` of the page before
   * @throws AppError `validation` for a place that is none, or a filter that takes too long
   */
  async page(filter: ResolvedFilter, { after, limit, whole }: PageAsk): Promise<EventPage> {
    const from = after === undefined ? null : keyFrom(after);
    const path = await this.#pathOf(filter, from);
    if (path.kind === 'nothing') return { docs: [], next: null, more: false };
    const query = toMongo(filter) as Query;
    const fields = whole ? WHOLE : SHOWN;
    const found =
      path.kind === 'ids'
        ? await this.#byIds(path.ids, { query, from, limit: limit + 1, fields })
        : await this.#byWalks(path, { query, from, limit: limit + 1, fields });
    return cut(found, limit);
  }

  /**
   * How many match: exact up to `limit`, then a lower bound. Counted piece by piece along a walk, so that others read in
   * between.
   * @param goOn asked before each piece; what it throws ends the count
   */
  async count(filter: ResolvedFilter, limit: number, goOn: () => void = () => {}): Promise<Count> {
    goOn();
    const path = await this.#pathOf(filter, null);
    if (path.kind === 'nothing') return { n: 0, exact: true };
    const query = toMongo(filter) as Query;
    let n = 0;
    if (path.kind === 'walks' && path.isDisjoint) {
      for (const { index, equality } of path.walks) {
        const walked = all(equality as Query, ...path.within.map((clause) => toMongo(clause) as Query));
        let place: Key | null = null;
        do {
          goOn();
          const end: Key | null = await this.#keyAfter(COUNTED_KEYS, walked, place, index);
          const piece = all(walked, query, place && behind(place), end && downTo(end));
          n += await this.#countOf(piece, limit + 1 - n, index);
          place = end;
        } while (place && n <= limit);
        if (n > limit) break;
      }
    } else n = await this.#countOf(query, limit + 1);
    return n > limit ? { n: limit, exact: false } : { n, exact: true };
  }

  #countOf(query: Query, limit: number, index?: string): Promise<number> {
    const options = { limit, maxTimeMS: PATIENCE_MS * 2, ...(index !== undefined && { hint: index }) };
    return this.#events.countDocuments(query, options);
  }

  /** How many of the matches have each value of a field, of the first `limit` that are found. */
  async countBy(filter: ResolvedFilter, field: SetField, limit: number): Promise<ValueCounts> {
    const path = accessPathOf(filter);
    if (path.kind === 'nothing') return { counts: {}, exact: true };
    const { path: name, needs } = fieldOf(field);
    // What is a value only together with another field is left out where that is missing.
    const value = needs
      ? {
          $cond: [
            { $and: [{ $eq: [`$${name}`, needs.value] }, { $eq: [`$${needs.path}`, null] }] },
            null,
            `$${name}`,
          ],
        }
      : `$${name}`;
    const groups = await this.#events
      .aggregate<{ _id: string | null; n: number }>(
        [{ $match: toMongo(filter) }, { $limit: limit + 1 }, { $group: { _id: value, n: { $sum: 1 } } }],
        { maxTimeMS: PATIENCE_MS },
      )
      .toArray();
    const total = groups.reduce((sum, { n }) => sum + n, 0);
    const counts = Object.fromEntries(groups.filter(({ _id }) => _id !== null).map(({ _id, n }) => [_id, n]));
    return { counts, exact: total <= limit };
  }

  async #byIds(ids: string[], { query, from, limit, fields }: Reading): Promise<Found> {
    const docs = await this.#events
      .find(all({ _id: { $in: ids } }, query, from && behind(from)), {
        projection: fields,
        maxTimeMS: PATIENCE_MS,
      })
      .toArray();
    return { docs: docs.sort(newestFirst).slice(0, limit), horizon: null };
  }

  /** How to read a list from a key on; where words are looked for, along those that answer if that is shorter. */
  async #pathOf(filter: ResolvedFilter, from: Key | null): Promise<AccessPath> {
    const path = accessPathOf(filter);
    if (path.kind !== 'walks' || path.texts.length === 0) return path;
    const narrowed = await Promise.all(
      path.texts.map(({ text, openly }) => this.vocabulary.narrow(text, { openly })),
    );
    if (narrowed.some(({ kind }) => kind === 'nothing')) return { kind: 'nothing' };
    const lists = narrowed.flatMap((each) => (each.kind === 'words' ? each.lists : []));
    const [first] = narrowed;
    if (path.isText && first?.kind === 'words' && narrowed.length === 1 && first.isWhole && first.lists[0])
      return { ...path, walks: [walkAlong('terms', first.lists[0])], isFiltered: false };
    const ofWords: Walks[] = lists.map((words) => ({
      ...path,
      walks: [walkAlong('terms', words)],
      isDisjoint: true,
    }));
    if (ofWords.length === 0) return path;
    // Walking everything is longer than any of them, and several walks are left as they are.
    const isOwnWalk = path.share < 1 && path.walks.length === 1;
    return this.#sparsest(isOwnWalk ? [...ofWords, path] : ofWords, from);
  }

  /** The walk that reaches farthest back within so many keys: it passes the fewest events. */
  async #sparsest(candidates: Walks[], from: Key | null): Promise<Walks> {
    const reached = await Promise.all(candidates.map((path) => this.#reach(path, from)));
    const [best] = candidates
      .map((path, i) => ({ path, key: reached[i] ?? null }))
      .sort((a, b) => (a.key && b.key ? newestFirst(b.key, a.key) : a.key ? 1 : b.key ? -1 : 0));
    const { path, key } = best as { path: Walks; key: Key | null };
    return { ...path, isFiltered: key !== null };
  }

  /** The key that a path of one walk has reached after RARE_KEYS; null: it ends before. */
  #reach({ walks: [walk], within }: Walks, from: Key | null): Promise<Key | null> {
    const { index, equality } = walk as Walk;
    const bounds = within.map((clause) => toMongo(clause) as Query);
    return this.#keyAfter(RARE_KEYS, all(equality as Query, ...bounds), from, index);
  }

  async #byWalks({ walks, isFiltered, within }: Walks, reading: Reading): Promise<Found> {
    const bounds = all(...within.map((clause) => toMongo(clause) as Query));
    const parts = await Promise.all(
      walks.map(({ index, equality }) =>
        this.#walk(index, all(equality as Query, bounds), reading, isFiltered),
      ),
    );
    if (parts.length === 1) return parts[0] as Found;
    const horizon =
      parts
        .map((part) => part.horizon)
        .filter((key) => key !== null)
        .sort(newestFirst)[0] ?? null;
    const byId = new Map(parts.flatMap(({ docs }) => docs).map((doc) => [doc._id, doc]));
    const docs = [...byId.values()]
      .filter((doc) => !horizon || newestFirst(doc, horizon) <= 0)
      .sort(newestFirst)
      .slice(0, reading.limit);
    return { docs, horizon };
  }

  async #walk(
    index: string,
    walked: Query,
    { query, from, limit, fields }: Reading,
    isFiltered: boolean,
  ): Promise<Found> {
    const read = (start: Query, end: Key | null, most: number) =>
      this.#events
        .find(all(start, query, end && downTo(end)), {
          projection: fields,
          sort: ORDER,
          hint: index,
          limit: most,
          maxTimeMS: PATIENCE_MS,
        })
        .toArray();
    const startAt = (key: Key | null) => all(walked, key && behind(key));
    if (!isFiltered) return { docs: await read(startAt(from), null, limit), horizon: null };
    const docs: EventDoc[] = [];
    let place = from;
    for (const keys of WINDOWS) {
      const end = await this.#keyAfter(keys, walked, place, index);
      docs.push(...(await read(startAt(place), end, limit - docs.length)));
      if (docs.length >= limit || !end) return { docs, horizon: null };
      place = end;
    }
    return { docs, horizon: place };
  }

  /** The key that a walk has reached about so many behind a place; null: it ends before. */
  async #keyAfter(keys: number, walked: Query, place: Key | null, index: string): Promise<Key | null> {
    const reach = async (start: Query): Promise<Key | null> => {
      const [key] = await this.#events
        .find<Key>(start, {
          projection: { occurredAt: 1 },
          sort: ORDER,
          hint: index,
          skip: keys - 1,
          limit: 1,
          maxTimeMS: PATIENCE_MS,
        })
        .toArray();
      return key ?? null;
    };
    if (!place) return reach(walked);
    // A bound of the time alone is said by the keys, and no document is read. It passes those of the same moment
    // again; where they are too many, the place is asked for itself.
    const key = await reach(all(walked, { occurredAt: { $lte: place.occurredAt } }));
    return !key || newestFirst(place, key) < 0 ? key : reach(all(walked, behind(place)));
  }
}

function cut({ docs, horizon }: Found, limit: number): EventPage {
  const page = docs.slice(0, limit);
  const last = docs.length > limit ? page.at(-1) : undefined;
  if (last) return { docs: page, next: packKey(last), more: false };
  return { docs: page, next: horizon && packKey(horizon), more: horizon !== null };
}

const packKey = ({ occurredAt, _id }: Key): string => packKeyset([occurredAt.getTime(), _id]);

function keyFrom(text: string): Key {
  const [ms, _id] = unpackKeyset(text, ['number', 'string']);
  return { occurredAt: new Date(ms), _id };
}
