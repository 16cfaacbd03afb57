// A list as a file that programs for tables open at a double click.
import type { Locale } from '@svodka/shared/contracts/common';
import { moneyInput } from '../../format/number.ts';
import { clockTime, dayOf, type Viewer } from '../../format/time.ts';

/** What a program for tables would calculate: it opens what a stranger wrote into the file. Numbers and phones are none. */
const FORMULA = /^(?:[=@\t\r]|[+-](?![\d\s().,-]*$))/;

/** A formula stands behind the mark by which a table keeps it as text; the import takes the mark off again. */
const quoted = (cell: string): string =>
  `"${(FORMULA.test(cell) ? `'${cell}` : cell).replaceAll('"', '""')}"`;

/** CSV (RFC 4180) with a byte order mark and the separator that tables of the language expect. */
export function tableText(lines: readonly (readonly string[])[], locale: Locale): string {
  const separator = locale === 'ru' ? ';' : ',';
  return `\ufeff${lines.map((cells) => `${cells.map(quoted).join(separator)}\r\n`).join('')}`;
}

/** A calendar day in the form that tables of the language take for one: «26.03.2026», `2026-03-26`. */
export function dayCell(day: string | null | undefined, locale: Locale): string {
  if (!day) return '';
  return locale === 'ru' ? day.split('-').reverse().join('.') : day;
}

/** «26.03.2026 10:42» in the viewer's zone. */
export const momentCell = (at: string | null | undefined, viewer: Viewer): string =>
  at ? `${dayCell(dayOf(at, viewer), viewer.locale)} ${clockTime(at, viewer)}` : '';

/** Kopecks as a number of roubles that a table can add up: «184300,50», `184300.50`. */
export function moneyCell(kopecks: number | null | undefined, locale: Locale): string {
  if (kopecks === null || kopecks === undefined) return '';
  const text = moneyInput(kopecks);
  return locale === 'ru' ? text : text.replace(',', '.');
}

/** Hands a file over to be kept; what its name may not have in a system of files is left out. */
export function saveFile(name: string, text: string): void {
  const url = URL.createObjectURL(new Blob([text], { type: 'text/csv;charset=utf-8' }));
  const download = name
    .replace(/[\\/:*?"<>|\p{Cc}]/gu, ' ')
    .replace(/\s+/g, ' ')
    .trim();
  const link = Object.assign(document.createElement('a'), { href: url, download });
  link.click();
  URL.revokeObjectURL(url);
}
