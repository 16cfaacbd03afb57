import { isDeepStrictEqual } from 'node:util';
import { EventEditSchema } from '@svodka/shared/contracts/event';
import type { Attachment } from '@svodka/shared/contracts/file';
import type { EventDoc, RevisionDoc } from './event.schema.ts';

/** What a person reads in the history of an event: what people may edit. Other fields follow from these. */
const SHOWN: ReadonlySet<string> = new Set([
  ...Object.keys(EventEditSchema.shape),
  'dueAt',
  'dueAllDay',
  'dueLocal',
  'dueZone',
  'dueLeadMin',
  'status',
  'claim',
  'snooze',
  'deletedAt',
  'attachments',
]);

const wire = (value: unknown): unknown => (value instanceof Date ? value.toISOString() : value);

/** Of two records, the entries in which they differ. A whole payload in each of fifty revisions would be megabytes. */
function differing(from: Record<string, unknown>, to: Record<string, unknown>) {
  const keys = [...new Set([...Object.keys(from), ...Object.keys(to)])].filter(
    (key) => !isDeepStrictEqual(from[key], to[key]),
  );
  const only = (record: Record<string, unknown>) =>
    Object.fromEntries(keys.filter((key) => Object.hasOwn(record, key)).map((key) => [key, record[key]]));
  return { from: only(from), to: only(to) };
}

/** By name, those that went and those that came. */
function filesBetween(from: readonly Attachment[] = [], to: readonly Attachment[] = []) {
  const without = (files: readonly Attachment[], others: readonly Attachment[]) =>
    files.filter(({ id }) => !others.some((other) => other.id === id)).map(({ name }) => name);
  return { from: without(from, to), to: without(to, from) };
}

/** Who held it, and who does; a lease that was made longer is nobody's edit. */
function holdersBetween({ claim: was }: EventDoc, { claim: is }: EventDoc): RevisionDoc['changes'] {
  if (was?.by === is?.by) return {};
  return { claim: { from: was?.by ?? null, to: is?.by ?? null } };
}

/** When it comes back: a moment, or else the type that it waits for. */
const backAt = ({ snooze }: EventDoc): unknown => wire(snooze?.until ?? snooze?.type ?? null);

/**
 * What an edit changes: `set` for the store, hidden fields included, and `shown` for the history, as JSON.
 */
export function changesBetween(
  before: EventDoc,
  after: EventDoc,
): { set: Partial<EventDoc>; shown: RevisionDoc['changes'] } {
  const set: Record<string, unknown> = {};
  const shown: RevisionDoc['changes'] = {};
  for (const field of Object.keys(after) as (keyof EventDoc)[]) {
    if (isDeepStrictEqual(before[field], after[field])) continue;
    set[field] = after[field];
    if (!SHOWN.has(field)) continue;
    if (field === 'payload') shown[field] = differing(before.payload, after.payload);
    else if (field === 'attachments') shown[field] = filesBetween(before.attachments, after.attachments);
    else if (field === 'claim') Object.assign(shown, holdersBetween(before, after));
    else if (field === 'snooze') shown[field] = { from: backAt(before), to: backAt(after) };
    else shown[field] = { from: wire(before[field]), to: wire(after[field]) };
  }
  return { set: set as Partial<EventDoc>, shown };
}
