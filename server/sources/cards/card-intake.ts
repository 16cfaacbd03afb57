// What cards of all kinds have in common: what a row says otherwise than its card, and what of that is written.
import { isDeepStrictEqual } from 'node:util';
import type { ImportBatch, ImportFinding, ImportRowError } from '@svodka/shared/contracts/import';
import type { CardDraft } from '../csv/card-row.ts';
import type { Before } from '../csv/likeness.ts';
import { saidIn } from '../csv/sent.ts';

export type KeyedCard = CardDraft & { key: string; values: string[]; before: Before[] };

/** `dry`: only say what would become of the rows. */
export type CardsHow = { dry: boolean };

export type CardsTaken = Pick<
  ImportBatch['counts'],
  'created' | 'existing' | 'changed' | 'deleted' | 'alike' | 'skipped' | 'projects'
> & { findings: ImportFinding[]; errors: ImportRowError[] };

export const nothingTaken = (): CardsTaken => ({
  created: 0,
  existing: 0,
  changed: 0,
  deleted: 0,
  alike: 0,
  skipped: 0,
  projects: 0,
  findings: [],
  errors: [],
});

export const finding = (
  { line, title, card }: Pick<CardDraft, 'line' | 'title' | 'card'>,
  kind: ImportFinding['kind'],
  rest: Partial<ImportFinding> = {},
): ImportFinding => ({
  line,
  kind,
  title,
  id: null,
  changes: {},
  card,
  candidates: [],
  choice: null,
  why: '',
  ...rest,
});

/** A hash of each thing that a row says; by it the next file is told from this one. */
export const sentBy = (card: Record<string, unknown>): Record<string, string> => saidIn(card);

export const isEmpty = (value: unknown): boolean =>
  value === null || value === undefined || value === '' || (Array.isArray(value) && value.length === 0);

type Fields = Record<string, unknown>;

/**
 * What a row says of its card: `fills` is empty there, `changes` is other there and was not said before, `agreed` stands
 * there already, by its hashes. What people have changed since, and the file has not, is none of them.
 * @param was of the card, by field
 * @param said by the row, as the card would have it
 * @param sent hashes of what the record said last
 */
export function comparedWith(was: Fields, said: Fields, sent: Record<string, string>) {
  const now = sentBy(said);
  const fills: Fields = {};
  const changes: Fields = {};
  const agreed: Record<string, string> = {};
  for (const [field, value] of Object.entries(said)) {
    if (isEmpty(value)) continue;
    const next = joined(field, was[field], value);
    if (isDeepStrictEqual(was[field], next)) agreed[field] = now[field] ?? '';
    else if (now[field] === sent[field]) continue;
    else if (isEmpty(was[field])) fills[field] = next;
    else changes[field] = next;
  }
  return { fills, changes, agreed, now };
}

/** Of lists, what the file says first and then what people have added beside it. */
function joined(field: string, was: unknown, value: unknown): unknown {
  if (!Array.isArray(was) || !Array.isArray(value)) return value;
  if (field === 'categories') return [...new Set([...was, ...value])];
  if (field === 'contacts') {
    const names = new Set((value as { name: string }[]).map(({ name }) => name));
    const rest = (was as { name: string }[]).filter(({ name }) => !names.has(name));
    return rest.length === was.length ? [...was, ...value].slice(0, 20) : [...value, ...rest].slice(0, 20);
  }
  if (value.every((one) => was.includes(one))) return was;
  return [...new Set([...value, ...was])].slice(0, 10);
}

/** Old and new by field, as `names` says them. */
export const shownChanges = (
  was: Fields,
  next: Fields,
  names: (field: string, value: unknown) => unknown = (_, value) => value,
): ImportFinding['changes'] =>
  Object.fromEntries(
    Object.entries(next).map(([field, value]) => [
      field,
      { from: names(field, was[field]) ?? null, to: names(field, value) },
    ]),
  );
