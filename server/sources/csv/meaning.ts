// What a row says, whichever way its cells are written: by it a row without a number is known when it comes again.
import { hash } from 'node:crypto';
import { withoutUnseen } from '@svodka/shared/contracts/common';
import type { ImportTarget } from '@svodka/shared/contracts/import';
import { wordOf } from '@svodka/shared/contracts/import-words';
import { numberKey } from '@svodka/shared/contracts/order-number';
import { parseAmount } from '@svodka/shared/rules/amount';

/** Longer texts are no values. */
const LONGEST_VALUE = 40;

/** A sum or a date of a table begins so; words that have a figure in them are words. */
const BEGINS_VALUE = /^[\s(+−–₽$€£\u200e-]*\d/;
const BEGINS_DAY = /^\d{4}-\d{2}-\d{2}/;

const hashOf = (said: [string, unknown][]): string => {
  said.sort(([a], [b]) => (a < b ? -1 : 1));
  return hash('sha256', JSON.stringify(said), 'hex').slice(0, 32);
};

/** Words as they are compared: of whatever case and spaces, and without what nobody sees. */
export const folded = (text: string): string => wordOf(withoutUnseen(text.normalize('NFC')));

/** The number of a record as it is compared: a spreadsheet takes zeros off, people write small letters. */
export const foldedNumber = (number: string): string => folded(number).replace(/^0+(?=[1-9]\d*$|0$)/, '');

/** A cell that is kept as it is: as a sum or a date where it is one. */
function valueIn(text: string, dateIn: (text: string) => string | null): unknown {
  if (text.length > LONGEST_VALUE || !BEGINS_VALUE.test(text)) return folded(text);
  // Logs have days by the hundred thousand.
  if (BEGINS_DAY.test(text)) return dateIn(text) ?? folded(text);
  return parseAmount(text) ?? dateIn(text) ?? folded(text);
}

/**
 * What a row says, as one hash.
 * @param read what its cells were read as, by target
 * @param dateIn a cell of a column that is kept, as a day and a time, where it is a date
 */
export function meaningOf(
  columns: readonly string[],
  targets: readonly ImportTarget[],
  values: readonly string[],
  read: ReadonlyMap<ImportTarget, unknown>,
  dateIn: (column: string, text: string) => string | null,
): string {
  const said: [string, unknown][] = [];
  for (const [i, target] of targets.entries()) {
    const text = (values[i] ?? '').trim();
    if (!text || target === 'ignore') continue;
    const column = columns[i] ?? '';
    const value =
      target === 'keep'
        ? valueIn(text, (cell) => dateIn(column, cell))
        : target === 'project'
          ? numberKey(text)
          : read.has(target)
            ? read.get(target)
            : folded(text);
    if (value !== null && value !== '') said.push([target === 'keep' ? wordOf(column) : target, value]);
  }
  return hashOf(said);
}

/** What a row says by the letters of its cells: of cards, and of events that an earlier version has imported. */
export function contentHash(
  columns: readonly string[],
  targets: readonly ImportTarget[],
  values: readonly string[],
): string {
  const said: [string, string][] = [];
  for (const [i, target] of targets.entries()) {
    const value = (values[i] ?? '').trim();
    if (value && target !== 'ignore')
      said.push([target === 'keep' ? wordOf(columns[i] ?? '') : target, value.replace(/\s+/g, ' ')]);
  }
  return hashOf(said);
}
