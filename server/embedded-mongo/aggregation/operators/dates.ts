import { type Document, Int32, Long } from 'bson';
import { MongoError } from '../../errors.ts';
import { toDouble } from '../../values/compare.ts';
import { isDocument, isNumber, typeName } from '../../values/types.ts';
import {
  type Compile,
  type Evaluate,
  type Frame,
  type OperatorCompiler,
  type OperatorTable,
  type Scope,
} from '../scope.ts';
import { momentOf } from './conversions.ts';
import { isNullish, named } from './operands.ts';
import {
  type Calendar,
  calendarOf,
  millisOfCalendar,
  parseIsoDate,
  utc,
  utcMillis,
  type Zone,
  zoneOf,
} from './zones.ts';

const DAY = 86_400_000;

function requireMoment(name: string, value: unknown): number {
  const moment = momentOf(value);
  if (!moment)
    throw new MongoError(16006, `can't convert from BSON type ${typeName(value)} to Date in ${name}`);
  return moment.getTime();
}

/** Zone of an optional operand: undefined means that the whole result is null. */
function zoneFrom(name: string, operand: Evaluate | undefined, frame: Frame): Zone | undefined {
  if (!operand) return utc;
  const value = operand(frame);
  if (isNullish(value)) return undefined;
  if (typeof value !== 'string') {
    throw new MongoError(40517, `${name}: timezone must evaluate to a string, found ${typeName(value)}`);
  }
  return zoneOf(value);
}

/** `{$year: <date>}` or `{$year: {date, timezone}}`. */
function part(name: string, read: (calendar: Calendar) => number | Long): OperatorCompiler {
  return (operand, scope, compile) => {
    const { date, timezone } = dateOperand(operand, scope, compile);
    return (frame) => {
      const value = date(frame);
      const zone = zoneFrom(name, timezone, frame);
      if (isNullish(value) || !zone) return null;
      const result = read(calendarOf(requireMoment(name, value), zone));
      return typeof result === 'number' ? new Int32(result) : result;
    };
  };
}

function dateOperand(
  operand: unknown,
  scope: Scope,
  compile: Compile,
): { date: Evaluate; timezone?: Evaluate } {
  if (isDocument(operand) && Object.hasOwn(operand, 'date')) {
    const date = compile(operand.date, scope);
    return Object.hasOwn(operand, 'timezone')
      ? { date, timezone: compile(operand.timezone, scope) }
      : { date };
  }
  const single = Array.isArray(operand) && operand.length === 1 ? operand[0] : operand;
  return { date: compile(single, scope) };
}

/** Days since 1970-01-01 of a calendar day. */
const dayNumber = (c: Calendar): number =>
  utcMillis({ ...c, hour: 0, minute: 0, second: 0, millisecond: 0 }) / DAY;
/** 0 = Sunday. */
const weekday = (c: Calendar): number => (((dayNumber(c) + 4) % 7) + 7) % 7;
const dayOfYear = (c: Calendar): number => dayNumber(c) - dayNumber({ ...c, month: 1, day: 1 }) + 1;

function isoWeek(c: Calendar): { year: number; week: number } {
  // The week belongs to the year of its Thursday.
  const thursday = dayNumber(c) - ((weekday(c) + 6) % 7) + 3;
  const year = new Date(thursday * DAY).getUTCFullYear();
  const first = dayNumber({ year, month: 1, day: 1, hour: 0, minute: 0, second: 0, millisecond: 0 });
  return { year, week: Math.floor((thursday - first) / 7) + 1 };
}

const pad = (value: number, digits: number): string => String(value).padStart(digits, '0');
const months = [
  'January',
  'February',
  'March',
  'April',
  'May',
  'June',
  'July',
  'August',
  'September',
  'October',
  'November',
  'December',
];

