import type { SvodkaEvent } from '@svodka/shared/contracts/event';
import type { FeedOp } from '@svodka/shared/feed/feed';
import type { Change } from '../changes/change.ts';
import { toWire } from '../events/event.mapper.ts';
import type { EventDoc } from '../events/event.schema.ts';
import { type EventWrite, type Step, versionOf } from './matcher.ts';

/** A write to an event, as the log tells it. */
export type EventChange = Change<EventDoc> & EventWrite<EventDoc>;
/** What one change means to one room. */
export type RoomStep = { change: EventChange; step: Step };

/** Turns steps into what is sent; a row is mapped once however many rooms get it. Hidden fields end here (F15). */
export class Wire {
  readonly #rows = new Map<EventChange, SvodkaEvent>();

  /** The rows mapped so far. */
  get rows(): SvodkaEvent[] {
    return [...this.#rows.values()];
  }

  opOf({ change, step }: RoomStep): FeedOp {
    if (step.op !== 'upsert' || !change.after) {
      return { op: step.op === 'delete' ? 'delete' : 'leave', id: change.id, version: versionOf(change) };
    }
    let row = this.#rows.get(change);
    if (!row) {
      row = toWire(change.after);
      this.#rows.set(change, row);
    }
    return { op: 'upsert', event: row };
  }
}

export function rowsOf(ops: readonly FeedOp[]): SvodkaEvent[] {
  return ops.flatMap((op) => (op.op === 'upsert' ? op.event : []));
}
