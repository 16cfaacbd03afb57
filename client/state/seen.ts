// What was last read, kept on the device so that the desk stays readable without a line: the rows of the last feeds,
// the events that were opened last, who is signed in. Only ever the one person's who is at the page; it is gone with a
// sign-out, with an ended session, and when somebody else comes.
import type { Id } from '@svodka/shared/contracts/id';
import { onDevice } from './on-device.ts';

/** How many of each kind are kept. */
const MOST = { session: 1, views: 1, rows: 12, event: 60 } as const;
type Kind = keyof typeof MOST;

let person: Id | null = null;

/** Whose it is from now on; the others' is let go. Null: nobody's, all of it. */
export async function seenBy(id: Id | null): Promise<void> {
  person = id;
  try {
    await (await onDevice())?.wipeSeen(id);
  } catch {
    // Refused: there is nothing to let go.
  }
}

/** @param value anything that is JSON */
export async function keepSeen(kind: Kind, id: string, value: unknown): Promise<void> {
  const device = await onDevice();
  if (!device || !person) return;
  // As text: what is drawn from it is a proxy, which the database does not take, and text is copied at once, where a
  // hundred rows are cloned one by one in the middle of a busy feed.
  const text = JSON.stringify(value);
  // Full: what was there before is as good as it gets.
  await device.keepSeen(person, `${kind} ${id}`, text, MOST[kind]).catch(() => undefined);
}

/** With when it was read, ms; null: it is not kept. @param of who is to be at the page */
export async function seenLast<T>(
  kind: Kind,
  id: string,
  of = person,
): Promise<{ at: number; value: T } | null> {
  try {
    const kept = of ? await (await onDevice())?.seen(of, `${kind} ${id}`) : undefined;
    return typeof kept?.value === 'string' ? { at: kept.at, value: JSON.parse(kept.value) as T } : null;
  } catch {
    return null;
  }
}
