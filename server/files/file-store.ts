import { createHash } from 'node:crypto';
import { Inject, Injectable } from '@nestjs/common';
import { CHUNK_BYTES, type Recording } from '@svodka/shared/contracts/file';
import { type Id, newId } from '@svodka/shared/contracts/id';
import { Binary } from 'bson';
import type { Connection, mongo } from 'mongoose';
import { isDuplicateKey } from '../platform/errors/translate-driver-error.ts';
import { driverCollection } from '../platform/mongo/driver-collection.ts';
import { MONGO } from '../platform/mongo/mongo.ts';
import { BUCKET, type ChunkDoc, type FileDoc, type ThumbnailDoc } from './file.schema.ts';

/** Pieces that are asked for at once: 2 MiB. */
const AHEAD = 8;

/** What was kept is not what is there. No byte of it leaves (FI3). */
export class DamagedFileError extends Error {
  override readonly name = 'DamagedFileError';
}

export const sumOf = (bytes: Uint8Array): Buffer => createHash('sha256').update(bytes).digest();

/**
 * Bytes in GridFS, by its own layout, so that any tool for it reads them. Written piece by piece and not by the driver's
 * stream, which begins anew after a cut and knows no sums.
 */
@Injectable()
export class FileStore {
  readonly #chunks: mongo.Collection<ChunkDoc>;
  readonly #files: mongo.Collection<FileDoc>;
  readonly #thumbnails: mongo.Collection<ThumbnailDoc>;

  constructor(@Inject(MONGO) connection: Connection) {
    this.#chunks = driverCollection(connection, `${BUCKET}.chunks`);
    this.#files = driverCollection(connection, `${BUCKET}.files`);
    this.#thumbnails = driverCollection(connection, `${BUCKET}.thumbnails`);
  }

  /** Keeps a block in pieces, from the `n`th on. What lies there already is of a request that was cut, and goes. */
  async writeBlock(fileId: Id, n: number, block: Buffer): Promise<void> {
    const docs = Array.from({ length: Math.ceil(block.length / CHUNK_BYTES) }, (_, i): ChunkDoc => {
      const piece = block.subarray(i * CHUNK_BYTES, (i + 1) * CHUNK_BYTES);
      return {
        _id: newId(),
        files_id: fileId,
        n: n + i,
        data: new Binary(piece),
        sum: new Binary(sumOf(piece)),
      };
    });
    try {
      await this.#chunks.insertMany(docs);
    } catch (error) {
      if (!isDuplicateKey(error)) throw error;
      await this.#chunks.deleteMany({ files_id: fileId, n: { $gte: n, $lt: n + docs.length } });
      await this.#chunks.insertMany(docs);
    }
  }

  /**
   * The bytes from `start` up to `end`, in pieces; each has been looked at before it is given.
   * @param length of the whole file
   * @throws DamagedFileError
   */
  async *read(fileId: Id, { start, end, length }: { start: number; end: number; length: number }) {
    if (start >= end) return;
    const [first, last] = [Math.floor(start / CHUNK_BYTES), Math.floor((end - 1) / CHUNK_BYTES)];
    const some = (n: number) => {
      const read = n <= last ? this.#some(fileId, n, Math.min(last, n + AHEAD - 1)) : Promise.resolve([]);
      // Whoever stops listening does not hear that the last of it failed.
      read.catch(() => undefined);
      return read;
    };
    // The next pieces are on their way while these go out.
    for (let n = first, coming = some(first); n <= last; ) {
      const chunks = await coming;
      coming = some(n + AHEAD);
      for (const until = Math.min(last, n + AHEAD - 1); n <= until; n++) {
        const bytes = this.#checked(fileId, n, chunks.shift(), length);
        const from = n * CHUNK_BYTES;
        yield bytes.subarray(Math.max(0, start - from), Math.min(bytes.length, end - from));
      }
    }
  }

