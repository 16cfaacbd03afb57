// What is typed and not sent: kept per person and thing in the person's own storage, so that neither a reload nor
// another event in between costs a word.
import { readOwn, writeOwn } from './own-storage.ts';
import { session } from './session.svelte.ts';

export const NAME = 'draft.';

/** The draft of one thing, such as `comment.<event id>`, in whatever tab it is gone on with; null: there is none. */
export function draftOf<T>(thing: string): T | null {
  const person = session.user?.id;
  return person ? readOwn<T>(person, NAME + thing) : null;
}

/** @param draft null: sent, or dropped */
export function keepDraft(thing: string, draft: unknown): void {
  const person = session.user?.id;
  if (person) writeOwn(person, NAME + thing, draft);
}

/** What was typed for one thing is the draft of another now, unless that has one. */
export function moveDraft(from: string, to: string): void {
  const draft = draftOf(from);
  if (draft === null || draftOf(to) !== null) return;
  keepDraft(to, draft);
  keepDraft(from, null);
}
