import type { Document } from 'bson';
import { MongoError } from '../errors.ts';
import type { History } from '../storage/history.ts';
import { isDocument } from '../values/types.ts';
import type { ChangeLog } from './log.ts';

/** What a token stands behind: everything up to a cluster time, and then perhaps the end of the stream itself. */
const KIND = { event: '80', invalidate: 'c0' } as const;

export interface Position {
  clusterTime: bigint;
  /** The token of an `invalidate`: only `startAfter` may pass it. */
  invalidated: boolean;
}

/**
 * A resume token: hexadecimal, opaque to clients, and increasing as a string, because drivers and applications
 * compare tokens so. Cluster time, kind, epoch (see storage/history.ts).
 */
export function tokenOf(clusterTime: bigint, epoch: string, invalidate = false): Document {
  const time = clusterTime.toString(16).padStart(16, '0');
  return { _data: `${time}${invalidate ? KIND.invalidate : KIND.event}${epoch}` };
}

/**
 * Reads a token back and makes sure that the log still reaches it.
 * @throws MongoError 260 for what is no token, 286 when changes behind it are gone or it is of another history
 */
export function positionOf(token: unknown, log: ChangeLog, history: History): Position {
  const data = isDocument(token) ? (token as Document)._data : undefined;
  const parts = typeof data === 'string' ? /^([0-9a-f]{16})(80|c0)([0-9a-f]{16})$/.exec(data) : null;
  if (!parts) throw new MongoError('InvalidResumeToken', 'the resume token is not one of this store');
  const clusterTime = BigInt(`0x${parts[1]}`);
  if (!history.holds(parts[3] as string, clusterTime))
    throw historyLost('the resume token belongs to another history of the data');
  if (clusterTime > log.committed) throw historyLost('the resume token is ahead of the change log');
  assertReachable(clusterTime, log);
  return { clusterTime, invalidated: parts[2] === KIND.invalidate };
}

/** @throws MongoError 286 when changes behind the position have been pruned */
export function assertReachable(position: bigint, log: ChangeLog): void {
  if (position < log.pruned) throw historyLost('the change log no longer reaches back to the position');
}

const historyLost = (message: string) => new MongoError('ChangeStreamHistoryLost', message);
