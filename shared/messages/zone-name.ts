import type { Locale } from '../contracts/common.ts';

/** Zones whose people count from Moscow: «МСК+2». */
const FROM_MOSCOW = new Set(
  `Europe/Kaliningrad Europe/Moscow Europe/Simferopol Europe/Kirov Europe/Volgograd Europe/Astrakhan Europe/Saratov
  Europe/Ulyanovsk Europe/Samara Asia/Yekaterinburg Asia/Omsk Asia/Novosibirsk Asia/Barnaul Asia/Tomsk
  Asia/Novokuznetsk Asia/Krasnoyarsk Asia/Irkutsk Asia/Chita Asia/Yakutsk Asia/Khandyga Asia/Vladivostok Asia/Ust-Nera
  Asia/Magadan Asia/Sakhalin Asia/Srednekolymsk Asia/Kamchatka Asia/Anadyr`.split(/\s+/),
);
const MOSCOW_H = 3;

const formats = new Map<string, Intl.DateTimeFormat>();

/** «GMT+3», as it is at that moment. */
function offsetOf(at: Date, zone: string): string {
  let format = formats.get(zone);
  if (!format) {
    format = new Intl.DateTimeFormat('en', { timeZone: zone, timeZoneName: 'shortOffset' });
    formats.set(zone, format);
  }
  return format.formatToParts(at).find(({ type }) => type === 'timeZoneName')?.value ?? '';
}

/** How a zone is named after a time: «МСК», «МСК+2», «GMT+1»; in English «MSK» for Moscow and else the offset. */
export function shortZone(at: Date, zone: string, locale: Locale): string {
  const offset = offsetOf(at, zone);
  if (locale === 'en') return zone === 'Europe/Moscow' ? 'MSK' : offset;
  const hours = Number(/^GMT([+-]\d+)$/.exec(offset)?.[1]);
  if (!FROM_MOSCOW.has(zone) || Number.isNaN(hours)) return offset;
  const ahead = hours - MOSCOW_H;
  return ahead === 0 ? 'МСК' : `МСК${ahead > 0 ? '+' : '−'}${Math.abs(ahead)}`;
}
