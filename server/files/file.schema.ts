import type { Attachment, FileOwner, Recording } from '@svodka/shared/contracts/file';
import type { Id } from '@svodka/shared/contracts/id';
import type { Binary } from 'bson';
import type { CollectionPlan } from '../platform/mongo/collection-plan.ts';

/** A piece of a file, as GridFS keeps it, with what it must be. */
export type ChunkDoc = {
  _id: string;
  files_id: Id;
  n: number;
  data: Binary;
  /** SHA-256 of the data. */
  sum: Binary;
};

/** A whole file, as GridFS keeps it. Written when all pieces are there. */
export type FileDoc = {
  _id: Id;
  length: number;
  chunkSize: number;
  uploadDate: Date;
  filename: string;
  metadata: {
    sha256: string;
    mime: string;
    owner: FileOwner;
    /** Empty: a program. */
    by: Id;
    /** The upload that it came of: a picture that was written anew has another id. */
    uploadId: Id;
    picture: Attachment['picture'];
    /** Of a sound. */
    recording?: Recording;
    /** Since when nothing names it; a day later it goes. */
    detachedAt: Date | null;
  };
};

/** A file that is on its way. */
export type UploadDoc = {
  _id: Id;
  owner: FileOwner;
  by: Id;
  name: string;
  size: number;
  recording?: Recording;
  /** So much of it is kept. */
  offset: number;
  /** The request that may write; an older one loses. */
  writer: string | null;
  createdAt: Date;
  /** When something of it came last. */
  touchedAt: Date;
  /** The file that it became. */
  fileId: Id | null;
};

export type ThumbnailDoc = { _id: Id; data: Binary };

export const BUCKET = 'attachments';

export const FILES_COLLECTIONS: CollectionPlan[] = [
  {
    collection: `${BUCKET}.chunks`,
    images: false,
    indexes: [{ key: { files_id: 1, n: 1 }, name: 'files_id_1_n_1', unique: true }],
  },
  {
    collection: `${BUCKET}.files`,
    images: false,
    indexes: [
      { key: { filename: 1, uploadDate: 1 }, name: 'filename_1_uploadDate_1' },
      {
        key: { 'metadata.detachedAt': 1 },
        name: 'detached',
        partialFilterExpression: { 'metadata.detachedAt': { $type: 'date' } },
      },
      {
        key: { 'metadata.recording.until': 1 },
        name: 'recordings',
        partialFilterExpression: { 'metadata.recording.until': { $exists: true } },
      },
    ],
  },
  {
    collection: `${BUCKET}.uploads`,
    images: false,
    indexes: [{ key: { by: 1 } }, { key: { touchedAt: 1 } }],
  },
  { collection: `${BUCKET}.thumbnails`, images: false, indexes: [] },
];

export const toAttachment = ({ _id, length, uploadDate, filename, metadata }: FileDoc): Attachment => ({
  id: _id,
  name: filename,
  mime: metadata.mime,
  size: length,
  picture: metadata.picture,
  at: uploadDate.toISOString(),
  by: metadata.by || null,
  ...(metadata.recording && { recording: metadata.recording }),
});
