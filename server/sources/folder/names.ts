import type { Id } from '@svodka/shared/contracts/id';

export const PAYMENTS_FOLDER = 'payments';
/** Call detail records, and the recordings that they name. */
export const CALLS_FOLDER = 'calls';
const OWN = [PAYMENTS_FOLDER, CALLS_FOLDER];
/** What the name of a report ends with; before it stands that of its file. */
export const REPORT = '.report.json';

/** What programs call a file that they are still writing, and what is no file of anybody. */
const UNFINISHED =
  /^\.|^~\$|\.(?:part|partial|tmp|temp|crdownload|download|filepart|swp)$|\.report\.json$|^(?:thumbs\.db|desktop\.ini)$/i;

/** File systems take 255 bytes; what the name of a report adds has to find room, too. */
const MOST_NAME_BYTES = 230;

/** As a file is called where it was moved: the moment in front, and no longer than its report can be called after it. */
export function movedName(at: string, name: string): string {
  const bytes = Buffer.from(`${at.replace(/[:.]/g, '-')} ${name}`);
  // A letter that is cut in two is none.
  return bytes
    .subarray(0, MOST_NAME_BYTES)
    .toString()
    .replace(/\ufffd+$/, '')
    .trimEnd();
}

export const isOffered = (name: string): boolean => !UNFINISHED.test(name);

/** A table's folder: its name as every file system takes it; of two alike the second has its id too. */
export function folderOf(name: string, id: Id, taken: { has(name: string): boolean }): string {
  const plain = name
    .replace(/[\\/:*?"<>|]|\p{Cc}/gu, '_')
    .replace(/^[.\s]+/, '')
    .replace(/(?<![.\s])[.\s]+$/, '')
    .slice(0, 60);
  const folder = plain === '' || OWN.includes(plain.toLowerCase()) ? `table ${id.slice(-6)}` : plain;
  return taken.has(folder) ? `${folder} ${id.slice(-6)}` : folder;
}

/** Of each table, by its id, in the order in which they were made. */
export function foldersOf(tables: readonly { id: Id; name: string }[]): Map<Id, string> {
  const taken = new Set<string>(OWN);
  return new Map(
    tables.map(({ id, name }) => {
      const folder = folderOf(name, id, taken);
      taken.add(folder);
      return [id, folder];
    }),
  );
}
