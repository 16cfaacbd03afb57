import type { SvodkaEvent } from '@svodka/shared/contracts/event';
import type { Refs } from '@svodka/shared/contracts/refs';
import type { FeedOp } from '@svodka/shared/feed/feed';
import type { Change } from '../changes/change.ts';
import { toWire } from '../events/event.mapper.ts';
import type { EventDoc } from '../events/event.schema.ts';
import { sharedEnd } from '../platform/sockets/broadcast.ts';
import type { NamesReader } from '../refs/refs.service.ts';
import { type EventWrite, type Step, versionOf } from './matcher.ts';

/** A write to an event, as the log tells it. */
export type EventChange = Change<EventDoc> & EventWrite<EventDoc>;
/** What one change means to one room. */
export type RoomStep = { change: EventChange; step: Step };

type Names = (rows: readonly SvodkaEvent[], reader: NamesReader) => Refs;

/**
 * Turns steps into what is sent. A row is mapped and written once, however many rooms get it, and what rooms of the same
 * steps and names are sent is one text. Hidden fields end here (F15).
 */
export class Wire {
  readonly #ops = new Map<EventChange, Map<FeedOp['op'], FeedOp>>();
  readonly #texts = new Map<FeedOp, string>();
  readonly #serials = new Map<FeedOp, number>();
  readonly #ends = new Map<string, Buffer>();

  /** The rows mapped so far. */
  get rows(): SvodkaEvent[] {
    return rowsOf([...this.#ops.values()].flatMap((mine) => [...mine.values()]));
  }

  /** The same object for the same step. */
  opOf({ change, step }: RoomStep): FeedOp {
    const mine = this.#ops.get(change) ?? new Map<FeedOp['op'], FeedOp>();
    if (mine.size === 0) this.#ops.set(change, mine);
    const made = mine.get(step.op) ?? makeOp(change, step);
    mine.set(step.op, made);
    return made;
  }

  /** The end of a frame: steps, and the names that their rows show to a reader. */
  endOf(ops: readonly FeedOp[], reader: NamesReader, names: Names): Buffer {
    const key = `${reader === 'sees-all' ? '' : reader.id} ${ops.map((op) => this.#serialOf(op)).join()}`;
    const known = this.#ends.get(key);
    if (known) return known;
    const texts = ops.map((op) => this.#textOf(op));
    const end = sharedEnd(`"ops":[${texts.join()}],"refs":${JSON.stringify(names(rowsOf(ops), reader))}`);
    this.#ends.set(key, end);
    return end;
  }

  #serialOf(op: FeedOp): number {
    const serial = this.#serials.get(op) ?? this.#serials.size;
    this.#serials.set(op, serial);
    return serial;
  }

  #textOf(op: FeedOp): string {
    const text = this.#texts.get(op) ?? JSON.stringify(op);
    this.#texts.set(op, text);
    return text;
  }
}

function makeOp(change: EventChange, step: Step): FeedOp {
  if (step.op === 'upsert' && change.after) return { op: 'upsert', event: toWire(change.after) };
  return { op: step.op === 'delete' ? 'delete' : 'leave', id: change.id, version: versionOf(change) };
}

export function rowsOf(ops: readonly FeedOp[]): SvodkaEvent[] {
  return ops.flatMap((op) => (op.op === 'upsert' ? op.event : []));
}
