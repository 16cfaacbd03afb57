import { mayEdit } from '@svodka/shared/rules/permissions';
import { duePill } from '../../format/due.ts';
import { clockTime } from '../../format/time.ts';
import { clock } from '../../state/clock.svelte.ts';
import { orderAndCustomer, titleOf } from '../../state/event-names.ts';
import { i18n, t } from '../../state/i18n.svelte.ts';
import { refs } from '../../state/refs.svelte.ts';
import { dayWords } from '../../state/sayings.ts';
import { session } from '../../state/session.svelte.ts';
import type { Deadline } from './deadlines-state.svelte.ts';

/** What is to be done. */
export const whatWords = (item: Deadline): string =>
  item.kind === 'event' ? titleOf(item.event) : t(`milestone.${item.milestone.code}`);

/** Of which order, and whose. */
export function aboutWords(item: Deadline): string {
  if (item.kind === 'event') return orderAndCustomer(item.event);
  const project = refs.project(item.milestone.projectId);
  const customer = refs.counterparty(project?.counterpartyId)?.name;
  return [t('projects.numberOf', { number: project?.number ?? '…' }), customer].filter(Boolean).join(' · ');
}

/** At what hour; of a whole day nothing. */
export const hourWords = (item: Deadline): string =>
  item.kind === 'event' && !item.event.dueAllDay && item.event.dueAt
    ? clockTime(item.event.dueAt, i18n.viewer)
    : '';

/** How it stands: what is late, what holds it up, when it is expected. */
export function stateWords(item: Deadline, todayOn: string): { text: string; isLate: boolean } {
  if (item.kind === 'event') {
    const pill = duePill(item.event, clock.now, i18n.viewer);
    const isLate = item.event.dueState === 'overdue';
    return { text: isLate ? (pill?.text ?? '') : '', isLate };
  }
  const { state, forecastOn, promisedOn, on } = item.milestone;
  const isLate = state === 'overdue' || on < todayOn;
  const parts = [
    promisedOn ? t('deadlines.promised') : '',
    state === 'blocked' ? t('milestone.state.blocked') : '',
    forecastOn && forecastOn > on ? t('deadlines.forecast', { day: dayWords(forecastOn) }) : '',
  ];
  return { text: parts.filter(Boolean).join(', '), isLate };
}

/** Whether this person may move it. What was promised to the customer, and an installation, is moved by an event. */
export function isMovable(item: Deadline): boolean {
  if (item.kind === 'event') return session.actor !== null && mayEdit(session.actor, item.event);
  const { code, promisedOn } = item.milestone;
  return session.may('directory.write') && code !== 'install' && promisedOn === null;
}

export const hrefOf = (item: Deadline): string => {
  if (item.kind === 'milestone') return `/projects/${item.milestone.projectId}`;
  const { id, projectId } = item.event;
  return projectId ? `/projects/${projectId}?event=${id}` : `/?event=${id}`;
};

/** «Замер, № 318» */
export const nameWords = (item: Deadline): string =>
  [whatWords(item), aboutWords(item)].filter(Boolean).join(', ');
