import type { Locale } from '@svodka/shared/contracts/common';

/**
 * Groups stand apart by a no-break space: a quarter of an em in Golos Text, as thin as a dense row wants it. The
 * narrower U+202F is not in the font, and its substitute all but closes the gap.
 */
const unbroken = (text: string) => text.replace(/[\u202f ]/g, '\u00a0');

/** Made once: a formatter costs a hundred times what it formats. */
const plain = new Map<Locale, Intl.NumberFormat>();

/** 12408 → «12 408», or 12,408 in English. */
export function formatNumber(value: number, locale: Locale): string {
  let made = plain.get(locale);
  if (!made) {
    made = new Intl.NumberFormat(locale);
    plain.set(locale, made);
  }
  return unbroken(made.format(value));
}

/** Integer kopecks as roubles: 18430000 → «184 300 ₽». Kopecks show only when there are any. */
export function formatMoney(kopecks: number, locale: Locale): string {
  const digits = kopecks % 100 === 0 ? 0 : 2;
  return unbroken(
    (kopecks / 100).toLocaleString(locale, {
      style: 'currency',
      currency: 'RUB',
      currencyDisplay: 'narrowSymbol',
      minimumFractionDigits: digits,
      maximumFractionDigits: digits,
    }),
  );
}

/** Kopecks as a person would type them into a field: 18430050 → «184300,50». */
export function moneyInput(kopecks: number): string {
  const roubles = Math.trunc(kopecks / 100);
  const rest = Math.abs(kopecks % 100);
  return rest === 0 ? String(roubles) : `${roubles},${String(rest).padStart(2, '0')}`;
}

/** How many there are, as far as they were read: «50+» where there are more. */
export const counted = (n: number, isMore: boolean, locale: Locale): string =>
  `${formatNumber(n, locale)}${isMore ? '+' : ''}`;
