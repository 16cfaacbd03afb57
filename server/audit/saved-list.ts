import type { AuditDetails, SavedList } from '@svodka/shared/contracts/audit';
import { isId } from '@svodka/shared/contracts/id';
import { isAll, mapLeaves } from '@svodka/shared/filter/ast';
import { fieldOf } from '@svodka/shared/filter/fields';
import { toText } from '@svodka/shared/filter/text';
import { filterFrom } from '../platform/http/filter-query.ts';

/** Stands for the words of a condition, which are a text that somebody wrote. */
const WORDS = '…';

/**
 * What the log tells of a list that was saved: its conditions by codes and ids, and that there were words.
 * @throws AppError `validation`: the filter is none
 */
export function savedDetails({ list, filter, hasWords, rows }: SavedList): AuditDetails {
  let words = hasWords;
  const kept = mapLeaves(filterFrom(filter, list === 'projects' ? 'orders' : 'events'), (leaf) => {
    if ('text' in leaf) {
      words = true;
      return { text: WORDS };
    }
    if (!('in' in leaf) || !fieldOf(leaf.field).ref) return leaf;
    return { ...leaf, in: leaf.in.map((value) => (isId(value) ? value : WORDS)) };
  });
  return { list, rows, filter: isAll(kept) ? null : toText(kept), words };
}
