import type { SvodkaEvent } from '../contracts/event.ts';
import type { Id } from '../contracts/id.ts';
import type { FeedFrame, FeedOp, FeedResumed, FeedSnapshot, Position } from './feed.ts';
import { compareRows, parseRowKey, placeOf, type RowKey } from './order.ts';

/** What a frame was to a view. After `missed` nothing was changed: resume from `position`. */
export type Verdict = 'applied' | 'seen' | 'missed';

/** A page of older rows, as `GET /api/events?after=` answers it. */
export type OlderPage = { items: readonly SvodkaEvent[]; next: string | null };

/**
 * One feed as a client holds it: every row of the standing query from the newest down to the lowest loaded key.
 *
 * The room knows no window, so the view is told of every match and keeps those at or above its floor. Frames come
 * in commit order; the rows stand in the feed's own order. Rules F4–F9 of server/feeds/SPEC.md hold here.
 */
export class FeedView {
  #room = '';
  #position: Position = '';
  #next: string | null = null;
  #floor: RowKey | null = null;
  #rows: SvodkaEvent[] = [];
  #byId = new Map<Id, SvodkaEvent>();
  /** What came for rows below the floor while a page of them was on its way; null when none is. */
  #pending: Map<Id, FeedOp> | null = null;
  #revision = 0;

  constructor(snapshot?: FeedSnapshot) {
    if (snapshot) this.replace(snapshot);
  }

  /** Name of the room; frames of others are not for this view. */
  get room(): string {
    return this.#room;
  }

  /** How far this view has come: what to resume from. */
  get position(): Position {
    return this.#position;
  }

  /** The rows in the feed's order. The same array, changed in place; see `revision`. */
  get rows(): readonly SvodkaEvent[] {
    return this.#rows;
  }

  /** Rises whenever a row was added, changed or removed. */
  get revision(): number {
    return this.#revision;
  }

  /** Key to load older rows from; null when all of them are here. */
  get next(): string | null {
    return this.#next;
  }

  get(id: Id): SvodkaEvent | undefined {
    return this.#byId.get(id);
  }

  /** Starts anew from a snapshot, forgetting everything held before. */
  replace(snapshot: FeedSnapshot): void {
    this.#room = snapshot.room;
    this.#position = snapshot.position;
    this.#rows = [...snapshot.rows].sort(compareRows);
    this.#byId = new Map(this.#rows.map((row) => [row.id, row]));
    this.#next = snapshot.next;
    this.#floor = floorOf(snapshot.next, this.#rows);
    this.#pending = null;
    this.#revision++;
  }

  /** Takes one frame of the room. */
  apply(frame: FeedFrame): Verdict {
    if (frame.position <= this.#position) return 'seen';
    if (frame.prev > this.#position) return 'missed';
    for (const op of frame.ops) this.#step(op);
    this.#position = frame.position;
    return 'applied';
  }

  /** Takes the answer to a resume: what was missed, then the position that the room stands at. */
  resume(resumed: FeedResumed): void {
    this.#room = resumed.room;
    for (const frame of resumed.frames) this.apply(frame);
    if (resumed.position > this.#position) this.#position = resumed.position;
  }

  /** Whether a room that stands at `position` has told something that this view has not heard. */
  isBehind(position: Position): boolean {
    return position > this.#position;
  }

  /**
   * Call before a page below the floor is asked for; hand the answer to `append`. In between the view remembers
   * what it is told of rows down there, because the page may have been read before that.
   */
  expectPage(): void {
    this.#pending ??= new Map();
  }

  /** Takes a page that was read below the floor. An answer to a request from before a `replace` must not come here. */
  append(page: OlderPage): void {
    const pending = this.#pending ?? new Map<Id, FeedOp>();
    this.#pending = null;
    for (const row of page.items) {
      const later = pending.get(row.id);
      if (!later || later.op === 'upsert' || later.version < row.version) this.#put(row);
    }
    this.#next = page.next;
    const last = page.items.at(-1);
    if (page.next === null) this.#floor = null;
    else this.#floor = parseRowKey(page.next) ?? last ?? this.#floor;
    for (const op of pending.values()) this.#step(op);
  }

  /** A page that was expected will not come. */
  cancelPage(): void {
    this.#pending = null;
  }

  #step(op: FeedOp): void {
    const id = op.op === 'upsert' ? op.event.id : op.id;
    if (op.op !== 'upsert') {
      const held = this.#byId.get(id);
      if (held && held.version > op.version) return;
      if (held) this.#remove(held);
      this.#pending?.set(id, op);
      return;
    }
    const held = this.#byId.get(id);
    if (held && held.version >= op.event.version) return;
    if (this.#floor && compareRows(op.event, this.#floor) > 0) {
      // Moved below what is loaded: it is still in the feed, but no longer in this part of it.
      if (held) this.#remove(held);
      this.#pending?.set(id, op);
      return;
    }
    this.#pending?.delete(id);
    this.#put(op.event);
  }

  #put(row: SvodkaEvent): void {
    const held = this.#byId.get(row.id);
    if (held) {
      if (held.version >= row.version) return;
      const at = placeOf(this.#rows, held);
      if (held.occurredAt === row.occurredAt) {
        this.#rows[at] = row;
        this.#byId.set(row.id, row);
        this.#revision++;
        return;
      }
      this.#rows.splice(at, 1);
    }
    this.#rows.splice(placeOf(this.#rows, row), 0, row);
    this.#byId.set(row.id, row);
    this.#revision++;
  }

  #remove(row: SvodkaEvent): void {
    this.#rows.splice(placeOf(this.#rows, row), 1);
    this.#byId.delete(row.id);
    this.#revision++;
  }
}

/** All matches at or above the floor are loaded; null: all there are. */
function floorOf(next: string | null, rows: readonly RowKey[]): RowKey | null {
  if (next === null) return null;
  return parseRowKey(next) ?? rows.at(-1) ?? null;
}
