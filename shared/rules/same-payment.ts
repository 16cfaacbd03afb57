// One payment that is told twice, by two people or by a person and a bank, is money that nobody has paid.
import { type EventType, moduleOf } from '../contracts/modules.ts';
import { PAID_BY } from './orders/fills.ts';

/** What the keys of payments of a bank's file begin with, and those of what a table tells. */
export const BANK_KEY = 'bank:';
export const TABLE_KEY = 'table:';

/** `day`: in the zone of whoever compares. */
export type ToldPayment = {
  type: EventType;
  day: string;
  amountKop?: unknown;
  docNo?: unknown;
  isOfBank?: boolean;
  /** Of a bank: what its document is known by, however often it stands in a file. */
  key?: string;
  /** It came some day before, and may be several: a table says how much there is in all. */
  isOfTable?: boolean;
  /** As that, and it is all that was paid before its day: what lay behind an order. */
  isAll?: boolean;
};

type Told = {
  type: EventType;
  payload?: Record<string, unknown> | undefined;
  source?: { externalId: string } | null | undefined;
};

/** An event as a payment that was told of. */
export function toldPayment({ type, payload, source }: Told, day: string): ToldPayment {
  const { externalId = '' } = source ?? {};
  const isOfBank = externalId.startsWith(BANK_KEY);
  return {
    type,
    day,
    amountKop: payload?.amountKop,
    docNo: payload?.docNo,
    isOfBank,
    // Behind it stands its turn.
    ...(isOfBank && { key: externalId.split(':', 2).join(':') }),
    isOfTable: externalId.startsWith(TABLE_KEY),
  };
}

/** What is entered when it is heard of and what a bank books lie a weekend apart. */
const SAME_WITHIN_DAYS = 3;
/** So far apart one document is one payment. */
const SAME_DOCUMENT_WITHIN_DAYS = 31;
/** Between two dumps of a table that is looked at now and then, and until somebody has written into it what came. */
const TABLE_TELLS_WITHIN_DAYS = 45;

/** As which types the money of one may be told a second time: a prepayment is a payment that came. */
export const sameMoneyTypes = (type: EventType): readonly EventType[] =>
  PAID_BY.includes(type) ? PAID_BY : moduleOf(type) === 'finance' ? [type] : [];

const documentOf = (docNo: unknown): string =>
  typeof docNo === 'string'
    ? docNo
        .toLowerCase()
        .trimEnd()
        .replace(/^[\s№n]+/, '')
        .replace(/^0+/, '')
    : '';

const DAY_MS = 86_400_000;

/** The days, both included, in which the same payment may be told of. */
export function daysAround(day: string): { from: string; to: string } {
  const moved = (days: number) => new Date(Date.parse(day) + days * DAY_MS).toISOString().slice(0, 10);
  return { from: moved(-TABLE_TELLS_WITHIN_DAYS), to: moved(TABLE_TELLS_WITHIN_DAYS) };
}

const daysBetween = (from: string, to: string): number => (Date.parse(to) - Date.parse(from)) / DAY_MS;

/** Whether a table may have told, on a day of its own, what was paid on another. */
export function mayTell(table: ToldPayment, { type, day }: ToldPayment): boolean {
  const since = daysBetween(day, table.day);
  return (
    sameMoneyTypes(type).includes(table.type) &&
    since >= -SAME_WITHIN_DAYS &&
    (table.isAll === true || since <= TABLE_TELLS_WITHIN_DAYS)
  );
}

/** Whether a payment may be a part of what a table has told. @param leftKop what nobody else is a part of */
export const isPartOf = (table: ToldPayment, payment: ToldPayment, leftKop: number): boolean =>
  mayTell(table, payment) &&
  payment.day < table.day &&
  typeof payment.amountKop === 'number' &&
  payment.amountKop <= leftKop;

/** Whether two payments of one order look like one; a bank tells its own apart by their documents, and so do tables theirs. */
export function isSamePayment(one: ToldPayment, other: ToldPayment): boolean {
  if (one.isOfTable && other.isOfTable) return false;
  if (one.isOfBank && other.isOfBank)
    return one.key !== undefined && one.key === other.key && documentOf(one.docNo) !== '';
  if (!sameMoneyTypes(one.type).includes(other.type)) return false;
  if (typeof one.amountKop !== 'number' || one.amountKop !== other.amountKop) return false;
  if (one.isOfTable) return mayTell(one, other);
  if (other.isOfTable) return mayTell(other, one);
  const days = Math.abs(daysBetween(one.day, other.day));
  const [document, its] = [documentOf(one.docNo), documentOf(other.docNo)];
  if (document === '' || its === '') return days <= SAME_WITHIN_DAYS;
  return document === its ? days <= SAME_DOCUMENT_WITHIN_DAYS : days === 0;
}
