import AlarmClock from '@lucide/svelte/icons/alarm-clock';
import AtSign from '@lucide/svelte/icons/at-sign';
import EyeOff from '@lucide/svelte/icons/eye-off';
import MessageSquare from '@lucide/svelte/icons/message-square';
import type { SvodkaEvent } from '@svodka/shared/contracts/event';
import type { NoticeReason, NoticeView } from '@svodka/shared/contracts/notice';
import { isolated } from '@svodka/shared/messages/isolate';
import { awaitedIn } from '@svodka/shared/messages/machine-title';
import { translate } from '@svodka/shared/messages/translate';
import { dayOf, nearDay, shortDay } from '../../format/time.ts';
import { counterpartyNames, projectNumber, titleOf } from '../../state/event-names.ts';
import { i18n, t } from '../../state/i18n.svelte.ts';
import { refs } from '../../state/refs.svelte.ts';
import { dayNow, momentWords } from '../../state/sayings.ts';
import type { IconComponent } from '../../ui/icon.ts';
import { moduleColor, typeIcon } from '../event-look/module-look.ts';

/** How a notice reads in one line: why it came, then about what. */
export type NoticeWords = { why: string; what: string; icon: IconComponent; color: string };

/** «завтра 9:00»; a deadline of a whole day without the hour. */
function dueWords({ at, event }: NoticeView): string {
  const { viewer } = i18n;
  if (!event?.dueAllDay) return momentWords(at);
  const day = event.dueLocal?.slice(0, 10) ?? dayOf(at, viewer);
  const today = dayNow();
  return nearDay(day, today, viewer) ?? shortDay(day, today, viewer);
}

const joined = (parts: (string | undefined)[]) =>
  parts
    .filter((part) => part !== undefined && part !== '')
    .map((part) => isolated(part as string))
    .join(' · ');

/** Whether a title says no more than the type does, in whichever language it was written. */
const repeatsType = ({ type, title }: SvodkaEvent) =>
  (['ru', 'en'] as const).some((locale) => translate(locale, `type.${type}`) === title);

const isDeadline = (reason: NoticeReason): reason is 'approaching' | 'due' | 'overdue' =>
  reason === 'approaching' || reason === 'due' || reason === 'overdue';

/** «Отложено до 17:30»; empty: it is not put off. */
export function putOffWords({ snooze }: NoticeView): string {
  if (!snooze) return '';
  const { until, type } = snooze;
  const words = [
    until && t('inbox.snoozed.until', { at: momentWords(until) }),
    type && t('inbox.snoozed.type', { type: t(`type.${type}`) }),
  ];
  return words.filter(Boolean).join(', ');
}

export function wordsOf(notice: NoticeView): NoticeWords {
  const { event, comment, reason } = notice;
  if (!event) return { why: t('inbox.gone'), what: '', icon: EyeOff, color: 'var(--ink-3)' };
  // A title that names somebody says who it is about.
  const names = counterpartyNames(event).filter((name) => !titleOf(event).includes(name));
  const order = [projectNumber(event), ...names];
  if (reason === 'mention' || reason === 'comment') {
    const name = refs.user(comment?.authorId)?.name ?? '…';
    return {
      why: t(reason === 'mention' ? 'inbox.mentionGone' : 'inbox.commented', { name }),
      what: joined([comment?.body.replace(/\s+/g, ' '), projectNumber(event), titleOf(event)]),
      icon: reason === 'mention' ? AtSign : MessageSquare,
      color: 'var(--accent)',
    };
  }
  if (reason === 'occurred') {
    // A free event has no better words than its own.
    const why = event.type === 'note.free' ? titleOf(event) : t(`type.${event.type}`);
    const title = repeatsType(event) || titleOf(event) === why ? '' : titleOf(event);
    return {
      why,
      what: joined([order[0], title, ...order.slice(1)]),
      icon: typeIcon(event.type),
      color: moduleColor(event.module),
    };
  }
  return {
    why: isDeadline(reason)
      ? t(`inbox.${reason}`, { due: dueWords(notice) })
      : (awaitedIn(i18n.locale, notice.awaits) ?? t(`inbox.reason.${reason}`)),
    what: joined([order[0], titleOf(event), ...order.slice(1)]),
    icon: AlarmClock,
    color: reason === 'approaching' ? 'var(--high)' : 'var(--critical)',
  };
}
