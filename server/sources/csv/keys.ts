import { createHash } from 'node:crypto';
import type {
  ImportBatch,
  ImportMapping,
  ImportRowError,
  ImportTarget,
} from '@svodka/shared/contracts/import';
import { wordOf } from '@svodka/shared/contracts/import-words';
import { numberKey } from '@svodka/shared/contracts/order-number';
import { foldedNumber } from './meaning.ts';
import { targetOf } from './presets.ts';
import type { Draft } from './row.ts';

/** What tells a record of a file from the others. */
export type Keyed = Pick<Draft, 'line' | 'number' | 'project' | 'hash'> &
  /** Events have it: their keys were made of other things in earlier versions. */
  Partial<Pick<Draft, 'hashBefore'>>;

export type KeyBy = NonNullable<ImportBatch['keyBy']>;

/** The column that became something; what it became, where there is none. */
export const columnOf = ({ columns }: ImportBatch, mapping: ImportMapping, target: ImportTarget): string =>
  columns.find((column) => targetOf(mapping, column) === target) ?? target;

/** That a number stood before with another content. */
export const twiceFault = (
  batch: ImportBatch,
  mapping: ImportMapping,
  { line, number }: Keyed,
  before: number,
  values: readonly string[],
): ImportRowError => ({
  line,
  column: columnOf(batch, mapping, mapping.kind === 'orders' ? 'number' : 'externalId'),
  reason: 'number-twice',
  value: `${number} (${before})`,
  values: [...values],
});

/** How the keys of all records of a source begin. */
export const keysBegin = (source: string): string => `${wordOf(source)}:`;

/** `before`: the key that the record has where an earlier version of the desk has imported it. */
export type RowKey = { key: string; before?: string } | { same: number } | { twice: number };

/**
 * The keys of the records of one file: where they come from, and which it is there. Equal rows without a number are as
 * many records as there are rows; the same number with the same content is one record, with another a fault.
 */
export class RecordKeys {
  readonly #begin: string;
  readonly #seen = new Map<string, { line: number; hash: string; number: string | null; times: number }>();
  readonly #timesBefore = new Map<string, number>();

  constructor(
    source: string,
    private readonly keyBy: KeyBy,
  ) {
    this.#begin = keysBegin(source);
  }

  of(row: Keyed): RowKey {
    const { number, project, hash, line, hashBefore } = row;
    const isNumbered = this.keyBy !== 'content' && number !== null;
    const plain = hashBefore && number !== null ? foldedNumber(number) : number;
    const order = hashBefore && project !== null ? numberKey(project) : project;
    let name = isNumbered ? this.#numbered(plain as string, order) : hash;
    let first = this.#seen.get(name);
    // «01» and «1» may be two records of one file all the same.
    if (isNumbered && first && first.hash !== hash && first.number !== number) {
      name = `=${this.#numbered(number, order)}`;
      first = this.#seen.get(name);
    }
    const times = (first?.times ?? 0) + 1;
    this.#seen.set(name, { ...(first ?? { line, hash, number }), times });
    const before = hashBefore ? this.#before(row, isNumbered, hashBefore) : undefined;
    if (isNumbered && first) return first.hash === hash ? { same: first.line } : { twice: first.line };
    const key = this.#inSpace(name, times);
    return { key, ...(before !== undefined && before !== key && { before }) };
  }

  #before({ number, project }: Keyed, isNumbered: boolean, hashBefore: () => string): string {
    if (isNumbered) return this.#inSpace(this.#numbered(number ?? '', project), 1);
    const name = hashBefore();
    const times = (this.#timesBefore.get(name) ?? 0) + 1;
    this.#timesBefore.set(name, times);
    return this.#inSpace(name, times);
  }

  #numbered(number: string, project: string | null): string {
    return this.keyBy === 'number' ? number : nameIn(number, project);
  }

  #inSpace(name: string, times: number): string {
    return `${this.#begin}${times > 1 ? `${name}#${times}` : name}`;
  }
}

/** A number that begins anew in each order; what is too long for a key is hashed. */
function nameIn(number: string, project: string | null): string {
  const name = `${number}|${project ?? ''}`;
  return name.length <= 120 ? name : createHash('sha256').update(name).digest('hex').slice(0, 32);
}
