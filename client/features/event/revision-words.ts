import type { Revision } from '@svodka/shared/contracts/event';
import { dayAndTime, shortDay } from '../../format/time.ts';
import { i18n, label, t } from '../../state/i18n.svelte.ts';
import { refs } from '../../state/refs.svelte.ts';

const INSTANTS = ['occurredAt', 'dueAt', 'deletedAt'];
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
  if (INSTANTS.includes(field)) return dayAndTime(String(value), Date.now(), i18n.viewer);
  if (field === 'due' && typeof value === 'object') {
    const due = value as { at?: string; local?: string };
    if (due.at) return dayAndTime(due.at, Date.now(), i18n.viewer);
    return due.local ? shortDay(due.local.slice(0, 10), '', i18n.viewer) : t('revision.nothing');
  }
  if (field === 'projectId') {
    const project = refs.project(String(value));
    return refs.isHidden(String(value)) ? t('refs.hidden.project') : `№ ${project?.number ?? '…'}`;
  }
  if (field === 'counterpartyIds') {
    return (value as string[])
      .map((id) => refs.counterparty(id)?.name ?? (refs.isHidden(id) ? t('refs.hidden.counterparty') : '…'))
      .join(', ');
  }
  if (typeof value === 'object') return JSON.stringify(value);
  return String(value);
}

/** What one edit changed, a line for each field; payload and body only say that they were changed. */
export function revisionLines(revision: Revision): { field: string; from: string; to: string }[] {
  return Object.entries(revision.changes)
    .filter(([field]) => !SILENT.includes(field))
    .map(([field, { from, to }]) => {
      const name = field.startsWith('payload.')
        ? label(`payload.${field.slice(8)}`)
        : label(`field.${field}`);
      return field === 'payload' || field === 'body'
        ? { field: name, from: '', to: t('revision.changed') }
        : { field: name, from: text(field, from), to: text(field, to) };
    });
}
