import { shortZone } from '@svodka/shared/messages/zone-name';
import { i18n, label } from '../../state/i18n.svelte.ts';
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

const cityOf = (zone: string) => (zone.split('/').at(-1) ?? zone).replaceAll('_', ' ');

/** «Москва»; the city of the id for zones that have no name of ours. */
export const zoneName = (zone: string): string => label(`zone.${zone}`, cityOf(zone));

/** «МСК+2» now. */
function offsetOf(zone: string): string {
  try {
    return shortZone(new Date(), zone, i18n.locale);
  } catch {
    return '';
  }
}

/** Offsets are told of those that show only: each costs a formatter, and there are four hundred zones. */
function withOffset(choice: Choice): Choice {
  return { ...choice, note: [choice.note, offsetOf(choice.value)].filter(Boolean).join(' · ') };
}

function named(zone: string): Choice {
  const name = zoneName(zone);
  const city = cityOf(zone);
  return { value: zone, label: name, note: city === name ? '' : city };
}

export const zoneChoice = (zone: string): Choice => withOffset(named(zone));

/** The zones that the words typed name, by city in either language. */
export async function searchZones(typed: string): Promise<Choice[]> {
  if (!typed.trim()) return USUAL.map(zoneChoice);
  return matching(Intl.supportedValuesOf('timeZone').map(named), typed).slice(0, MOST).map(withOffset);
}
