// Recordings that lie beside a file of call detail records, by the name in the row.
import { lstat, open, rename } from 'node:fs/promises';
import { join } from 'node:path';
import { Injectable } from '@nestjs/common';
import { AppError, ERRORS } from '@svodka/shared/contracts/errors';
import type { Recording } from '@svodka/shared/contracts/file';
import { Recordings } from '../../files/recordings.service.ts';
import { UploadsService } from '../../files/uploads.service.ts';
import { Logger } from '../../platform/logger/logger.ts';
import { derivedId } from '../../platform/mongo/derived-id.ts';
import { SourcesService } from '../sources.service.ts';
import type { CallsAnswer } from './calls.service.ts';

const MODULE = 'calls';
const MOST_TOLD = 50;

/** What became of the recordings that a file names. `noBasis`: nobody has said on what ground they are kept. */
export type RecordingsAnswer = {
  attached: number;
  known: number;
  missing: number;
  noBasis: number;
  refused: { name: string; why: string }[];
};

@Injectable()
export class RecordingsBeside {
  readonly #log: Logger;

  constructor(
    private readonly uploads: UploadsService,
    private readonly recordings: Recordings,
    private readonly sources: SourcesService,
    logger: Logger,
  ) {
    this.#log = logger.child({ room: 'sources' });
  }

  /**
   * Puts each to its call and moves it to `done`; one that is refused costs itself only, and stays in `failed`.
   * @throws what is not the file's fault: then all of it is done once more
   */
  async take(dir: string, named: CallsAnswer['recordings']): Promise<RecordingsAnswer> {
    const answer: RecordingsAnswer = { attached: 0, known: 0, missing: 0, noBasis: 0, refused: [] };
    const { recordings: rule } = await this.sources.settings(MODULE);
    const recording = rule && { basis: rule.basis, until: this.recordings.lastDay(rule.days) };
    for (const { name, eventId } of named) {
      const stat = await lstat(join(dir, name)).catch(() => null);
      if (!stat?.isFile()) answer.missing++;
      else if (!recording) answer.noBasis++;
      else await this.#one(dir, { name, eventId, size: stat.size, recording }, answer);
    }
    return answer;
  }

  async #one(
    dir: string,
    { name, eventId, size, recording }: { name: string; eventId: string; size: number; recording: Recording },
    answer: RecordingsAnswer,
  ): Promise<void> {
    const path = join(dir, name);
    const owner = { kind: 'event', id: eventId } as const;
    const id = derivedId(new Date(0), 'recording', eventId, name);
    // Opened first: of a stream that opens itself an error is heard before anybody listens, and ends the process.
    const handle = await open(path).catch((error: NodeJS.ErrnoException) => {
      if (error.code === 'EACCES' || error.code === 'EPERM') return null;
      throw error;
    });
    const body = handle?.createReadStream();
    try {
      if (!body) throw new AppError('forbidden', 'not-readable');
      const isNew = await this.uploads.takeRecording({ id, owner, name, size, recording }, body);
      answer[isNew ? 'attached' : 'known']++;
      await rename(path, join(dir, 'done', name));
    } catch (error) {
      if (!(error instanceof AppError) || ERRORS[error.code].retry) throw error;
      if (error.code === 'conflict') answer.known++;
      else if (answer.refused.length < MOST_TOLD)
        answer.refused.push({ name, why: error.message.replace(/^#/, '') });
      this.#log.warn('a recording was not taken', { file: name, why: error.message });
      await rename(path, join(dir, error.code === 'conflict' ? 'done' : 'failed', name));
    } finally {
      body?.destroy();
    }
  }
}
