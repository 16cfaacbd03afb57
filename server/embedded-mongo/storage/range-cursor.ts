import type { RootDatabase } from 'lmdb';
import type { Shelf } from './overlay.ts';

export interface Entry {
  key: Buffer;
  value: Buffer;
}

const EMPTY = Buffer.alloc(0);

/**
 * Walks the keys of [low, high) in either direction, on disk alone or on disk under what a shelf of the overlay has, to
 * which all of them belong.
 *
 * It must be paused before control returns to the event loop: a paused cursor holds no read transaction (LMDB has
 * 126 of them, and an open one pins pages), knows its last key and goes on behind it, in whatever the data is then.
 */
export class RangeCursor {
  readonly #env: RootDatabase<Buffer, Buffer>;
  readonly #shelf: Shelf | undefined;
  readonly #low: Buffer;
  readonly #high: Buffer;
  readonly #reverse: boolean;
  #iterator: Iterator<Entry> | undefined;
  #disk: Entry | undefined;
  #last: Buffer | undefined;
  #lowName: string | undefined;
  #highName: string | undefined;
  #done = false;

  constructor(
    env: RootDatabase<Buffer, Buffer>,
    shelf: Shelf | undefined,
    low: Buffer,
    high: Buffer,
    reverse: boolean,
  ) {
    this.#env = env;
    this.#shelf = shelf;
    this.#low = low;
    this.#high = high;
    this.#reverse = reverse;
    this.#done = Buffer.compare(low, high) >= 0;
  }

  next(): Entry | undefined {
    if (this.#done) return undefined;
    if (!this.#iterator) this.#open();
    for (;;) {
      const staged = this.#staged();
      const disk = this.#disk;
      if (!staged) {
        if (!disk) return this.#finish();
        this.#advance();
        this.#last = disk.key;
        return disk;
      }
      const order = disk ? Buffer.compare(staged.key, disk.key) : -1;
      const stagedFirst = !disk || order === 0 || order < 0 !== this.#reverse;
      if (!stagedFirst) {
        this.#advance();
        this.#last = disk.key;
        return disk;
      }
      if (disk && order === 0) this.#advance();
      this.#last = staged.key;
      if (staged.value) return { key: staged.key, value: staged.value };
    }
  }

  /** Lets go of the read transaction; the next step reopens behind the last key. */
  pause(): void {
    this.#iterator?.return?.();
    this.#iterator = undefined;
    this.#disk = undefined;
  }

  #staged() {
    if (!this.#shelf || this.#shelf.isEmpty) return undefined;
    this.#lowName ??= this.#low.toString('latin1');
    this.#highName ??= this.#high.toString('latin1');
    return this.#shelf.neighbour(
      this.#lowName,
      this.#highName,
      this.#last?.toString('latin1'),
      this.#reverse,
    );
  }

  #open(): void {
    const range = this.#reverse
      ? {
          start: this.#last ?? this.#high,
          end: this.#low,
          reverse: true,
          exclusiveStart: true,
          inclusiveEnd: true,
        }
      : { start: this.#last ?? this.#low, end: this.#high, exclusiveStart: this.#last !== undefined };
    this.#iterator = this.#env.getRange(range as object)[Symbol.iterator]() as Iterator<Entry>;
    this.#advance();
  }

  #advance(): void {
    const step = this.#iterator?.next();
    if (!step || step.done) this.#disk = undefined;
    else this.#disk = { key: step.value.key, value: step.value.value ?? EMPTY };
  }

  #finish(): undefined {
    this.pause();
    this.#done = true;
    return undefined;
  }
}
