import type { Revision } from '@svodka/shared/contracts/event';
import type { EventType } from '@svodka/shared/contracts/modules';
import { dayAndTime, dayOf, instantOf, shortDay } from '../../format/time.ts';
import { clock } from '../../state/clock.svelte.ts';
import { i18n, label, t } from '../../state/i18n.svelte.ts';
import { refs } from '../../state/refs.svelte.ts';
import { payloadText } from './payload-words.ts';

const INSTANTS = ['occurredAt', 'dueAt', 'deletedAt'];
/** A moment, or the type of event that is waited for. */
const isMoment = (value: unknown) => /^\d{4}-/.test(String(value));
/** The last second of a day, which nobody types: the deadline is the whole day. */
const isDayEnd = (instant: string) => /:59(?:\.\d+)?Z$/.test(instant);
const CODES: Record<string, string> = {
  importance: 'importance',
  visibility: 'visibility',
  status: 'status',
  dueState: 'due',
};
/** Follow from others that are shown. */
const SILENT = [
  'dueAllDay',
  'dueZone',
  'dueLocal',
  'dueLeadMin',
  'dueState',
  'resolved',
  'terms',
  'audienceIds',
];

function text(field: string, value: unknown): string {
  if (value === null || value === undefined || value === '' || (Array.isArray(value) && value.length === 0)) {
    return t('revision.nothing');
  }
  if (CODES[field]) return label(`${CODES[field]}.${value}`, String(value));
  if (field === 'claim') return refs.user(String(value))?.name ?? '…';
  if (field === 'snooze' && !isMoment(value)) return label(`type.${value}`, String(value));
  if (field === 'dueAt' && isDayEnd(String(value)))
    return shortDay(dayOf(String(value), i18n.viewer), dayOf(clock.now, i18n.viewer), i18n.viewer);
  if (INSTANTS.includes(field) || field === 'snooze')
    return dayAndTime(String(value), clock.now, i18n.viewer);
  if (field === 'due' && typeof value === 'object') {
    const {
      local = '',
      zone = i18n.viewer.zone,
      ...due
    } = value as {
      at?: string;
      local?: string;
      zone?: string;
    };
    const at = local.length > 10 ? instantOf(local, { ...i18n.viewer, zone }) : due.at;
    if (at) return dayAndTime(at, clock.now, i18n.viewer);
    return local ? shortDay(local.slice(0, 10), '', i18n.viewer) : t('revision.nothing');
  }
  if (field === 'projectId') {
    const project = refs.project(String(value));
    return refs.isHidden(String(value)) ? t('refs.hidden.project') : `№ ${project?.number ?? '…'}`;
  }
  if (field === 'attachments') return (value as string[]).map((name) => `«${name}»`).join(', ');
  if (field === 'counterpartyIds') {
    return (value as string[])
      .map((id) => refs.counterparty(id)?.name ?? (refs.isHidden(id) ? t('refs.hidden.counterparty') : '…'))
      .join(', ');
  }
  if (typeof value === 'object') return JSON.stringify(value);
  return String(value);
}

/** `long`: text of several lines, to be unfolded. */
export type RevisionLine = { field: string; from: string; to: string; long?: boolean };

/** What one edit changed, a line for each field; of the details, a line for each that differs. */
export function revisionLines(revision: Revision, type?: EventType): RevisionLine[] {
  return (
    Object.entries(revision.changes)
      // What a shift says of itself its title says in words.
      .filter(([field]) => !SILENT.includes(field) && !(type === 'shift.handover' && field === 'payload'))
      .flatMap(([field, { from, to }]): RevisionLine[] => {
        if (field === 'payload') return payloadChanges(from, to, type);
        return [
          {
            field: label(`field.${field}`),
            from: text(field, from),
            to: text(field, to),
            ...(field === 'body' && { long: true }),
          },
        ];
      })
  );
}

function payloadChanges(from: unknown, to: unknown, type: EventType | undefined): RevisionLine[] {
  const [before, after] = [flat(from), flat(to)];
  const words = (name: string, value: unknown) =>
    value === undefined || value === null ? t('revision.nothing') : payloadText(type, name, value);
  return [...new Set([...Object.keys(before), ...Object.keys(after)])].map((name) => ({
    field: label(`payload.${name}`, name),
    from: words(name, before[name]),
    to: words(name, after[name]),
  }));
}

/** Details of both kinds by name: those of the type, and the free ones. */
function flat(payload: unknown): Record<string, unknown> {
  const { fields, ...typed } = (payload ?? {}) as { fields?: Record<string, unknown> };
  return { ...typed, ...fields };
}
