import type { SvodkaEvent } from '@svodka/shared/contracts/event';
import { type Id, newId } from '@svodka/shared/contracts/id';
import { ApiError, ask } from '../api/rest.ts';
import { errorText } from './error-text.ts';
import { titleOf } from './event-names.ts';
import { t } from './i18n.svelte.ts';
import { toasts } from './toasts.svelte.ts';

/**
 * Takes back what this person changed of it last, as long as nobody has built on that.
 * @param event as they left it
 * @param attempt under which it may be asked for again
 */
export async function takeBack(event: SvodkaEvent, attempt: Id = newId()): Promise<SvodkaEvent | null> {
  const key = `undo ${event.id}`;
  try {
    const before = await ask('POST /events/:id/undo', { id: event.id, rev: event.rev, key: attempt });
    toasts.show({ key, title: t('undo.of', { what: t('undo.takenBack'), title: titleOf(before.event) }) });
    return before.event;
  } catch (error) {
    const title = t('undo.of', { what: t('undo.failed'), title: titleOf(event) });
    const again = { label: t('app.again'), run: () => void takeBack(event, attempt) };
    const isCut = error instanceof ApiError && error.network;
    toasts.show({ key, title, text: errorText(error), tone: 'critical', ...(isCut && { actions: [again] }) });
    return null;
  }
}
