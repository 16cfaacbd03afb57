import { isTimely, withoutUnseen } from '@svodka/shared/contracts/common';
import { DateTime } from 'luxon';

/** Which of day and month stands first where figures do not tell. */
export type DayMonth = 'dmy' | 'mdy';

/** A date as a clock on the wall shows it; `offset`, in minutes, where the text names one. `time` null: a day. */
export type Wall = {
  year: number;
  month: number;
  day: number;
  time: { hour: number; minute: number; second: number; ms: number } | null;
  offset: number | null;
};

/** Days with which programs say that there is no date: 1C, MySQL, Access, Excel, and all that count from 1970. */
const NO_DAYS = [
  '01.01.0001',
  '00.00.0000',
  '0001-01-01',
  '0000-00-00',
  '00?/00?/0000',
  '30.12.1899',
  '1899-12-30',
  '12/30/(?:18)?99',
  '00.01.1900',
  '01.01.1900',
  '1900-01-01',
  '0?1/0?1/1900',
  '01.01.1970',
  '1970-01-01',
  '0?1/0?1/1970',
].map((day) => day.replaceAll('.', '\\.'));
/** People write a dash, a zero, or a word. */
const NO_DATE = new RegExp(
  `^(?:|[-–—.0]|null|none|n/?a|tbd|нет|нет данных|не (?:указан|задан|назначен|определ[её]н)[оаы]?|без срока|отсутствует|бессрочно|#н/д|#n/a|(?:${NO_DAYS.join('|')})(?:[T ]0?[03]:00(?::00)?(?:\\.0+)?)?)$`,
  'i',
);

/** Whether a cell says that there is no date. */
export const saysNoDate = (text: string): boolean => NO_DATE.test(withoutUnseen(text));

const MONTHS = [
  'янв jan',
  'фев feb',
  'мар mar',
  'апр apr',
  'ма(?:й|я|е) may',
  'июн jun',
  'июл jul',
  'авг aug',
  'сен sep',
  'окт oct',
  'ноя nov',
  'дек dec',
].map((pair) => new RegExp(`^(?:${pair.replace(' ', '|')})`, 'i'));
const monthNamed = (word: string): number => MONTHS.findIndex((month) => month.test(word)) + 1;

const WEEKDAYS =
  '(?:пн|вт|ср|чт|пт|сб|вс|пон\\p{L}*|втор\\p{L}*|сред\\p{L}*|четв\\p{L}*|пятн\\p{L}*|суб\\p{L}*|воск\\p{L}*|(?:mon|tue|wed|thu|fri|sat|sun)\\p{L}*)';
const WEEKDAY = new RegExp(`^${WEEKDAYS}[.,]*\\s+`, 'iu');
const WEEKDAY_BEHIND = new RegExp(`(?<![\\s,])[\\s,]+\\(?${WEEKDAYS}\\)?[.,]*$`, 'iu');
const OFFSET =
  /(?:(?<!\s)\s+)?(?:(Z|UTC|GMT)|(MSK|МСК|мск)|(?:UTC|GMT)?([+-])(\d{2}):?(\d{2})?)(?:\s*\([^()]*\))?$/;
const MOSCOW_MINUTES = 180;
const TIME = /(?:^|[T\s,])(\d{1,2}):(\d{2})(?::(\d{2})(?:[.,](\d{1,9}))?)?\s*([ap]\.?m\.?)?(?=$|[\s,])/i;
/** «05.03.2026 14.30»: behind a date only. */
const DOTTED_TIME = /[\s,](\d{1,2})\.(\d{2})$/;
const YEAR_FIRST = /^(\d{4})([-/.])(\d{1,2})\2(\d{1,2})$/;
const YEAR_LAST = /^(\d{1,2})([-/.])(\d{1,2})\2(\d{4}|\d{2})$/;
const WORDY = /^(\d{1,2})[\s./-]*(\p{L}+)\.?[\s,/-]*(\d{4}|\d{2})$/u;
const WORDY_MONTH_FIRST = /^(\p{L}+)\.?\s+(\d{1,2})(?:st|nd|rd|th)?,?\s+(\d{4})$/u;
const COMPACT = /^(\d{4})(\d{2})(\d{2})(?:T?(\d{2})(\d{2})(\d{2}))?$/;
/** The form of logs, which come by the hundred thousand. */
const LOG =
  /^(\d{4})-(\d{2})-(\d{2})(?:[T ](\d{2}):(\d{2})(?::(\d{2})(?:\.(\d{1,9}))?)?(?:(Z)|([+-])(\d{2}):?(\d{2}))?)?$/;

