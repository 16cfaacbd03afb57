import type { Document } from 'mongodb';

/** The collections whose changes are pushed. All of them keep images (see their plans). */
export const WATCHED = [
  'events',
  'comments',
  'notices',
  'projects',
  'counterparties',
  'users',
  'sessions',
  'imports',
] as const;
export type Watched = (typeof WATCHED)[number];

/** What is neither matched nor sent, and may be large or secret. */
const UNUSED = ['revisions', 'created', 'passwordHash', 'tokenHash'];

/**
 * Of every stream over the log, so that the token of one serves the other. It looks at the collection's name only:
 * a stage that looks into the images could lose the place on resuming (pitfall 16).
 */
export const PIPELINE: Document[] = [
  { $match: { 'ns.coll': { $in: [...WATCHED] } } },
  {
    $unset: [
      'updateDescription',
      ...UNUSED.map((field) => `fullDocument.${field}`),
      ...UNUSED.map((field) => `fullDocumentBeforeChange.${field}`),
    ],
  },
];

export const STREAM_OPTIONS = {
  fullDocument: 'whenAvailable',
  fullDocumentBeforeChange: 'whenAvailable',
  maxAwaitTimeMS: 1000,
  batchSize: 500,
} as const;

/** One entry of the change log, decoded. */
export type Change<D extends Document = Document> = {
  /** Rises as a string along the log. */
  readonly token: string;
  readonly collection: Watched;
  readonly kind: 'insert' | 'update' | 'replace' | 'delete';
  readonly id: string;
  /** Null for an insert, and where the image is gone. */
  readonly before: D | null;
  /** Null for a delete, and where the image is gone. */
  readonly after: D | null;
};

/** A stream's document as we use it; null for what is no write of a document. */
export function toChange(document: Document): Change | null {
  const { _id, operationType: kind, ns, documentKey } = document;
  if (kind !== 'insert' && kind !== 'update' && kind !== 'replace' && kind !== 'delete') return null;
  return {
    token: String(_id._data),
    collection: ns.coll,
    kind,
    id: String(documentKey._id),
    before: document.fullDocumentBeforeChange ?? null,
    after: document.fullDocument ?? null,
  };
}

/**
 * Whoever must hear of writes to a collection. `see` runs for each change in log order, before any frame of its
 * batch is sent; `tell` runs after those frames were sent, one change after the other, and keeps no later frame back.
 */
export type ChangeHandler = {
  readonly collections: readonly Watched[];
  see?(change: Change): void;
  tell?(change: Change): Promise<void>;
  /** The log was lost: what is kept of it must be read anew. */
  anew?(): Promise<void>;
};
