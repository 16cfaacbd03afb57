import type { Document } from 'bson';
import { decode } from '../bson/raw.ts';
import { MongoError } from '../errors.ts';
import { type LogEntry, timestampOf } from './entry.ts';
import { tokenOf } from './token.ts';

export type FullDocument = 'default' | 'updateLookup' | 'whenAvailable' | 'required';
export type FullDocumentBeforeChange = 'off' | 'whenAvailable' | 'required';

export interface EventOptions {
  fullDocument: FullDocument;
  fullDocumentBeforeChange: FullDocumentBeforeChange;
  epoch: string;
  /** Reads a document as it is now, for `updateLookup`. */
  lookup(db: string, collection: string, id: unknown): Document | null;
}

/**
 * The event of one change, as the change streams specification shapes it.
 * @throws MongoError 47 when a required image was not kept
 */
export function eventOf(entry: LogEntry, options: EventOptions): Document {
  const { operation, db, collection, clusterTime } = entry;
  const event: Document = {
    _id: tokenOf(clusterTime, options.epoch),
    operationType: operation,
    clusterTime: timestampOf(clusterTime),
    wallTime: entry.wallTime,
  };
  const isData =
    operation === 'insert' || operation === 'replace' || operation === 'update' || operation === 'delete';
  if (isData) {
    const full = fullDocumentOf(entry, options);
    if (full !== undefined) event.fullDocument = full;
  }
  event.ns = operation === 'dropDatabase' ? { db } : { db, coll: collection };
  if (isData) {
    event.documentKey = { _id: entry.id };
    if (operation === 'update') event.updateDescription = descriptionOf(entry);
    const before = beforeOf(entry, options);
    if (before !== undefined) event.fullDocumentBeforeChange = before;
  }
  return event;
}

function fullDocumentOf(
  entry: LogEntry,
  { fullDocument, lookup }: EventOptions,
): Document | null | undefined {
  if (entry.operation === 'delete') return undefined;
  if (entry.operation !== 'update') return entry.after ? decode(entry.after) : null;
  switch (fullDocument) {
    case 'default':
      return undefined;
    case 'updateLookup':
      return lookup(entry.db, entry.collection, entry.id);
    default:
      return imageOf(entry.after, fullDocument, 'post-image', entry);
  }
}

function beforeOf(entry: LogEntry, { fullDocumentBeforeChange }: EventOptions): Document | null | undefined {
  if (fullDocumentBeforeChange === 'off' || entry.operation === 'insert') return undefined;
  return imageOf(entry.before, fullDocumentBeforeChange, 'pre-image', entry);
}

function imageOf(
  image: Buffer | undefined,
  wish: 'whenAvailable' | 'required',
  name: string,
  { db, collection }: LogEntry,
): Document | null {
  if (image) return decode(image);
  if (wish === 'whenAvailable') return null;
  throw new MongoError(
    'NoMatchingDocument',
    `Change stream was configured to require a ${name}, but the ${name} was not found: ${db}.${collection} does not keep images`,
  );
}

function descriptionOf({ updateDescription = {} }: LogEntry): Document {
  const { updatedFields = {}, removedFields = [], truncatedArrays = [] } = updateDescription;
  return { updatedFields, removedFields, truncatedArrays };
}

/** The event that ends a stream whose subject is gone. */
export const invalidateOf = (entry: LogEntry, epoch: string): Document => ({
  _id: tokenOf(entry.clusterTime, epoch, true),
  operationType: 'invalidate',
  clusterTime: timestampOf(entry.clusterTime),
  wallTime: entry.wallTime,
});
