import { readdir, readFile, rename, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { Injectable } from '@nestjs/common';
import { AppError } from '@svodka/shared/contracts/errors';
import {
  type FileSource,
  FOLDER_SHOWN,
  type FolderDeed,
  type FolderFile,
  OWN_SOURCES,
} from '@svodka/shared/contracts/folder';
import { AppConfig } from '../../platform/config/config.ts';
import { TablesService } from '../tables/tables.service.ts';
import { foldersOf, REPORT } from './names.ts';

/** A report that nobody needs to see any more. */
const SEEN = '.report.seen.json';

/**
 * What has become of the files of the watched folder. Nothing is kept of them but the reports that lie beside them: so
 * what this tells is what somebody sees who looks into the folder.
 */
@Injectable()
export class FolderReports {
  constructor(
    private readonly config: AppConfig,
    private readonly tables: TablesService,
  ) {}

  /** The sources that are made of files, each with what waits of it. */
  async sources(): Promise<FileSource[]> {
    const tables = await this.tables.list();
    const folders = foldersOf(tables);
    const all = [
      ...OWN_SOURCES.map((id) => ({ id, name: '', folder: id, heard: null })),
      ...tables.map(({ id, name, dump }) => ({ id, name, folder: folders.get(id), heard: dump?.at ?? null })),
    ];
    return Promise.all(
      all.map(async ({ id, name, folder, heard }): Promise<FileSource> => {
        const dir = this.#dir(folder);
        const [failed, [last]] = await Promise.all([reportsIn(dir, 'failed'), reportsIn(dir, 'done')]);
        const lastHeardAt = [heard, last ? momentOf(last) : null]
          .filter((at) => at !== null)
          .sort()
          .at(-1);
        return { id, name, folder: dir, lastHeardAt: lastHeardAt ?? null, errors: failed.length };
      }),
    );
  }

  /** What failed first, each newest first. */
  async files(source: string): Promise<FolderFile[]> {
    const dir = await this.#dirOf(source);
    const files: FolderFile[] = [];
    for (const result of ['failed', 'done'] as const)
      for (const report of (await reportsIn(dir, result)).slice(0, FOLDER_SHOWN)) {
        const file = await readReport(join(dir ?? '', result, report), report, result);
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
    const report = (await reportsIn(dir, 'failed')).find((each) => each === name + REPORT);
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

  #dir(folder: string | undefined): string | null {
    const { sourcesDir } = this.config;
    return sourcesDir && folder ? join(sourcesDir, folder) : null;
  }

  async #dirOf(source: string): Promise<string | null> {
    const own = OWN_SOURCES.find((each) => each === source);
    return this.#dir(own ?? foldersOf(await this.tables.list()).get(source));
  }
}

/** Names of the reports of one result, the newest first: they begin with the moment. */
async function reportsIn(dir: string | null, result: string): Promise<string[]> {
  if (!dir) return [];
  const names = await readdir(join(dir, result)).catch(() => [] as string[]);
  return names
    .filter((name) => name.endsWith(REPORT))
    .sort()
    .reverse();
}

/** `2026-11-27T09-30-00-125Z name` → the moment. */
function momentOf(name: string): string | null {
  const [, day, h, m, s, ms] = /^(\d{4}-\d\d-\d\d)T(\d\d)-(\d\d)-(\d\d)-(\d{3})Z /.exec(name) ?? [];
  return day ? `${day}T${h}:${m}:${s}.${ms}Z` : null;
}

type Report = {
  file?: string;
  at?: string;
  counts?: { refused?: number; created?: number; changed?: number; events?: number };
  faults?: FolderFile['faults'];
  error?: { message?: string; details?: { message?: string }[] };
};

/** Null: no report of ours, or it has gone meanwhile. */
async function readReport(
  path: string,
  report: string,
  result: FolderFile['result'],
): Promise<FolderFile | null> {
  try {
    const { file, at, counts, faults, error } = JSON.parse(await readFile(path, 'utf8')) as Report;
    return {
      name: report.slice(0, -REPORT.length),
      file: String(file),
      at: new Date(String(at)).toISOString(),
      result,
      why: error ? (error.details?.[0]?.message ?? error.message ?? null) : null,
      events: counts?.events ?? (counts ? (counts.created ?? 0) + (counts.changed ?? 0) : 0),
      refused: counts?.refused ?? 0,
      faults: (faults ?? []).slice(0, FOLDER_SHOWN),
    };
  } catch {
    return null;
  }
}
