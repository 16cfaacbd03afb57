import type { ChangeListener } from './change.ts';
import type { ChangeBus } from './change-bus.ts';

const MOST = 20_000;

/**
 * Documents of one collection that are asked for with every write, kept in memory while the change log says of each
 * that it is as it was. One that somebody writes is forgotten: at once where this process wrote it (`forget`), with the
 * log where another did. When nothing has been heard of the log for a moment, the store is asked as ever, so nothing
 * that is served here is older than `ChangeBus.isFresh` allows. Whoever needs what is true now asks the store.
 *
 * The documents are shared by all who ask: nobody changes them.
 */
export class LiveDocuments<D extends { _id: string }> implements ChangeListener {
  readonly collections: readonly string[];
  readonly #known = new Map<string, D>();
  /** Rises with everything that is forgotten: what was read before that and arrives after it is not kept. */
  #age = 0;

  constructor(
    collection: string,
    private readonly bus: Pick<ChangeBus, 'isFresh'>,
    private readonly read: (ids: string[]) => Promise<D[]>,
  ) {
    this.collections = [collection];
  }

  /** Those that are there, in no order. */
  async byIds(ids: readonly string[]): Promise<D[]> {
    const wanted = [...new Set(ids)];
    const known = this.bus.isFresh ? wanted.flatMap((id) => this.#known.get(id) ?? []) : [];
    if (known.length === wanted.length) return known;
    const there = new Set(known.map(({ _id }) => _id));
    const age = this.#age;
    const found = await this.read(wanted.filter((id) => !there.has(id)));
    if (age === this.#age) this.#keep(found);
    return [...known, ...found];
  }

  /** Whether these very documents are what is known of them, as far as the log has been seen. */
  isKnown(docs: readonly { _id: string }[]): boolean {
    return docs.every((doc) => this.#known.get(doc._id) === doc);
  }

  /** Call when this process has written it: whoever writes and asks next finds what was written. */
  forget(id: string): void {
    this.#age++;
    this.#known.delete(id);
  }

  see({ id }: { id: string }): void {
    this.forget(id);
  }

  doubt(): void {
    this.#age++;
    this.#known.clear();
  }

  #keep(docs: readonly D[]): void {
    if (this.#known.size + docs.length > MOST) this.#known.clear();
    for (const doc of docs) this.#known.set(doc._id, doc);
  }
}
