import { pipeline, type Readable } from 'node:stream';
import { createGunzip } from 'node:zlib';
import { shortened } from '@svodka/shared/contracts/common';
import { AppError } from '@svodka/shared/contracts/errors';
import type { Dialect, Doubt, NoTable } from '@svodka/shared/contracts/table';
import { bookToLines, isBookLine, readBookLine } from './book.ts';
import { guessDialect, headerIn, isTotal, widthOf } from './dialect.ts';
import { EncodingCount, type EncodingFound } from './encoding.ts';
import { HEAD_BYTES, kindOf } from './kind.ts';
import { rowsIn, type TableRow } from './rows.ts';

const SAMPLE_CHARACTERS = 128 * 1024;
export const MAX_COLUMNS = 500;
/** A packed file is not worth more than this, unpacked. */
const MOST_UNPACKED = 256 * 1024 * 1024;
const MOST_NAME = 120;

/** A file that may be read from its beginning again and again, such as `() => createReadStream(path)`. */
export type TableFile = () => Readable;

/** What has to be known of a file to read its rows. */
export type TableForm = {
  /** A workbook, whose sheets these are; else a text, and empty. */
  sheets: string[];
  dialect: Dialect;
  /** Names of the columns, each once, «Столбец 3» where it has none. */
  columns: string[];
  /** Bytes that no letter is made of; where there are any, their rows are faults. */
  badBytes: number;
};

/** What a file holds as a whole. */
export type TableLook = TableForm & { rows: number; totals: number; faults: number; doubts: Doubt[] };

const refuse = (reason: string, params?: Record<string, string | number>) =>
  new AppError('validation', reason, [{ field: 'file', reason, ...(params && { params }) }]);

/** That a file is something else. */
export const isNoTable = (kind: NoTable) => refuse('no-table', { kind });

/**
 * What is to be kept of a file: texts as they are, workbooks as lines of their cells, packed files unpacked.
 * Everything below reads what this gives.
 * @throws AppError `validation` on `file`: `empty-file`, `no-table` with its `kind`, `book-damaged`; `too-large`
 */
export async function* admit(file: AsyncIterable<Buffer>): AsyncGenerator<Buffer> {
  const chunks = file[Symbol.asyncIterator]();
  const first: Buffer[] = [];
  for (let size = 0; size < HEAD_BYTES; ) {
    const next = await chunks.next();
    if (next.done) break;
    first.push(next.value);
    size += next.value.length;
  }
  const head = Buffer.concat(first);
  if (head.length === 0) throw refuse('empty-file');
  const all = async function* () {
    yield head;
    for (let next = await chunks.next(); !next.done; next = await chunks.next()) yield next.value;
  };
  const kind = kindOf(head.subarray(0, HEAD_BYTES));
  if (kind === 'text') yield* all();
  else if (kind === 'gzip') yield* admit(unpacked(all()));
  else if (kind === 'book') yield* bookToLines(Buffer.concat(await collect(all())), refuse);
  else throw isNoTable(kind);
}

async function collect(chunks: AsyncIterable<Buffer>): Promise<Buffer[]> {
  const all: Buffer[] = [];
  for await (const chunk of chunks) all.push(chunk);
  return all;
}

async function* unpacked(packed: AsyncIterable<Buffer>): AsyncGenerator<Buffer> {
  const gunzip = createGunzip();
  pipeline(packed, gunzip, () => {});
  let bytes = 0;
  try {
    for await (const chunk of gunzip as AsyncIterable<Buffer>) {
      bytes += chunk.length;
      if (bytes > MOST_UNPACKED) throw new AppError('too-large', '#import-unpacked');
      yield chunk;
    }
  } catch (error) {
    if (error instanceof AppError || !String((error as { code?: unknown }).code).startsWith('Z_'))
      throw error;
    throw refuse('packed-damaged');
  } finally {
    gunzip.destroy();
  }
}

