import type { Locale } from '@svodka/shared/contracts/common';
import { i18n } from '../../state/i18n.svelte.ts';
import { type Choice, matching } from '../../ui/combobox.ts';

const MOST = 40;
/** Offered before anything is typed. */
const USUAL = [
  'Europe/Kaliningrad',
  'Europe/Moscow',
  'Europe/Samara',
  'Asia/Yekaterinburg',
  'Asia/Omsk',
  'Asia/Krasnoyarsk',
  'Asia/Irkutsk',
  'Asia/Yakutsk',
  'Asia/Vladivostok',
  'Asia/Magadan',
  'Asia/Kamchatka',
  'Europe/Minsk',
  'Asia/Almaty',
];

type Naming = 'shortGeneric' | 'shortOffset';

function nameOf(zone: string, locale: Locale, naming: Naming): string {
  try {
    const parts = new Intl.DateTimeFormat(locale, { timeZone: zone, timeZoneName: naming }).formatToParts();
    return parts.find(({ type }) => type === 'timeZoneName')?.value ?? '';
  } catch {
    return '';
  }
}

const cityOf = (zone: string) => (zone.split('/').at(-1) ?? zone).replaceAll('_', ' ');

/** «Москва», from the browser's own names; the city of the id where there is none. */
export function zoneName(zone: string, locale: Locale): string {
  const name = nameOf(zone, locale, 'shortGeneric').replace(/ Time$/, '');
  return /^(?:GMT|UTC|[A-Z]{1,4}$)/.test(name) || name === '' ? cityOf(zone) : name;
}

function withOffset(choice: Choice): Choice {
  const offset = nameOf(choice.value, 'en', 'shortOffset');
  return { ...choice, note: [choice.note, offset].filter(Boolean).join(' · ') };
}

function named(zone: string, locale: Locale): Choice {
  const label = zoneName(zone, locale);
  const city = cityOf(zone);
  return { value: zone, label, note: city === label ? '' : city };
}

export const zoneChoice = (zone: string): Choice => withOffset(named(zone, i18n.locale));

/** Named once per language: a formatter for each of four hundred zones takes a while. */
const all: Partial<Record<Locale, Choice[]>> = {};

/** The zones that the words typed name, by city in either language. */
export async function searchZones(typed: string): Promise<Choice[]> {
  const { locale } = i18n;
  if (!typed.trim()) return USUAL.map(zoneChoice);
  all[locale] ??= Intl.supportedValuesOf('timeZone').map((zone) => named(zone, locale));
  return matching(all[locale], typed).slice(0, MOST).map(withOffset);
}
