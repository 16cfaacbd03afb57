import { z } from 'zod';
import type { Locale } from '../contracts/common.ts';
import { type Bound, isCalendarDate, type RelativePoint } from './ast.ts';
import { foldPhrase } from './vocabulary.ts';

type Unit = RelativePoint['unit'];
/** A span of time: in a range, `from` stands for its start and `to` for its end. An instant has no length. */
type Point = string | { unit: Unit; offset: number };
export type Span = { from?: Bound; to?: Bound };

const point = (unit: Unit, offset: number): Point => ({ unit, offset });

/** Names of points. The first of each is canonical, the second is what Russian writes; they are compared folded, so hyphens may be spaces. */
const NAMED: [Point, string[]][] = [
  [point('day', 0), ['today', 'сегодня']],
  [point('day', -1), ['yesterday', 'вчера']],
  [point('day', 1), ['tomorrow', 'завтра']],
  [point('hour', 0), ['this-hour', 'этот час', 'в этот час']],
  [point('hour', -1), ['last-hour', 'прошлый час']],
  [point('hour', 1), ['next-hour', 'следующий час']],
  [point('week', 0), ['this-week', 'эта неделя', 'на этой неделе']],
  [point('week', -1), ['last-week', 'прошлая неделя', 'на прошлой неделе']],
  [point('week', 1), ['next-week', 'следующая неделя', 'на следующей неделе']],
  [point('month', 0), ['this-month', 'этот месяц', 'в этом месяце']],
  [point('month', -1), ['last-month', 'прошлый месяц', 'в прошлом месяце']],
  [point('month', 1), ['next-month', 'следующий месяц', 'в следующем месяце']],
  [point('day', -2), ['day-2', 'позавчера']],
  [point('day', 2), ['day+2', 'послезавтра']],
];

/** Russian and English units, with the forms that follow a number or «конца». */
const UNIT_WORDS: Record<Unit, string> = {
  hour: 'hours?|час(?:а|ов)?',
  day: 'days?|день|дн(?:я|ей)|сут(?:ки|ок)',
  week: 'weeks?|недел(?:я|ю|и|ь)',
  month: 'months?|месяц(?:а|ев)?',
};
const unitOf = (word: string): Unit =>
  (Object.keys(UNIT_WORDS) as Unit[]).find((unit) => new RegExp(`^(?:${UNIT_WORDS[unit]})$`).test(word)) ??
  'day';
const anyUnit = `(${Object.values(UNIT_WORDS).join('|')})`;

const PAST = new RegExp(`^(?:за|past|last) (?:последн\\S+ )?(?:(\\d{1,4}) )?${anyUnit}$`);
const COMING = new RegExp(`^(?:в )?(?:ближайш\\S+|coming|next) (?:(\\d{1,4}) )?${anyUnit}$`);
const UNTIL = new RegExp(`^(?:до конца|by end of|until end of) (следующ\\S+ |next )?(?:the )?${anyUnit}$`);
const SINCE = new RegExp(`^(?:с начала|since start of) (прошл\\S+ |last )?(?:the )?${anyUnit}$`);

const start = (unit: Unit, offset: number): Bound => ({ unit, offset, edge: 'start' });
const end = (unit: Unit, offset: number): Bound => ({ unit, offset, edge: 'end' });

/** How far «за неделю» or «в ближайшие 2 недели» reach: hours as hours, all longer units as days. */
function reach(count: string | undefined, word: string): [Unit, number] {
  const n = Number(count ?? 1);
  const unit = unitOf(word);
  if (unit === 'hour') return ['hour', n];
  return ['day', n * { day: 1, week: 7, month: 30 }[unit]];
}

/**
 * One span named as a whole: a point, `a..b`, «за неделю», «до конца недели».
 * An instant after `..` is where the range stops; a day or a week there is included.
 */
export function parseSpan(phrase: string): Span | undefined {
  const dots = /^(.*?)\.\.(.*)$/s.exec(phrase.trim());
  if (dots) {
    const [from, to] = [dots[1], dots[2]].map((part) => (part ? parsePoint(part) : null));
    if (from === undefined || to === undefined || (from === null && to === null)) return undefined;
    return { ...(from && { from: startOf(from) }), ...(to && { to: endOf(to) }) };
  }
  const whole = parsePoint(phrase);
  if (whole) return instantOf(whole) ? undefined : { from: startOf(whole), to: endOf(whole) };
  const folded = foldPhrase(phrase);
  let match = PAST.exec(folded);
  if (match) {
    const [unit, n] = reach(match[1], match[2] as string);
    return { from: start(unit, -n) };
  }
  match = COMING.exec(folded);
  if (match) {
    const [unit, n] = reach(match[1], match[2] as string);
    return { from: start(unit, 0), to: end(unit, n) };
  }
  match = UNTIL.exec(folded);
  if (match) return { to: end(unitOf(match[2] as string), match[1] ? 1 : 0) };
  match = SINCE.exec(folded);
  if (match) return { from: start(unitOf(match[2] as string), match[1] ? -1 : 0) };
  return undefined;
}

