import Check from '@lucide/svelte/icons/check';
import CircleAlert from '@lucide/svelte/icons/circle-alert';
import NotebookText from '@lucide/svelte/icons/notebook-text';
import RotateCcw from '@lucide/svelte/icons/rotate-ccw';
import type { SvodkaEvent } from '@svodka/shared/contracts/event';
import { isOpen } from '@svodka/shared/rules/status';
import { t } from '../../state/i18n.svelte.ts';
import type { IconComponent } from '../../ui/icon.ts';

export type StatusKind = 'resolve' | 'reopen' | 'open' | 'record';
export type StatusAct = { kind: StatusKind; label: string; icon: IconComponent; key: string };

/** What R does to an event: done, or not done after all. A fact has nothing that could be done: null. */
export function doneKind({ status }: Pick<SvodkaEvent, 'status'>): 'resolve' | 'reopen' | null {
  if (status === 'recorded') return null;
  return status === 'resolved' ? 'reopen' : 'resolve';
}

/** What T does: a fact becomes something to do, and the other way round; what is done is neither. */
export function askKind(event: Pick<SvodkaEvent, 'status'>): 'open' | 'record' | null {
  if (event.status === 'recorded') return 'open';
  return isOpen(event) ? 'record' : null;
}

/** The ways an event's status can go, the usual one first. */
export function statusActs(event: Pick<SvodkaEvent, 'status'>): StatusAct[] {
  const acts: Record<StatusKind, StatusAct> = {
    resolve: { kind: 'resolve', label: t('event.resolve'), icon: Check, key: 'R' },
    reopen: { kind: 'reopen', label: t('event.reopen'), icon: RotateCcw, key: 'R' },
    open: { kind: 'open', label: t('event.toOpen'), icon: CircleAlert, key: 'T' },
    record: { kind: 'record', label: t('event.toRecord'), icon: NotebookText, key: 'T' },
  };
  return [doneKind(event), askKind(event)].flatMap((kind) => (kind ? [acts[kind]] : []));
}
