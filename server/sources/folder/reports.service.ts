import { opendir, readdir, readFile, rename, rm, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { Injectable } from '@nestjs/common';
import type { Locale } from '@svodka/shared/contracts/common';
import { AppError } from '@svodka/shared/contracts/errors';
import {
  type FileSource,
  FOLDER_SHOWN,
  type FolderDeed,
  type FolderFile,
  OWN_SOURCES,
} from '@svodka/shared/contracts/folder';
import type { TableAnswer } from '@svodka/shared/contracts/tables';
import { AppConfig } from '../../platform/config/config.ts';
import { type KeptReason, wordsOfReason } from '../../platform/errors/error-body.ts';
import { TablesService } from '../tables/tables.service.ts';
import { foldersOf, REPORT } from './names.ts';

/** A report that nobody needs to see any more. */
const SEEN = '.report.seen.json';
const SETTLED_MS = 2_000;

/**
 * What has become of the files of the watched folder. Nothing is kept of them but the reports that lie beside them: so
 * what this tells is what somebody sees who looks into the folder.
 */
@Injectable()
export class FolderReports {
  /** Of folders that only grow: the newest names, as long as the folder stands as it stood then. */
  readonly #newest = new Map<string, { mtimeMs: number; names: string[] }>();

  constructor(
    private readonly config: AppConfig,
    private readonly tables: TablesService,
  ) {}

  /** The sources that are made of files, each with what waits of it. */
  async sources(): Promise<FileSource[]> {
    const tables = await this.tables.list();
    const folders = foldersOf(tables);
    const all = [
      ...OWN_SOURCES.map((id) => ({ id, name: '', folder: id, heard: null, table: null })),
      ...tables.map(({ id, name, dump, isOn, expectMin, silentSince }) => ({
        id,
        name,
        folder: folders.get(id),
        heard: dump?.at ?? null,
        table: { isOn, expectMin, silentSince: isOn ? silentSince : null },
      })),
    ];
    return Promise.all(
      all.map(async ({ id, name, folder, heard, table }): Promise<FileSource> => {
        const dir = this.#dir(folder);
        const [failed, [last]] = await Promise.all([failedIn(dir), this.#doneIn(dir)]);
        const lastHeardAt = [heard, last ? momentOf(last) : null]
          .filter((at) => at !== null)
          .sort()
          .at(-1);
        return { id, name, folder: dir, lastHeardAt: lastHeardAt ?? null, table, errors: failed.length };
      }),
    );
  }

  /** What failed first, each newest first; why, in the language of whoever asks. */
  async files(source: string, locale: Locale): Promise<FolderFile[]> {
    const dir = await this.#dirOf(source);
    const files: FolderFile[] = [];
    for (const [result, reports] of [
      ['failed', await failedIn(dir)],
      ['done', await this.#doneIn(dir)],
    ] as const)
      for (const report of reports.slice(0, FOLDER_SHOWN)) {
        const file = await readReport(join(dir ?? '', result, report), { report, result, locale });
        if (file) files.push(file);
      }
    return files;
  }

  /**
   * Puts a file that failed where it was dropped, or leaves it where it is and tells of it no more.
   * @throws AppError `not-found`; `conflict` when another of its name has been dropped meanwhile
   */
  async settle(source: string, name: string, deed: FolderDeed): Promise<void> {
    const dir = await this.#dirOf(source);
    // Only what the folder itself lists is ever joined to its path.
    const report = (await failedIn(dir)).find((each) => each === name + REPORT);
    if (!dir || !report) throw new AppError('not-found', 'no such file');
    const failed = join(dir, 'failed');
    if (deed === 'forget') return rename(join(failed, report), join(failed, name + SEEN));
    const dropped = name.slice(name.indexOf(' ') + 1);
    if ((await readdir(dir)).includes(dropped)) throw new AppError('conflict', '#file-there');
    await rename(join(failed, name), join(dir, dropped)).catch((error: NodeJS.ErrnoException) => {
      throw error.code === 'ENOENT' ? new AppError('not-found', 'the file is gone') : error;
    });
    await rm(join(failed, report), { force: true });
  }

  /** Nobody empties `done`: it is looked through when something has come, and no more of it is held than is shown. */
  async #doneIn(dir: string | null): Promise<string[]> {
    if (!dir) return [];
    const path = join(dir, 'done');
    const { mtimeMs } = await stat(path).catch(() => ({ mtimeMs: 0 }));
    const known = this.#newest.get(path);
    if (mtimeMs === 0 || known?.mtimeMs === mtimeMs) return known?.names ?? [];
    let names: string[] = [];
    for await (const { name } of await opendir(path)) {
      if (!name.endsWith(REPORT)) continue;
      names.push(name);
      if (names.length > FOLDER_SHOWN * 10) names = newestFirst(names).slice(0, FOLDER_SHOWN);
    }
    names = newestFirst(names).slice(0, FOLDER_SHOWN);
    // In the moment in which something came more may come that leaves the same time.
    if (Date.now() - mtimeMs > SETTLED_MS) this.#newest.set(path, { mtimeMs, names });
    return names;
  }

  #dir(folder: string | undefined): string | null {
    const { sourcesDir } = this.config;
    return sourcesDir && folder ? join(sourcesDir, folder) : null;
  }

  async #dirOf(source: string): Promise<string | null> {
    const own = OWN_SOURCES.find((each) => each === source);
    return this.#dir(own ?? foldersOf(await this.tables.list()).get(source));
  }
}

/** They begin with the moment. */
const newestFirst = (names: string[]): string[] => names.sort().reverse();

/** Names of the reports of what failed and was not settled, the newest first. */
async function failedIn(dir: string | null): Promise<string[]> {
  const names = dir ? await readdir(join(dir, 'failed')).catch(() => [] as string[]) : [];
  return newestFirst(names.filter((name) => name.endsWith(REPORT)));
}

/** `2026-11-27T09-30-00-125Z name` → the moment. */
function momentOf(name: string): string | null {
  const [, day, h, m, s, ms] = /^(\d{4}-\d\d-\d\d)T(\d\d)-(\d\d)-(\d\d)-(\d{3})Z /.exec(name) ?? [];
  return day ? `${day}T${h}:${m}:${s}.${ms}Z` : null;
}

type Report = {
  file?: string;
  at?: string;
  counts?: { refused?: number; created?: number; changed?: number; events?: number; waiting?: number };
  faults?: FolderFile['faults'];
  recordings?: { attached?: number; missing?: number; noBasis?: number; refused?: unknown[] };
  isCut?: boolean;
  missing?: string[];
  kept?: TableAnswer['kept'];
  people?: TableAnswer['people'];
  error?: { message?: string; details?: { message?: string }[] };
  /** Of what failed; older reports have the words alone, in Russian. */
  reason?: KeptReason;
};

/** Null: no report of ours, or it has gone meanwhile. */
async function readReport(
  path: string,
  { report, result, locale }: { report: string; result: FolderFile['result']; locale: Locale },
): Promise<FolderFile | null> {
  try {
    const told = JSON.parse(await readFile(path, 'utf8')) as Report;
    const { file, at, counts, faults, recordings, error, reason } = told;
    const { isCut = false, missing = [], kept, people = [] } = told;
    return {
      name: report.slice(0, -REPORT.length),
      file: String(file),
      at: new Date(String(at)).toISOString(),
      result,
      why:
        (reason && wordsOfReason(reason, locale)) ?? error?.details?.[0]?.message ?? error?.message ?? null,
      events: counts?.events ?? (counts ? (counts.created ?? 0) + (counts.changed ?? 0) : 0),
      refused: counts?.refused ?? 0,
      faults: (faults ?? []).slice(0, FOLDER_SHOWN),
      waiting: counts?.waiting ?? 0,
      table: kept ? { isCut, missing, kept, people } : null,
      recordings: recordings
        ? {
            attached: recordings.attached ?? 0,
            missing: recordings.missing ?? 0,
            noBasis: recordings.noBasis ?? 0,
            refused: recordings.refused?.length ?? 0,
          }
        : null,
    };
  } catch {
    return null;
  }
}
