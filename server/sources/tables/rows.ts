import { AppError } from '@svodka/shared/contracts/errors';
import { numberKey, orderNumber } from '@svodka/shared/contracts/order-number';
import type { FileFault } from '@svodka/shared/contracts/payments';
import { TABLE_LIMITS, type TableMapping, type TableTarget } from '@svodka/shared/contracts/tables';
import type { Dump, Row } from '@svodka/shared/rules/tables/diff';
import { refused } from '../../platform/errors/contract-error.ts';
import type { TableRow } from '../reading/rows.ts';
import { readCell } from './cells.ts';
import type { OpenEnd } from './open-end.ts';
import type { TableFile } from './table-file.ts';

export type TableRows = {
  rows: Map<string, Row>;
  faults: FileFault[];
  refused: number;
  /** Columns of the mapping that the file lacks. */
  missing: string[];
  /** False: it breaks off, or holds rows that cannot be read; so what it does not show may stand there all the same. */
  isWhole: boolean;
  /** It ends inside its last row. */
  isTorn: boolean;
  /** Null: it ends with a line break, or is no text. */
  end: OpenEnd | null;
};

const KEY_LENGTH = 60;
const VALUE_SHOWN = 200;

/** The key that a row has had so far, of however an order's number is written: as it was first, or as a dump has it. */
function keysOf(kind: TableMapping['kind'], before: Dump | null): (id: string) => string {
  if (kind !== 'orders') return (id) => id;
  const first = new Map<string, string>();
  for (const [id, { isGone }] of before ?? []) {
    const key = numberKey(id);
    if (!isGone || !first.has(key)) first.set(key, id);
  }
  return (id) => {
    if (before?.has(id)) return id;
    const key = numberKey(id);
    const known = first.get(key) ?? id;
    first.set(key, known);
    return known;
  };
}

/**
 * The rows of a file by their keys. The same row twice is one; of two that say different things the first counts.
 * @param before the dump before, under whose keys its rows stand
 * @param sure somebody says that it is whole, so a last row that is short is meant to be
 * @throws AppError `validation`: the key's column is not there; `too-large`
 */
export async function rowsOf(
  file: TableFile,
  { kind, key, columns, zone }: TableMapping,
  before: Dump | null,
  sure = false,
): Promise<TableRows> {
  const keyAt = file.columns.indexOf(key);
  if (keyAt < 0) throw refused('file', 'no-key-column');
  const wanted = Object.entries(columns).map(([column, target]) => ({
    column,
    target: target as TableTarget,
    at: file.columns.indexOf(column),
  }));
  const missing = wanted.filter(({ at }) => at < 0).map(({ column }) => column);
  const there = wanted.filter(({ at }) => at >= 0);
  const rows = new Map<string, Row>();
  const keyOf = keysOf(kind, before);
  const seen = new Map<string, { line: number; said: string }>();
  const faults: FileFault[] = [];
  let refusedCells = 0;
  let isWhole = true;
  let isTorn = false;
  let end: OpenEnd | null = null;
  const fault = (line: number, column: string, reason: string, value: string) => {
    refusedCells++;
    if (faults.length < TABLE_LIMITS.faults)
      faults.push({ line, column, reason, value: value.slice(0, VALUE_SHOWN) });
  };
  const endOf = (line: number, values: readonly string[]): OpenEnd => {
    const at = file.columns.length - 1;
    const column = file.columns[at] ?? key;
    const target = at === keyAt ? 'key' : (columns[column] ?? null);
    return { line, column, value: values[at] ?? '', target, key: null };
  };
  for await (const { row: read, isLast } of withEnd(file.rows)) {
    const { line, values } = read;
    const id = keyOf(orderNumber(values[keyAt] ?? ''));
    if (isLast && file.breaksOff && values.length >= file.columns.length) end = endOf(line, values);
    const isEnd = isLast && file.breaksOff === true && !sure;
    if (read.fault) {
      isWhole = false;
      isTorn = isEnd;
      fault(line, key, read.fault, id);
      continue;
    }
    if (id === '' || id.length > KEY_LENGTH) {
      fault(line, key, id === '' ? 'required' : 'too-long', id);
      continue;
    }
    // What stands in the cells that are there may be half of it.
    if (isEnd && values.length < file.columns.length) {
      isWhole = false;
      isTorn = true;
      fault(line, key, 'short-row', id);
      continue;
    }
    const said = JSON.stringify(there.map(({ at }) => (values[at] ?? '').trim()));
    const same = seen.get(id);
    if (same) {
      if (same.said !== said) fault(line, key, 'twice-in-file', id);
      continue;
    }
    seen.set(id, { line, said });
    if (seen.size > TABLE_LIMITS.rows) throw new AppError('too-large', '#table-rows');
    const row: Row = {};
    for (const { column, target, at } of there) {
      const cell = readCell(target, values[at] ?? '', zone);
      if ('cell' in cell) row[target] = cell.cell;
      else fault(line, column, cell.reason, values[at] ?? '');
    }
    rows.set(id, row);
    if (end) end.key = id;
  }
  return { rows, faults, refused: refusedCells, missing, isWhole, isTorn, end };
}

async function* withEnd(rows: AsyncIterable<TableRow>): AsyncGenerator<{ row: TableRow; isLast: boolean }> {
  let before: TableRow | null = null;
  for await (const row of rows) {
    if (before) yield { row: before, isLast: false };
    before = row;
  }
  if (before) yield { row: before, isLast: true };
}
