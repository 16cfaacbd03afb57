import type { Document } from 'bson';
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
  lookup(db: string, collection: string, id: unknown): Buffer | null;
}

export type Image = 'fullDocument' | 'fullDocumentBeforeChange';

const isData = ({ operation }: LogEntry): boolean => operation !== 'drop' && operation !== 'dropDatabase';

/** The event of one change as far as it needs no image, as the change streams specification shapes it. */
export function headOf(entry: LogEntry, epoch: string): Document {
  const { operation, db, collection, clusterTime, wallTime } = entry;
  return {
    _id: tokenOf(clusterTime, epoch),
    operationType: operation,
    clusterTime: timestampOf(clusterTime),
    wallTime,
    ns: operation === 'dropDatabase' ? { db } : { db, coll: collection },
    ...(isData(entry) && { documentKey: { _id: entry.id } }),
    ...(operation === 'update' && { updateDescription: descriptionOf(entry) }),
  };
}

/**
 * The images that an event has beside its head, as they are stored; null: the event says that there is none.
 * @throws MongoError 47 when a required image was not kept
 */
export function imagesOf(entry: LogEntry, options: EventOptions): Partial<Record<Image, Buffer | null>> {
  if (!isData(entry)) return {};
  const full = fullDocumentOf(entry, options);
  const before = beforeOf(entry, options);
  return {
    ...(full !== undefined && { fullDocument: full }),
    ...(before !== undefined && { fullDocumentBeforeChange: before }),
  };
}

function fullDocumentOf(entry: LogEntry, { fullDocument, lookup }: EventOptions): Buffer | null | undefined {
  if (entry.operation === 'delete') return undefined;
  if (entry.operation !== 'update') return entry.after ?? lookup(entry.db, entry.collection, entry.id);
  switch (fullDocument) {
    case 'default':
      return undefined;
    case 'updateLookup':
      return lookup(entry.db, entry.collection, entry.id);
    default:
      return imageOf(entry.after, fullDocument, 'post-image', entry);
  }
}

function beforeOf(entry: LogEntry, { fullDocumentBeforeChange }: EventOptions): Buffer | null | undefined {
  if (fullDocumentBeforeChange === 'off' || entry.operation === 'insert') return undefined;
  return imageOf(entry.before, fullDocumentBeforeChange, 'pre-image', entry);
}

function imageOf(
  image: Buffer | undefined,
  wish: 'whenAvailable' | 'required',
  name: string,
  { db, collection }: LogEntry,
): Buffer | null {
  if (image) return image;
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
