import { DateTime } from 'luxon';

// One letter reads one digit or two: spreadsheets write «9:00» and «5.3.2026».
const RUSSIAN = ['d.M.yyyy H:mm:ss', 'd.M.yyyy H:mm', 'd.M.yyyy', 'd.M.yy H:mm', 'd.M.yy'];
const COMPLETE = /^(\d{4}-\d{2}-\d{2})[T ](\d{2}:\d{2}:\d{2})(?:\.(\d{1,3})\d*)?(Z|[+-]\d{2}:?\d{2})$/;

/** What programs write where there is no date: 1C «01.01.0001 0:00:00», MySQL «0000-00-00», people a dash or a zero. */
const NO_DATE = /^(?:[-–—0]|(?:01\.01\.0001|00\.00\.0000|0001-01-01|0000-00-00)(?:[T ]0?0:00(?::00)?)?)$/;
/** What was meant as a date, although no such day is in the calendar. */
const DATE_SHAPED = /^(?:\d{1,2}\.\d{1,2}\.\d{2,4}|\d{4}-\d{1,2}-\d{1,2})(?:[T ]+\d{1,2}:\d{2}|$)/;

/** Whether a cell says that there is no date. */
export const saysNoDate = (text: string): boolean => NO_DATE.test(text.trim());

/** Why a text is no time, as `import.reason.*` words it. */
export const whyNoMoment = (text: string): 'no-such-date' | 'not-a-time' =>
  DATE_SHAPED.test(text.trim()) ? 'no-such-date' : 'not-a-time';

/** `day` is the calendar date, `YYYY-MM-DD`, when the text names no time of day. */
export type Moment = { at: Date; day: string | null };

/**
 * Reads a time as people and programs write it: ISO 8601 with a `T` or a space, with or without an offset and
 * fractions of any length, and the Russian `31.12.2026 18:00`.
 * @param zone IANA zone of texts that carry no offset
 * @returns null when the text is no time
 */
export function parseMoment(text: string, zone: string): Moment | null {
  const trimmed = text.trim();
  if (!trimmed) return null;
  return complete(trimmed) ?? zoned(trimmed, zone);
}

/** The form of logs, which come by the hundred thousand: no zone is needed, and the engine's parser is quick. */
function complete(text: string): Moment | null {
  const [, date, time, fraction = '0', offset = ''] = COMPLETE.exec(text) ?? [];
  if (!date) return null;
  const at = new Date(
    `${date}T${time}.${fraction.padEnd(3, '0')}${offset.replace(/(\d{2})(\d{2})$/, '$1:$2')}`,
  );
  return Number.isNaN(at.getTime()) ? null : { at, day: null };
}

function zoned(text: string, zone: string): Moment | null {
  // Luxon reads no space between date, time and offset.
  const iso = text.replace(/^(\d{4}-\d{2}-\d{2}) (\d)/, '$1T$2').replace(/ ([+-]\d{2}:?\d{2})$/, '$1');
  let read = DateTime.fromISO(iso, { zone });
  for (const format of read.isValid ? [] : RUSSIAN) {
    read = DateTime.fromFormat(text, format, { zone });
    if (read.isValid) break;
  }
  if (!read.isValid) return null;
  const hasTime = /\d{1,2}:\d{2}/.test(text);
  return { at: read.toJSDate(), day: hasTime ? null : read.toISODate() };
}
