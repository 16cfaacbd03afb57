import type { SvodkaEvent } from '@svodka/shared/contracts/event';
import { orderAndCustomer, titleOf } from './event-names.ts';
import { t } from './i18n.svelte.ts';
import { outbox } from './outbox.svelte.ts';
import { refs } from './refs.svelte.ts';
import { session } from './session.svelte.ts';
import { toasts } from './toasts.svelte.ts';

/** What has become of an event that one was at, or is to be at now. */
export function tellOfClaim(event: SvodkaEvent): void {
  const { claim } = event;
  if (!claim && event.resolved?.by) {
    const name = refs.user(event.resolved.by)?.name ?? t('claim.somebody');
    toasts.show({
      key: `claim ${event.id}`,
      title: t('claim.resolved', { name, title: titleOf(event) }),
      text: orderAndCustomer(event),
      group: {
        key: `claim resolved ${event.resolved.by}`,
        sum: (members) => ({
          title: t('claim.resolvedMany', { name, count: members.length }),
          text: members.map(({ text, title }) => text || title).join('\n'),
        }),
      },
    });
    return;
  }
  if (!claim) {
    const again = () => outbox.do({ kind: 'claim', event, ask: {} });
    toasts.show({
      key: `claim ${event.id}`,
      title: t('claim.lapsed', { title: titleOf(event) }),
      text: t('claim.lapsed.text'),
      actions: [{ label: t('event.claim'), run: again }],
    });
    return;
  }
  const isMine = claim.by === session.user?.id;
  const name = refs.user(isMine ? claim.from : claim.by)?.name ?? t('claim.somebody');
  toasts.show({
    key: `claim ${event.id}`,
    title: t(isMine ? 'claim.movedTo' : 'claim.movedFrom', { name, title: titleOf(event) }),
    text: claim.reason ?? '',
    // Somebody takes over a shift.
    ...(!isMine && {
      group: {
        key: `claim ${claim.by}`,
        sum: (members) => ({
          title: t('claim.movedMany', { name, count: members.length }),
          text: members.map(({ title }) => title).join('\n'),
        }),
      },
    }),
  });
}
