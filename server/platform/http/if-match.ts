import { refused } from '../errors/contract-error.ts';

/** The number that an If-Match header carries, bare or as an entity tag; undefined: no header. */
export function ifMatch(header: string | undefined): number | undefined {
  if (header === undefined) return undefined;
  const digits = /^(?:W\/)?"?(\d{1,9})"?$/.exec(header.trim())?.[1];
  if (!digits) throw refused('If-Match', 'precondition');
  return Number(digits);
}
