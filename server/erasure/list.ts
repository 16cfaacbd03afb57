// Whose data were erased: card ids alone, beside the store and beside each backup, so that an older copy of the data is
// never served with them in it.
import { mkdir, readFile, rename, writeFile } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import { z } from 'zod';

const ListSchema = z.array(
  // Not done: it began, and perhaps did not come to its end.
  z.strictObject({ card: z.string(), at: z.iso.datetime(), isDone: z.boolean() }),
);
export type ErasedList = z.infer<typeof ListSchema>;

/** In it: the acts, and the list. */
export const actsIn = (dataDir: string): string => join(dataDir, 'erasures');
const listIn = (dataDir: string): string => join(actsIn(dataDir), 'list.json');
/** All backups of a folder share one. */
const besideBackup = (backup: string): string => join(dirname(backup), 'erasures.json');

/** @throws an error that names the file, when it is not what was written */
async function read(path: string): Promise<ErasedList> {
  try {
    return ListSchema.parse(JSON.parse(await readFile(path, 'utf8')));
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return [];
    throw new Error(`${basename(path)} in ${dirname(path)} cannot be read: ${(error as Error).message}`);
  }
}

async function write(path: string, list: ErasedList): Promise<void> {
  await mkdir(dirname(path), { recursive: true, mode: 0o700 });
  await writeFile(`${path}.new`, `${JSON.stringify(list, null, 1)}\n`, { mode: 0o600, flush: true });
  await rename(`${path}.new`, path);
}

/** The later word of a card counts. */
const joined = (...lists: ErasedList[]): ErasedList => [
  ...new Map(lists.flat().map((one) => [one.card, one])).values(),
];

export const erasedIn = (dataDir: string): Promise<ErasedList> => read(listIn(dataDir));

/** Notes whose data go, before they do, and that they have gone: who is cut off goes on with `--again`. */
export async function noteErased(dataDir: string, more: ErasedList): Promise<void> {
  await write(listIn(dataDir), joined(await erasedIn(dataDir), more));
}

/**
 * Lays the list beside a backup, which may outlive the data directory.
 * @throws an error while an erasure that was cut off waits for its end: a backup would hold what is to go
 */
export async function keepWithBackup(dataDir: string, backup: string): Promise<void> {
  const known = await erasedIn(dataDir);
  if (known.some(({ isDone }) => !isDone))
    throw new Error('An erasure was cut off. End it: npm run erase -- --again');
  if (known.length > 0) await write(besideBackup(backup), joined(await read(besideBackup(backup)), known));
}

/** What is known beside a backup is known to the data directory that it is put into; what that knows itself counts. */
export async function takeFromBackup(dataDir: string, backup: string): Promise<ErasedList> {
  const own = await erasedIn(dataDir);
  const beside = await read(besideBackup(backup));
  if (beside.length > 0) await write(listIn(dataDir), joined(beside, own));
  return erasedIn(dataDir);
}
