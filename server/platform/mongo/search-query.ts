import { finderQuery, type SearchOptions } from '@svodka/shared/filter/search';
import type { Narrowed, Vocabulary } from './vocabulary.ts';

type Query = Record<string, unknown>;

/**
 * A search as conditions of a query over the terms: the words that lead the way along its index, and the search
 * itself. Null: nothing is found. Empty: nothing is asked.
 */
export async function searchQuery(
  vocabulary: Vocabulary,
  search: string | undefined,
  options?: SearchOptions,
): Promise<Query[] | null> {
  const asked = finderQuery(search ?? '', options);
  if (!asked) return [];
  const narrowed: Narrowed = await vocabulary.narrow(search ?? '', options);
  if (narrowed.kind === 'nothing') return null;
  const [words] = narrowed.lists;
  return words ? [{ terms: { $in: words } }, asked] : [asked];
}
