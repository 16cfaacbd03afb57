import { Injectable } from '@nestjs/common';
import { AppError } from '@svodka/shared/contracts/errors';
import { type FileOwner, isSound, RECORDING_DAYS, type Recording } from '@svodka/shared/contracts/file';
import { DateTime } from 'luxon';
import { AuditService } from '../audit/audit.service.ts';
import { Clock } from '../platform/clock.ts';
import { AppConfig } from '../platform/config/config.ts';
import { refused } from '../platform/errors/contract-error.ts';
import { toAttachment } from './file.schema.ts';
import { FileOwners } from './file-owners.ts';
import { FileStore } from './file-store.ts';

const BATCH = 100;

/** What holds of voices beyond what holds of files: a ground, a last day, and what is left when it is over (FI8, FI9). */
@Injectable()
export class Recordings {
  constructor(
    private readonly store: FileStore,
    private readonly owners: FileOwners,
    private readonly audit: AuditService,
    private readonly clock: Clock,
    private readonly config: AppConfig,
  ) {}

  /** The last day of what is kept for so long from now on. */
  lastDay(days: number): string {
    return this.#today().plus({ days }).toISODate() ?? '';
  }

  /** @throws AppError `validation` */
  check({ until }: Recording): void {
    if (until < this.lastDay(0)) throw refused('recording.until', 'in-past');
    if (until > this.lastDay(RECORDING_DAYS.most)) throw refused('recording.until', 'too-long-kept');
  }

  /**
   * Whether a file may be taken as what it is, or as what its name promises.
   * @throws AppError `validation` for a sound without a ground, `unsupported-media` for one elsewhere than at an event
   */
  admit(
    file: { name: string; mime?: string },
    { owner, recording }: { owner: FileOwner; recording?: Recording | undefined },
  ): void {
    if (!isSound(file)) return;
    if (owner.kind !== 'event') throw new AppError('unsupported-media', '#recording-elsewhere');
    if (!recording)
      throw new AppError('validation', '#recording-basis', [{ field: 'recording', reason: 'required' }]);
  }

  /** Removes those whose last day is over. The event says so from then on; only the sound is gone. */
  async removeOutlived(isStopped: () => boolean): Promise<void> {
    while (!isStopped()) {
      const files = await this.store.outlived(this.lastDay(0), BATCH);
      for (const file of files) await this.#remove(file);
      if (files.length < BATCH) return;
    }
  }

  /** Told, then named as gone, then gone: whoever dies between is repeated. */
  async #remove(file: Parameters<typeof toAttachment>[0]): Promise<void> {
    const { owner, recording } = file.metadata;
    if (!recording) return;
    const removedAt = this.clock.now().toISOString();
    await this.audit.tell({
      who: null,
      what: 'recording.removed',
      object: { kind: owner.kind, id: owner.id },
      from: null,
      details: { file: file._id, basis: recording.basis, until: recording.until },
      key: `outlived ${file._id}`,
    });
    await this.owners.carry(owner, (files) =>
      files.some(({ id, recording: known }) => id === file._id && !known?.removedAt)
        ? files.map((each) =>
            each.id === file._id ? { ...each, recording: { ...recording, removedAt } } : each,
          )
        : files,
    );
    await this.store.removeFile(file._id);
  }

  #today(): DateTime {
    return DateTime.fromJSDate(this.clock.now(), { zone: this.config.tzDefault });
  }
}
