import type { Filter } from '@svodka/shared/filter/ast';
import { normalize } from '@svodka/shared/filter/normalize';
import { type Moment, resolveFilter } from '@svodka/shared/filter/resolve';

/** From when to when things may have happened that entered or left a filter as its bounds moved. ISO instants. */
export type Window = { from: string; to: string };

/**
 * The window that the moved bounds of a filter span between two moments.
 * @returns null when bounds of another time than `occurred` moved, or one that is open: then it may be any event
 */
export function movedWindow(filter: Filter, before: Moment, after: Moment): Window | null {
  const moved: string[] = [];
  let isBounded = true;
  const visit = (node: Filter): void => {
    if ('and' in node) node.and.forEach(visit);
    else if ('or' in node) node.or.forEach(visit);
    else if ('not' in node) visit(node.not);
    else if ('field' in node && ('from' in node || 'to' in node)) {
      const [was, is] = [before, after].map((moment) => boundsOf(node, moment));
      for (const edge of ['from', 'to'] as const) {
        const [old, now] = [was?.[edge], is?.[edge]];
        if (old === now) continue;
        if (node.field !== 'occurred') isBounded = false;
        moved.push(...[old, now].filter((bound) => bound !== undefined));
      }
    }
  };
  visit(normalize(filter));
  const sorted = moved.sort();
  const [from, to] = [sorted[0], sorted.at(-1)];
  return isBounded && from !== undefined && to !== undefined ? { from, to } : null;
}

function boundsOf(clause: Filter, moment: Moment): { from?: string; to?: string } {
  return resolveFilter(clause, moment).filter as { from?: string; to?: string };
}
