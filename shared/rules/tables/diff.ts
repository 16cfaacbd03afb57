// What has happened between two dumps of one table. A pure function of both: what is known of a row is what its columns
// say, and a column that is not read, or whose cell could not be, says nothing.
import type { TableChangeKind, TableTarget } from '../../contracts/tables.ts';

/** Null: the cell is empty. A mark is `true` or the day that stands there; sums are kopecks, days `YYYY-MM-DD`. */
export type Cell = string | number | true | null;
export type Row = Partial<Record<TableTarget, Cell>>;
/** A row that was there once keeps what it said. */
export type KeptRow = { row: Row; isGone: boolean };
export type Dump = ReadonlyMap<string, KeptRow>;

export type TableChange = {
  kind: TableChangeKind;
  key: string;
  from: Cell;
  to: Cell;
  fields: TableTarget[];
};

const MARKS = ['reserved', 'launched'] as const;
/** What is looked at on its own; of the rest it is only said that the card is another. */
const WATCHED: readonly TableTarget[] = [...MARKS, 'launchedOn', 'paid', 'plannedOn', 'installOn', 'status'];

export const isMarked = (cell: Cell | undefined): boolean => cell !== null && cell !== undefined;

/**
 * @param before null: there was none, so nothing has happened yet
 * @returns the changes in the order of the rows, of one row in the order in which they happen
 */
export function diffTables(before: Dump | null, after: ReadonlyMap<string, Row>): TableChange[] {
  if (!before) return [];
  const changes: TableChange[] = [];
  for (const [key, row] of after) changes.push(...diffRow(key, before.get(key), row));
  for (const [key, { isGone }] of before)
    if (!isGone && !after.has(key)) changes.push({ kind: 'gone', key, from: null, to: null, fields: [] });
  return changes;
}

function diffRow(key: string, known: KeptRow | undefined, row: Row): TableChange[] {
  const changes: TableChange[] = [];
  const say = (kind: TableChangeKind, from: Cell = null, to: Cell = null, fields: TableTarget[] = []) =>
    changes.push({ kind, key, from, to, fields });
  if (!known) say('new', null, row.status ?? null);
  else if (known.isGone) say('back');
  // Of a new row every column was empty; of a known one only what was read then can have changed.
  const was = (target: TableTarget): Cell | undefined => (known ? known.row[target] : null);
  const differs = (target: TableTarget): boolean =>
    row[target] !== undefined && was(target) !== undefined && row[target] !== was(target);
  const [paid, now] = [was('paid'), row.paid];
  if (differs('paid') && Number(paid ?? 0) !== Number(now ?? 0))
    say('paid', Number(paid ?? 0), Number(now ?? 0));
  for (const mark of MARKS) {
    if (!differs(mark) || isMarked(row[mark]) === isMarked(was(mark))) continue;
    if (isMarked(row[mark])) say(mark, null, row[mark] ?? null);
    else say('withdrawn', was(mark) ?? null, null, [mark]);
  }
  if (known && differs('plannedOn') && was('plannedOn') && row.plannedOn)
    say('planned', was('plannedOn') ?? null, row.plannedOn);
  if (differs('installOn') && row.installOn) say('install', was('installOn') ?? null, row.installOn);
  if (known && differs('status') && row.status) say('status', was('status') ?? null, row.status);
  const fields = (Object.keys(row) as TableTarget[]).filter(
    (target) => !WATCHED.includes(target) && (known ? isNews(known.row[target], row[target]) : false),
  );
  if (fields.length > 0) say('card', null, null, fields.sort());
  return changes;
}

/** A column that is read for the first time is news for the card: nothing has happened, but more is known. */
const isNews = (was: Cell | undefined, now: Cell | undefined): boolean =>
  now !== undefined && now !== (was ?? null);

/** What is kept when a dump was accepted: its rows, what its cells did not say as it was, and those that are gone. */
export function acceptTable(before: Dump | null, after: ReadonlyMap<string, Row>): Map<string, KeptRow> {
  const kept = new Map<string, KeptRow>();
  for (const [key, row] of after) {
    const said = Object.fromEntries(Object.entries(row).filter(([, cell]) => cell !== undefined));
    kept.set(key, { row: { ...before?.get(key)?.row, ...said }, isGone: false });
  }
  for (const [key, { row }] of before ?? []) if (!kept.has(key)) kept.set(key, { row, isGone: true });
  return kept;
}
