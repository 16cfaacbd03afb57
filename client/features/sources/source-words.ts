import type { FileSource } from '@svodka/shared/contracts/folder';
import type { ModuleToken, Source } from '@svodka/shared/contracts/ingest';
import { t } from '../../state/i18n.svelte.ts';

type State = Pick<Source, 'isOn' | 'silentSince'>;

const HOUR = 60;
const DAY = 24 * HOUR;

/** What may be waited for, minutes. */
export const INTERVALS = [5, 15, 30, HOUR, 4 * HOUR, 8 * HOUR, DAY, 3 * DAY, 7 * DAY];

export function intervalWords(minutes: number | null): string {
  if (minutes === null) return t('sources.expect.none');
  if (minutes % DAY === 0) return t('sources.expect.days', { count: minutes / DAY });
  if (minutes % HOUR === 0) return t('sources.expect.hours', { count: minutes / HOUR });
  return t('sources.expect.minutes', { count: minutes });
}

export const stateWords = ({ isOn, silentSince }: State): string =>
  t(isOn ? (silentSince ? 'sources.silent' : 'sources.on') : 'sources.off');

export const stateTone = ({ isOn, silentSince }: State): 'off' | 'late' | 'ok' =>
  isOn ? (silentSince ? 'late' : 'ok') : 'off';

export const isLiving = ({ revokedAt, expiresAt }: ModuleToken, now: number): boolean =>
  revokedAt === null && (expiresAt === null || Date.parse(expiresAt) > now);

export const fileSourceName = ({ id, name }: FileSource): string =>
  name || t(id === 'payments' ? 'payments.title' : 'module.calls');
