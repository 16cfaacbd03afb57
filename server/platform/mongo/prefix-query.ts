import { decidingWords } from '@svodka/shared/filter/terms';

/** Words that one search may have; more make it slower, not better. */
const MOST_WORDS = 8;

/** Every word of the search begins some term: ranges on the index, no expression of the user's reaches the store. */
export function prefixQuery(field: string, search: string | undefined): Record<string, unknown> | null {
  const words = decidingWords(search ?? '').slice(0, MOST_WORDS);
  if (words.length === 0) return null;
  const clauses = words.map((word) => ({ [field]: { $regex: `^${word}` } })); // words are letters and digits only
  return clauses.length === 1 ? (clauses[0] as Record<string, unknown>) : { $and: clauses };
}
