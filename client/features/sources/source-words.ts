import type { FileSource } from '@svodka/shared/contracts/folder';
import type { IngestEvent, ModuleToken, Source, SourceError } from '@svodka/shared/contracts/ingest';
import type { MessageKey } from '@svodka/shared/messages/ru';
import { label, t } from '../../state/i18n.svelte.ts';

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

/** How much of a source was refused and waits, or has gone beyond what is kept. */
export const refusedOf = ({ errors, errorsLetGo = 0 }: { errors: number; errorsLetGo?: number }): number =>
  errors + errorsLetGo;

export const fileSourceName = ({ id, name }: FileSource): string =>
  name || t(id === 'payments' ? 'payments.title' : 'module.calls');

/** What of an event a module may say, as its screens call it. */
const SAID: Record<keyof IngestEvent, MessageKey> = {
  externalId: 'import.target.externalId',
  type: 'import.target.type',
  title: 'field.title',
  body: 'field.body',
  importance: 'field.importance',
  occurredAt: 'import.target.occurredAt',
  due: 'field.due',
  order: 'import.target.project',
  counterparty: 'import.target.counterparty',
  itemIds: 'field.itemIds',
  payload: 'field.payload',
  author: 'import.target.author',
};

/** What is wrong with a line that was refused, and where in it. */
export function refusalWords({ details, message }: SourceError['error']): string {
  const parts = details?.map(({ field, message: why = '', column }) => {
    const [first = '', ...inner] = field.split('.');
    const said = SAID[first as keyof IngestEvent];
    const name = said ? label(`payload.${inner[0]}`, t(said)) : field;
    const place = column === undefined ? '' : t('sources.error.column', { column });
    return [[name, why].filter(Boolean).join(': '), place].filter(Boolean).join(', ');
  });
  return parts?.filter(Boolean).join('; ') || message;
}
