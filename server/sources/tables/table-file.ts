import { Readable } from 'node:stream';
import { buffer } from 'node:stream/consumers';
import { setImmediate as breathe } from 'node:timers/promises';
import type { TableRow } from '../reading/rows.ts';
import { admit, lookAt, rowsOf } from '../reading/table.ts';

export type TableFile = {
  encoding: string;
  columns: string[];
  rows: AsyncIterable<TableRow>;
  /** A text that does not end with its last line: half of that may be missing. Null: it is no text. */
  breaksOff: boolean | null;
};

/** Read at once, a large file would keep everybody else waiting. */
const PIECE = 64 * 1024;
async function* piecemeal(bytes: Buffer): AsyncGenerator<Buffer> {
  for (let at = 0; at < bytes.length; at += PIECE) {
    yield bytes.subarray(at, at + PIECE);
    await breathe();
  }
}

/** A file of whatever kind as a table with a header. @throws AppError `validation`, `too-large` */
export async function openTable(bytes: Buffer): Promise<TableFile> {
  const kept = await buffer(admit(Readable.from([bytes])));
  const file = () => Readable.from(piecemeal(kept));
  const look = await lookAt(file);
  const { encoding } = look.dialect;
  const end = new TextDecoder(encoding).decode(kept.subarray(-2));
  return {
    encoding,
    columns: look.columns,
    rows: rowsOf(file, look),
    breaksOff: look.sheets.length === 0 ? !/[\r\n]$/.test(end) : null,
  };
}
