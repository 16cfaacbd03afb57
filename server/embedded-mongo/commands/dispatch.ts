import { Binary, type Document, Long } from 'bson';
import { encode, joinDocuments, wrapArray } from '../bson/raw.ts';
import { timestampOf } from '../changelog/entry.ts';
import { badValue, MongoError, unsupported } from '../errors.ts';
import { DamagedStoreError } from '../storage/damage.ts';
import type { Request } from '../wire/message.ts';
import { maxTimeOf } from './arguments.ts';
import type { Context, Reply } from './command.ts';
import { Operation } from './operation.ts';
import { findCommand } from './registry.ts';

/** The signature that a server without authentication answers. */
const SIGNATURE = { hash: new Binary(Buffer.alloc(20)), keyId: Long.ZERO };

/** Codes after which a driver may try the same thing once more. */
const RETRIABLE = new Set([6, 7, 89, 91, 134, 189, 262, 9001, 10107, 11600, 11602, 13435, 13436]);
const RESUMABLE = new Set([...RETRIABLE, 133, 234]);

/** Runs one request and gives the encoded body of its reply. Never throws. */
export async function dispatch(context: Omit<Context, 'db' | 'operation'>): Promise<Buffer> {
  const { engine, connection, request } = context;
  let operation: Operation | undefined;
  try {
    const db = request.body.$db;
    if (typeof db !== 'string' || db === '') throw badValue('$db is missing');
    // A getMore's maxTimeMS says how long to wait for news, not how long to work.
    operation = new Operation(request.name === 'getMore' ? 0 : maxTimeOf(request.body));
    connection.running.add(operation);
    const command = findCommand(request.name);
    if (!connection.authenticated && !command.handshake) {
      throw new MongoError('Unauthorized', `Command ${command.name} requires authentication`);
    }
    checkEnvelope(request, command.handshake === true, command.retryable === true);
    if (command.adminOnly && db !== 'admin') {
      throw new MongoError('Unauthorized', `${command.name} may only be run against the admin database.`);
    }
    const reply = await command.handle({ ...context, db, operation });
    return encodeReply(reply, engine.log.committed);
  } catch (error) {
    return encodeError(error, context);
  } finally {
    if (operation) connection.running.delete(operation);
  }
}

function times(clusterTime: bigint): Document {
  const time = timestampOf(clusterTime);
  return { operationTime: time, $clusterTime: { clusterTime: time, signature: SIGNATURE } };
}

let tail: { clusterTime: bigint; bytes: Buffer } = { clusterTime: -1n, bytes: Buffer.alloc(0) };

/** What ends every good reply. It changes with the cluster time only, and is a third of a small reply's cost. */
function tailOf(clusterTime: bigint): Buffer {
  if (tail.clusterTime !== clusterTime) {
    tail = { clusterTime, bytes: encode({ ok: 1, ...times(clusterTime) }) };
  }
  return tail.bytes;
}

function encodeReply(reply: Reply, clusterTime: bigint): Buffer {
  const end = tailOf(clusterTime);
  if (!reply.cursor) return joinDocuments(encode(reply.fields), end);
  const { fields, name, documents } = reply.cursor;
  return wrapArray('cursor', encode(fields), name, documents, end);
}

function encodeError(error: unknown, { engine, request }: Pick<Context, 'engine' | 'request'>): Buffer {
  const known = asMongoError(error, engine);
  const labels = labelsOf(known, request);
  return encode({
    ok: 0,
    errmsg: known.message,
    code: known.code,
    codeName: known.codeName,
    ...known.extra,
    ...(labels.length > 0 && { errorLabels: labels }),
    ...times(engine.log.committed),
  });
}

function asMongoError(error: unknown, engine: Context['engine']): MongoError {
  if (error instanceof MongoError) return error;
  if (error instanceof DamagedStoreError) {
    engine.logger.error?.(error.message, { error });
    return new MongoError('UnknownError', error.message);
  }
  if (error instanceof Error && error.name.startsWith('BSON')) return new MongoError(22, error.message);
  engine.logger.error?.('a command failed in a way that nobody foresaw', { error });
  return new MongoError('UnknownError', error instanceof Error ? error.message : String(error));
}

function labelsOf(error: MongoError, { name, body }: Request): string[] {
  const labels = new Set(error.labels ?? []);
  if (body.txnNumber !== undefined && body.autocommit === undefined && RETRIABLE.has(error.code)) {
    labels.add('RetryableWriteError');
  }
  const isStream =
    (name === 'aggregate' && Array.isArray(body.pipeline) && body.pipeline[0]?.$changeStream !== undefined) ||
    name === 'getMore';
  if (isStream && RESUMABLE.has(error.code)) labels.add('ResumableChangeStreamError');
  return [...labels];
}

/** Looks at the fields that any command may carry. */
function checkEnvelope({ name, body }: Request, handshake: boolean, retryable: boolean): void {
  if (body.startTransaction !== undefined || body.autocommit !== undefined) {
    // Code 20 would be the other choice, but the driver replaces its text by one about retryable writes.
    throw new MongoError(
      'NotImplemented',
      'transactions are not supported by the embedded store; use a replica set for them',
    );
  }
  if (body.txnNumber !== undefined) {
    if (body.lsid === undefined) throw new MongoError('InvalidOptions', 'txnNumber requires an lsid');
    if (!retryable) {
      throw new MongoError(50768, `txnNumber may only be provided for retryable writes, not for '${name}'`);
    }
  }
  if (handshake) return;
  if (body.apiVersion !== undefined && body.apiVersion !== '1') {
    throw new MongoError(322, `API version '${String(body.apiVersion)}' is not accepted`);
  }
  if (body.apiStrict === true) throw unsupported("option 'apiStrict'");
  const level = body.readConcern?.level;
  if (level !== undefined && !['local', 'majority', 'available', 'linearizable'].includes(level)) {
    throw unsupported(`read concern '${String(level)}'`);
  }
}
