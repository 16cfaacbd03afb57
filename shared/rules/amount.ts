import { withoutUnseen } from '../contracts/common.ts';

const SPACES = /[\s\u00a0\u202f\u2009']/g;
const CURRENCY = /^(?:[₽$€£]|rub|rur|usd|eur)|(?:[₽$€£]|р(?:уб(?:лей|ля|ль|\.)?)?\.?|rub|rur|usd|eur)$/giu;
const PLAIN = /^\d+(?:[.,]\d{1,2})?$/;
/** Thousands apart by one sign, the fraction by the other: «1.234.567,50», «1,234,567.50». */
const GROUPED = /^\d{1,3}(?:([.,])\d{3})(?:\1\d{3})*(?:(?!\1)[.,]\d{1,2})?$/;
/** Kopecks apart, as payment orders have them («184 300-50», «184 300=») and as people say them («5 руб. 20 коп.»). */
const APART = /^([+-]?[\d.,]*?\d)(?:[-=](\d{2})|=)$/;
const SPELT = /^([+-]?[\d.,]*?\d)(?:р(?:уб(?:лей|ля|ль)?)?\.?|₽)(\d{1,2})(?:к(?:оп\p{L}*)?\.?)$/iu;
const ONLY_KOP = /^([+-]?)(\d{1,2})коп\p{L}*\.?$/iu;
const MOST_KOP = 1e13;

/**
 * An amount as offices and people write it, in kopecks: «1 234,50 ₽», «184300.00», «-5 000 руб.», «(1,234.50)». Null: it is
 * none, or one that may mean two things, as «1,234» does. Of numbers that are no money (areas, seconds) a single sign
 * begins the fraction: `readNumber` of the server's tables.
 */
export function parseAmount(text: string): number | null {
  const plain = joinedKopecks(withoutUnseen(text).replace(SPACES, '').replace(/^[−–]/, '-')).replace(
    CURRENCY,
    '',
  );
  const inBrackets = /^\((.+)\)$/.exec(plain);
  const bare = inBrackets ? `-${inBrackets[1]}` : plain;
  const sign = bare.startsWith('-') ? -1 : 1;
  const digits = bare.replace(/^[+-]/, '');
  const grouped = GROUPED.exec(digits);
  const isTwofold = grouped && /^\d{1,3}[.,]\d{3}$/.test(digits);
  if (isTwofold || !(grouped || PLAIN.test(digits))) return null;
  const joined = grouped && !PLAIN.test(digits) ? digits.replaceAll(grouped[1] ?? '', '') : digits;
  const [whole = '', fraction = ''] = joined.split(/[.,]/);
  const kopecks = Number(whole) * 100 + Number(fraction.padEnd(2, '0'));
  return kopecks > MOST_KOP ? null : kopecks === 0 ? 0 : sign * kopecks;
}

/** Kopecks that stand apart from their roubles, behind a comma. */
function joinedKopecks(text: string): string {
  const [, apart, kop = '00'] = APART.exec(text) ?? [];
  if (apart !== undefined) return /[.,]\d{1,2}$/.test(apart) ? text : `${apart},${kop}`;
  const [, roubles, spelt = ''] = SPELT.exec(text) ?? [];
  if (roubles !== undefined) return `${roubles},${spelt.padStart(2, '0')}`;
  const [, sign, only] = ONLY_KOP.exec(text) ?? [];
  return only === undefined ? text : `${sign}0,${only.padStart(2, '0')}`;
}
