import type { Document } from 'bson';
import { type Execution, NOTHING } from '../index/execution.ts';
import type { Found } from '../storage/records.ts';
import type { Batch, Source } from './cursors.ts';
import type { Operation } from './operation.ts';
import type { Shape } from './shape.ts';
import { SortBuffer } from './sorting.ts';

export interface FindOptions {
  /** Sort in memory; absent when there is none or the plan delivers it. */
  sort?: Document;
  skip: number;
  /** 0 for no limit. */
  limit: number;
  /** Shapes a document; without it the stored bytes are answered as they are. */
  project?: Shape;
}

/** The documents of a find. Between two replies it holds a position, no snapshot. */
export class FindSource implements Source {
  readonly #run: Execution;
  readonly #options: FindOptions;
  #sorted: Found[] | undefined;
  #skip: number;
  #left: number;
  #held: Buffer | undefined;

  constructor(run: Execution, options: FindOptions) {
    this.#run = run;
    this.#options = options;
    this.#skip = options.skip;
    this.#left = options.limit === 0 ? Number.POSITIVE_INFINITY : options.limit;
  }

  async fill(batch: Batch, operation: Operation): Promise<boolean> {
    try {
      if (this.#options.sort && !this.#sorted)
        this.#sorted = await this.#sortAll(operation, this.#options.sort);
      return this.#sorted ? this.#fillSorted(batch, this.#sorted) : await this.#fillScan(batch, operation);
    } finally {
      this.#run.pause();
    }
  }

  async #fillScan(batch: Batch, operation: Operation): Promise<boolean> {
    for (;;) {
      if (this.#left <= 0) return true;
      if (this.#held) {
        if (!batch.add(this.#held)) return false;
        this.#held = undefined;
        this.#left--;
        continue;
      }
      if (batch.full) return false;
      if (this.#skip > 0) {
        // What is passed over need not be read where its key says that it matches.
        const passed = this.#run.stepCount();
        if (passed === undefined) return true;
        if (passed) this.#skip--;
      } else {
        const step = this.#run.step();
        if (step === undefined) return true;
        if (step !== NOTHING) this.#held = this.#shape(step);
      }
      if (operation.spent) {
        this.#run.pause();
        await operation.breathe();
      }
    }
  }

  #fillSorted(batch: Batch, sorted: Found[]): boolean {
    for (;;) {
      const next = sorted.at(-1);
      if (!next) return true;
      if (!batch.add(this.#shape(next))) return false;
      sorted.pop();
    }
  }

  /** Everything in order, last first, so that taking one is a pop. */
  async #sortAll(operation: Operation, sort: Document): Promise<Found[]> {
    const { skip, limit } = this.#options;
    const buffer = new SortBuffer(sort, limit === 0 ? 0 : skip + limit);
    for (let step = this.#run.step(); step !== undefined; step = this.#run.step()) {
      if (step !== NOTHING) buffer.add(step);
      if (operation.spent) {
        this.#run.pause();
        await operation.breathe();
      }
    }
    return buffer.sorted().slice(skip).reverse();
  }

  #shape(found: Found): Buffer {
    const { project } = this.#options;
    return project ? project(found) : found.bytes;
  }

  close(): void {
    this.#run.pause();
    this.#sorted = undefined;
  }
}

/** A source that has nothing. */
export const emptySource: Source = { fill: async () => true };
