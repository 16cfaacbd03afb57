import { Readable } from 'node:stream';
import { buffer } from 'node:stream/consumers';
import { CALL_LIMITS, type CallRecord } from '@svodka/shared/contracts/calls';
import { AppError } from '@svodka/shared/contracts/errors';
import { admit, lookAt, rowsOf, type TableFile, type TableForm } from '../reading/table.ts';
import { isCallTable } from './cdr.ts';

/** `Master.csv` of Asterisk has no line of names: its columns, as `cdr_csv` writes them; the last two may lack. */
const MASTER = [
  'accountcode',
  'src',
  'dst',
  'dcontext',
  'clid',
  'channel',
  'dstchannel',
  'lastapp',
  'lastdata',
  'start',
  'answer',
  'end',
  'duration',
  'billsec',
  'disposition',
  'amaflags',
  'uniqueid',
  'userfield',
] as const;
const LEAST_MASTER = 17;
const DISPOSITION = /^(?:ANSWERED|NO ANSWER|BUSY|FAILED|CONGESTION)$/;

export type CallRow = { line: number; record: CallRecord; fault?: string };

/** The records of a file of whatever kind tables come in. @throws AppError `validation` when it holds no calls, `too-large` */
export async function callsIn(bytes: Buffer): Promise<AsyncIterable<CallRow>> {
  const kept = await buffer(admit(Readable.from([bytes])));
  const file = () => Readable.from([kept]);
  const named = await lookAt(file);
  // Before any row of it is read for what it says.
  if (named.rows > CALL_LIMITS.rows) throw new AppError('too-large', '#table-rows');
  if (isCallTable(named.columns)) return recordsOf(rowsOf(file, named), named.columns);
  const bare = await lookAt(file, { header: 0 });
  if (await isMaster(file, bare)) return recordsOf(rowsOf(file, bare), MASTER);
  throw new AppError('validation', 'no calls', [{ field: 'file', reason: 'not-calls' }]);
}

/** Whether a file is the `Master.csv` of Asterisk, by its first row. */
export async function isMaster(file: TableFile, { columns, ...form }: TableForm): Promise<boolean> {
  if (columns.length < LEAST_MASTER || columns.length > MASTER.length) return false;
  const bare = { ...form, columns, dialect: { ...form.dialect, header: 0 } };
  for await (const { values } of rowsOf(file, bare))
    return DISPOSITION.test(values[MASTER.indexOf('disposition')] ?? '');
  return false;
}

async function* recordsOf(
  rows: ReturnType<typeof rowsOf>,
  columns: readonly string[],
): AsyncGenerator<CallRow> {
  for await (const { line, values, fault } of rows) {
    const record = Object.fromEntries(columns.map((column, i) => [column, values[i] ?? '']));
    yield { line, record, ...(fault && { fault }) };
  }
}
