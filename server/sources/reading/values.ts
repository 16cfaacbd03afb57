import { withoutUnseen } from '@svodka/shared/contracts/common';
import { readDate } from './dates.ts';

/**
 * A number as any office writes it; null: it is none. «1 234,50», «(1,234.50)», «-5», «12.5 м²» without its unit. A single
 * sign begins the fraction; sums of money are read by `parseAmount`, which guesses nothing.
 */
export function readNumber(text: string): number | null {
  const bare = text
    .replace(/[\s\u00a0\u202f'’]/g, '')
    .replace(/^(?:[₽$€£]|rub|rur|usd|eur)|(?:[₽$€£]|руб(?:лей|ля|\.)?|р\.?|rub|rur|usd|eur)$/giu, '');
  const inBrackets = /^\((.+)\)$/.exec(bare);
  const match = /^([+\-–−]?)(\d[\d.,]*)$/.exec(inBrackets?.[1] ?? bare);
  const digits = match && decimal(match[2] as string);
  if (digits === null || digits === undefined) return null;
  const value = Number(digits);
  const isNegative = Boolean(inBrackets) || /^[-–−]$/.test(match?.[1] ?? '');
  return Number.isFinite(value) ? (isNegative ? -value : value) : null;
}

/** «1.234,5», «1,234.5», «1234,5» → 1234.5. */
function decimal(text: string): string | null {
  const [comma, point] = [text.split(',').length - 1, text.split('.').length - 1];
  if (comma === 0 && point === 0) return text;
  if (comma > 0 && point > 0) {
    const last = text.lastIndexOf(',') > text.lastIndexOf('.') ? ',' : '.';
    const groups = last === ',' ? /^\d{1,3}(?:\.\d{3})+,\d*$/ : /^\d{1,3}(?:,\d{3})+\.\d*$/;
    return groups.test(text) ? text.replaceAll(last === ',' ? '.' : ',', '').replace(',', '.') : null;
  }
  const sign = comma > 0 ? ',' : '.';
  if (comma + point > 1) return /^\d{1,3}(?:[.,]\d{3})+$/.test(text) ? text.replaceAll(sign, '') : null;
  return text.replace(',', '.');
}

/** What is longer is a text: no number, date, phone or address is. */
const LONGEST_VALUE = 300;

/** Whether a cell looks like a value rather than like the name of a column. */
export function isValue(cell: string): boolean {
  if (cell.length > LONGEST_VALUE) return false;
  if (/^\+?[\d\s().-]{5,}$/.test(cell) || /^[^\s@]+@[^\s@.]+(?:\.[^\s@.]+)+$/.test(cell)) return true;
  return readNumber(cell) !== null || readDate(cell, 'dmy') !== null || readDate(cell, 'mdy') !== null;
}

export const oneLine = (value: string): string =>
  withoutUnseen(value.replace(/\s+/g, ' ').replace(/\p{Cc}/gu, ''));
