// Every word that is kept as a term of anything: one document a word, with the ends of it from its second letter on.
//
// An index over `terms` finds whole words and their beginnings. Pieces from inside of words, and all words that begin
// with few letters, are looked up here first: a search becomes the list of the words that answer it, and those are
// read from the index in the order of the list. The ends are paid for once a word, not once an event.
//
// Law: a word stands here before anything with it is written. So a list that was read through the words misses
// nothing, on any node, at any moment.
//
// Words of what has gone go too, for they may be somebody's name (`forget`, at night): a word that nothing has is
// marked, and removed when after a grace time it is still marked and nothing has it. Whoever learns a marked word takes
// the mark away in the same command; whoever learned it before the mark has written, and forgotten that he knows it,
// long before the grace time ends. So the law holds, whatever several processes do.
import { Inject, Injectable, Optional } from '@nestjs/common';
import { nearBeginning } from '@svodka/shared/filter/near-word';
import {
  type Chunk,
  chunksOf,
  mayHold,
  readingsOf,
  type SearchOptions,
  SHORTEST_IN_PHONE,
  SHORTEST_INSIDE,
  type Token,
} from '@svodka/shared/filter/search';
import { isBackwards } from '@svodka/shared/filter/terms';
import type { Connection, mongo } from 'mongoose';
import { Clock } from '../clock.ts';
import type { CollectionPlan } from './collection-plan.ts';
import { driverCollection } from './driver-collection.ts';
import { insertNew } from './insert-new.ts';
import { MONGO } from './mongo.ts';

/** `unused`: when it was seen that nothing has the word. */
export type WordDoc = { _id: string; ends: string[]; unused?: Date };

/** More words than this are not worth listing: what has one of so many is met soon on any walk. */
export const MOST_WORDS = 200;
/** A shorter word is one letter away from too many. */
const SHORTEST_NEAR = 5;
/** Words that are looked through for such as are near. */
const MOST_NEAR = 1_000;
const NEAR_TOLD = 3;
/** Words that a process remembers as written. Twice, because the older half goes at once. */
const REMEMBERED = 50_000;
/** For how long at most, by half: what a process knew about a word three hours ago it asks again. */
const KNOWN_MS = 3_600_000;
/** A marked word stays so long. Far above what is known, and any write. */
export const GRACE_MS = 12 * 3_600_000;
/** Words that are looked after at once. */
const SWEPT = 50;

export const VOCABULARY_INDEXES: CollectionPlan[] = [
  { collection: 'words', images: false, indexes: [{ key: { ends: 1 }, name: 'ends' }] },
];

/**
 * What a search comes to: nothing that is kept answers it; or for some of its pieces the words of which whatever is
 * found has at least one. A piece that too many words answer is not among them. `isWhole`: what has one of the words
 * is found, nothing else is asked.
 */
export type Narrowed = { kind: 'nothing' } | { kind: 'words'; lists: string[][]; isWhole: boolean };

@Injectable()
export class Vocabulary {
  readonly #words: mongo.Collection<WordDoc>;
  #known = new Set<string>();
  #older = new Set<string>();
  #since: number;
  readonly #now: () => number;

  constructor(@Inject(MONGO) connection: Pick<Connection, 'db'>, @Optional() clock?: Clock) {
    this.#words = driverCollection(connection, 'words');
    this.#now = () => clock?.now().getTime() ?? Date.now();
    this.#since = this.#now();
  }

  /** Resolves when all of them stand here. Call it before writing what has them. */
  async learn(terms: Iterable<string>): Promise<void> {
    this.#forgetOld();
    const fresh = [...new Set(terms)].filter((term) => !this.#known.has(term) && !this.#older.has(term));
    if (fresh.length === 0) return;
    const found = await this.#words.find({ _id: { $in: fresh } }, { projection: { unused: 1 } }).toArray();
    const there = new Set(found.map(({ _id }) => _id));
    const marked = found.filter(({ unused }) => unused);
    if (marked.length > 0)
      // One that goes at this moment is made anew.
      await this.#words.bulkWrite(
        marked.map(({ _id }) => ({
          updateOne: {
            filter: { _id },
            update: { $unset: { unused: '' }, $setOnInsert: { ends: endsOf(_id) } },
            upsert: true,
          },
        })),
      );
    await insertNew(
      this.#words,
      fresh.filter((term) => !there.has(term)).map((term) => ({ _id: term, ends: endsOf(term) })),
    );
    for (const term of fresh) this.#known.add(term);
  }