const century = (year: string): number =>
  year.length === 4 ? Number(year) : Number(year) + (Number(year) < 70 ? 2000 : 1900);
const millis = (fraction = ''): number => Number(fraction.padEnd(3, '0').slice(0, 3));

function wall(year: number, month: number, day: number, time: Wall['time'], offset: number | null) {
  const days = [
    31,
    year % 4 === 0 && (year % 100 !== 0 || year % 400 === 0) ? 29 : 28,
    31,
    30,
    31,
    30,
    31,
    31,
    30,
    31,
    30,
    31,
  ];
  if (month < 1 || month > 12 || day < 1 || day > (days[month - 1] ?? 0)) return null;
  return { year, month, day, time, offset };
}

function clockOf(hour: string, minute: string, second = '0', fraction = '', half = ''): Wall['time'] {
  let h = Number(hour);
  if (half) {
    if (h < 1 || h > 12) return null;
    h = (h % 12) + (/^p/i.test(half) ? 12 : 0);
  }
  // The end of a day.
  if (h === 24 && !half && Number(minute) + Number(second) === 0)
    return { hour: h, minute: 0, second: 0, ms: 0 };
  if (h > 23 || Number(minute) > 59 || Number(second) > 59) return null;
  return { hour: h, minute: Number(minute), second: Number(second), ms: millis(fraction) };
}

/** A date with two figures of which either may be the month, in the order of their places. */
type Open = { first: number; second: number; separator: string; isAmerican: boolean };

type Read = { date: Wall | null; open?: Open };

/**
 * Reads one cell as people and programs write dates; strict: what is no day of the calendar is none.
 * @returns null: it does not look like a date at all
 */
function read(text: string, order: DayMonth): Read | null {
  const log = LOG.exec(text);
  if (log) {
    const [, y, m, d, hh, mm, ss, fraction, z, sign, oh, om = '0'] = log;
    const time = hh === undefined ? null : clockOf(hh, mm as string, ss, fraction);
    if (hh !== undefined && !time) return { date: null };
    const offset = z ? 0 : sign ? (sign === '-' ? -1 : 1) * (Number(oh) * 60 + Number(om)) : null;
    return { date: wall(Number(y), Number(m), Number(d), time, offset) };
  }
  let rest = withoutUnseen(text.replace(/[\u00a0\u202f]/g, ' ')).replace(WEEKDAY, '');
  const compact = COMPACT.exec(rest);
  if (compact) {
    const [, y, m, d, hh, mm, ss] = compact;
    const time = hh ? clockOf(hh, mm as string, ss) : null;
    if (hh && !time) return { date: null };
    return { date: wall(Number(y), Number(m), Number(d), time, null) };
  }
  let offset: number | null = null;
  const zone = rest.includes(':') ? OFFSET.exec(rest) : null;
  if (zone && /\d\s*$|[ap]m\s*$/i.test(rest.slice(0, zone.index))) {
    const [, utc, moscow, sign, hours, minutes = '0'] = zone;
    offset = utc
      ? 0
      : moscow
        ? MOSCOW_MINUTES
        : (sign === '-' ? -1 : 1) * (Number(hours) * 60 + Number(minutes));
    rest = rest.slice(0, zone.index);
  }
  let time: Wall['time'] = null;
  let half = '';
  let clock = TIME.exec(rest);
  if (clock) {
    half = clock[5] ?? '';
    rest = `${rest.slice(0, clock.index)} ${rest.slice(clock.index + clock[0].length)}`;
  } else {
    clock = DOTTED_TIME.exec(rest);
    const before = clock && bare(rest.slice(0, clock.index));
    if (before && dated(before, order, false)) rest = before;
    else clock = null;
  }
  if (clock) time = clockOf(clock[1] as string, clock[2] as string, clock[3], clock[4], half);
  const shaped = dated(bare(rest), order, half !== '');
  if (!shaped || (clock && !time)) return shaped && { date: null };
  const { year, month, day, open } = shaped;
  return { date: wall(year, month, day, time, offset), ...(open && { open }) };
}

