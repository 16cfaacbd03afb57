import type { Delivery, DeliveryState } from '@svodka/shared/contracts/notice';
import type { MessageKey } from '@svodka/shared/messages/ru';
import { clock } from '../../state/clock.svelte.ts';
import { label, t } from '../../state/i18n.svelte.ts';
import { refs } from '../../state/refs.svelte.ts';
import { momentWords } from '../../state/sayings.ts';
import { session } from '../../state/session.svelte.ts';

/** Colour of a state: whether somebody has to look at it. */
export const STATE_COLORS: Record<DeliveryState, string> = {
  queued: 'var(--info)',
  sending: 'var(--info)',
  sent: 'var(--ok)',
  gathered: 'var(--ink-3)',
  kept: 'var(--ink-3)',
  held: 'var(--high)',
  cancelled: 'var(--ink-3)',
  ambiguous: 'var(--high)',
  failed: 'var(--critical)',
};

/** What has become of it, in a list: without an address it could not be sent to anybody, whoever needed it. */
export const stateOf = ({ state, reason }: Delivery): string =>
  t(`mailbox.state.${state === 'cancelled' && reason === 'no-email' ? reason : state}`);

/** Why a letter is in its state: a known reason in words, else what the mail server said. */
export function reasonOf({ reason }: Delivery): string {
  return reason === null ? '' : label(`mailbox.reason.${reason}`, outcomeWords(reason));
}

/** When it goes: «вот-вот», «уйдёт сегодня 10:42», where nothing goes «сохранится сегодня 10:42»; and after a failure «ещё раз сегодня 10:42». */
export function nextOf({
  attempts,
  channel,
  nextAttemptAt,
  state,
}: Pick<Delivery, 'attempts' | 'channel' | 'nextAttemptAt' | 'state'>): string {
  if (!nextAttemptAt || state === 'sending') return '';
  if (Date.parse(nextAttemptAt) <= clock.now + 1500) return t('mailbox.inTurn');
  const at = momentWords(nextAttemptAt);
  if (channel === 'mail' && session.server?.mailKept) return t('mailbox.keptAt', { at });
  return t(attempts.length > 0 ? 'mailbox.nextAt' : 'mailbox.firstAt', { at });
}

/** The last column of a row: why, how often it was tried, when it is tried again. */
export function fateOf(delivery: Delivery): string {
  const { attempts } = delivery;
  const count = attempts.length > 1 ? t('mailbox.attemptCount', { count: attempts.length }) : '';
  return [reasonOf(delivery), count, nextOf(delivery)].filter(Boolean).join(' · ');
}

/** What it is called in a list: what will never be written is of its kind. */
export const titleOf = ({ subject, customer }: Delivery): string =>
  subject || (customer ? t(`type.${customer.kind}`) : '');

/** Whom it is for, where that is known. */
export const nameOf = ({ userId, customer }: Delivery): string =>
  (userId ? refs.user(userId)?.name : refs.counterparty(customer?.counterpartyId ?? '')?.name) ?? '';

/** The event that a letter is about: its text ends in a link to it. */
export function eventOf({ text, customer }: Delivery): string | null {
  if (customer) return customer.eventId;
  return /\/events\/([0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12})/.exec(text)?.[1] ?? null;
}

/** What the machine says of a mail server that it does not reach. */
const UNREACHED: Record<string, MessageKey> = {
  ECONNREFUSED: 'mailbox.outcome.refused',
  EHOSTUNREACH: 'mailbox.outcome.refused',
  ENETUNREACH: 'mailbox.outcome.refused',
  ETIMEDOUT: 'mailbox.outcome.silent',
  ENOTFOUND: 'mailbox.outcome.unknown',
  EAI_AGAIN: 'mailbox.outcome.unknown',
  ECONNRESET: 'mailbox.outcome.broken',
};

/** What an attempt came to: in words, with the machine's own behind them for whoever mends it. */
export function outcomeWords(outcome: string): string {
  const unreached = UNREACHED[/\bE[A-Z_]{4,}\b/.exec(outcome)?.[0] ?? ''];
  return unreached ? `${t(unreached)} (${outcome})` : label(`mailbox.outcome.${outcome}`, outcome);
}
