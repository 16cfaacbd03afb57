import { ALL, and, type Bound, conjunctsOf, type Filter, isCalendarDate, NONE, not, or } from './ast.ts';
import { fieldOf, type SetField } from './fields.ts';
import { LIMITS } from './schema.ts';
import { chunksOf } from './search.ts';

/**
 * The same filter, said in the plainest way while keeping the author's order and wording: nothing superfluous,
 * listed codes in the registry's order, a range's `from` always a start and its `to` always an end. Idempotent.
 * The text form and the chips show a filter in this form; `canonicalKey` goes further and forgets order and wording.
 */
export function normalize(filter: Filter): Filter {
  if ('and' in filter) return and(...joinTexts(conjunctsOf(and(...filter.and.map(normalize)))));
  if ('or' in filter) return or(...filter.or.map(normalize));
  if ('not' in filter) return not(normalize(filter.not));
  if ('text' in filter)
    return chunksOf(filter.text).length === 0 ? ALL : { ...filter, text: collapse(filter.text) };
  if ('in' in filter)
    return filter.in.length === 0 ? NONE : { field: filter.field, in: inOrder(filter.field, filter.in) };
  if ('exists' in filter) return { field: filter.field, exists: filter.exists };
  return {
    field: filter.field,
    ...(filter.from !== undefined && { from: startingBound(filter.from) }),
    ...(filter.to !== undefined && { to: endingBound(filter.to) }),
  };
}

/** The listed values once each: codes in the registry's order, ids as given. */
export function inOrder(field: SetField, values: string[]): string[] {
  const once = [...new Set(values)];
  const order = fieldOf(field).values;
  return order ? once.sort((a, b) => order.indexOf(a) - order.indexOf(b)) : once;
}

const collapse = (text: string): string => text.trim().replace(/\s+/g, ' ');

/** Whether one text behind the other asks for what both ask for; two pieces of a phone would become a phone. */
function mayJoin(a: string, b: string): boolean {
  if (a.length + b.length >= LIMITS.text) return false;
  const apart = new Set([...chunksOf(a), ...chunksOf(b)]);
  const together = chunksOf(`${a} ${b}`);
  return together.length === apart.size && together.every((piece) => apart.has(piece));
}

/** Two texts that must both match are one text, where it asks for the same and is not too long. */
function joinTexts(parts: Filter[]): Filter[] {
  const joined: Filter[] = [];
  let last = -1;
  for (const part of parts) {
    const earlier = joined[last];
    if ('text' in part && earlier && 'text' in earlier && mayJoin(earlier.text, part.text)) {
      joined[last] = { ...earlier, text: `${earlier.text} ${part.text}` };
      continue;
    }
    if ('text' in part) last = joined.length;
    joined.push(part);
  }
  return joined;
}

/** The end of a unit is the start of the next, because ranges are half open. */
function startingBound(bound: Bound): Bound {
  if (typeof bound === 'string') return instant(bound);
  return { unit: bound.unit, offset: bound.offset + (bound.edge === 'end' ? 1 : 0), edge: 'start' };
}

function endingBound(bound: Bound): Bound {
  if (typeof bound === 'string') return instant(bound);
  return { unit: bound.unit, offset: bound.offset - (bound.edge === 'start' ? 1 : 0), edge: 'end' };
}

const instant = (bound: string): string => (isCalendarDate(bound) ? bound : new Date(bound).toISOString());
