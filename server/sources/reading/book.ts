// Workbooks are read by SheetJS, whole and in a thread of its own: it knows the formats that offices have (.xlsx, .xls of
// any age, .xlsb, .ods, and pages and XML that call themselves .xls), but it takes memory and does not let go meanwhile.
// What it gives is kept as one line of JSON a row.
import { createRequire } from 'node:module';
import { totalmem } from 'node:os';
import { Worker } from 'node:worker_threads';
import type { AppError } from '@svodka/shared/contracts/errors';
import { touchedNow } from '../../platform/context/request-context.ts';
import { FairQueue } from '../../platform/limits/fair-queue.ts';
import type { TableRow } from './rows.ts';
import { entriesOf, unpacksTo } from './zip.ts';

const MB = 1024 * 1024;
/** What there is for all of this machine, or of the box that the process runs in. */
const machine = Math.min(totalmem(), process.constrainedMemory() || Infinity);
/** What a workbook may hold when it is unpacked: some two million cells, and on a machine of 1 GB some half of a million. */
const MOST_UNPACKED = Math.min(400 * MB, machine / 10);
const MEMORY = { maxOldGenerationSizeMb: Math.round(Math.min(1536, machine / MB / 2.5)) };
const PATIENCE_MS = 120_000;
/** One at a time: each takes seven times of what it unpacks to. The others wait with what was sent alone. */
const BOOKS = { atOnce: 1, perKey: 1, waiting: 16, waitingPerKey: 4, patienceMs: 180_000 };
const books = new FairQueue(BOOKS, '#books-wait');
const MARK = '{"svodka":"book"';

type Refuse = (reason: string, params?: Record<string, string | number>) => AppError;
type Told = { sheets: string[] } | { lines: string } | { end: true };

const library = createRequire(import.meta.url).resolve('@e965/xlsx');

/** Whether a stored file begins as `bookToLines` writes it. */
export const isBookLine = (chunk: Buffer): boolean => chunk.subarray(0, MARK.length).toString() === MARK;

export type BookLine = { sheets: string[] } | { sheet: number } | TableRow;

export function readBookLine(line: string): BookLine {
  const read = JSON.parse(line) as { sheets: string[] } | { sheet: number } | [number, ...string[]];
  if (!Array.isArray(read)) return read;
  const [at, ...values] = read;
  return { line: at, values };
}

/**
 * The cells of a workbook, a line for each row that has any. In turn: whoever asks has it until the last line is taken.
 * @throws AppError `rate-limited` when too many wait
 */
export async function* bookToLines(file: Buffer, refuse: Refuse): AsyncGenerator<Buffer> {
  const { by } = touchedNow().touched;
  const leave = await books.turn(by ?? '');
  try {
    yield* linesOf(file, refuse);
  } finally {
    leave();
  }
}

async function* linesOf(file: Buffer, refuse: Refuse): AsyncGenerator<Buffer> {
  if (file[0] === 0x50) {
    const entries = entriesOf(file);
    if (!entries) throw refuse('book-damaged');
    const names = entries.map(({ name }) => name);
    const isBook = names.some(
      (name) => name === 'content.xml' || /^\/?xl\/workbook\.(?:xml|bin)$/i.test(name),
    );
    if (!isBook)
      throw refuse('no-table', { kind: names.some((name) => name.startsWith('word/')) ? 'word' : 'archive' });
    const unpacked = await unpacksTo(file, entries, MOST_UNPACKED);
    if (unpacked !== 'fits') throw refuse(unpacked === 'damaged' ? 'book-damaged' : 'book-too-large');
  }
  const worker = new Worker(
    `(${readBook.toString()})(require('node:worker_threads'), require(${JSON.stringify(library)}))`,
    {
      eval: true,
      workerData: file,
      resourceLimits: MEMORY,
      // Nothing of a file reaches the log.
      stdout: true,
      stderr: true,
    },
  );
  const told: Told[] = [];
  let failure: AppError | null = null;
  let wake = () => {};
  worker.on('message', (message: Told) => {
    told.push(message);
    wake();
  });
  worker.on('error', (error: { code?: string }) => {
    failure = refuse(error.code === 'ERR_WORKER_OUT_OF_MEMORY' ? 'book-too-large' : 'book-damaged');
    wake();
  });
  worker.on('exit', () => {
    failure ??= refuse('book-damaged');
    wake();
  });
  const timer = setTimeout(() => {
    failure = refuse('book-too-large');
    wake();
  }, PATIENCE_MS);
  try {
    for (;;) {
      const message = told.shift();
      if (!message) {
        if (failure) throw failure;
        await new Promise<void>((resolve) => {
          wake = resolve;
        });
      } else if ('sheets' in message)
        yield Buffer.from(`${MARK},"sheets":${JSON.stringify(message.sheets)}}\n`);
      else if ('lines' in message) yield Buffer.from(message.lines);
      else return;
    }
  } finally {
    clearTimeout(timer);
    await worker.terminate();
  }
}