/**
 * Looks at a file that was admitted, all of it: how it is read, which columns it has, how many rows.
 * @param asked what somebody has decided; the rest is proposed
 * @param see is given each row of the table, for whoever wants to know more of them
 * @throws AppError `validation` on `file`: `empty-file`, `no-header`, `too-many-columns`
 */
export async function lookAt(
  file: TableFile,
  asked: Partial<Dialect> = {},
  see?: (columns: readonly string[], row: TableRow) => void,
): Promise<TableLook> {
  const { encoding, sheets } = await encodingOf(file);
  const doubts: Doubt[] = [];
  const form: TableForm = { sheets, dialect: await proposed(), columns: [], badBytes: 0 };
  form.badBytes = form.dialect.encoding === encoding.encoding ? encoding.badBytes : 0;
  async function proposed(): Promise<Dialect> {
    if (sheets.length > 0) {
      const sheet = Math.min(asked.sheet ?? (await fullest(file)), sheets.length - 1);
      const dialect: Dialect = {
        encoding: 'utf-8',
        delimiter: ',',
        quote: '"',
        header: 0,
        sheet,
        totals: false,
      };
      const rows: TableRow[] = [];
      for await (const row of everyRow(file, { sheets, dialect, columns: [], badBytes: 0 })) {
        if (widthOf(row.values) > 0) rows.push(row);
        if (rows.length === 100) break;
      }
      const { header, isSure } = headerIn(rows);
      if (asked.header === undefined && !isSure) doubts.push('header');
      return { ...dialect, header, ...asked, sheet, encoding: 'utf-8' };
    }
    const chosen = asked.encoding ?? encoding.encoding;
    if (!asked.encoding && !encoding.isSure) doubts.push('encoding');
    const found = await guessDialect(await beginning(file, chosen), chosen, asked);
    doubts.push(...found.doubts);
    return found.dialect;
  }

  let width = 0;
  let names: string[] = [];
  let rows = 0;
  let totals = 0;
  let faults = 0;
  const columnsUpTo = (wanted: number) => {
    if (wanted > MAX_COLUMNS) throw refuse('too-many-columns');
    width = wanted;
    form.columns = columnNames(names, width);
  };
  for await (const row of everyRow(file, form)) {
    if (row.line < form.dialect.header) continue;
    const wide = widthOf(row.values);
    if (row.line === form.dialect.header) {
      names = row.values.slice(0, wide);
      columnsUpTo(Math.max(width, wide));
      continue;
    }
    if (wide === 0) continue;
    if (!form.dialect.totals && isTotal(row.values)) {
      totals++;
      continue;
    }
    // A row whose quote is left open is as wide as chance has it.
    if (wide > width && !row.fault) columnsUpTo(wide);
    rows++;
    if (row.fault) faults++;
    see?.(form.columns, row);
  }
  if (width === 0) throw refuse(rows > 0 ? 'no-header' : 'empty-file');
  if (width < 2) throw refuse('no-header');
  // Whether a row sums others up is a guess, and nobody sees a row that is left out.
  if (totals > 0) doubts.push('totals');
  return { ...form, rows, totals, faults, doubts };
}

/** The rows of the table: what is below its names, without empty rows and, where it says so, without totals. */
export async function* rowsOf(file: TableFile, form: TableForm): AsyncGenerator<TableRow> {
  const { header, totals } = form.dialect;
  for await (const row of everyRow(file, form)) {
    if (row.line <= header || widthOf(row.values) === 0) continue;
    if (!totals && isTotal(row.values)) continue;
    yield row;
  }
}

async function* everyRow(file: TableFile, form: TableForm): AsyncGenerator<TableRow> {
  if (form.sheets.length > 0) {
    yield* sheetRows(file, form.dialect.sheet);
    return;
  }
  const { encoding, delimiter, quote } = form.dialect;
  for await (const rows of rowsIn(lettersOf(file, encoding), { delimiter, quote })) {
    for (const row of rows) {
      if (row.line === 1 && /^sep=.?$/i.test(row.values.join(''))) continue;
      if (form.badBytes > 0 && !row.fault && row.values.some((value) => value.includes('\ufffd')))
        row.fault = 'bad-byte';
      yield row;
    }
  }
}

