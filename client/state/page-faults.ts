// What the page could not draw, told to the server's log: once each, and without a word of what people have written.
import { type PageFault, PageFaultSchema, type PagePart } from '@svodka/shared/contracts/page-fault';
import { ask } from '../api/rest.ts';

const told = new Set<string>();
/** A page that breaks in more places than this says nothing new. */
const MOST = 15;

/** The innermost place in a script of ours: `index-Bx3f.js:14:2210`. */
function placeOf(error: unknown): string | undefined {
  const stack = error instanceof Error ? (error.stack ?? '') : '';
  return /\/([\w.-]{1,80}:\d{1,7}:\d{1,7})\)?$/m.exec(stack)?.[1];
}

/** The class of what was thrown, which quotes nothing. */
export const faultName = (error: unknown): string =>
  error instanceof Error && /^[A-Za-z][A-Za-z0-9]{0,59}$/.test(error.name) ? error.name : 'Error';

/** Never throws and is never waited for: a report that gets lost must not add to the trouble. */
export function reportFault(part: PagePart, error: unknown, id?: string): void {
  const at = placeOf(error);
  const parsed = PageFaultSchema.safeParse({
    part,
    error: faultName(error),
    ...(at && { at }),
    ...(id && { id }),
  } satisfies PageFault);
  if (!parsed.success) return;
  const key = JSON.stringify(parsed.data);
  if (told.has(key) || told.size >= MOST) return;
  told.add(key);
  ask('POST /page-faults', { body: parsed.data }).catch(() => {});
}
