import type { FeedOp } from '@svodka/shared/feed/feed';
import type { ResolvedFilter } from '@svodka/shared/filter/ast';
import { or } from '@svodka/shared/filter/ast';
import { requiredTerms, termsOfEvent } from '@svodka/shared/filter/index-terms';
import { type FilterableEvent, type Predicate, toPredicate } from '@svodka/shared/filter/predicate';

/** What matching reads of a stored event. */
export type EventImage = FilterableEvent & { _id: string; version: number; deletedAt?: Date | null };

/** One write to an event, as the log tells it. */
export type EventWrite<D extends EventImage = EventImage> = {
  readonly kind: 'insert' | 'update' | 'replace' | 'delete';
  readonly id: string;
  readonly before: D | null;
  readonly after: D | null;
};

/** A filter that is matched against writes. The scope is part of it. */
export class Standing {
  #filter: ResolvedFilter;
  #matches: Predicate;
  /** The filter under earlier bounds, while the slice between the two is being read (F13). */
  #former: { filter: ResolvedFilter; matches: Predicate } | null = null;
  /** The same for a while after that: the slice may have been read behind writes that the log tells of only now. */
  #past: { filter: ResolvedFilter; matches: Predicate } | null = null;

  constructor(filter: ResolvedFilter) {
    this.#filter = filter;
    this.#matches = toPredicate(filter);
  }

  get filter(): ResolvedFilter {
    return this.#filter;
  }

  /** What an index must find it by. */
  get indexed(): ResolvedFilter {
    const earlier = this.#former ?? this.#past;
    return earlier ? or(this.#filter, earlier.filter) : this.#filter;
  }

  matches(event: FilterableEvent): boolean {
    return this.#matches(event);
  }

  /** Whether the event is on the screens of this feed, as far as its writes have been told. */
  wasShown(event: FilterableEvent): boolean {
    return this.#matches(event) || (this.#former?.matches(event) ?? false);
  }

  /** Whether it was on them under bounds that have just passed: it may have gone without a word. */
  mayLinger(event: FilterableEvent): boolean {
    return this.#past?.matches(event) ?? false;
  }

  get isSettling(): boolean {
    return this.#past !== null;
  }

  /** Goes over to new bounds. Until `settle` an event counts as shown under either. */
  move(filter: ResolvedFilter): void {
    this.#former = { filter: this.#filter, matches: this.#matches };
    this.#filter = filter;
    this.#matches = toPredicate(filter);
  }

  /** The slice has been told. Until `forget` what leaves from under the earlier bounds is still told of. */
  settle(): void {
    this.#past = this.#former;
    this.#former = null;
  }

  forget(): void {
    this.#past = null;
  }
}

export type Step = { op: FeedOp['op']; entered: boolean; left: boolean };

/** What a write means to a feed (F2); null: nothing. `entered` and `left` move its count. */
export function stepOf(standing: Standing, { kind, before, after }: EventWrite): Step | null {
  const shown = before ? standing.wasShown(before) : kind !== 'insert';
  if (after && standing.matches(after)) return { op: 'upsert', entered: !shown, left: false };
  if (!shown && !(before && standing.mayLinger(before))) return null;
  const op = !after || after.deletedAt ? 'delete' : 'leave';
  return { op, entered: false, left: shown && before !== null };
}

/** The version that a leave or delete carries: that of the write, or the last one known of an event that is gone. */
export function versionOf({ before, after }: EventWrite): number {
  return after?.version ?? before?.version ?? Number.MAX_SAFE_INTEGER;
}

/**
 * Finds the feeds that a write may concern by what their filters ask for by equality, so that the cost grows with
 * the matches and not with the watchers. Feeds that ask for nothing by equality are candidates for every write.
 */
export class MatchIndex<T> {
  readonly #byTerm = new Map<string, Set<T>>();
  readonly #always = new Set<T>();
  readonly #terms = new Map<T, string[] | null>();

  /** Registers an entry under a filter, or again under another one. */
  put(entry: T, filter: ResolvedFilter): void {
    this.remove(entry);
    const alternatives = requiredTerms(filter);
    const terms = alternatives && [...new Set(alternatives.flatMap(([first]) => (first ? [first] : [])))];
    this.#terms.set(entry, terms);
    if (!terms) this.#always.add(entry);
    for (const term of terms ?? []) {
      const entries = this.#byTerm.get(term);
      if (entries) entries.add(entry);
      else this.#byTerm.set(term, new Set([entry]));
    }
  }

  remove(entry: T): void {
    for (const term of this.#terms.get(entry) ?? []) {
      const entries = this.#byTerm.get(term);
      entries?.delete(entry);
      if (entries?.size === 0) this.#byTerm.delete(term);
    }
    this.#terms.delete(entry);
    this.#always.delete(entry);
  }

  /** Every entry whose filter may match the event before or after; all of them where an image is missing. */
  candidates({ kind, before, after }: EventWrite): Set<T> {
    if (!before && kind !== 'insert') return new Set(this.#terms.keys());
    const found = new Set(this.#always);
    for (const image of [before, after]) {
      if (!image) continue;
      for (const term of termsOfEvent(image)) {
        for (const entry of this.#byTerm.get(term) ?? []) found.add(entry);
      }
    }
    return found;
  }

  /** Number of terms held; for tests of leaks. */
  get size(): number {
    return this.#byTerm.size;
  }
}