const TAIL = /(?<![,\s])[,\s]+$/;

/** A date without what people write behind it: «г.», «в», the day of the week. */
const bare = (text: string): string =>
  text
    .trim()
    .replace(/^[,\s]+/, '')
    .replace(TAIL, '')
    .replace(/(?<![,\s])[,\s]+(?:в|at)$/i, '')
    .replace(WEEKDAY_BEHIND, '')
    .replace(/(?:(?<![,\s])[,\s]+)?(?:г\.?|года)$/i, '')
    .replace(TAIL, '');

function dated(rest: string, order: DayMonth, isAmerican: boolean) {
  const yearFirst = YEAR_FIRST.exec(rest);
  if (yearFirst)
    return { year: Number(yearFirst[1]), month: Number(yearFirst[3]), day: Number(yearFirst[4]) };
  const yearLast = YEAR_LAST.exec(rest);
  if (yearLast) {
    const [first, second] = [Number(yearLast[1]), Number(yearLast[3])];
    const separator = yearLast[2] as string;
    const open: Open = { first, second, separator, isAmerican };
    const monthFirst = separator !== '.' && (isAmerican || order === 'mdy');
    const [month, day] = monthFirst ? [first, second] : [second, first];
    return { year: century(yearLast[4] as string), month, day, open };
  }
  const wordy = WORDY.exec(rest);
  if (wordy) {
    const month = monthNamed(wordy[2] as string);
    return month ? { year: century(wordy[3] as string), month, day: Number(wordy[1]) } : null;
  }
  const american = WORDY_MONTH_FIRST.exec(rest);
  const month = american ? monthNamed(american[1] as string) : 0;
  return american && month ? { year: Number(american[3]), month, day: Number(american[2]) } : null;
}

/** The date of a cell; null: it is none, or there is no such day. */
export const readDate = (text: string, order: DayMonth): Wall | null =>
  read(text.trim(), order)?.date ?? null;

/** Why a cell is no date: it may have been meant as one, though no such day is in the calendar. */
export const noDate = (text: string): 'no-such-date' | 'not-a-time' =>
  read(text.trim(), 'dmy') ? 'no-such-date' : 'not-a-time';

/** «9:05» or «9:05:07», as it stands in a column of its own; null: no time of day. */
export function readClock(text: string): Wall['time'] {
  const match = /^(?:в\s+)?(\d{1,2})[:.](\d{2})(?::(\d{2})(?:[.,](\d{1,9}))?)?\s*([ap]\.?m\.?)?$/i.exec(
    withoutUnseen(text),
  );
  return match && clockOf(match[1] as string, match[2] as string, match[3], match[4], match[5]);
}

/** Days since 1900 as a spreadsheet counts them, with the time of day as its fraction. */
function ofSerial(serial: number): Wall {
  const at = new Date(Math.round((serial - 25_569) * 86_400) * 1000);
  const time = { hour: at.getUTCHours(), minute: at.getUTCMinutes(), second: at.getUTCSeconds(), ms: 0 };
  const isDay = Number.isInteger(serial);
  return {
    year: at.getUTCFullYear(),
    month: at.getUTCMonth() + 1,
    day: at.getUTCDate(),
    time: isDay ? null : time,
    offset: null,
  };
}

const SERIAL = /^\d{5}(?:[.,]\d+)?$/;
const SECONDS = /^[1-4]\d{9}(?:\.\d+)?$/;
const MILLIS = /^[1-4]\d{12}$/;

/** What the dates of a column look like, told by all of them. */
export class DateColumn {
  filled = 0;
  dates = 0;
  #serials = 0;
  #stamps = 0;
  #dayFirst = 0;
  #monthFirst = 0;
  #either = 0;

