import { Operation } from '../commands/operation.ts';
import type { Catalog, Collection } from '../storage/catalog.ts';
import type { Found, Records } from '../storage/records.ts';
import type { Store } from '../storage/store.ts';
import { valuesAt } from '../values/paths.ts';
import { Execution, Filter, NOTHING } from './execution.ts';
import type { Index } from './index.ts';
import { planQuery } from './planner.ts';

const CHUNK = 500;

/**
 * Deletes documents whose date in a TTL index has passed, as ordinary deletes: they are in the change log, and a
 * document is looked at again just before it goes. Up to a minute late, like MongoDB's.
 */
export class TtlSweep {
  readonly #store: Store;
  readonly #catalog: Catalog;
  readonly #records: Records;

  constructor(store: Store, catalog: Catalog, records: Records) {
    this.#store = store;
    this.#catalog = catalog;
    this.#records = records;
  }

  async run(stopped: () => boolean, now = Date.now()): Promise<void> {
    for (const collection of [...this.#catalog.all()]) {
      for (const index of collection.indexes) {
        if (index.spec.expireAfterSeconds === undefined || !index.spec.ready) continue;
        while (!stopped() && this.#deleteChunk(collection, index, now)) await this.#store.commit();
      }
    }
  }

  /** @returns true when there may be more */
  #deleteChunk(collection: Collection, index: Index, now: number): boolean {
    if (this.#catalog.find(collection.db, collection.name) !== collection) return false;
    const path = index.paths[0] as string;
    const before = now - (index.spec.expireAfterSeconds as number) * 1000;
    const condition = { [path]: { $lte: new Date(before) } };
    const filter = new Filter({ ...index.spec.partialFilterExpression, ...condition });
    const plan = planQuery(collection, { filter: filter.source, hint: index.name });
    const run = new Execution(this.#store.latest, this.#records, collection, plan, filter);
    const expired: Found[] = [];
    const operation = new Operation();
    for (let step = run.step(); step !== undefined; step = run.step()) {
      if (step !== NOTHING && isExpired(step, path, before)) expired.push(step);
      if (expired.length >= CHUNK || operation.spent) break;
    }
    run.pause();
    for (const found of expired) this.#records.delete(collection, found);
    return expired.length > 0;
  }
}

/** The earliest date of an array counts; a value that is no date never expires. */
function isExpired(found: Found, path: string, before: number): boolean {
  return valuesAt(found.document, path).some((value) => value instanceof Date && value.getTime() <= before);
}
