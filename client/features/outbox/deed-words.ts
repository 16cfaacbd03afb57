import { type Deed, titleOf } from '../../state/deeds.ts';
import { t } from '../../state/i18n.svelte.ts';

/** What waits to be sent, in a line: «Комментарий к „Замер“». */
export const deedWords = (deed: Deed): string => t(`unsent.${deed.kind}`, { title: titleOf(deed) });

/** What was typed, where it is more than a line. */
export function typedWords(deed: Deed): string {
  if (deed.kind === 'comment' || deed.kind === 'comment.edit') return deed.body;
  if (deed.kind === 'create') return deed.body.body ?? '';
  return deed.kind === 'edit' ? (deed.edit.body ?? '') : '';
}
