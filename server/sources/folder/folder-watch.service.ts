// The folder that files are dropped into (`SOURCES_DIR`): `payments`, `calls`, and one for each table, called like it.
//
// A file is looked at once a second, taken when it has stood unchanged for a while, and moved away when what it says is
// stored. Whoever dies before that takes it again, which changes nothing (S10, S12); two processes on one folder do the
// same. What cannot be taken is moved too, with the reason beside it, so that no file is tried for ever; only when the
// store does not answer it stays for the next pass.
import { lstat, mkdir, readdir, readFile, rename, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { Injectable } from '@nestjs/common';
import { CALL_LIMITS } from '@svodka/shared/contracts/calls';
import { AppError, ERRORS } from '@svodka/shared/contracts/errors';
import { isSound } from '@svodka/shared/contracts/file';
import { PAYMENTS_LIMITS } from '@svodka/shared/contracts/payments';
import { TABLE_LIMITS } from '@svodka/shared/contracts/tables';
import { Clock } from '../../platform/clock.ts';
import { AppConfig } from '../../platform/config/config.ts';
import { reasonToKeep, toErrorBody } from '../../platform/errors/error-body.ts';
import { Logger } from '../../platform/logger/logger.ts';
import { RepeatedPass } from '../../platform/repeated-pass.ts';
import { CallsService } from '../calls/calls.service.ts';
import { RecordingsBeside } from '../calls/recordings-beside.ts';
import { isCutFile } from '../payments/bank-file.ts';
import { PaymentsService } from '../payments/payments.service.ts';
import { TablesService } from '../tables/tables.service.ts';
import { CALLS_FOLDER, foldersOf, isOffered, movedName, PAYMENTS_FOLDER, REPORT } from './names.ts';

const EVERY_MS = 1_000;
/** So long a file has to stay as it is. */
const SETTLES_MS = 5_000;
/** One that says of itself that its end is missing may still get it. */
const CUT_WAITS_MS = 600_000;
/** The bank's file, as whom nobody writes. */
const BANK = { id: '', roles: ['administrator' as const], departmentId: null };

type Seen = { size: number; mtimeMs: number; sinceMs: number };
type Way = {
  most: number;
  cuts: boolean;
  /** Files that lie there for others to name them: as long as one of them moves, nothing is taken. */
  leaves?: (name: string) => boolean;
  take(bytes: Buffer, fileName: string, dir: string): Promise<object>;
};

@Injectable()
export class FolderWatch extends RepeatedPass {
  readonly #logger: Logger;
  #seen = new Map<string, Seen>();

  constructor(
    private readonly config: AppConfig,
    private readonly payments: PaymentsService,
    private readonly calls: CallsService,
    private readonly recordings: RecordingsBeside,
    private readonly tables: TablesService,
    private readonly clock: Clock,
    logger: Logger,
  ) {
    const log = logger.child({ room: 'sources' });
    super(EVERY_MS, (err) => log.warn('the folder of sources could not be looked at, and will be', { err }));
    this.#logger = log;
  }

  override onApplicationBootstrap(): void {
    if (this.config.sourcesDir) super.onApplicationBootstrap();
  }

  protected async look(): Promise<void> {
    const root = this.config.sourcesDir;
    if (!root) return;
    const seen = new Map<string, Seen>();
    for (const [folder, way] of await this.#ways())
      await this.#folder(join(root, folder), way, seen).catch((err: unknown) =>
        this.#logger.warn('a folder of sources could not be looked at, and will be', { folder, err }),
      );
    this.#seen = seen;
  }

  async #folder(dir: string, way: Way, seen: Map<string, Seen>): Promise<void> {
    for (const part of ['done', 'failed']) await mkdir(join(dir, part), { recursive: true });
    for (const name of await this.#settled(dir, way, seen)) {
      if (this.isStopped) return;
      if (await this.#take(dir, name, way, seen)) seen.delete(join(dir, name));
    }
  }

  async #ways(): Promise<Map<string, Way>> {
    const ways = new Map<string, Way>([
      [
        PAYMENTS_FOLDER,
        {
          most: PAYMENTS_LIMITS.bytes,
          cuts: true,
          take: (bytes, fileName) => this.payments.take(BANK, bytes, { dry: false, fileName }),
        },
      ],
      [
        CALLS_FOLDER,
        {
          most: CALL_LIMITS.bytes,
          cuts: false,
          leaves: (name) => isSound({ name }),
          take: async (bytes, _, dir) => {
            const { recordings, ...answer } = await this.calls.take(bytes);
            return { ...answer, recordings: await this.recordings.take(dir, recordings) };
          },
        },
      ],
    ]);
    const tables = await this.tables.list();
    for (const [id, folder] of foldersOf(tables)) {
      // Of one that is switched off files wait where they lie.
      if (!tables.find((table) => table.id === id)?.isOn) continue;
      const take: Way['take'] = (bytes, fileName) =>
        this.tables.take(id, bytes, { fileName, dry: false, sure: false, unseen: true });
      ways.set(folder, { most: TABLE_LIMITS.bytes, cuts: false, take });
    }
    return ways;
  }

  /** Files that have stood long enough, the oldest first: of two dumps the later is the later. */
  async #settled(dir: string, { leaves }: Way, seen: Map<string, Seen>): Promise<string[]> {
    const now = performance.now();
    const settled: { name: string; mtimeMs: number }[] = [];
    let isMoving = false;
    for (const entry of await readdir(dir, { withFileTypes: true })) {
      if (!entry.isFile() || !isOffered(entry.name)) continue;
      const path = join(dir, entry.name);
      const stat = await lstat(path).catch(() => null);
      if (!stat) continue;
      const { size, mtimeMs } = stat;
      const before = this.#seen.get(path);
      const isSame = before?.size === size && before.mtimeMs === mtimeMs;
      const at = isSame ? before : { size, mtimeMs, sinceMs: now };
      seen.set(path, at);
      const isStill = isSame && now - at.sinceMs >= SETTLES_MS;
      if (!leaves?.(entry.name)) {
        if (isStill) settled.push({ name: entry.name, mtimeMs });
      } else if (!isStill) isMoving = true;
    }
    if (isMoving) return [];
    return settled
      .sort((a, b) => a.mtimeMs - b.mtimeMs || (a.name < b.name ? -1 : 1))
      .map(({ name }) => name);
  }

  /** @returns false: it stays for a later pass */
  async #take(dir: string, name: string, way: Way, seen: Map<string, Seen>): Promise<boolean> {
    const path = join(dir, name);
    const at = seen.get(path);
    try {
      if (at && at.size > way.most) throw new AppError('too-large', `more than ${way.most} bytes`);
      const bytes = await readFile(path);
      if (way.cuts && at && isCutFile(bytes) && performance.now() - at.sinceMs < CUT_WAITS_MS) return false;
      const answer = await way.take(bytes, name.slice(0, 200), dir);
      await this.#away(dir, name, 'done', answer);
      this.#logger.info('a file of a source was taken', { file: name });
    } catch (error) {
      const isLater = !(error instanceof AppError) || ERRORS[error.code].retry;
      const { body } = toErrorBody(error, 'ru', this.#logger);
      if (isLater) {
        this.#logger.warn('a file of a source waits', { file: name, err: error });
        return false;
      }
      await this.#away(dir, name, 'failed', { ...body, reason: reasonToKeep(error) });
      this.#logger.warn('a file of a source could not be taken', { file: name, why: body.error.message });
    }
    return true;
  }

  /** The report first: where it lies the file was dealt with. One of the same name stands beside it. */
  async #away(dir: string, name: string, to: 'done' | 'failed', report: object): Promise<void> {
    const at = this.clock.now().toISOString();
    const called = movedName(at, name);
    const text = JSON.stringify({ file: name, at, result: to, ...report }, null, 2);
    // Whoever waits for the report must not find half of it.
    const path = join(dir, to, `${called}${REPORT}`);
    await writeFile(`${path}.part`, `${text}\n`);
    await rename(`${path}.part`, path);
    // Another process may have moved it already.
    await rename(join(dir, name), join(dir, to, called)).catch((error: NodeJS.ErrnoException) => {
      if (error.code !== 'ENOENT') throw error;
    });
  }
}
