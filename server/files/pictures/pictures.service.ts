import { Injectable, type OnModuleDestroy } from '@nestjs/common';
import { AppError } from '@svodka/shared/contracts/errors';
import type { Id } from '@svodka/shared/contracts/id';
import { FairQueue } from '../../platform/limits/fair-queue.ts';
import { Logger } from '../../platform/logger/logger.ts';
import type { Picture } from './look.ts';
import { Looker } from './looker.ts';

/**
 * One picture at a time, a person's behind those of others: some take half a minute. Who has so many waiting is told to
 * wait; none holds its bytes until its turn.
 */
const PICTURES = { atOnce: 1, perKey: 1, waiting: 200, waitingPerKey: 12, patienceMs: 120_000 };
/** What a file is takes milliseconds, and is asked of each; of as many as one person may have on their way. */
const TYPES = { atOnce: 1, perKey: 1, waiting: 400, waitingPerKey: 100, patienceMs: 60_000 };

/**
 * Looks at files in processes of their own: at pictures in one, at what a file is in another, which no picture keeps
 * busy.
 */
@Injectable()
export class Pictures implements OnModuleDestroy {
  readonly #types: Looker;
  readonly #pictures: Looker;
  readonly #typesInTurn = new FairQueue(TYPES, '#upload-quota');
  readonly #picturesInTurn = new FairQueue(PICTURES, '#pictures-wait');

  constructor(logger: Logger) {
    const log = logger.child({ room: 'files' });
    this.#types = new Looker(log);
    this.#pictures = new Looker(log);
  }

  onModuleDestroy(): void {
    this.#types.end();
    this.#pictures.end();
  }

  /** By its first bytes; null: of no kind that is known. @throws AppError `rate-limited` */
  async typeOf(by: Id, head: Uint8Array): Promise<string | null> {
    const seen = await this.#typesInTurn.run(by, () => this.#types.ask({ kind: 'type', head }));
    return seen.kind === 'type' ? seen.mime : null;
  }

  /**
   * @param bytesOf asked for in its turn
   * @throws AppError `unsupported-media` for what is no whole picture, `too-large` for too many points, `rate-limited`
   */
  async picture(by: Id, mime: string, bytesOf: () => Promise<Uint8Array>): Promise<Picture> {
    const seen = await this.#picturesInTurn.run(by, async () =>
      this.#pictures.ask({ kind: 'picture', bytes: await bytesOf(), mime }),
    );
    if (seen.kind === 'picture') return seen.picture;
    const why = seen.kind === 'refused' ? seen.why : 'broken-picture';
    throw new AppError(why === 'broken-picture' ? 'unsupported-media' : 'too-large', `#${why}`);
  }
}