  #forgetOld(): void {
    const age = Math.abs(this.#now() - this.#since);
    if (age < KNOWN_MS && this.#known.size < REMEMBERED) return;
    this.#older = age < KNOWN_MS * 2 ? this.#known : new Set();
    this.#known = new Set();
    this.#since = this.#now();
  }

  /**
   * Looks after every word: marks those that nothing has, and removes those that have been marked for long.
   * @param holders the collections whose `terms` are words, with an index over them
   * @param goOn asked again and again; false ends the round
   * @returns how many went
   */
  async forget(
    holders: readonly mongo.Collection<{ _id: string; terms: string[] }>[],
    goOn: () => boolean = () => true,
  ): Promise<number> {
    let gone = 0;
    for (let after = ''; goOn(); ) {
      const words = await this.#words
        .find({ _id: { $gt: after } }, { projection: { unused: 1 } })
        .sort({ _id: 1 })
        .limit(SWEPT)
        .toArray();
      const last = words.at(-1);
      if (!last) break;
      after = last._id;
      const now = new Date(this.#now());
      const writes = await Promise.all(words.map((word) => this.#lookAfter(word, holders, now)));
      const needed = writes.flatMap((write) => write ?? []);
      if (needed.length > 0) gone += (await this.#words.bulkWrite(needed, { ordered: false })).deletedCount;
    }
    return gone;
  }

  async #lookAfter(
    { _id, unused }: Pick<WordDoc, '_id' | 'unused'>,
    holders: readonly mongo.Collection<{ _id: string; terms: string[] }>[],
    now: Date,
  ): Promise<mongo.AnyBulkWriteOperation<WordDoc> | null> {
    for (const holder of holders) {
      if (!(await holder.findOne({ terms: _id }, { projection: { _id: 1 } }))) continue;
      return unused ? { updateOne: { filter: { _id }, update: { $unset: { unused: '' } } } } : null;
    }
    if (!unused)
      return {
        updateOne: { filter: { _id, unused: { $exists: false } }, update: { $set: { unused: now } } },
      };
    // Only as it was marked: whoever has learned it since has taken that mark away.
    return now.getTime() - unused.getTime() < GRACE_MS ? null : { deleteOne: { filter: { _id, unused } } };
  }

  /** Which words answer a search. */
  async narrow(text: string, options?: SearchOptions): Promise<Narrowed> {
    const pieces = chunksOf(text).map((chunk) => readingsOf(chunk, options));
    const chunks = await Promise.all(pieces.map((chunk) => this.#wordsOf(chunk)));
    if (chunks.some((words) => words?.length === 0)) return { kind: 'nothing' };
    const lists = chunks.filter((words): words is string[] => words !== null);
    const isWhole =
      chunks.length === 1 && lists.length === 1 && pieces.flat().every((reading) => reading.length === 1);
    return { kind: 'words', lists: lists.sort((a, b) => a.length - b.length), isWhole };
  }

  /**
   * Beginnings of kept words from which a word differs in one letter, the likeliest first; none where something is kept
   * that begins with it, or where it is short. One letter off leaves the word's first half as it is, or its second.
   */
  async near(word: string): Promise<string[]> {
    if (word.length < SHORTEST_NEAR || !/^\p{L}+$/u.test(word)) return [];
    const half = Math.floor(word.length / 2);
    const [kept, first, second] = await Promise.all([
      this.#find('_id', word, 1),
      this.#find('_id', word.slice(0, half), MOST_NEAR),
      this.#find('ends', word.slice(half + 1), MOST_NEAR),
    ]);
    if (kept.length > 0) return [];
    const found = [...first, ...second].flatMap((each) => nearBeginning(word, each) ?? []);
    // Who mistypes a letter types as many of them.
    const away = (each: string) => Math.abs(each.length - word.length);
    return [...new Set(found)].sort((a, b) => away(a) - away(b)).slice(0, NEAR_TOLD);
  }

  /** Words of which one is in whatever a piece finds; null: too many, or all that is known is that there are some. */
  async #wordsOf(chunk: Chunk): Promise<string[] | null> {
    const readings = await Promise.all(
      chunk.map(async (tokens) => {
        const lists = await Promise.all(tokens.map((token) => this.#answering(token)));
        if (lists.some((list) => list?.length === 0)) return [];
        // All of a reading must be answered, so its rarest word alone leads to everything.
        return lists.reduce((a, b) => (a && b ? (b.length < a.length ? b : a) : (a ?? b)), null);
      }),
    );
    const all = new Set<string>();
    for (const words of readings) {
      if (words === null) return null;
      for (const word of words) all.add(word);
    }
    return all.size > MOST_WORDS ? null : [...all];
  }

  async #answering({ starts, inside, of }: Token): Promise<string[] | null> {
    const [held = [], ...found] = await Promise.all([
      inside === null ? [] : this.#find('ends', inside),
      ...starts.map((start) => this.#find('_id', start)),
    ]);
    if (held.length > MOST_WORDS) return null;
    const words = [...new Set([...found.flat(), ...held.filter((word) => mayHold(word, of))])];
    return words.length > MOST_WORDS ? null : words;
  }

  async #find(field: '_id' | 'ends', start: string, limit = MOST_WORDS + 1): Promise<string[]> {
    const docs = await this.#words
      .find({ [field]: { $regex: `^${start}` } } as mongo.Filter<WordDoc>, {
        projection: { _id: 1 },
        limit,
      })
      .toArray();
    return docs.map(({ _id }) => _id);
  }
}

/** The ends of a word that are long enough to be looked for; of numbers only a phone has them, from its second digit. */
export function endsOf(word: string): string[] {
  const isPhone = isBackwards(word);
  if (!isPhone && !/\p{L}/u.test(word)) return [];
  const letters = [...(isPhone ? word.replace(/\D/g, '') : word)];
  const shortest = isPhone ? SHORTEST_IN_PHONE : SHORTEST_INSIDE;
  const ends = letters.slice(1, Math.max(1, letters.length - shortest + 1));
  return ends.map((_, i) => letters.slice(i + 1).join(''));
}
