/**
 * Which past this data has. Each opening of the store gets a random name, kept in the data with the place in the change
 * log at which it ended; so whoever remembers a place in the log can tell, by the opening in which they learned it,
 * whether it lies in this data's past or in one that was lost when an older copy was put back.
 *
 * The epoch is part of every resume token. A store that finds itself copied begins a new one: tokens of the old one are
 * good up to the moment of the copy, and lead nowhere after it.
 */
import { randomBytes } from 'node:crypto';
import { type Document, Long } from 'bson';
import { decode, encode } from '../bson/raw.ts';
import type { ChangeLog } from '../changelog/log.ts';
import { FORMAT_KEY, metaKey } from './keys.ts';
import type { Store } from './store.ts';

/** A time that is over, and the cluster time of its last change. */
interface Past {
  id: string;
  epoch: string;
  end: bigint;
}

const KEY = metaKey('history');
/** More than anybody remembers; each is some 60 bytes in one small value. */
const MOST = 500;

/** A random name for an opening or an epoch. */
export const newName = (): string => randomBytes(8).toString('hex');

export class History {
  readonly opening: string;
  readonly epoch: string;
  /** Earlier openings, oldest first. */
  readonly openings: readonly Past[];
  /** The opening that first found the data to be a copy, and when. */
  readonly restored: { opening: string; at: Date } | null;
  readonly #store: Store;
  readonly #epochs: readonly Omit<Past, 'epoch'>[];

  /** @param opening its name; the same as the last one's for a store that merely came back */
  constructor(store: Store, log: ChangeLog, opening = newName()) {
    this.opening = opening;
    this.#store = store;
    const { isCopy } = store.found;
    const stored = store.durable.get(KEY);
    const end = log.committed;
    const isAlive = (past: { end: bigint }) => past.end >= log.pruned;
    if (stored) {
      const { epoch, opening: last, openings, epochs, restored } = decode(stored);
      const earlier = (openings as Document[]).map(pastOf);
      if (last !== opening) earlier.push({ id: last, epoch, end });
      this.openings = earlier.filter(isAlive).slice(-MOST);
      this.#epochs = [...(epochs as Document[]).map(pastOf), ...(isCopy ? [{ id: epoch, end }] : [])].filter(
        isAlive,
      );
      this.epoch = isCopy ? newName() : epoch;
      this.restored = isCopy ? { opening: this.opening, at: new Date() } : (restored ?? null);
    } else {
      // The first format kept its one epoch beside its version.
      const format = store.durable.get(FORMAT_KEY);
      this.epoch = (format && decode(format).epoch) ?? newName();
      this.openings = [];
      this.#epochs = [];
      this.restored = null;
    }
    this.save();
  }

  /** Puts it into the batch; once more when that batch was refused. */
  save(): void {
    const { epoch, opening, restored } = this;
    const openings = this.openings.map(documentOf);
    this.#store.put(
      KEY,
      encode({ epoch, opening, openings, epochs: this.#epochs.map(documentOf), restored }),
    );
  }

  /** Whether a place in the log, learned in an epoch, lies in this data's past. */
  holds(epoch: string, clusterTime: bigint): boolean {
    if (epoch === this.epoch) return true;
    return this.#epochs.some(({ id, end }) => id === epoch && clusterTime <= end);
  }
}

const pastOf = ({ id, epoch, end }: Document): Past => ({ id, epoch, end: (end as Long).toBigInt() });
const documentOf = ({ end, ...past }: Omit<Past, 'epoch'>): Document => ({
  ...past,
  end: Long.fromBigInt(end),
});
