import type { Document } from 'bson';
import { badValue, MongoError } from '../errors.ts';
import { type Memo, sessionBytes } from '../sessions/memos.ts';
import type { Collection } from '../storage/catalog.ts';
import { isNumber } from '../values/types.ts';
import type { Context } from './command.ts';
import { MAX_WRITE_BATCH } from './handshake.ts';

/** The memo of a retryable write, undefined for other writes. @throws MongoError 225 */
export function memoOf({ engine, request }: Context): Memo | undefined {
  const { txnNumber, lsid } = request.body;
  if (txnNumber === undefined) return undefined;
  return engine.memos.open(sessionBytes(lsid), BigInt(txnNumber.toString()));
}

/** Statement numbers of a batch: named, or counted from `stmtId` or zero. */
export function statementNumbers({ request }: Context): (index: number) => number {
  const { stmtIds, stmtId } = request.body;
  if (Array.isArray(stmtIds)) return (index) => Number(stmtIds[index]);
  const first = stmtId === undefined ? 0 : Number(stmtId);
  return (index) => first + index;
}

/** The statements or documents of a write command. @throws MongoError 16, 40414 */
export function sequence({ request }: Context, name: string): Buffer[] {
  const documents = request.sequences.get(name);
  if (!documents)
    throw new MongoError(40414, `BSON field '${request.name}.${name}' is missing but a required field`);
  if (documents.length === 0 || documents.length > MAX_WRITE_BATCH) {
    throw new MongoError(
      'InvalidLength',
      `Write batch sizes must be between 1 and ${MAX_WRITE_BATCH}. Got ${documents.length} operations.`,
    );
  }
  return documents;
}

/**
 * Every acknowledged write is on disk and this set has one member, so `w` up to 1 and `majority`, with or without
 * `j`, mean the same; more members are not there.
 */
export function checkWriteConcern({ request }: Context): Document | undefined {
  const w = request.body.writeConcern?.w;
  if (w === undefined || w === 'majority') return undefined;
  if (typeof w === 'string') {
    return {
      code: 79,
      codeName: 'UnknownReplWriteConcern',
      errmsg: `No write concern mode named '${w}' found`,
    };
  }
  if (!isNumber(w) || Number(w) < 0) throw badValue('w must be a number or a string');
  if (Number(w) <= 1) return undefined;
  return { code: 100, codeName: 'UnsatisfiableWriteConcern', errmsg: 'Not enough data-bearing nodes' };
}

/** One entry of `writeErrors`. Errors that are nobody's statement's fault end the command instead. */
export function writeError(index: number, error: unknown): Document {
  if (!(error instanceof MongoError) || FATAL.has(error.code)) throw error;
  const { code, message, extra } = error;
  return { index, code, errmsg: message, ...extra };
}

const FATAL = new Set([50, 11600, 11601, 14031, 91, 225, 217, 237]);

/** Adds `writeErrors` and `writeConcernError` where there are any. */
export function withErrors(fields: Document, errors: Document[], concern: Document | undefined): Document {
  return {
    ...fields,
    ...(errors.length > 0 && { writeErrors: errors }),
    ...(concern && { writeConcernError: concern }),
  };
}

/** The collection, made on the first write to it. */
export const ensureCollection = ({ engine }: Context, db: string, name: string): Collection =>
  engine.catalog.ensure(db, name).collection;
