import { Int32 } from 'bson';
import { failedToParse, MongoError } from '../../errors.ts';
import { millisOf, toDouble } from '../../values/compare.ts';
import { isDocument, isNumber, T, typeName, typeOf } from '../../values/types.ts';
import {
  type Compile,
  type Evaluate,
  isNullish,
  namedFields,
  type OperatorCompiler,
  type OperatorTable,
} from './operands.ts';
import {
  type Calendar,
  calendarOf,
  DAY,
  dayNumber,
  millisOfCalendar,
  utc,
  utcMillis,
  type Zone,
  zoneOf,
} from './zones.ts';

function requireMoment(name: string, value: unknown): number {
  if (typeOf(value) === T.date) return millisOf(value as Date);
  throw new MongoError(16006, `can't convert from BSON type ${typeName(value)} to Date in ${name}`);
}

/** Zone of an optional operand: undefined means that the whole result is null. */
function zoneFrom(name: string, value: unknown): Zone | undefined {
  if (isNullish(value)) return undefined;
  if (typeof value === 'string') return zoneOf(value);
  throw new MongoError(40517, `${name}: timezone must evaluate to a string, found ${typeName(value)}`);
}

/** `{$hour: <date>}` or `{$hour: {date, timezone}}`. */
function part(name: string, read: (calendar: Calendar) => number): OperatorCompiler {
  return (operand, compile) => {
    const isNamed = isDocument(operand) && Object.hasOwn(operand, 'date');
    const fields = isNamed ? namedFields(name, operand, ['date'], ['timezone']) : undefined;
    const single = Array.isArray(operand) && operand.length === 1 ? operand[0] : operand;
    const date = compile(fields ? fields.date : single);
    const timezone = optional(fields?.timezone, compile);
    return (root) => {
      const value = date(root);
      const zone = timezone ? zoneFrom(name, timezone(root)) : utc;
      if (isNullish(value) || !zone) return null;
      return new Int32(read(calendarOf(requireMoment(name, value), zone)));
    };
  };
}

const optional = (operand: unknown, compile: Compile): Evaluate | undefined =>
  operand === undefined ? undefined : compile(operand);

/** 1 = Monday … 7 = Sunday. */
const isoWeekday = (c: Calendar): number => ((((dayNumber(c) + 3) % 7) + 7) % 7) + 1;

const unitMillis = { week: 7 * DAY, day: DAY, hour: 3_600_000, minute: 60_000, second: 1000, millisecond: 1 };
const unitMonths = { year: 12, quarter: 3, month: 1 };
/** 2000-01-01, from which units are counted, in days since 1970. */
const FIRST_DAY = 10_957;

const WEEKDAYS = ['mon', 'tue', 'wed', 'thu', 'fri', 'sat', 'sun'];

/** 1 = Monday … 7 = Sunday. @throws 9 */
function startOfWeek(value: unknown): number {
  const index = typeof value === 'string' ? WEEKDAYS.indexOf(value.toLowerCase().slice(0, 3)) : -1;
  if (index < 0)
    throw failedToParse(`$dateTrunc parameter 'startOfWeek' value cannot be recognized: ${value}`);
  return index + 1;
}

/** The beginning of the bin of `size` units that a moment lies in. @throws 9 for what is no unit */
function truncate(millis: number, unit: string, size: number, zone: Zone, weekStart: number): number {
  const start: Calendar = { year: 2000, month: 1, day: 1, hour: 0, minute: 0, second: 0, millisecond: 0 };
  const binned = (number: number) => Math.floor(number / size) * size;
  if (Object.hasOwn(unitMonths, unit)) {
    const months = unitMonths[unit as keyof typeof unitMonths];
    const c = calendarOf(millis, zone);
    const number = Math.floor(((c.year - 2000) * 12 + c.month - 1) / months);
    return millisOfCalendar({ ...start, month: 1 + binned(number) * months }, zone);
  }
  if (!Object.hasOwn(unitMillis, unit))
    throw failedToParse(`$dateTrunc parameter 'unit' value cannot be recognized as a time unit: ${unit}`);
  if (unit === 'week' || unit === 'day') {
    const day = dayNumber(calendarOf(millis, zone)) - FIRST_DAY;
    // The first week begins on or after 2000-01-01, which was a Saturday.
    const first = unit === 'week' ? (weekStart + 1) % 7 : 0;
    const days = unit === 'week' ? 7 : 1;
    return millisOfCalendar(
      { ...start, day: 1 + first + binned(Math.floor((day - first) / days)) * days },
      zone,
    );
  }
  // Below a day the offset of the moment itself is kept, so that both hours of a clock change stay apart.
  const offset = zone(millis);
  const step = unitMillis[unit as keyof typeof unitMillis] * size;
  const base = utcMillis(start);
  return Math.floor((millis + offset - base) / step) * step + base - offset;
}

const dateTrunc: OperatorCompiler = (operand, compile) => {
  const names = ['binSize', 'timezone', 'startOfWeek'];
  const fields = namedFields('$dateTrunc', operand, ['date', 'unit'], names);
  const date = compile(fields.date);
  const unit = compile(fields.unit);
  const [binSize, timezone, weekStart] = names.map((name) => optional(fields[name], compile));
  return (root) => {
    const value = date(root);
    const unitName = unit(root);
    const size = binSize ? binSize(root) : 1;
    const zone = timezone ? zoneFrom('$dateTrunc', timezone(root)) : utc;
    if (isNullish(value) || isNullish(unitName) || isNullish(size) || !zone) return null;
    const bin = isNumber(size) ? toDouble(size) : Number.NaN;
    if (!Number.isInteger(bin))
      throw new MongoError(5439017, `$dateTrunc expects integer 'binSize', got ${typeName(size)}`);
    if (bin <= 0) throw new MongoError(5439018, "$dateTrunc requires 'binSize' to be greater than 0");
    const first = weekStart && unitName === 'week' ? startOfWeek(weekStart(root)) : 7;
    return new Date(truncate(requireMoment('$dateTrunc', value), String(unitName), bin, zone, first));
  };
};

/** Dates, in UTC or a named zone. */
export const dates: OperatorTable = {
  $year: part('$year', (c) => c.year),
  $month: part('$month', (c) => c.month),
  $dayOfMonth: part('$dayOfMonth', (c) => c.day),
  $isoDayOfWeek: part('$isoDayOfWeek', isoWeekday),
  $hour: part('$hour', (c) => c.hour),
  $dateTrunc: dateTrunc,
};
