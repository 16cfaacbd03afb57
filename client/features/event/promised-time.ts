import { instantOfWall } from '@svodka/shared/rules/due';
import { daysAfter } from '@svodka/shared/rules/orders/working-days';
import { dayOf, type Viewer } from '../../format/time.ts';

/** «до 15:00», «к 9 часам», «by 3 pm»; a number alone may be a day or a floor. */
const HOUR =
  /(?:^|\s)(?:до|к|by|before|until)\s+(\d{1,2})(?::(\d\d)|\s*ч(?:ас\p{L}*)?(?!\p{L})|\s*([ap])\.?m)/iu;
const DAYS: [RegExp, number][] = [
  [/послезавтра|day after tomorrow/i, 2],
  [/завтра|tomorrow/i, 1],
];

/** When a sentence says that it is to be kept; null: it names no hour, or one that has gone by. */
export function promisedTime(words: string, now: number, viewer: Viewer): Date | null {
  const [, hours, minutes = '00', half] = HOUR.exec(words) ?? [];
  if (hours === undefined) return null;
  const hour = half ? (Number(hours) % 12) + (half.toLowerCase() === 'p' ? 12 : 0) : Number(hours);
  if (hour > 23 || Number(minutes) > 59) return null;
  const after = DAYS.find(([named]) => named.test(words))?.[1] ?? 0;
  const day = daysAfter(dayOf(now, viewer), after);
  const at = instantOfWall(`${day}T${String(hour).padStart(2, '0')}:${minutes}:00`, viewer.zone);
  return at.getTime() > now ? at : null;
}
