import { createHash } from 'node:crypto';
import type {
  ImportBatch,
  ImportMapping,
  ImportRowError,
  ImportTarget,
} from '@svodka/shared/contracts/import';
import { wordOf } from '@svodka/shared/contracts/import-words';
import { targetOf } from './presets.ts';
import type { Draft } from './row.ts';

/** What tells a record of a file from the others. */
export type Keyed = Pick<Draft, 'line' | 'number' | 'project' | 'hash'>;

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

/**
 * The keys of the records of one file: where they come from, and which it is there. Equal rows without a number are as
 * many records as there are rows; the same number with the same content is one record, with another a fault.
 */
export class RecordKeys {
  readonly #space: string;
  readonly #seen = new Map<string, { line: number; hash: string; times: number }>();

  constructor(
    source: string,
    private readonly keyBy: KeyBy,
  ) {
    this.#space = wordOf(source);
  }

  of({ number, project, hash, line }: Keyed): { key: string } | { same: number } | { twice: number } {
    const isNumbered = this.keyBy !== 'content' && number !== null;
    const name = !isNumbered ? hash : this.keyBy === 'number' ? number : nameIn(number, project);
    const before = this.#seen.get(name);
    this.#seen.set(name, {
      line: before?.line ?? line,
      hash: before?.hash ?? hash,
      times: (before?.times ?? 0) + 1,
    });
    if (isNumbered && before) return before.hash === hash ? { same: before.line } : { twice: before.line };
    const key = before ? `${name}#${before.times + 1}` : name;
    return { key: `${this.#space}:${key}` };
  }
}

/** A number that begins anew in each order; what is too long for a key is hashed. */
function nameIn(number: string, project: string | null): string {
  const name = `${number}|${project ?? ''}`;
  return name.length <= 120 ? name : createHash('sha256').update(name).digest('hex').slice(0, 32);
}
