import type { Document } from 'mongodb';

/** One entry of the change log, decoded. */
export type Change<D extends Document = Document> = {
  /** Rises as a string along the log. */
  readonly token: string;
  readonly collection: string;
  readonly kind: 'insert' | 'update' | 'replace' | 'delete';
  readonly id: string;
  /** When it was written, by the clock of the store; null where the store does not say. */
  readonly at: Date | null;
  /** Null for an insert, and where the image is gone. */
  readonly before: D | null;
  /** Null for a delete, and where the image is gone. */
  readonly after: D | null;
  /** Names of the fields that an update wrote or removed, where the stream asks for them. */
  readonly changed: readonly string[];
};

/** A stream's document as we use it; null for what is no write of a document. */
export function toChange(document: Document): Change | null {
  const { _id, operationType: kind, ns, documentKey, updateDescription, wallTime } = document;
  if (kind !== 'insert' && kind !== 'update' && kind !== 'replace' && kind !== 'delete') return null;
  return {
    token: String(_id._data),
    collection: ns.coll,
    kind,
    id: String(documentKey._id),
    at: wallTime ?? null,
    before: document.fullDocumentBeforeChange ?? null,
    after: document.fullDocument ?? null,
    changed: [
      ...Object.keys(updateDescription?.updatedFields ?? {}),
      ...(updateDescription?.removedFields ?? []),
    ],
  };
}

/** A stage that leaves fields out of both images. */
export const without = (...fields: string[]): Document => ({
  $unset: fields.flatMap((field) => [`fullDocument.${field}`, `fullDocumentBeforeChange.${field}`]),
});

export const STREAM_OPTIONS = {
  fullDocument: 'whenAvailable',
  fullDocumentBeforeChange: 'whenAvailable',
  // What comes is answered at once; this is how often a line on which nothing comes is asked whether it lives.
  maxAwaitTimeMS: 5_000,
  batchSize: 500,
} as const;

/**
 * Whoever must hear of writes to some collections, at once and from the present on. `see` runs for each change in log
 * order, before any frame of its batch is sent; `tell` runs after those frames were sent, one change after the other,
 * and keeps no later frame back. The collections keep images (see their plans).
 */
export type ChangeListener = {
  readonly collections: readonly string[];
  see?(change: Change): void;
  tell?(change: Change): Promise<void>;
  /** The log goes on after a break: what is kept by it may be older than a moment, until the rest has been seen. */
  doubt?(): void;
  /** The log was lost: what is kept of it must be read anew. */
  anew?(): Promise<void>;
};

/** The one who makes frames of changes, between what all see and what is told. */
export type FrameMaker = {
  /** Everything after `token` will come, and nothing before it; after a loss what was before is no past any more. */
  begin(token: string, wasLost: boolean): Promise<void>;
  /** Called in the same turn of the event loop in which all have seen the changes: before it first waits, it matches. */
  push(changes: readonly Change[]): Promise<void>;
  /** After a loss, once everybody has read anew. */
  anew(token: string): void;
};
