import type { NoticeView } from '@svodka/shared/contracts/notice';
import { t } from '../../state/i18n.svelte.ts';
import { notices } from '../../state/notices.svelte.ts';
import { refs } from '../../state/refs.svelte.ts';
import { toasts } from '../../state/toasts.svelte.ts';
import { projectNumber } from '../desk/event-words.ts';
import { moduleColor, typeIcon } from '../desk/module-look.ts';

const LASTS_MS = 12_000;

/** Tells of a notice that has just come: what happened, on which order; «Открыть» reads it, «Позже» leaves it unread. */
export function toastNotice(notice: NoticeView, open: (eventId: string) => void): void {
  const { event } = notice;
  if (!event) return;
  const order = projectNumber(event);
  const author = refs.user(notice.comment?.authorId)?.name ?? '';
  const what =
    notice.reason === 'occurred'
      ? t(`type.${event.type}`)
      : notice.reason === 'mention'
        ? t('notice.mention', { name: author })
        : t(`notice.${notice.reason}`);
  const text =
    notice.reason === 'mention' ? (notice.comment?.body ?? '') : event.title === what ? '' : event.title;
  toasts.show({
    key: `notice ${notice.id}`,
    title: [what, order].filter(Boolean).join(' · '),
    text,
    icon: typeIcon(event.type),
    color: moduleColor(event.module),
    lastsMs: LASTS_MS,
    actions: [
      {
        label: t('notice.open'),
        run: () => {
          open(event.id);
          notices.seen({ ids: [notice.id] }).catch(() => {});
        },
      },
      { label: t('notice.later'), quiet: true, run: () => {} },
    ],
  });
}
