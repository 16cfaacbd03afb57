import type { SvodkaEvent } from '@svodka/shared/contracts/event';
import { newId } from '@svodka/shared/contracts/id';
import { ask } from '../api/rest.ts';
import { errorText } from './error-text.ts';
import { titleOf } from './event-names.ts';
import { t } from './i18n.svelte.ts';
import { toasts } from './toasts.svelte.ts';

/** Takes back what this person changed of it last, as long as nobody has built on that. @param event as they left it */
export async function takeBack(event: SvodkaEvent): Promise<SvodkaEvent | null> {
  const key = `undo ${event.id}`;
  try {
    const before = await ask('POST /events/:id/undo', { id: event.id, rev: event.rev, key: newId() });
    toasts.show({ key, title: t('undo.of', { what: t('undo.takenBack'), title: titleOf(before.event) }) });
    return before.event;
  } catch (error) {
    const title = t('undo.of', { what: t('undo.failed'), title: titleOf(event) });
    toasts.show({ key, title, text: errorText(error), tone: 'critical' });
    return null;
  }
}
