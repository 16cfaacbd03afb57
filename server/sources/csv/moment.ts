import { DateTime } from 'luxon';

const RUSSIAN = ['dd.MM.yyyy HH:mm:ss', 'dd.MM.yyyy HH:mm', 'dd.MM.yyyy', 'dd.MM.yy HH:mm', 'dd.MM.yy'];

export type Moment = { at: Date; dateOnly: boolean; local: string };

/**
 * Reads a time as people and programs write it: ISO 8601 with a `T` or a space, with or without an offset and
 * fractions of any length, and the Russian `31.12.2026 18:00`.
 * @param zone IANA zone of texts that carry no offset
 * @returns null when the text is no time
 */
export function parseMoment(text: string, zone: string): Moment | null {
  const trimmed = text.trim();
  if (!trimmed) return null;
  // Luxon reads at most nanoseconds and no space before the offset; both occur in logs.
  const iso = trimmed.replace(/^(\d{4}-\d{2}-\d{2}) (\d)/, '$1T$2').replace(/ ([+-]\d{2}:?\d{2})$/, '$1');
  let read = DateTime.fromISO(iso, { zone });
  for (const format of read.isValid ? [] : RUSSIAN) {
    read = DateTime.fromFormat(trimmed, format, { zone });
    if (read.isValid) break;
  }
  if (!read.isValid) return null;
  const dateOnly = !/\d{1,2}:\d{2}/.test(trimmed);
  const local = read.toFormat(dateOnly ? 'yyyy-MM-dd' : "yyyy-MM-dd'T'HH:mm");
  return { at: read.toJSDate(), dateOnly, local };
}
