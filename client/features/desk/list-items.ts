// What stands in the list one below the other: days, and the rows of each. An item is the same object while nothing
// about it is new: then a row that comes in at the top gives the others nothing to do.
import { dayOf, type Viewer } from '../../format/time.ts';
import type { ShownRow } from '../../state/arrangement.ts';

export type DayItem = { kind: 'day'; key: string; day: string };
export type RowItem = { kind: 'row'; key: string; row: ShownRow; day: string; urgent: boolean };
export type Item = DayItem | RowItem;

const MOST_DAYS = 50_000;
const days = new Map<string, string>();
let daysFor = '';
/** Days are asked for thousands of times and seldom change. */
function dayCached(at: string, viewer: Viewer): string {
  if (daysFor !== viewer.zone || days.size > MOST_DAYS) {
    days.clear();
    daysFor = viewer.zone;
  }
  let day = days.get(at);
  if (day === undefined) {
    day = dayOf(at, viewer);
    days.set(at, day);
  }
  return day;
}

const items = new WeakMap<ShownRow, RowItem>();
function rowItem(row: ShownRow, key: string, day: string, urgent: boolean): RowItem {
  const old = items.get(row);
  if (old && old.key === key && old.day === day && old.urgent === urgent) return old;
  const item: RowItem = { kind: 'row', key, row, day, urgent };
  items.set(row, item);
  return item;
}

type Shown = { laneMode: string; laneRows: readonly ShownRow[]; listRows: readonly ShownRow[] };

/** @param shown a lane that is shown whole stands in the list, above the days */
export function itemsOf({ laneMode, laneRows, listRows }: Shown, viewer: Viewer): Item[] {
  const made: Item[] = [];
  if (laneMode === 'whole') for (const row of laneRows) made.push(rowItem(row, row.event.id, '', true));
  let day = '';
  const named = new Map<string, number>();
  const lane = new Set(laneRows.map((row) => row.event.id));
  for (const row of listRows) {
    const own = dayCached(row.event.occurredAt, viewer);
    if (own !== day) {
      day = own;
      // A row that was moved to another day stays in its place while somebody reads: then a day stands twice.
      const times = (named.get(day) ?? 0) + 1;
      named.set(day, times);
      made.push({ kind: 'day', key: `day ${day} ${times}`, day });
    }
    const { id } = row.event;
    // It may stand in the lane too, here or there as the ghost of what it was.
    made.push(rowItem(row, lane.has(id) ? `list ${id}` : id, own, false));
  }
  return made;
}
