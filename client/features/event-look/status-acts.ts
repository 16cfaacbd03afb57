import AlarmClockOff from '@lucide/svelte/icons/alarm-clock-off';
import Check from '@lucide/svelte/icons/check';
import CircleAlert from '@lucide/svelte/icons/circle-alert';
import Hand from '@lucide/svelte/icons/hand';
import Moon from '@lucide/svelte/icons/moon';
import NotebookText from '@lucide/svelte/icons/notebook-text';
import RotateCcw from '@lucide/svelte/icons/rotate-ccw';
import UserRoundPlus from '@lucide/svelte/icons/user-round-plus';
import type { SvodkaEvent } from '@svodka/shared/contracts/event';
import { mayBeHeld } from '@svodka/shared/rules/status';
import { holdAsk } from '../../state/hold-ask.svelte.ts';
import { t } from '../../state/i18n.svelte.ts';
import { outbox } from '../../state/outbox.svelte.ts';
import { session } from '../../state/session.svelte.ts';
import { toasts } from '../../state/toasts.svelte.ts';
import type { IconComponent } from '../../ui/icon.ts';

export type StatusKind =
  | 'resolve'
  | 'reopen'
  | 'open'
  | 'record'
  | 'claim'
  | 'release'
  | 'hand'
  | 'snooze'
  | 'wake';
export type StatusAct = { kind: StatusKind; label: string; icon: IconComponent; key?: string };
type Standing = Pick<SvodkaEvent, 'type' | 'status' | 'claim'>;

/** What R does to an event: done, or not done after all. A fact has nothing that could be done: null. */
export function doneKind({ status }: Standing): 'resolve' | 'reopen' | null {
  if (status === 'recorded') return null;
  return status === 'resolved' ? 'reopen' : 'resolve';
}

/** What T does: a fact becomes something to do, and the other way round; what is done is neither. */
export function askKind(event: Standing): 'open' | 'record' | null {
  if (event.status === 'recorded') return 'open';
  return mayBeHeld(event) ? 'record' : null;
}

/** What E does: mine is let go, anything else that waits for somebody is taken. */
export function claimKind(event: Standing): 'claim' | 'release' | null {
  if (!mayBeHeld(event)) return null;
  return event.claim && event.claim.by === session.user?.id ? 'release' : 'claim';
}

/** A key that finds nothing to do says why. @returns false, for whoever has the keys */
export function isIdle(event: Standing): false {
  if (event.status === 'recorded') toasts.show({ key: 'fact', title: t('event.isFact'), lastsMs: 4_000 });
  return false;
}

/** What Z does: put off, or back before its time. */
export function snoozeKind(event: Standing): 'snooze' | 'wake' | null {
  if (!mayBeHeld(event)) return null;
  return event.status === 'snoozed' ? 'wake' : 'snooze';
}

/** The ways an event's status can go, the usual one first. */
export function statusActs(event: Standing): StatusAct[] {
  const acts: Record<StatusKind, StatusAct> = {
    resolve: { kind: 'resolve', label: t('event.resolve'), icon: Check, key: 'R' },
    reopen: { kind: 'reopen', label: t('event.reopen'), icon: RotateCcw, key: 'R' },
    claim: { kind: 'claim', label: t('event.claim'), icon: Hand, key: 'E' },
    release: { kind: 'release', label: t('event.release'), icon: Hand, key: 'E' },
    hand: { kind: 'hand', label: t('event.hand'), icon: UserRoundPlus },
    snooze: { kind: 'snooze', label: t('event.snooze'), icon: Moon, key: 'Z' },
    wake: { kind: 'wake', label: t('event.wake'), icon: AlarmClockOff, key: 'Z' },
    open: { kind: 'open', label: t('event.toOpen'), icon: CircleAlert, key: 'T' },
    record: { kind: 'record', label: t('event.toRecord'), icon: NotebookText, key: 'T' },
  };
  const hand = mayBeHeld(event) ? ('hand' as const) : null;
  const kinds = [doneKind(event), claimKind(event), hand, snoozeKind(event), askKind(event)];
  return kinds.flatMap((kind) => (kind ? [acts[kind]] : []));
}

/** Does it at once, or asks first what has to be known: to whom, until when, and why it is taken from somebody. */
export function turnStatus(kind: StatusKind, event: SvodkaEvent): void {
  const isAnothers = event.claim !== null && event.claim.by !== session.user?.id;
  if (kind === 'hand' || kind === 'snooze') holdAsk.open(kind, event);
  else if (kind !== 'claim') outbox.act(kind, event);
  else if (isAnothers) holdAsk.open('claim', event);
  else outbox.do({ kind, event, ask: {} });
}
