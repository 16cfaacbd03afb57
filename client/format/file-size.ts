import type { Locale } from '@svodka/shared/contracts/common';

const UNITS = { ru: ['Б', 'КБ', 'МБ', 'ГБ'], en: ['B', 'KB', 'MB', 'GB'] };

/** 1536000 → «1,5 МБ». By 1024, as the systems of most people count files. */
export function fileSize(bytes: number, locale: Locale): string {
  let [value, unit] = [bytes, 0];
  while (value >= 1000 && unit < 3) {
    value /= 1024;
    unit++;
  }
  const digits = unit === 0 || value >= 10 ? 0 : 1;
  return `${value.toLocaleString(locale, { maximumFractionDigits: digits })}\u00a0${UNITS[locale][unit]}`;
}
