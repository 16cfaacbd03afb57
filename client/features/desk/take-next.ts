import { toText } from '@svodka/shared/filter/text';
import { ask } from '../../api/rest.ts';
import type { DeskState } from '../../state/desk.svelte.ts';
import { errorText } from '../../state/error-text.ts';
import { titleOf } from '../../state/event-names.ts';
import { t } from '../../state/i18n.svelte.ts';
import { refs } from '../../state/refs.svelte.ts';
import { toasts } from '../../state/toasts.svelte.ts';

/** Takes the most urgent row of the feed that nobody holds, and opens it. Which one it is only the server knows. */
export async function takeNextOf(desk: DeskState): Promise<void> {
  if (!desk.filter) return;
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
  } catch (error) {
    toasts.show({ key: 'next', title: errorText(error), tone: 'critical' });
  }
}
