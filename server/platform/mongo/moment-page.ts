import { refused } from '../errors/contract-error.ts';
import { packKeyset, unpackKeyset } from '../http/keyset.ts';

/** Where a page of a list in (moment, id) order ends. */
export type Place = { at: Date; id: string };

/**
 * Reads the `after` that a client sends back.
 * @throws AppError `validation`, reason `cursor`
 */
export function placeOf(after: string | undefined): Place | null {
  if (after === undefined) return null;
  const [ms, id] = unpackKeyset(after, ['number', 'string'] as const);
  const at = new Date(ms);
  if (Number.isNaN(at.getTime())) throw refused('after', 'cursor');
  return { at, id };
}

/** The rest of a list behind a place, as a query over `field` and `_id`. */
export function beyond(
  field: string,
  place: Place | null,
  direction: 'asc' | 'desc',
): Record<string, unknown> {
  if (!place) return {};
  const op = direction === 'asc' ? '$gt' : '$lt';
  return { $or: [{ [field]: { [op]: place.at } }, { [field]: place.at, _id: { [op]: place.id } }] };
}

/** Cuts the one row that was read beyond the limit in order to know whether there is more. */
export function pageOf<Doc extends { _id: string }>(
  docs: Doc[],
  limit: number,
  momentOf: (doc: Doc) => Date,
): { docs: Doc[]; next: string | null } {
  const page = docs.slice(0, limit);
  const last = page.at(-1);
  const next = docs.length > limit && last ? packKeyset([momentOf(last).getTime(), last._id]) : null;
  return { docs: page, next };
}
