import type { Installation } from '@svodka/shared/contracts/crews';
import type { WorkConflict } from '@svodka/shared/rules/orders/work-conflicts';
import { crews } from '../../state/crews.svelte.ts';
import { i18n, t } from '../../state/i18n.svelte.ts';
import { refs } from '../../state/refs.svelte.ts';
import { dayWords } from '../../state/sayings.ts';
import { isUndated } from './undated.ts';

const weekdays = new Map<string, Intl.DateTimeFormat>();
/** «вт» */
export function weekdayWords(day: string): string {
  let format = weekdays.get(i18n.locale);
  if (!format) {
    format = new Intl.DateTimeFormat(i18n.locale, { weekday: 'short', timeZone: 'UTC' });
    weekdays.set(i18n.locale, format);
  }
  return format.format(new Date(day));
}

/** Where an installation is: of one that waits for a day, about when it can be. */
export const whenWords = (item: Installation): string =>
  isUndated(item) ? t('calendar.undated', { day: dayWords(item.startOn) }) : daysWords(item);

export const daysWords = ({ startOn, finishOn }: Pick<Installation, 'startOn' | 'finishOn'>): string =>
  startOn === finishOn ? dayWords(startOn) : `${dayWords(startOn)} – ${dayWords(finishOn)}`;

/** The name of the crew that a plan names; without one, that there is none. */
export const crewWords = (named: string | null): string =>
  named === null ? t('crews.none') : crews.nameOf(named);

export const numberOf = ({ projectId }: Installation): string =>
  `№ ${refs.project(projectId)?.number ?? '…'}`;
export const addressOf = ({ projectId }: Installation): string =>
  refs.project(projectId)?.objectAddress ?? '';
export function customerOf({ projectId }: Installation): string {
  const id = refs.project(projectId)?.counterpartyId;
  return id ? (refs.counterparty(id)?.name ?? '') : '';
}
export const stageWords = ({ stage, stages }: Installation): string =>
  stages > 1 ? t('calendar.stage', { stage, stages }) : '';

/** «изделия 4 из 6» */
export function goodsWords({ goods }: Installation): string {
  if (goods.isReady) return t('calendar.goods.ready');
  return goods.total === null
    ? t('calendar.goods.none')
    : t('calendar.goods.some', { done: goods.done, total: goods.total });
}

export const slipWords = ({ slipWd }: Installation): string =>
  slipWd > 0 ? t('calendar.slip', { days: slipWd }) : '';

function conflictWords({ kind, on, note }: WorkConflict, isBrief: boolean): string {
  const day = on === null ? '' : dayWords(on);
  if (kind === 'absent')
    return note ? t('calendar.conflict.absent.note', { note }) : t('calendar.conflict.absent');
  if (kind === 'goods')
    return on === null ? t('calendar.conflict.goods.never') : t('calendar.conflict.goods', { day });
  if (kind === 'promised') return t('calendar.conflict.promised', { day });
  return t(kind === 'over' && isBrief ? 'calendar.conflict.over.brief' : `calendar.conflict.${kind}`);
}

/** These are so on a day, and the work may have others. */
const OF_DAYS: readonly WorkConflict['kind'][] = ['over', 'absent', 'day-off'];
const DAYS_NAMED = 3;

/** What stands in its way, each once; of work of several days with the days on which it is so. */
export function conflictLines(
  { startOn, finishOn }: Pick<Installation, 'startOn' | 'finishOn'>,
  conflicts: readonly WorkConflict[],
  { isBrief = false } = {},
): string[] {
  const daysOf = new Map<string, string[]>();
  for (const conflict of conflicts) {
    const words = conflictWords(conflict, isBrief);
    const day = OF_DAYS.includes(conflict.kind) && startOn !== finishOn ? conflict.on : null;
    daysOf.set(words, [...(daysOf.get(words) ?? []), ...(day === null ? [] : [day])]);
  }
  return [...daysOf].map(([words, days]) => {
    const named = days.sort().slice(0, DAYS_NAMED).map(dayWords).join(', ');
    return [words, named && `: ${named}`, days.length > DAYS_NAMED ? '…' : ''].join('');
  });
}

/** All that a card says, for whoever hears it. */
export function cardWords(item: Installation, conflicts: readonly WorkConflict[]): string {
  return [
    numberOf(item),
    customerOf(item),
    addressOf(item),
    stageWords(item),
    whenWords(item),
    crewWords(item.crew),
    isUndated(item) ? '' : t(`calendar.state.${item.isPlanned ? item.state : 'promised'}`),
    item.state === 'done' ? '' : goodsWords(item),
    slipWords(item),
    ...conflictLines(item, conflicts),
  ]
    .filter(Boolean)
    .join(', ');
}

/** Where something is carried to, said while it is on its way. */
export const placeWords = (place: Pick<Installation, 'startOn' | 'crew'>): string =>
  `${weekdayWords(place.startOn)} ${dayWords(place.startOn)}, ${crewWords(place.crew)}`;