function formatDate(format: string, millis: number, zone: Zone): string {
  const c = calendarOf(millis, zone);
  const offset = Math.round(zone(millis) / 60_000);
  return format.replace(/%(.)/g, (_all, letter: string) => {
    switch (letter) {
      case 'Y':
        return pad(c.year, 4);
      case 'm':
        return pad(c.month, 2);
      case 'd':
        return pad(c.day, 2);
      case 'H':
        return pad(c.hour, 2);
      case 'M':
        return pad(c.minute, 2);
      case 'S':
        return pad(c.second, 2);
      case 'L':
        return pad(c.millisecond, 3);
      case 'j':
        return pad(dayOfYear(c), 3);
      case 'w':
        return String(weekday(c) + 1);
      case 'u':
        return String(weekday(c) || 7);
      case 'U':
        return pad(Math.floor((dayOfYear(c) + 6 - weekday(c)) / 7), 2);
      case 'V':
        return pad(isoWeek(c).week, 2);
      case 'G':
        return pad(isoWeek(c).year, 4);
      case 'b':
        return (months[c.month - 1] as string).slice(0, 3);
      case 'B':
        return months[c.month - 1] as string;
      case 'z':
        return `${offset < 0 ? '-' : '+'}${pad(Math.floor(Math.abs(offset) / 60), 2)}${pad(Math.abs(offset) % 60, 2)}`;
      case 'Z':
        return String(offset);
      case '%':
        return '%';
      default:
        throw new MongoError(18536, `Invalid format character '%${letter}' in format string`);
    }
  });
}

type Unit = 'year' | 'quarter' | 'month' | 'week' | 'day' | 'hour' | 'minute' | 'second' | 'millisecond';
const unitMillis: Partial<Record<Unit, number>> = {
  week: 7 * DAY,
  day: DAY,
  hour: 3_600_000,
  minute: 60_000,
  second: 1000,
  millisecond: 1,
};
const unitMonths: Partial<Record<Unit, number>> = { year: 12, quarter: 3, month: 1 };

function requireUnit(name: string, value: unknown): Unit {
  if (typeof value === 'string' && (value in unitMillis || value in unitMonths)) return value as Unit;
  throw new MongoError(
    'FailedToParse',
    `${name} parameter 'unit' value cannot be recognized as a time unit: ${value}`,
  );
}

function requireWhole(name: string, what: string, value: unknown): number {
  const whole = isNumber(value) ? toDouble(value) : Number.NaN;
  if (!Number.isInteger(whole))
    throw new MongoError(5166405, `${name} expects integer '${what}', got ${typeName(value)}`);
  return whole;
}

/** Moves by calendar units; a day that the month lacks becomes its last. Days keep the zone's wall time. */
function addUnits(millis: number, unit: Unit, amount: number, zone: Zone): number {
  if (unit === 'hour' || unit === 'minute' || unit === 'second' || unit === 'millisecond') {
    return millis + amount * (unitMillis[unit] as number);
  }
  const c = calendarOf(millis, zone);
  if (unit === 'week' || unit === 'day') {
    return millisOfCalendar({ ...c, day: c.day + amount * (unit === 'week' ? 7 : 1) }, zone);
  }
  const index = c.year * 12 + (c.month - 1) + amount * (unitMonths[unit] as number);
  const year = Math.floor(index / 12);
  const month = index - year * 12 + 1;
  const last = new Date(Date.UTC(year, month, 0)).getUTCDate();
  return millisOfCalendar({ ...c, year, month, day: Math.min(c.day, last) }, zone);
}

/** 1 = Monday … 7 = Sunday. @throws 9 */
function startOfWeek(name: string, value: unknown): number {
  const days = ['mon', 'tue', 'wed', 'thu', 'fri', 'sat', 'sun'];
  const index = typeof value === 'string' ? days.indexOf(value.toLowerCase().slice(0, 3)) : -1;
  if (index < 0)
    throw new MongoError(
      'FailedToParse',
      `${name} parameter 'startOfWeek' value cannot be recognized: ${value}`,
    );
  return index + 1;
}

/** Number of the unit (counted from 2000-01-01, weeks from their first day) that a local moment lies in. */
function unitNumber(c: Calendar, unit: Unit, weekStart: number): number {
  switch (unit) {
    case 'year':
      return c.year - 2000;
    case 'quarter':
      return (c.year - 2000) * 4 + Math.floor((c.month - 1) / 3);
    case 'month':
      return (c.year - 2000) * 12 + c.month - 1;
    case 'week': {
      // 2000-01-03, day 10959, was a Monday; MongoDB's first week begins on or after 2000-01-01.
      const first = 10957 + ((weekStart + 7 - 6) % 7);
      return Math.floor((dayNumber(c) - first) / 7);
    }
    case 'day':
      return dayNumber(c) - 10957;
    default:
      return Math.floor((utcMillis(c) - 10957 * DAY) / (unitMillis[unit] as number));
  }
}

