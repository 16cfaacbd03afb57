import type { Locale } from '../contracts/common.ts';
import type { MessageKey } from '../messages/catalogue.ts';
import { type MessageParams, translate } from '../messages/translate.ts';
import { type Bound, isCalendarDate, type RelativePoint, type TimeClause } from './ast.ts';

type Unit = RelativePoint['unit'];
type Use = 'span' | 'since' | 'until';

/** Whose language and clock a phrase is for. */
export type Reader = { locale: Locale; zone?: string | undefined };

/**
 * The value of a time clause in words: «за неделю», «до конца недели», «с 1 марта 2025 по 14 марта 2025».
 * The clause is normalised: a relative `from` is a start, a relative `to` an end.
 */
export function timePhrase({ field, from, to }: TimeClause, reader: Reader): string {
  const say = (key: string, params?: MessageParams): string =>
    translate(reader.locale, key as MessageKey, params);
  const counted = (unit: Unit, n: number): string => say(`filter.count.${unit}`, { n });

  /** A point relative to now: near ones have names, far ones are counted. */
  const relative = (use: Use, { unit, offset }: RelativePoint): string => {
    const near = { '-1': 'previous', '0': 'now', '1': 'next' }[String(offset)];
    if (near) return say(`filter.time.${use}.${near}.${unit}`);
    return say(`filter.time.${use}.${offset < 0 ? 'ago' : 'ahead'}`, {
      count: counted(unit, Math.abs(offset)),
    });
  };
  const since = (bound: Bound): string =>
    typeof bound === 'string'
      ? say('filter.time.since.date', { date: dateText(bound, reader) })
      : relative('since', bound);
  const until = (bound: Bound): string => {
    if (typeof bound !== 'string') return relative('until', bound);
    return say(`filter.time.until.${isCalendarDate(bound) ? 'date' : 'instant'}`, {
      date: dateText(bound, reader),
    });
  };
  /** A stretch of hours or days that ends or begins now: «за неделю», «в ближайшие 3 дня». */
  const stretch = (way: 'past' | 'coming', unit: Unit, n: number): string => {
    const [named, count] = roundUnit(unit, n);
    return count === 1
      ? say(`filter.time.${way}.${named}`)
      : say(`filter.time.${way}.count`, { count: counted(named, count) });
  };

  if (from !== undefined && to !== undefined) {
    if (typeof from === 'string' || typeof to === 'string') {
      return from === to && isCalendarDate(from as string)
        ? dateText(from as string, reader)
        : `${since(from)} ${until(to)}`;
    }
    if (from.unit === to.unit && from.offset === to.offset) return relative('span', from);
    if (isShort(from.unit) && from.unit === to.unit) {
      if (from.offset === 0 && to.offset > 0) return stretch('coming', from.unit, to.offset);
      if (from.offset < -1 && to.offset === 0) return stretch('past', from.unit, -from.offset);
    }
    return `${since(from)} ${until(to)}`;
  }
  if (from !== undefined) {
    const isPast = typeof from !== 'string' && isShort(from.unit) && from.offset < 0 && field !== 'dueAt';
    // A deadline lies ahead as often as behind, and one day back is better named by the day.
    return isPast && !(from.unit === 'day' && from.offset === -1)
      ? stretch('past', from.unit, -from.offset)
      : since(from);
  }
  return to === undefined ? '' : until(to);
}

const isShort = (unit: Unit): boolean => unit === 'hour' || unit === 'day';

/** 24 hours are a day, 14 days two weeks, 30 days a month. */
function roundUnit(unit: Unit, n: number): [Unit, number] {
  if (unit === 'hour' && n === 24) return ['day', 1];
  if (unit === 'day' && n === 30) return ['month', 1];
  if (unit === 'day' && n > 0 && n % 7 === 0) return ['week', n / 7];
  return [unit, n];
}

/** «14 марта 2025», for an instant with the time of day in the reader's zone. */
function dateText(bound: string, { locale, zone }: Reader): string {
  const isDate = isCalendarDate(bound);
  const format = new Intl.DateTimeFormat(locale === 'ru' ? 'ru' : 'en-GB', {
    day: 'numeric',
    month: 'long',
    year: 'numeric',
    ...(isDate
      ? { timeZone: 'UTC' }
      : { hour: 'numeric', minute: '2-digit', hourCycle: 'h23', timeZone: zone }),
  });
  const parts = format.formatToParts(new Date(bound));
  const part = (type: Intl.DateTimeFormatPartTypes): string =>
    parts.find((one) => one.type === type)?.value ?? '';
  const date = `${part('day')} ${part('month')} ${part('year')}`;
  return isDate ? date : `${date}, ${part('hour').replace(/^0/, '')}:${part('minute')}`;
}