async function* lettersOf(file: TableFile, encoding: string): AsyncGenerator<string> {
  const decoder = new TextDecoder(encoding);
  const stream = file();
  try {
    for await (const chunk of stream as AsyncIterable<Buffer>) yield decoder.decode(chunk, { stream: true });
    yield decoder.decode();
  } finally {
    stream.destroy();
  }
}

async function beginning(file: TableFile, encoding: string): Promise<string> {
  let text = '';
  for await (const piece of lettersOf(file, encoding)) {
    text += piece;
    if (text.length >= SAMPLE_CHARACTERS) return text.slice(0, SAMPLE_CHARACTERS);
  }
  return text;
}

async function encodingOf(file: TableFile): Promise<{ encoding: EncodingFound; sheets: string[] }> {
  const count = new EncodingCount();
  const stream = file();
  let isFirst = true;
  try {
    for await (const chunk of stream as AsyncIterable<Buffer>) {
      if (isFirst && isBookLine(chunk)) {
        const sheets = await sheetsOf(file);
        return { encoding: { encoding: 'utf-8', badBytes: 0, isSure: true }, sheets };
      }
      isFirst = false;
      count.add(chunk);
    }
  } finally {
    stream.destroy();
  }
  if (isFirst) throw refuse('empty-file');
  return { encoding: count.found, sheets: [] };
}

async function sheetsOf(file: TableFile): Promise<string[]> {
  for await (const line of linesOf(file)) {
    const read = readBookLine(line);
    return 'sheets' in read ? read.sheets : [];
  }
  return [];
}

async function* linesOf(file: TableFile): AsyncGenerator<string> {
  let rest = '';
  for await (const piece of lettersOf(file, 'utf-8')) {
    const lines = (rest + piece).split('\n');
    rest = lines.pop() ?? '';
    yield* lines;
  }
  if (rest) yield rest;
}

async function* sheetRows(file: TableFile, wanted: number): AsyncGenerator<TableRow> {
  let sheet = -1;
  for await (const line of linesOf(file)) {
    const read = readBookLine(line);
    if ('sheet' in read) {
      if (sheet === wanted) return;
      sheet = read.sheet;
    } else if ('line' in read && sheet === wanted) yield read;
  }
}

/** The sheet with most rows: a book's first one is often a cover. */
async function fullest(file: TableFile): Promise<number> {
  const rows: number[] = [];
  let sheet = 0;
  for await (const line of linesOf(file)) {
    if (line.startsWith('{"sheet"')) sheet = (readBookLine(line) as { sheet: number }).sheet;
    else if (line.startsWith('[')) rows[sheet] = (rows[sheet] ?? 0) + 1;
  }
  return rows.reduce((best, count, i) => (count > (rows[best] ?? 0) ? i : best), 0);
}

/** Each name once: «Comment», «Comment 2»; «Столбец 3» for one without; for names in small Latin letters «Column 3». */
export function columnNames(header: readonly string[], width: number): string[] {
  const word = header.length > 0 && !/[а-я]/i.test(header.join('')) ? 'Column' : 'Столбец';
  const taken = new Set<string>();
  return Array.from({ length: width }, (_, i) => {
    const given = (header[i] ?? '')
      .replace(/\s+/g, ' ')
      .replace(/\p{Cc}/gu, '')
      .trim();
    const name = shortened(given, MOST_NAME) || `${word} ${i + 1}`;
    let own = name;
    for (let n = 2; taken.has(own.toLowerCase()); n++) own = `${name} ${n}`;
    taken.add(own.toLowerCase());
    return own;
  });
}
