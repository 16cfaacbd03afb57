import { Readable } from 'node:stream';
import { refused } from '../../platform/errors/contract-error.ts';
import { csvError, readCsv, sniff } from '../csv/reader.ts';

export type TableFile = {
  encoding: string;
  columns: string[];
  rows: AsyncIterable<{ line: number; values: string[] }>;
};

/** A file as a table with a header. @throws AppError `validation` when it is none; the rows throw it where they break */
export async function openTable(bytes: Buffer): Promise<TableFile> {
  const { encoding } = sniff(bytes);
  const rows = readCsv(Readable.from([bytes]));
  try {
    const header = await rows.next();
    if (header.done) throw refused('file', 'empty');
    const columns = header.value.values.map((name: string) => name.trim());
    if (columns.length < 2 || columns.every((name: string) => name === ''))
      throw refused('file', 'no-header');
    return { encoding, columns, rows: named(rows) };
  } catch (error) {
    throw csvError(error);
  }
}

async function* named(rows: AsyncIterable<{ line: number; values: string[] }>) {
  try {
    yield* rows;
  } catch (error) {
    throw csvError(error);
  }
}