function truncate(millis: number, unit: Unit, size: number, zone: Zone, weekStart: number): number {
  if (unit === 'hour' || unit === 'minute' || unit === 'second' || unit === 'millisecond') {
    // Below a day the offset of the moment itself is kept, so that both hours of a clock change stay apart.
    const offset = zone(millis);
    const step = (unitMillis[unit] as number) * size;
    const base = 10957 * DAY;
    return Math.floor((millis + offset - base) / step) * step + base - offset;
  }
  const c = calendarOf(millis, zone);
  const number = Math.floor(unitNumber(c, unit, weekStart) / size) * size;
  const start: Calendar = { year: 2000, month: 1, day: 1, hour: 0, minute: 0, second: 0, millisecond: 0 };
  if (unit === 'week') start.day += ((weekStart + 7 - 6) % 7) + number * 7;
  else if (unit === 'day') start.day += number;
  else start.month += number * (unitMonths[unit] as number);
  return millisOfCalendar(start, zone);
}

const datePart = (name: string, sign: 1 | -1): OperatorCompiler =>
  named(
    name,
    ['startDate', 'unit', 'amount'],
    ['timezone'],
    ({ startDate, unit, amount, timezone }) =>
      (frame) => {
        const values = [startDate, unit, amount].map((operand) => (operand as Evaluate)(frame));
        const zone = zoneFrom(name, timezone, frame);
        if (values.some(isNullish) || !zone) return null;
        const moment = requireMoment(name, values[0]);
        const count = requireWhole(name, 'amount', values[2]) * sign;
        return new Date(addUnits(moment, requireUnit(name, values[1]), count, zone));
      },
  );

const partNames = ['year', 'month', 'day', 'hour', 'minute', 'second', 'millisecond'] as const;

