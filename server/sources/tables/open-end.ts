// S12: a text that does not end with a line break may be cut inside its last cell, and may be whole: many programs write
// none. What the table was before tells the two apart.
import type { FileFault } from '@svodka/shared/contracts/payments';
import type { TableTarget } from '@svodka/shared/contracts/tables';
import type { Dump, Row } from '@svodka/shared/rules/tables/diff';

/** The last cell of such a text, where its row has all of them. */
export type OpenEnd = {
  line: number;
  column: string;
  value: string;
  /** What the column means; null: nothing. */
  target: TableTarget | 'key' | null;
  /** Of the row; null: it was not taken. */
  key: string | null;
};

/**
 * Where the one before ended with a line break, this one is cut when any row is missing, or its last cell is another.
 * Where it did not, or nobody knows, when the last row is an old one and nothing of what stood behind it is there.
 * @param before what was accepted last; of the first dump nothing can be missing
 * @param wasOpen whether it ended without a line break
 */
export function isCutAt(
  { target, key }: OpenEnd,
  rows: ReadonlyMap<string, Row>,
  before: Dump | null,
  wasOpen: boolean | undefined,
): boolean {
  if (!before) return false;
  const missing = missingIn(rows, before);
  if (wasOpen === false && missing.size === 0) {
    if (key === null || target === null || target === 'key') return false;
    const known = before.get(key)?.row[target];
    return known !== undefined && rows.get(key)?.[target] !== known;
  }
  if (wasOpen === false) return true;
  const were = [...before].flatMap(([each, { isGone }]) => (isGone ? [] : [each]));
  const at = key === null ? -1 : were.indexOf(key);
  // Of a number that is cut nobody knows where it stood.
  const behind = at < 0 ? (target === 'key' ? were.slice(-1) : []) : were.slice(at + 1);
  return behind.length > 0 && behind.every((each) => missing.has(each));
}

/** What was there and is not. */
export function missingIn(rows: ReadonlyMap<string, Row>, before: Dump | null): Set<string> {
  return new Set([...(before ?? [])].flatMap(([key, { isGone }]) => (isGone || rows.has(key) ? [] : [key])));
}

type Read = { rows: Map<string, Row>; faults: FileFault[]; refused: number; isWhole: boolean };

/** Without the cell that may be half of itself: it says nothing, and is told of. */
export function withoutCell<T extends Read>(
  { line, column, value, target, key }: OpenEnd,
  { rows, faults, refused, ...rest }: T,
) {
  const kept = new Map(rows);
  const row = key !== null && kept.get(key);
  if (row && target === 'key') kept.delete(key);
  else if (row && target !== null && target !== 'key') {
    const { [target]: _, ...others } = row;
    kept.set(key, others);
  }
  const fault = { line, column, reason: 'cut-file', value: value.slice(0, 200) };
  return { ...rest, rows: kept, faults: [...faults, fault], refused: refused + 1, isWhole: false };
}
