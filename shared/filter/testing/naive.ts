import type { ResolvedFilter } from '../ast.ts';
import type { FilterableEvent } from '../predicate.ts';

/**
 * The meaning of a filter once more, written as plainly as possible and sharing nothing with the compilers: the oracle
 * of tests. Times of the event are ISO strings.
 */
export function matchesNaively(filter: ResolvedFilter, event: FilterableEvent): boolean {
  if ('and' in filter) return !filter.and.some((part) => !matchesNaively(part, event));
  if ('or' in filter) return filter.or.some((part) => matchesNaively(part, event));
  if ('not' in filter) return !matchesNaively(filter.not, event);
  if ('text' in filter) {
    const wanted = plain(filter.text)
      .split(/[^\p{L}\p{M}\p{N}]/u)
      .filter(Boolean);
    return wanted.every((word) => (event.terms ?? []).some((term) => term.slice(0, word.length) === word));
  }
  const values = valuesOf(filter.field === 'due' && 'exists' in filter ? 'dueAt' : filter.field, event);
  if ('exists' in filter) return filter.exists ? values.length > 0 : values.length === 0;
  if ('in' in filter) return filter.in.some((wanted) => values.includes(wanted));
  return values.some((time) => (filter.from ?? '0') <= time && time < (filter.to ?? '9'));
}

const plain = (text: string): string => text.normalize('NFC').toLowerCase().split('ё').join('е');

function valuesOf(field: string, event: FilterableEvent): string[] {
  const found: Record<string, unknown> = {
    id: event._id ?? event.id,
    module: event.module,
    type: event.type,
    importance: event.importance,
    status: event.status,
    due: event.dueState === 'none' && !event.dueAt ? null : event.dueState,
    project: event.projectId,
    counterparty: event.counterpartyIds,
    author: event.author?.userId,
    batch: event.source?.batchId,
    occurred: event.occurredAt,
    recorded: event.recordedAt,
    dueAt: event.dueAt,
    visibility: event.visibility,
    department: event.departmentId,
    audience: event.audienceIds,
    deleted: event.deletedAt,
  };
  return [found[field]].flat().filter((value) => value !== null && value !== undefined) as string[];
}
