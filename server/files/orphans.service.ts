import { Injectable } from '@nestjs/common';
import type { Id } from '@svodka/shared/contracts/id';
import { Clock } from '../platform/clock.ts';
import { Logger } from '../platform/logger/logger.ts';
import { momentOfId } from '../platform/mongo/derived-id.ts';
import { RepeatedPass } from '../platform/repeated-pass.ts';
import { FileOwners } from './file-owners.ts';
import { FileStore } from './file-store.ts';
import { Recordings } from './recordings.service.ts';
import { UploadsRepository } from './uploads.repository.ts';

const LOOK_EVERY_MS = 3_600_000;
/** So long an upload may be gone on with, and what was taken off may be put back; a few looks less than a day. */
export const ORPHAN_LIVES_MS = 20 * 3_600_000;
const BATCH = 100;

/**
 * Removes what nobody names (FI5): uploads that were not gone on with, files that were taken off, those that their owner
 * has let go of otherwise, recordings whose time is over, and pieces that a process left which died. Everything is found from what is stored, so what
 * interrupts a look is made good by the next.
 */
@Injectable()
export class Orphans extends RepeatedPass {
  constructor(
    private readonly uploads: UploadsRepository,
    private readonly store: FileStore,
    private readonly owners: FileOwners,
    private readonly recordings: Recordings,
    private readonly clock: Clock,
    logger: Logger,
  ) {
    const log = logger.child({ room: 'files' });
    super(LOOK_EVERY_MS, (err) => log.warn('what nobody names could not be removed, and will be', { err }));
  }

  protected async look(): Promise<void> {
    const before = new Date(this.clock.now().getTime() - ORPHAN_LIVES_MS);
    await this.#uploads(before);
    await this.#unnamed(before);
    await this.#detached(before);
    await this.recordings.removeOutlived(() => this.isStopped);
    await this.#bytes(before);
  }

  async #uploads(before: Date): Promise<void> {
    while (!this.isStopped) {
      const old = await this.uploads.untouchedSince(before, BATCH);
      for (const { _id } of old) {
        await this.uploads.remove(_id);
        if (!(await this.store.file(_id))) await this.store.removeBytes(_id);
      }
      if (old.length < BATCH) return;
    }
  }

  /** Files whose owner does not name them though nobody took them off. A young one may be about to be named. */
  async #unnamed(before: Date): Promise<void> {
    for (let after: Id = ''; !this.isStopped; ) {
      const files = await this.store.filesAfter(after, BATCH);
      const loose = files.filter(
        ({ metadata, uploadDate }) => metadata.detachedAt === null && uploadDate < before,
      );
      const named = await this.owners.named(loose.map(({ metadata }) => metadata.owner));
      for (const { _id } of loose.filter((file) => !named.has(file._id)))
        await this.store.setDetached(_id, this.clock.now());
      after = files.at(-1)?._id ?? '';
      if (files.length < BATCH) return;
    }
  }

  async #detached(before: Date): Promise<void> {
    while (!this.isStopped) {
      const files = await this.store.detachedBefore(before, BATCH);
      // Two processes die and live on between a write and its mark: what is named stays.
      const named = await this.owners.named(files.map(({ metadata }) => metadata.owner));
      for (const file of files) {
        if (named.has(file._id)) await this.store.setDetached(file._id, null);
        else await this.store.removeDetached(file);
      }
      if (files.length < BATCH) return;
    }
  }

  async #bytes(before: Date): Promise<void> {
    for (let after: Id = ''; !this.isStopped; ) {
      const id = await this.store.bytesAfter(after);
      if (id === null || momentOfId(id) > before) return;
      if (!(await this.store.file(id)) && !(await this.uploads.exists(id))) await this.store.removeBytes(id);
      after = id;
    }
  }
}
