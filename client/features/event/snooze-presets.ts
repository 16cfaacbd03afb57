import { instantOfWall } from '@svodka/shared/rules/due';
import { clockTime, dayOf, type Viewer } from '../../format/time.ts';
import { t } from '../../state/i18n.svelte.ts';

const HOUR_MS = 3_600_000;
const DAY_MS = 24 * HOUR_MS;
const MORNING = '09:00:00';
const EVENING = '17:00:00';

/** The moments until which one puts things off, the nearest first: an hour, this evening, tomorrow, next week. */
export function snoozePresets(now: number, viewer: Viewer): { at: Date; words: string }[] {
  const wall = (ms: number, time: string) => instantOfWall(`${dayOf(ms, viewer)}T${time}`, viewer.zone);
  const hour = new Date(now + HOUR_MS);
  const evening = wall(now, EVENING);
  const weekday = new Date(`${dayOf(now, viewer)}T00:00:00Z`).getUTCDay();
  return [
    { at: hour, words: t('claim.preset.hour', { at: clockTime(hour, viewer) }) },
    ...(evening > hour
      ? [{ at: evening, words: t('claim.preset.evening', { at: clockTime(evening, viewer) }) }]
      : []),
    { at: wall(now + DAY_MS, MORNING), words: t('claim.preset.tomorrow') },
    // On a Sunday that is tomorrow.
    ...(weekday === 0
      ? []
      : [{ at: wall(now + (8 - weekday) * DAY_MS, MORNING), words: t('claim.preset.week') }]),
  ];
}
