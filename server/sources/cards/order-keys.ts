import type { ImportKind } from '@svodka/shared/contracts/import';
import { numberKey } from '@svodka/shared/contracts/order-number';
import { type KeyBy, type Keyed, RecordKeys } from '../csv/keys.ts';

/** An order that a file writes in two ways is one order: its second row is a fault, as with one spelling. */
class OrderKeys extends RecordKeys {
  readonly #first = new Map<string, string>();

  override of(keyed: Keyed) {
    if (keyed.number === null) return super.of(keyed);
    const key = numberKey(keyed.number);
    const number = this.#first.get(key) ?? keyed.number;
    this.#first.set(key, number);
    return super.of({ ...keyed, number });
  }
}

/** What tells the records of a file of this kind apart. */
export const keysFor = (kind: ImportKind, source: string, keyBy: KeyBy): RecordKeys =>
  kind === 'orders' ? new OrderKeys(source, keyBy) : new RecordKeys(source, keyBy);