  add(text: string): void {
    if (text === '' || saysNoDate(text)) return;
    this.filled++;
    if (SERIAL.test(text) && isSerial(text)) this.#serials++;
    if (SECONDS.test(text) || MILLIS.test(text)) this.#stamps++;
    const found = read(text, 'dmy') ?? null;
    const open = found?.open;
    if (found?.date || (open && open.separator !== '.' && readDate(text, 'mdy'))) this.dates++;
    if (!open || open.separator === '.' || open.isAmerican) return;
    if (open.first > 12 && open.second <= 12) this.#dayFirst++;
    else if (open.second > 12 && open.first <= 12) this.#monthFirst++;
    else if (open.first <= 12 && open.second <= 12 && open.first !== open.second) this.#either++;
  }

  /** Half of the cells that are not empty are dates: hand-kept tables hold «вчера» as well. */
  get isDate(): boolean {
    return this.filled > 0 && (this.dates >= this.filled * 0.5 || this.numbers !== null);
  }

  /** Numbers that all count days or seconds. */
  get numbers(): 'serial' | 'stamp' | null {
    if (this.filled === 0) return null;
    if (this.#serials === this.filled) return 'serial';
    return this.#stamps === this.filled ? 'stamp' : null;
  }

  /** Null: nothing in the column is open. `open`: nothing in it tells; somebody has to. */
  get order(): DayMonth | 'open' | null {
    if (this.#dayFirst === 0 && this.#monthFirst === 0) return this.#either > 0 ? 'open' : null;
    if (this.#dayFirst > 0 && this.#monthFirst > 0) return 'open';
    return this.#dayFirst > 0 ? 'dmy' : 'mdy';
  }
}

const isSerial = (text: string): boolean => {
  const value = Number(text.replace(',', '.'));
  return value >= 20_000 && value < 80_000;
};

/**
 * A cell of a column of dates. A number counts days where all of the column does, or where it has a fraction.
 * @param numbers what the numbers of its column are
 */
export function readDateCell(text: string, order: DayMonth, numbers: DateColumn['numbers']): Wall | null {
  const trimmed = text.trim();
  const number = Number(trimmed.replace(',', '.'));
  if (SERIAL.test(trimmed) && isSerial(trimmed) && (numbers === 'serial' || !Number.isInteger(number)))
    return ofSerial(number);
  if (numbers === 'stamp' && (SECONDS.test(trimmed) || MILLIS.test(trimmed))) {
    const at = new Date(MILLIS.test(trimmed) ? number : number * 1000);
    const time = {
      hour: at.getUTCHours(),
      minute: at.getUTCMinutes(),
      second: at.getUTCSeconds(),
      ms: at.getUTCMilliseconds(),
    };
    return { year: at.getUTCFullYear(), month: at.getUTCMonth() + 1, day: at.getUTCDate(), time, offset: 0 };
  }
  return readDate(trimmed, order);
}

/** `day` is the calendar date, `YYYY-MM-DD`, when the text names no time of day. */
export type Moment = { at: Date; day: string | null };

/** Where on the line of time it is, for a zone that the text does not name. */
export function momentOf({ year, month, day, time, offset }: Wall, zone: string): Moment {
  const { hour, minute, second, ms } = time ?? { hour: 0, minute: 0, second: 0, ms: 0 };
  const local = Date.UTC(year, month - 1, day, hour, minute, second, ms);
  const at =
    offset === null
      ? DateTime.fromObject({ year, month, day, hour, minute, second, millisecond: ms }, { zone }).toJSDate()
      : new Date(local - offset * 60_000);
  return { at, day: time ? null : new Date(local).toISOString().slice(0, 10) };
}

/** The day of a date in a zone, `YYYY-MM-DD`; null: in no year that anybody means. */
export function dayIn(wall: Wall, zone: string): string | null {
  const { at, day } = momentOf(wall, zone);
  return isTimely(at) ? (day ?? DateTime.fromJSDate(at, { zone }).toISODate()) : null;
}