/** Dates, in UTC or a named zone. */
export const dates: OperatorTable = {
  $year: part('$year', (c) => c.year),
  $month: part('$month', (c) => c.month),
  $dayOfMonth: part('$dayOfMonth', (c) => c.day),
  $dayOfWeek: part('$dayOfWeek', (c) => weekday(c) + 1),
  $dayOfYear: part('$dayOfYear', dayOfYear),
  $hour: part('$hour', (c) => c.hour),
  $minute: part('$minute', (c) => c.minute),
  $second: part('$second', (c) => c.second),
  $millisecond: part('$millisecond', (c) => c.millisecond),
  $week: part('$week', (c) => Math.floor((dayOfYear(c) + 6 - weekday(c)) / 7)),
  $isoWeek: part('$isoWeek', (c) => isoWeek(c).week),
  $isoWeekYear: part('$isoWeekYear', (c) => Long.fromNumber(isoWeek(c).year)),
  $isoDayOfWeek: part('$isoDayOfWeek', (c) => weekday(c) || 7),

  $dateToString: named('$dateToString', ['date'], ['format', 'timezone', 'onNull'], (operands) => {
    const { date, format, timezone, onNull } = operands;
    return (frame) => {
      const value = (date as Evaluate)(frame);
      const pattern = format?.(frame);
      const zone = zoneFrom('$dateToString', timezone, frame);
      if (isNullish(value)) return onNull ? onNull(frame) : null;
      if (!zone || (format && isNullish(pattern))) return null;
      if (pattern !== undefined && typeof pattern !== 'string') {
        throw new MongoError(
          18533,
          `$dateToString requires that 'format' be a string, found: ${typeName(pattern)}`,
        );
      }
      const standard = timezone ? '%Y-%m-%dT%H:%M:%S.%L' : '%Y-%m-%dT%H:%M:%S.%LZ';
      return formatDate(pattern ?? standard, requireMoment('$dateToString', value), zone);
    };
  }),

  $dateFromString: named(
    '$dateFromString',
    ['dateString'],
    ['format', 'timezone', 'onError', 'onNull'],
    (operands) => {
      const { dateString, format, timezone, onError, onNull } = operands;
      if (format)
        throw new MongoError(
          'NotImplemented',
          "$dateFromString with 'format' is not supported by the embedded store",
        );
      return (frame) => {
        const text = (dateString as Evaluate)(frame);
        const zone = zoneFrom('$dateFromString', timezone, frame);
        if (isNullish(text)) return onNull ? onNull(frame) : null;
        if (!zone) return null;
        const date = typeof text === 'string' ? parseIsoDate(text, zone) : undefined;
        if (date) return date;
        if (onError) return onError(frame);
        throw new MongoError('ConversionFailure', `Error parsing date string '${text}'`);
      };
    },
  ),

  $dateToParts: named(
    '$dateToParts',
    ['date'],
    ['timezone', 'iso8601'],
    ({ date, timezone, iso8601 }) =>
      (frame) => {
        const value = (date as Evaluate)(frame);
        const zone = zoneFrom('$dateToParts', timezone, frame);
        if (isNullish(value) || !zone) return null;
        const c = calendarOf(requireMoment('$dateToParts', value), zone);
        const result: Document = {};
        if (iso8601?.(frame) === true) {
          const { year, week } = isoWeek(c);
          Object.assign(result, {
            isoWeekYear: new Int32(year),
            isoWeek: new Int32(week),
            isoDayOfWeek: new Int32(weekday(c) || 7),
          });
          for (const name of partNames.slice(3)) result[name] = new Int32(c[name]);
        } else {
          for (const name of partNames) result[name] = new Int32(c[name]);
        }
        return result;
      },
  ),

  $dateFromParts: named(
    '$dateFromParts',
    ['year'],
    [...partNames.slice(1), 'timezone'],
    (operands) => (frame) => {
      const c: Calendar = { year: 1970, month: 1, day: 1, hour: 0, minute: 0, second: 0, millisecond: 0 };
      for (const name of partNames) {
        const operand = operands[name];
        if (!operand) continue;
        const value = operand(frame);
        if (isNullish(value)) return null;
        c[name] = requireWhole('$dateFromParts', name, value);
      }
      const zone = zoneFrom('$dateFromParts', operands.timezone, frame);
      return zone ? new Date(millisOfCalendar(c, zone)) : null;
    },
  ),

  $dateTrunc: named(
    '$dateTrunc',
    ['date', 'unit'],
    ['binSize', 'timezone', 'startOfWeek'],
    (operands) => (frame) => {
      const value = (operands.date as Evaluate)(frame);
      const unit = (operands.unit as Evaluate)(frame);
      const size = operands.binSize ? operands.binSize(frame) : new Int32(1);
      const zone = zoneFrom('$dateTrunc', operands.timezone, frame);
      if (isNullish(value) || isNullish(unit) || isNullish(size) || !zone) return null;
      const bin = requireWhole('$dateTrunc', 'binSize', size);
      if (bin <= 0) throw new MongoError(5439017, "$dateTrunc requires 'binSize' to be greater than 0");
      const named = requireUnit('$dateTrunc', unit);
      const first =
        operands.startOfWeek && named === 'week' ? startOfWeek('$dateTrunc', operands.startOfWeek(frame)) : 7;
      return new Date(truncate(requireMoment('$dateTrunc', value), named, bin, zone, first));
    },
  ),

  $dateAdd: datePart('$dateAdd', 1),
  $dateSubtract: datePart('$dateSubtract', -1),

  $dateDiff: named(
    '$dateDiff',
    ['startDate', 'endDate', 'unit'],
    ['timezone', 'startOfWeek'],
    (operands) => (frame) => {
      const [start, end, unit] = [operands.startDate, operands.endDate, operands.unit].map((o) =>
        (o as Evaluate)(frame),
      );
      const zone = zoneFrom('$dateDiff', operands.timezone, frame);
      if (isNullish(start) || isNullish(end) || isNullish(unit) || !zone) return null;
      const named = requireUnit('$dateDiff', unit);
      const first =
        operands.startOfWeek && named === 'week' ? startOfWeek('$dateDiff', operands.startOfWeek(frame)) : 7;
      const [a, b] = [start, end].map((value) =>
        unitNumber(calendarOf(requireMoment('$dateDiff', value), zone), named, first),
      ) as [number, number];
      return Long.fromNumber(b - a);
    },
  ),
};
