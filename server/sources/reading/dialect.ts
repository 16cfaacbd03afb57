import { DELIMITERS, type Dialect, type Doubt, type Encoding } from '@svodka/shared/contracts/table';
import { columnNamesAmong } from '@svodka/shared/rules/tables/guess';
import { rowsIn, type TableRow } from './rows.ts';
import { isValue } from './values.ts';

/** How many rows at the beginning a dialect is told by. */
const LOOKED_AT = 200;
/** Lines of a title before the names. */
const MOST_TITLE = 60;

const filledOf = (row: readonly string[]) => row.filter((cell) => cell.trim() !== '').length;
/** Cells up to the last that is not empty: a separator at the end makes no column. */
export function widthOf(row: readonly string[]): number {
  for (let i = row.length; i > 0; i--) if (row[i - 1]?.trim()) return i;
  return 0;
}

async function* of(text: string) {
  yield text;
}

async function sampleRows(text: string, delimiter: string, quote: string): Promise<TableRow[]> {
  const rows: TableRow[] = [];
  for await (const some of rowsIn(of(text), { delimiter, quote })) rows.push(...some);
  // The sample ends in the middle of its last row.
  return rows.filter(({ values }) => filledOf(values) > 0).slice(0, LOOKED_AT);
}

/** Names the quote that encloses cells: an apostrophe only where it does so nearly everywhere. */
function quoteOf(text: string): '"' | "'" {
  if (/(?:^|[;,\t|\n])"/.test(text)) return '"';
  const inApostrophes = text.match(/(?:^|[;,\t|\n\r])'[^'\n]*'(?=$|[;,\t|\n\r])/g)?.length ?? 0;
  const cells = text.split(/[;,\t|\n]/).length;
  return inApostrophes > cells / 2 ? "'" : '"';
}

/**
 * Proposes how a text is a table, by its beginning. The separator is the one that cuts most rows into the same number
 * of cells; the names of the columns are in the first row that is as full as the others and holds no values.
 */
export async function guessDialect(
  text: string,
  encoding: Encoding,
  asked: Partial<Dialect> = {},
): Promise<{ dialect: Dialect; doubts: Doubt[] }> {
  const said = /^sep=(.)\r?\n/i.exec(text)?.[1];
  const quote = asked.quote ?? quoteOf(text);
  const scored = [];
  for (const delimiter of DELIMITERS) {
    const rows = await sampleRows(text, delimiter, quote);
    scored.push({ delimiter, rows, ...steadiness(rows) });
  }
  scored.sort((a, b) => b.score - a.score);
  const forced = asked.delimiter ?? DELIMITERS.find((each) => each === said);
  const best = scored.find(({ delimiter }) => delimiter === forced) ?? (scored[0] as (typeof scored)[0]);
  // A comma in each of its sums makes two columns of a table that has six.
  const rival = scored.find((each) => each !== best && each.width >= best.width);
  const { header, isSure } = headerIn(best.rows);
  const doubts: Doubt[] = [];
  const isQuoteOpen = asked.quote === undefined && /(?:^|[;,\t|\n\r])'/.test(text);
  if (isQuoteOpen) doubts.push('delimiter');
  else if (!forced && rival && rival.score > 0 && rival.score >= best.score * 0.95) doubts.push('delimiter');
  if (asked.header === undefined && !isSure) doubts.push('header');
  return {
    dialect: {
      encoding,
      delimiter: best.delimiter,
      quote,
      header: header,
      sheet: 0,
      totals: false,
      ...asked,
    },
    doubts,
  };
}

/** How far a separator makes a table of rows: the share of those that are as wide as most, and how wide these are. */
function steadiness(rows: readonly TableRow[]): { score: number; width: number } {
  const widths = new Map<number, number>();
  for (const { values, fault } of rows) {
    if (fault) continue;
    const width = values.length;
    widths.set(width, (widths.get(width) ?? 0) + 1);
  }
  let best = { score: 0, width: 0 };
  for (const [width, count] of widths) {
    if (width < 2) continue;
    // A row that begins a table is worth more than a comma in a text; many columns are a little surer than two.
    const score = (count / rows.length) * (1 + Math.min(width, 20) / 1000);
    if (score > best.score) best = { score, width };
  }
  return best;
}

/** The line of the names, 0 for none, among the first rows of a table. */
export function headerIn(rows: readonly TableRow[]): { header: number; isSure: boolean } {
  const width = Math.max(0, ...rows.map(({ values }) => widthOf(values)));
  const full = Math.max(0, ...rows.map(({ values }) => filledOf(values)));
  const begin = rows.findIndex(
    ({ values }, i) => i < MOST_TITLE && filledOf(values) >= Math.max(2, Math.min(full, width) / 2),
  );
  const first = rows[begin];
  if (!first) return { header: rows[0]?.line ?? 1, isSure: false };
  const after = rows.slice(begin + 1, begin + 21).map(({ values }) => values);
  let values = 0;
  let isOther = false;
  for (const [i, cell] of first.values.entries()) {
    const name = cell.trim();
    const below = after.map((row) => (row[i] ?? '').trim()).filter(Boolean);
    const valuesBelow = below.filter(isValue).length;
    if (name && isValue(name)) {
      // A year over a column of amounts is a name; a moment over moments is not.
      if (below.length === 0 || valuesBelow * 2 >= below.length) values++;
    } else if (name && below.length > 2 && valuesBelow > below.length * 0.8) isOther = true;
  }
  if (values > 0 && values * 5 >= filledOf(first.values)) return { header: 0, isSure: values > 1 };
  const known = columnNamesAmong(first.values);
  const isKnown = known >= 3 || (known === 2 && filledOf(first.values) <= 4);
  return { header: first.line, isSure: isOther || isKnown };
}

const TOTAL = /^(?:итого|всего|grand total|sub-?total|total)(?:\s+(?:по|за|for)\s.*)?\s*:?$/i;

/** Whether a row sums up those before it. */
export function isTotal(values: readonly string[]): boolean {
  const first = values.find((cell) => cell.trim() !== '')?.trim() ?? '';
  return TOTAL.test(first);
}
