// What people call an event by: its order and its customer. Rows, toasts and the inbox say it in the same words.
import type { SvodkaEvent } from '@svodka/shared/contracts/event';
import { titleIn } from '@svodka/shared/messages/machine-title';
import { i18n } from './i18n.svelte.ts';
import { refs } from './refs.svelte.ts';

export type Titled = Pick<SvodkaEvent, 'type' | 'title'> & Partial<Pick<SvodkaEvent, 'payload'>>;

/** What an event is called in the language of the screen. */
export const titleOf = (event: Titled): string => titleIn(i18n.locale, event);

/** «№ 318» with a no-break space, or an empty text when there is no project or its number is not known yet. */
export function projectNumber(event: Pick<SvodkaEvent, 'projectId'>): string {
  const project = refs.project(event.projectId);
  return project ? `№\u00a0${project.number}` : '';
}

/** Names of the counterparties that are known. */
export function counterpartyNames(event: Pick<SvodkaEvent, 'counterpartyIds'>): string[] {
  return event.counterpartyIds.flatMap((id) => refs.counterparty(id)?.name ?? []);
}

/** «№ 372 · Лесная поляна»: the order and its customer; empty when the event has neither. */
export function orderAndCustomer(event: Pick<SvodkaEvent, 'projectId' | 'counterpartyIds'>): string {
  const owner = refs.counterparty(refs.project(event.projectId)?.counterpartyId)?.name;
  const customer = owner ?? counterpartyNames(event)[0];
  return [projectNumber(event), customer].filter(Boolean).join(' · ');
}
