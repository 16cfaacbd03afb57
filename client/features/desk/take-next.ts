import type { Id } from '@svodka/shared/contracts/id';
import { toText } from '@svodka/shared/filter/text';
import { ask } from '../../api/rest.ts';
import type { DeskState } from '../../state/desk.svelte.ts';
import { errorText } from '../../state/error-text.ts';
import { titleOf } from '../../state/event-names.ts';
import { t } from '../../state/i18n.svelte.ts';
import { refs } from '../../state/refs.svelte.ts';
import { toasts } from '../../state/toasts.svelte.ts';

/**
 * Takes the most urgent row of the feed that nobody holds, and opens it. Which one it is only the server knows.
 * @returns its event; null: there is none, or it did not succeed, which was said
 */
export async function takeNextOf(desk: DeskState): Promise<Id | null> {
  if (!desk.filter) return null;
  try {
    const { event, refs: named } = await ask('POST /events/next', {
      body: { filter: toText(desk.whole(desk.filter)) },
    });
    refs.add(named);
    if (event) desk.showEvent(event.id);
    toasts.show({
      key: 'next',
      title: event ? t('claim.taken', { title: titleOf(event) }) : t('claim.noneFree'),
      lastsMs: 4000,
    });
    return event?.id ?? null;
  } catch (error) {
    toasts.show({ key: 'next', title: errorText(error), tone: 'critical' });
    return null;
  }
}
