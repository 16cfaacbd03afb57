import { pipeline, Readable } from 'node:stream';
import { AppError } from '@svodka/shared/contracts/errors';
import { CsvError, parse } from 'csv-parse';

export type CsvRow = { line: number; values: string[] };

const SAMPLE_BYTES = 64 * 1024;
export const MAX_COLUMNS = 200;

/**
 * What spreadsheets save as CSV: UTF-8 (with or without a mark) or windows-1251, separated by comma, semicolon or tab.
 * Guessed from the first 64 KiB.
 */
export function sniff(sample: Uint8Array): {
  encoding: 'utf-8' | 'windows-1251';
  delimiter: ',' | ';' | '\t';
} {
  const head = sample.subarray(0, SAMPLE_BYTES);
  let encoding: 'utf-8' | 'windows-1251' = 'utf-8';
  try {
    // `stream` forgives a character that the end of the sample cuts in two.
    new TextDecoder('utf-8', { fatal: true }).decode(head, { stream: true });
  } catch {
    encoding = 'windows-1251';
  }
  const header = new TextDecoder(encoding).decode(head).split(/\r?\n/, 1)[0] ?? '';
  const bare = header.replace(/"[^"]*"/g, '');
  const delimiters = [',', ';', '\t'] as const;
  const count = (delimiter: string) => bare.split(delimiter).length;
  const delimiter = delimiters.reduce((best, next) => (count(next) > count(best) ? next : best));
  return { encoding, delimiter };
}

/**
 * Reads the rows of a CSV file one by one, the header first; memory stays bounded by one row of at most 256 KB.
 * The file is closed when its reader stops, at whatever row.
 * @throws the parser's error when the quoting is broken (see `csvError`); that of the file when it breaks off
 */
export async function* readCsv(file: Readable): AsyncGenerator<CsvRow> {
  const chunks = file[Symbol.asyncIterator]() as AsyncIterator<Buffer>;
  const first = await chunks.next();
  if (first.done) return;
  const { encoding, delimiter } = sniff(first.value);
  const decoder = new TextDecoder(encoding);
  async function* text() {
    yield decoder.decode(first.value, { stream: true });
    for (let next = await chunks.next(); !next.done; next = await chunks.next()) {
      yield decoder.decode(next.value, { stream: true });
    }
    yield decoder.decode();
  }
  const parser = parse({
    bom: true,
    delimiter,
    info: true,
    relax_column_count: true,
    skip_empty_lines: true,
    max_record_size: 256 * 1024,
  });
  // Unlike `pipe`, it hands the file's own fault on to the parser, where the loop below meets it.
  pipeline(Readable.from(text()), parser, () => file.destroy());
  let line = 0;
  for await (const { record, info } of parser as AsyncIterable<{
    record: string[];
    info: { lines: number };
  }>) {
    line = Math.max(line + 1, info.lines);
    yield { line, values: record };
  }
}

/** What the parser throws is the file's fault, not ours; of it only the place is told, because it quotes the file. */
export function csvError(error: unknown): unknown {
  if (!(error instanceof CsvError)) return error;
  const { lines = 1, column } = error as { lines?: number; column?: unknown };
  const detail = { field: 'file', reason: 'not-csv', line: lines, params: { line: lines } };
  return new AppError('validation', 'not a CSV file', [
    typeof column === 'number' ? { ...detail, column: column + 1 } : detail,
  ]);
}
