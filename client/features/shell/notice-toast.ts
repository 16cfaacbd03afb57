import { isSettledElsewhere } from '@svodka/shared/contracts/modules';
import type { NoticeView } from '@svodka/shared/contracts/notice';
import { awaitedIn, whatIn } from '@svodka/shared/messages/machine-title';
import { orderAndCustomer, titleOf } from '../../state/event-names.ts';
import { i18n, t } from '../../state/i18n.svelte.ts';
import { notices } from '../../state/notices.svelte.ts';
import { refs } from '../../state/refs.svelte.ts';
import { router } from '../../state/router.svelte.ts';
import { dayNow } from '../../state/sayings.ts';
import { session } from '../../state/session.svelte.ts';
import { toasts } from '../../state/toasts.svelte.ts';
import { moduleColor, typeIcon } from '../event-look/module-look.ts';
import { turnStatus } from '../event-look/status-acts.ts';

const LASTS_MS = 12_000;

/** Tells of a notice that has just come: what happened, on which order. What is done about it reads it. */
export function toastNotice(notice: NoticeView, open: (eventId: string) => void): void {
  const { event, reason } = notice;
  // What is said at the event that is open stands before the reader's eyes.
  if (!event || (reason === 'comment' && router.query.get('event') === event.id)) return;
  const where = orderAndCustomer(event);
  const isSaid = reason === 'mention' || reason === 'comment';
  const title = isSaid
    ? t(`notice.${reason}`, {
        name: refs.user(notice.comment?.authorId)?.name ?? '',
      })
    : reason === 'occurred'
      ? whatIn(i18n.locale, event, dayNow())
      : `${awaitedIn(i18n.locale, notice.awaits) ?? t(`notice.${reason}`)}: ${titleOf(event)}`;
  const read = () => void notices.seen({ ids: [notice.id] }).catch(() => {});
  const isElsewhere = isSettledElsewhere(event.type);
  // What somebody holds is taken from them at the event, where one sees by whom.
  const deeds = event.claim ? (['resolve'] as const) : (['claim', 'resolve'] as const);
  toasts.show({
    key: `notice ${notice.id}`,
    title,
    text: [isSaid ? notice.comment?.body : '', where].filter(Boolean).join('\n'),
    icon: typeIcon(event.type),
    color: moduleColor(event.module),
    // What is critical stays until somebody has done something about it.
    lastsMs: event.importance === 'critical' ? null : LASTS_MS,
    actions: [
      {
        label: t('notice.open'),
        run: () => {
          if (isElsewhere) router.go(`/shift/${event.id}`);
          else open(event.id);
          read();
        },
      },
      ...(event.status === 'open' && !isElsewhere && session.mayResolve(event)
        ? deeds.map((kind) => ({
            label: t(`event.${kind}`),
            run: () => {
              turnStatus(kind, event);
              read();
            },
          }))
        : []),
      { label: t('notice.later'), run: () => notices.later([notice.id]) },
      {
        label: t('notice.why'),
        quiet: true,
        run: () => router.go(`/inbox?notice=${notice.id}&event=${event.id}`),
      },
    ],
    group: {
      key: 'notices',
      sum: (members) => {
        // Of several what is critical is said, else what came last.
        const said = members.findLast(({ lastsMs }) => lastsMs === null) ?? members.at(-1);
        return {
          title: t('notice.several', { count: members.length }),
          text: [said?.title, said?.text].filter(Boolean).join('\n'),
          icon: said?.icon,
          color: said?.color,
          actions: [
            { label: t('notice.openAll'), run: () => router.go('/inbox') },
            { label: t('notice.hide'), quiet: true, run: () => {} },
          ],
        };
      },
    },
  });
}