  #some(fileId: Id, first: number, last: number): Promise<ChunkDoc[]> {
    return this.#chunks
      .find({ files_id: fileId, n: { $gte: first, $lte: last } })
      .sort({ n: 1 })
      .toArray();
  }

  #checked(fileId: Id, n: number, chunk: ChunkDoc | undefined, length: number): Buffer {
    const { buffer, byteOffset, length: size } = chunk?.data.buffer ?? Buffer.alloc(0);
    const bytes = Buffer.from(buffer, byteOffset, size);
    const wanted = Math.min(CHUNK_BYTES, length - n * CHUNK_BYTES);
    const isWhole = chunk?.n === n && size === wanted && sumOf(bytes).equals(chunk.sum.buffer);
    if (!isWhole) throw new DamagedFileError(`piece ${n} of file ${fileId} is not what was written`);
    return bytes;
  }

  /** False: it is there already. */
  async insertFile(file: FileDoc, thumbnail: Uint8Array | null): Promise<boolean> {
    if (thumbnail)
      await this.#thumbnails.updateOne(
        { _id: file._id },
        { $set: { data: new Binary(thumbnail) } },
        { upsert: true },
      );
    try {
      await this.#files.insertOne(file);
      return true;
    } catch (error) {
      if (isDuplicateKey(error)) return false;
      throw error;
    }
  }

  file(id: Id): Promise<FileDoc | null> {
    return this.#files.findOne({ _id: id });
  }

  filesByIds(ids: readonly Id[]): Promise<FileDoc[]> {
    if (ids.length === 0) return Promise.resolve([]);
    return this.#files.find({ _id: { $in: [...ids] } }).toArray();
  }

  /** All files, by id after `after`. */
  filesAfter(after: Id, limit: number): Promise<FileDoc[]> {
    return this.#files
      .find({ _id: { $gt: after } })
      .sort({ _id: 1 })
      .limit(limit)
      .toArray();
  }

  async thumbnail(id: Id): Promise<Buffer | null> {
    const found = await this.#thumbnails.findOne({ _id: id });
    return found ? Buffer.from(found.data.buffer) : null;
  }

  /** Notes that nothing names it any more, or that something does. @returns whether it is there */
  async setDetached(id: Id, at: Date | null): Promise<boolean> {
    const { matchedCount } = await this.#files.updateOne(
      { _id: id },
      { $set: { 'metadata.detachedAt': at } },
    );
    return matchedCount > 0;
  }

  async setRecording(id: Id, recording: Recording): Promise<void> {
    await this.#files.updateOne({ _id: id }, { $set: { 'metadata.recording': recording } });
  }

  /** Recordings whose last day was before `day`. */
  outlived(day: string, limit: number): Promise<FileDoc[]> {
    return this.#files
      .find({ 'metadata.recording.until': { $lt: day } } as mongo.Filter<FileDoc>)
      .limit(limit)
      .toArray();
  }

  /** The bytes first: as long as the file is there, whoever dies is repeated. */
  async removeFile(id: Id): Promise<void> {
    await this.removeBytes(id);
    await this.#files.deleteOne({ _id: id });
  }

  detachedBefore(before: Date, limit: number): Promise<FileDoc[]> {
    return this.#files
      .find({ 'metadata.detachedAt': { $lt: before, $type: 'date' } } as mongo.Filter<FileDoc>)
      .limit(limit)
      .toArray();
  }

  /** The file first: what is left of it when a process dies is nobody's, and found as that. */
  async removeDetached({ _id, metadata }: FileDoc): Promise<void> {
    const { deletedCount } = await this.#files.deleteOne({
      _id,
      'metadata.detachedAt': metadata.detachedAt,
    } as mongo.Filter<FileDoc>);
    if (deletedCount > 0) await this.removeBytes(_id);
  }

  async removeBytes(id: Id): Promise<void> {
    await this.#thumbnails.deleteOne({ _id: id });
    await this.#chunks.deleteMany({ files_id: id });
  }

  /** The next id after `after` under which there are pieces. */
  async bytesAfter(after: Id): Promise<Id | null> {
    const [chunk] = await this.#chunks
      .find({ files_id: { $gt: after } }, { projection: { files_id: 1 } })
      .sort({ files_id: 1, n: 1 })
      .limit(1)
      .toArray();
    return chunk?.files_id ?? null;
  }
}
