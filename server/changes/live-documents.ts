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
  /** Reads under way, by what they ask for. What is forgotten meanwhile is taken out: it is neither joined nor kept. */
  readonly #reads = new Map<string, Promise<Map<string, D>>>();

  constructor(
    collection: string,
    private readonly bus: Pick<ChangeBus, 'isFresh'>,
    private readonly read: (ids: string[]) => Promise<D[]>,
  ) {
    this.collections = [collection];
  }

  /** Those that are there, in no order. Whoever asks for what is just being read waits for that, and gets the same. */
  async byIds(ids: readonly string[]): Promise<D[]> {
    const { isFresh } = this.bus;
    const wanted = [...new Set(ids)];
    const isServed = (id: string) => isFresh && (this.#known.has(id) || this.#reads.has(id));
    const unknown = wanted.filter((id) => !isServed(id));
    if (unknown.length > 0) this.#ask(unknown);
    const docs = await Promise.all(
      wanted.map((id) => (isFresh && this.#known.get(id)) || this.#beingRead(id)),
    );
    const found = docs.filter((doc) => doc !== undefined);
    // Nobody is told to forget what is new: it may have come since a read began that did not find it.
    const absent = wanted.filter((id, i) => !docs[i] && !unknown.includes(id));
    return absent.length > 0 ? [...found, ...(await this.read(absent))] : found;
  }

  /** Whether these very documents are what is known of them, as far as the log has been seen. */
  isKnown(docs: readonly { _id: string }[]): boolean {
    return docs.every((doc) => this.#known.get(doc._id) === doc);
  }

  /** Call when this process has written it: whoever writes and asks next finds what was written. */
  forget(id: string): void {
    this.#reads.delete(id);
    this.#known.delete(id);
  }

  see({ id }: { id: string }): void {
    this.forget(id);
  }

  doubt(): void {
    this.#reads.clear();
    this.#known.clear();
  }

  async #beingRead(id: string): Promise<D | undefined> {
    return (await this.#reads.get(id))?.get(id);
  }

  #ask(ids: string[]): void {
    const isLatest = (id: string) => this.#reads.get(id) === read;
    const read: Promise<Map<string, D>> = this.read(ids)
      .then((docs) => {
        this.#keep(docs.filter(({ _id }) => isLatest(_id)));
        return new Map(docs.map((doc) => [doc._id, doc]));
      })
      .finally(() => {
        for (const id of ids) if (isLatest(id)) this.#reads.delete(id);
      });
    for (const id of ids) this.#reads.set(id, read);
  }

  #keep(docs: readonly D[]): void {
    if (this.#known.size + docs.length > MOST) this.#known.clear();
    for (const doc of docs) this.#known.set(doc._id, doc);
  }
}
