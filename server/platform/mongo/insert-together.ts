import type { mongo } from 'mongoose';
import { isDuplicateKey } from '../errors/translate-driver-error.ts';
import { type Refused, refusedIn } from './insert-new.ts';

/** Beyond so many in one command the first of them would wait for the last. */
const MOST = 100;

type Waiting<D> = { doc: D; done(isNew: boolean): void; failed(error: unknown): void };

/**
 * Inserts of one collection that are asked for while one is on its way go together in the next command: many people
 * who write at once pay for one message, one batch on the disk and one answer. Who writes alone waits for nobody.
 */
export class InsertTogether<D extends { _id: string }> {
  readonly #collection: mongo.Collection<D>;
  #waiting: Waiting<D>[] = [];
  #isBusy = false;

  constructor(collection: mongo.Collection<D>) {
    this.#collection = collection;
  }

  /**
   * @returns false: its id or another unique key is taken
   * @throws what else the store says of this document, or of the command that it went with
   */
  insert(doc: D): Promise<boolean> {
    return new Promise((done, failed) => {
      this.#waiting.push({ doc, done, failed });
      if (!this.#isBusy) void this.#send();
    });
  }

  async #send(): Promise<void> {
    this.#isBusy = true;
    while (this.#waiting.length > 0) {
      const together = this.#waiting.splice(0, MOST);
      const [only] = together;
      await (together.length === 1 ? this.#one(only as Waiting<D>) : this.#many(together));
    }
    this.#isBusy = false;
  }

  async #one({ doc, done, failed }: Waiting<D>): Promise<void> {
    try {
      await this.#collection.insertOne(doc as mongo.OptionalUnlessRequiredId<D>);
      done(true);
    } catch (error) {
      if (isDuplicateKey(error)) done(false);
      else failed(error);
    }
  }

  async #many(together: Waiting<D>[]): Promise<void> {
    const docs = together.map(({ doc }) => doc as mongo.OptionalUnlessRequiredId<D>);
    try {
      await this.#collection.insertMany(docs, { ordered: false });
      for (const { done } of together) done(true);
    } catch (error) {
      const refused = refusedIn(error);
      // Of a command that failed as a whole nothing is known of any.
      if (refused.length === 0) for (const { failed } of together) failed(error);
      else this.#tell(together, refused);
    }
  }

  #tell(together: Waiting<D>[], refused: Refused[]): void {
    const of = new Map(refused.map((one) => [one.index, one]));
    together.forEach(({ done, failed }, at) => {
      const why = of.get(at);
      if (why && !isDuplicateKey(why)) failed(why);
      else done(!why);
    });
  }
}
