import { Inject, Injectable } from '@nestjs/common';
import type { Id } from '@svodka/shared/contracts/id';
import type { Connection, mongo } from 'mongoose';
import { Clock } from '../platform/clock.ts';
import { isDuplicateKey } from '../platform/errors/translate-driver-error.ts';
import { driverCollection } from '../platform/mongo/driver-collection.ts';
import { MONGO } from '../platform/mongo/mongo.ts';
import { BUCKET, type UploadDoc } from './file.schema.ts';

/** Files on their way. Of two requests that write to one, the later holds it, and the earlier finds that out. */
@Injectable()
export class UploadsRepository {
  readonly #uploads: mongo.Collection<UploadDoc>;

  constructor(
    @Inject(MONGO) connection: Connection,
    private readonly clock: Clock,
  ) {
    this.#uploads = driverCollection(connection, `${BUCKET}.uploads`);
  }

  /** What was begun under this id before, or null: begun. */
  async begin(doc: UploadDoc): Promise<UploadDoc | null> {
    try {
      await this.#uploads.insertOne(doc);
      return null;
    } catch (error) {
      const known = isDuplicateKey(error) ? await this.#uploads.findOne({ _id: doc._id }) : null;
      if (!known) throw error;
      return known;
    }
  }

  of(by: Id, id: Id): Promise<UploadDoc | null> {
    return this.#uploads.findOne({ _id: id, by });
  }

  exists(id: Id): Promise<boolean> {
    return this.#uploads.findOne({ _id: id }, { projection: { _id: 1 } }).then(Boolean);
  }

  /** How many a person has on their way, and of how many bytes. */
  async underWay(by: Id): Promise<{ count: number; bytes: number }> {
    const found = await this.#uploads
      .find({ by, fileId: null } as mongo.Filter<UploadDoc>, { projection: { size: 1 } })
      .toArray();
    return { count: found.length, bytes: found.reduce((sum, { size }) => sum + size, 0) };
  }

  /** From now on only `writer` goes on with it. Null: it stands elsewhere. */
  take(id: Id, offset: number, writer: string): Promise<UploadDoc | null> {
    return this.#uploads.findOneAndUpdate(
      { _id: id, offset, fileId: null } as mongo.Filter<UploadDoc>,
      { $set: { writer, touchedAt: this.clock.now() } },
      { returnDocument: 'after' },
    );
  }

  /** False: another holds it by now. */
  async advance(id: Id, writer: string, offset: number): Promise<boolean> {
    const { matchedCount } = await this.#uploads.updateOne(
      { _id: id, writer },
      { $set: { offset, touchedAt: this.clock.now() } },
    );
    return matchedCount > 0;
  }

  async became(id: Id, fileId: Id): Promise<void> {
    await this.#uploads.updateOne({ _id: id }, { $set: { fileId, touchedAt: this.clock.now() } });
  }

  async remove(id: Id): Promise<void> {
    await this.#uploads.deleteOne({ _id: id });
  }

  untouchedSince(before: Date, limit: number): Promise<UploadDoc[]> {
    return this.#uploads
      .find({ touchedAt: { $lt: before } })
      .limit(limit)
      .toArray();
  }
}