/**
 * Runs in the thread, as text: it may use nothing that stands outside of it. Nor may it call `require`, which the
 * compiler passes through a helper that stands there.
 */
function readBook(
  { parentPort, workerData }: typeof import('node:worker_threads'),
  XLSX: typeof import('@e965/xlsx'),
): void {
  const book = XLSX.read(workerData, {
    type: 'buffer',
    dense: true,
    cellNF: true,
    cellHTML: false,
    cellFormula: false,
    raw: true,
  });
  // Of what it does not know it makes a table of text, which is not what the file said of itself.
  const isOld = workerData[0] === 0xd0;
  const streams = isOld ? XLSX.CFB.read(workerData, { type: 'buffer' }).FullPaths : [];
  const isNone = isOld
    ? !streams.some((path: string) => /(?:^|\/)(?:Workbook|Book)$/i.test(path))
    : !book.bookType;
  if (isNone || book.SheetNames.length === 0) throw new Error('no workbook');
  const date1904 = Boolean(book.Workbook?.WBProps?.date1904);
  const two = (value: number) => String(value).padStart(2, '0');
  const ofDate = (serial: number, format: string): string => {
    if (/\[h+\]/i.test(format)) {
      const seconds = Math.round(serial * 86_400);
      return `${Math.floor(seconds / 3600)}:${two(Math.floor(seconds / 60) % 60)}:${two(seconds % 60)}`;
    }
    const date = XLSX.SSF.parse_date_code(serial, { date1904 });
    if (!date) return String(serial);
    const time = `${two(date.H)}:${two(date.M)}:${two(Math.floor(date.S))}`;
    if (serial < 1 && serial > 0) return time;
    const day = `${String(date.y).padStart(4, '0')}-${two(date.m)}-${two(date.d)}`;
    return date.H + date.M + date.S === 0 ? day : `${day} ${time}`;
  };
  type Cell = import('@e965/xlsx').CellObject | undefined;
  const textOf = (cell: Cell): string => {
    if (!cell || cell.v === undefined || cell.v === null || cell.t === 'z') return '';
    if (cell.t === 'n') {
      const format = typeof cell.z === 'string' ? cell.z : '';
      const value = cell.v as number;
      if (format && value >= 0 && XLSX.SSF.is_date(format)) return ofDate(value, format);
      const plain = String(Number(value.toPrecision(15)));
      return plain.includes('e') ? BigInt(Math.round(value)).toString() : plain;
    }
    if (cell.t === 'e') return cell.w ?? '';
    if (cell.t === 'b') return cell.v ? 'TRUE' : 'FALSE';
    if (cell.t === 'd') return (cell.v as Date).toISOString();
    return String(cell.v);
  };
  parentPort?.postMessage({ sheets: book.SheetNames });
  for (const [i, name] of book.SheetNames.entries()) {
    const sheet = book.Sheets[name] as unknown as { '!data'?: Cell[][] } | undefined;
    let lines = `${JSON.stringify({ sheet: i })}\n`;
    for (const [row, cells] of (sheet?.['!data'] ?? []).entries()) {
      if (!cells) continue;
      const values: string[] = [];
      for (let at = 0; at < cells.length; at++) values.push(textOf(cells[at]));
      while (values.length > 0 && values.at(-1) === '') values.pop();
      if (values.length === 0) continue;
      lines += `${JSON.stringify([row + 1, ...values])}\n`;
      if (lines.length > 500_000) {
        parentPort?.postMessage({ lines });
        lines = '';
      }
    }
    parentPort?.postMessage({ lines });
  }
  parentPort?.postMessage({ end: true });
}
