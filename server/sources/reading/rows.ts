/** What is wrong with a row as such; its cells are then as they could be made out. */
export type RowFault = 'open-quote' | 'row-too-long' | 'bad-byte';
/** One row under the line at which it begins, counted from 1. */
export type TableRow = { line: number; values: string[]; fault?: RowFault };

/** A longer row is a file whose quotes do not match, or no table. */
const MOST_CHARACTERS = 256 * 1024;

/** By which a program for tables, and our own file of rows that did not go in, keeps as text what would be a formula. */
const TEXT_MARK = /^'(?=[=@+-])/;

type Marks = { delimiter: string; quote: string };
type Record = { values: string[]; next: number; fault?: RowFault };

/**
 * Cuts text into rows. A cell in quotes may hold separators, lines and doubled quotes; a quote anywhere else is a letter
 * like others, as 1C and people write it. A quote that is opened and not closed costs its own line and no other.
 */
export async function* rowsIn(text: AsyncIterable<string>, marks: Marks): AsyncGenerator<TableRow[]> {
  let rest = '';
  let line = 1;
  let isSkipping = false;
  const take = (isLast: boolean): TableRow[] => {
    const rows: TableRow[] = [];
    let at = 0;
    while (at < rest.length) {
      const end = lineEnd(rest, at, isLast);
      if (isSkipping) {
        if (end === null) {
          at = rest.length;
          break;
        }
        isSkipping = false;
        at = end.next;
        line++;
        continue;
      }
      const record = recordAt(rest, at, marks, end, isLast);
      if (record === null) {
        if (rest.length - at <= MOST_CHARACTERS) break;
        rows.push({ line, values: [rest.slice(at, at + 1000)], fault: 'row-too-long' });
        isSkipping = true;
        continue;
      }
      const { next, ...row } = record;
      rows.push({ line, ...row });
      line += linesIn(rest, at, next);
      at = next;
    }
    rest = rest.slice(at);
    return rows;
  };
  for await (const piece of text) {
    rest += piece;
    const rows = take(false);
    if (rows.length > 0) yield rows;
  }
  const rows = take(true);
  if (rows.length > 0) yield rows;
}

type LineEnd = { at: number; next: number };

const LINE_END = /[\r\n]/g;

/** Where the line ends; null: not in this piece. «\r\n», «\n» and «\r» end one. */
function lineEnd(text: string, from: number, isLast: boolean): LineEnd | null {
  LINE_END.lastIndex = from;
  const at = LINE_END.exec(text)?.index;
  if (at === undefined) return isLast ? { at: text.length, next: text.length } : null;
  if (text[at] === '\n') return { at, next: at + 1 };
  if (at + 1 === text.length && !isLast) return null;
  return { at, next: text[at + 1] === '\n' ? at + 2 : at + 1 };
}

function linesIn(text: string, from: number, to: number): number {
  let lines = 0;
  for (let at = from; at < to; ) {
    const end = lineEnd(text, at, true) as LineEnd;
    lines++;
    at = end.next;
  }
  return lines;
}

/** Null: its end is not there yet. */
function recordAt(
  text: string,
  from: number,
  { delimiter, quote }: Marks,
  end: LineEnd | null,
  isLast: boolean,
): Record | null {
  const firstQuote = quote === '' ? -1 : text.indexOf(quote, from);
  if (end && (firstQuote < 0 || firstQuote >= end.at))
    return { values: text.slice(from, end.at).split(delimiter), next: end.next };
  if (firstQuote < 0) return null;
  const values: string[] = [];
  for (let at = from; ; ) {
    const cell = text[at] === quote ? quotedAt(text, at, delimiter, quote, isLast) : { from: at };
    if (cell === null) {
      if (!isLast && text.length - from <= MOST_CHARACTERS) return null;
      return broken(text, from, end, delimiter);
    }
    let after: number;
    if ('value' in cell) {
      values.push(cell.value);
      after = cell.end;
    } else {
      const stop = lineEnd(text, cell.from, isLast);
      const cut = text.indexOf(delimiter, cell.from);
      if (stop === null && cut < 0) return null;
      after = cut >= 0 && (stop === null || cut < stop.at) ? cut : (stop as LineEnd).at;
      const value = text.slice(at, after);
      // What began like a cell in quotes, went over a line and was none after all.
      if (cell.from > at && /[\r\n]/.test(value)) return broken(text, from, end, delimiter);
      values.push(value);
    }
    if (after < text.length && text.startsWith(delimiter, after)) {
      at = after + delimiter.length;
      if (at >= text.length && !isLast) return null;
      continue;
    }
    const stop = lineEnd(text, after, isLast);
    return stop && { values, next: stop.next };
  }
}

/** A cell in quotes; `from`: where to go on looking for its end when it is none. Null: its end is not there. */
function quotedAt(
  text: string,
  at: number,
  delimiter: string,
  quote: string,
  isLast: boolean,
): { value: string; end: number } | { from: number } | null {
  let value = '';
  for (let from = at + 1; ; ) {
    const close = text.indexOf(quote, from);
    if (close < 0 || (close + 1 === text.length && !isLast)) return null;
    if (text[close + 1] === quote) {
      value += text.slice(from, close + 1);
      from = close + 2;
      continue;
    }
    value += text.slice(from, close);
    const after = text[close + 1];
    const isEnd = after === undefined || after === '\n' || after === '\r' || after === delimiter;
    return isEnd ? { value: value.replace(TEXT_MARK, ''), end: close + 1 } : { from: close + 1 };
  }
}

function broken(text: string, from: number, end: LineEnd | null, delimiter: string): Record {
  const { at, next } = end ?? { at: text.length, next: text.length };
  return { values: text.slice(from, at).split(delimiter), next, fault: 'open-quote' };
}