export type Comparison = '>=' | '>' | '<=' | '<';

/** `occurred>=day-7`: from the start of a span on, after its end, through its end, before its start. */
export function parseComparison(comparison: Comparison, phrase: string): Span | undefined {
  const named = parsePoint(phrase);
  if (!named) return undefined;
  const instant = instantOf(named);
  if (instant) {
    const next = new Date(Date.parse(instant) + 1).toISOString();
    return { '>=': { from: instant }, '>': { from: next }, '<=': { to: next }, '<': { to: instant } }[
      comparison
    ];
  }
  const next = following(named, 1);
  const previous = following(named, -1);
  return {
    '>=': { from: startOf(named) },
    '>': { from: startOf(next) },
    '<=': { to: endOf(named) },
    '<': { to: endOf(previous) },
  }[comparison];
}

/** The span as the text form writes it after the field's name: `:today`, `>=day-7`, `:2025-03-01..2025-03-14`. */
export function printSpan({ from, to }: Span, locale: Locale): string {
  const printPoint = (bound: Bound) => pointText(bound, locale);
  if (from !== undefined && to !== undefined) {
    const [a, b] = [printPoint(from), printPoint(to)];
    return a === b && instantOf(from) === undefined ? `:${a}` : `:${a}..${b}`;
  }
  if (from !== undefined) return `>=${printPoint(from)}`;
  if (to === undefined) return ':..';
  return instantOf(to) === undefined ? `<=${printPoint(to)}` : `<${printPoint(to)}`;
}

export const TIME_EXAMPLES = [
  'today',
  'yesterday',
  'this-week',
  'day-7',
  '2025-03-14',
  '2025-03-01..2025-03-14',
];

const pointsByName = new Map(
  NAMED.flatMap(([at, names]) => names.map((name) => [foldPhrase(name), at] as const)),
);

function parsePoint(phrase: string): Point | undefined {
  const named = pointsByName.get(foldPhrase(phrase));
  if (named) return named;
  const counted = /^(hour|day|week|month|час|день|неделя|месяц)([+-]\d{1,5})?$/i.exec(phrase.trim());
  if (counted) return point(unitOf((counted[1] as string).toLowerCase()), Number(counted[2] ?? 0));
  const russian = /^(\d{1,2})\.(\d{1,2})\.(\d{4})$/.exec(phrase.trim());
  const text = russian
    ? `${russian[3]}-${(russian[2] as string).padStart(2, '0')}-${(russian[1] as string).padStart(2, '0')}`
    : phrase.trim();
  if (z.iso.date().safeParse(text).success) return text;
  return z.iso.datetime({ offset: true }).safeParse(text).success ? new Date(text).toISOString() : undefined;
}

const RUSSIAN_UNITS: Record<Unit, string> = { hour: 'час', day: 'день', week: 'неделя', month: 'месяц' };

function pointText(bound: Bound, locale: Locale): string {
  const isRussian = locale === 'ru';
  if (typeof bound === 'string') {
    const [, year, month, day] = /^(\d{4})-(\d\d)-(\d\d)$/.exec(bound) ?? [];
    return isRussian && year ? `${day}.${month}.${year}` : bound;
  }
  const { unit, offset } = bound;
  const named = NAMED.find(([at]) => typeof at !== 'string' && at.unit === unit && at.offset === offset)?.[1];
  if (named) return isRussian ? (named[1] as string).replaceAll(' ', '-') : (named[0] as string);
  return `${isRussian ? RUSSIAN_UNITS[unit] : unit}${offset < 0 ? '' : '+'}${offset}`;
}

const instantOf = (at: Point): string | undefined =>
  typeof at === 'string' && !isCalendarDate(at) ? at : undefined;
const startOf = (at: Point): Bound => (typeof at === 'string' ? at : { ...at, edge: 'start' });
const endOf = (at: Point): Bound => (typeof at === 'string' ? at : { ...at, edge: 'end' });

/** The span of the same kind that comes `steps` later. */
function following(at: Point, steps: number): Point {
  if (typeof at !== 'string') return { unit: at.unit, offset: at.offset + steps };
  return new Date(Date.parse(`${at}T00:00:00Z`) + steps * 86_400_000).toISOString().slice(0, 10);
}
