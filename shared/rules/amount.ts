const SPACES = /[\s\u00a0\u202f\u2009']/g;
const CURRENCY = /^(?:[₽$€£]|rub|rur|usd|eur)|(?:[₽$€£]|р(?:уб(?:лей|ля|\.)?)?\.?|rub|rur|usd|eur)$/giu;
const PLAIN = /^\d+(?:[.,]\d{1,2})?$/;
/** Thousands apart by one sign, the fraction by the other: «1.234.567,50», «1,234,567.50». */
const GROUPED = /^\d{1,3}(?:([.,])\d{3})(?:\1\d{3})*(?:(?!\1)[.,]\d{1,2})?$/;
const MOST_KOP = 1e13;

/**
 * An amount as offices and people write it, in kopecks: «1 234,50 ₽», «184300.00», «-5 000 руб.», «(1,234.50)». Null: it is
 * none, or one that may mean two things, as «1,234» does. Of numbers that are no money (areas, seconds) a single sign
 * begins the fraction: `readNumber` of the server's tables.
 */
export function parseAmount(text: string): number | null {
  const plain = text.replace(SPACES, '').replace(CURRENCY, '').replace(/^[−–]/, '-');
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
