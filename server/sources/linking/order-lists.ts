// Orders that a text names together, as the purpose of a payment does: «заказы № 449, № 443», «449 и 443», «449/443».
import { withoutPhonesAndSums } from '@svodka/shared/filter/terms';

/** What is called a number of an order, a digit in it. */
const ITEM = String.raw`(?=[\p{L}\-/]{0,20}\d)[\p{L}\p{N}][\p{L}\p{N}\-/.]*`;
const SIGN = String.raw`(?:(?:№{1,2}|N(?:o\.?)?(?=\s*\d)|номер\p{L}{0,3})\s*)`;
/** «заказ 318», «по договору подряда № 318»: what is called the number of an order, and not of a bill or anything. */
const OF_ORDER = new RegExp(
  String.raw`(?<!\p{L})(зак(?:аз|\.)|дог(?:овор|\.)|проект|order|contract|project)\p{L}*\.?(?:\s+\p{L}{2,30}){0,2}?(?:\s*:)?\s*${SIGN}?(${ITEM})`,
  'giu',
);
const DAY = String.raw`\d{1,2}\.\d{1,2}\.(?:\d{4}|\d{2})(?!\d)(?:\s*г(?:ода|\.)?)?`;
/** «2 окна», «20 %», «50 000 руб.»: a number of something. */
const COUNTED = String.raw`\s*(?:[%₽]|(?:руб|р|коп|тыс|млн|шт|ок(?:он|на)|издел|створ|двер|проём|проем|этап|м2|м²|дн|дней|мес|г|год)(?!\p{L})|(?:руб|коп|тыс|штук|окон|издел|створ|двер|про[её]м|этап|меся)\p{L}*)`;
/** «, 443», « и № 443», « от 12.03.2026 и 443»: what goes on after a number, at the place where it stands. */
const NEXT = new RegExp(
  String.raw`(?:\s*\(?от\s+${DAY}\)?)?(?:\s*\([^()]{0,60}\))?(?:\s*[-–—]\s*\d+(?:[.,-]\d\d)?${COUNTED}\.?)?\s*(?:[,;+&/]\s*и?|\p{Zs}и|\p{Zs}and)\s*${SIGN}?(${ITEM})(?![\p{L}\p{N}])(?!${COUNTED})`,
  'iuy',
);
/** A number of nothing that is named: no part of a date, a sum or an address. */
const BARE = new RegExp(
  // First that there is a digit: what stands before is looked for over all blanks before it.
  String.raw`(?=\d)(?<![\p{L}\p{N}]|[\p{L}\p{N}][.\-/]|\d,)(?<!(?<!\p{L})(?:кв|д|дом|стр|корп|оф|офис)\.?\s*)\d+(?![\p{L}\p{N}]|[\-/][\p{L}\p{N}]|[.,]\d)(?!${COUNTED})`,
  'giu',
);
const MOST = 20;

/** Without what a sentence sets behind a number. */
export const trimmed = (number: string): string => number.replace(/(?<![-/.])[-/.]+$/, '');

/** «МК–1001 / 2» is МК-1001/2: a dash of whatever length between letters and figures, blanks beside the stroke behind them. */
export const plainNumbers = (text: string): string =>
  text
    .replace(/(?<=\p{L})[\u2010-\u2015\u2212](?=\d)/gu, '-')
    .replace(/(?<=\p{L}-?\d{1,9})\s*\/\s*(?=\d)/gu, '/');

/** The numbers in a text that it calls those of orders: those of one word for it are one list. */
export function ordersCalledIn(text: string): string[][] {
  const bare = withoutPhonesAndSums(plainNumbers(text));
  const lists = new Map<string, Set<string>>();
  for (const { 0: whole, 1: word = '', 2: first = '', index } of bare.matchAll(OF_ORDER)) {
    const stem = word.toLowerCase().slice(0, 3);
    const list = lists.get(stem) ?? new Set();
    lists.set(stem, list.add(trimmed(first)));
    NEXT.lastIndex = index + whole.length - (first.length - trimmed(first).length);
    for (let next = NEXT.exec(bare); next && list.size < MOST; next = NEXT.exec(bare))
      list.add(trimmed(next[1] ?? ''));
  }
  return [...lists.values()].map((list) => [...list]);
}

/** Numbers that stand in a text without a word of what they are. */
export const bareNumbersIn = (text: string): string[] =>
  [...new Set(withoutPhonesAndSums(plainNumbers(text)).match(BARE) ?? [])].slice(0, MOST);

const partsOf = (number: string): string[] => (number.includes('/') ? number.split('/').filter(Boolean) : []);

/** What has to be looked up to know which orders are meant by these. */
export const spelledIn = (numbers: readonly string[]): string[] =>
  numbers.flatMap((number) => [number, ...partsOf(number)]);

/** The orders of these numbers; «449/443» is two of them where there is none of that number, and one of each of its parts. */
export function ordersOf<T>(numbers: readonly string[], byNumber: ReadonlyMap<string, T>): T[] {
  const found = numbers.flatMap((number) => {
    const whole = byNumber.get(number);
    if (whole) return [whole];
    const parts = partsOf(number).map((part) => byNumber.get(part));
    return parts.every((part) => part !== undefined) ? (parts as T[]) : [];
  });
  return [...new Set(found)];
}
