// Recordings that lie beside a file of call detail records, by the name in the row.
import { lstat, open, rename } from 'node:fs/promises';
import { join } from 'node:path';
import { Injectable } from '@nestjs/common';
import { AppError, ERRORS } from '@svodka/shared/contracts/errors';
import type { Recording } from '@svodka/shared/contracts/file';
import type { Id } from '@svodka/shared/contracts/id';
import { Recordings } from '../../files/recordings.service.ts';
import { UploadsService } from '../../files/uploads.service.ts';
import { Logger } from '../../platform/logger/logger.ts';
import { derivedId } from '../../platform/mongo/derived-id.ts';
import { SourcesService } from '../sources.service.ts';
import type { CallsAnswer } from './calls.service.ts';

const MODULE = 'calls';
const MOST_TOLD = 50;
/** A call that was handed on is several, with one recording; what every row names is none of them. */
const MOST_CALLS = 10;

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
    const events = new Map<string, Id[]>();
    for (const { name, eventId } of named) {
      const known = events.get(name) ?? [];
      events.set(name, known);
      if (known.length < MOST_CALLS) known.push(eventId);
    }
    for (const [name, eventIds] of events) {
      const path = join(dir, name);
      const stat = await lstat(path).catch(() => null);
      if (!stat?.isFile()) answer.missing++;
      else if (!recording) answer.noBasis++;
      else {
        let isTaken = false;
        for (const eventId of eventIds)
          isTaken = (await this.#put(path, { name, eventId, size: stat.size, recording }, answer)) || isTaken;
        await rename(path, join(dir, isTaken ? 'done' : 'failed', name));
      }
    }
    return answer;
  }

  /** @returns false: it was refused */
  async #put(
    path: string,
    { name, eventId, size, recording }: { name: string; eventId: Id; size: number; recording: Recording },
    answer: RecordingsAnswer,
  ): Promise<boolean> {
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
      return true;
    } catch (error) {
      if (!(error instanceof AppError) || ERRORS[error.code].retry) throw error;
      this.#log.warn('a recording was not taken', { file: name, why: error.message });
      if (error.code === 'conflict') answer.known++;
      else if (answer.refused.length < MOST_TOLD)
        answer.refused.push({ name, why: error.message.replace(/^#/, '') });
      return error.code === 'conflict';
    } finally {
      body?.destroy();
    }
  }
}
