import { createHash } from 'node:crypto';
import type { Filter, ResolvedFilter } from '@svodka/shared/filter/ast';
import { and } from '@svodka/shared/filter/ast';
import { canonicalKey } from '@svodka/shared/filter/canonical';
import { normalize } from '@svodka/shared/filter/normalize';
import { resolveFilter } from '@svodka/shared/filter/resolve';
import type { AppSocket } from '../platform/sockets/socket-types.ts';
import type { NamesReader } from '../refs/refs.service.ts';
import type { Counter } from './counter.ts';
import { Standing } from './matcher.ts';
import type { Place } from './position.ts';

/** A filter as somebody asks it: with their rights, in their zone. */
export type Ask = {
  filter: Filter;
  scope: ResolvedFilter;
  zone: string;
  /** By whose rights orders and counterparties are named. */
  reader: NamesReader;
};

export type Resolved = {
  /** Filter and scope, every bound an instant. */
  filter: ResolvedFilter;
  /** Until when these bounds hold, ms since 1970; 0: for ever. */
  boundary: number;
  /** When the bounds were looked up. */
  now: Date;
};

/** @throws RangeError for a zone that this machine does not know */
export function resolveAsk({ filter, scope, zone }: Ask, now: Date): Resolved {
  const resolution = resolveFilter(filter, { now, zone });
  return { filter: and(resolution.filter, scope), boundary: resolution.nextBoundary?.getTime() ?? 0, now };
}

/**
 * What makes two asks one room. Bounds that move are part of the key as they are written, with their zone, so that
 * the room keeps its key when they move; equal filters that are written differently then get a room each.
 */
export function keyOf(ask: Ask, { filter, boundary }: Resolved): string {
  // Whoever sees names of their own only shares a room with nobody else.
  const whose = ask.reader === 'sees-all' ? '' : `${ask.reader.id} `;
  if (boundary === 0) return whose + canonicalKey(filter);
  return `${whose}${ask.zone} ${JSON.stringify(normalize(ask.filter))} ${canonicalKey(ask.scope)}`;
}

/** Everybody on this node who watches one canonical filter under one scope. */
export class Room {
  /** Name on the wire. It opens nothing: joining takes the filter. */
  readonly id: string;
  readonly standing: Standing;
  readonly counter: Counter;
  /** Who gets the frames. */
  readonly followers = new Set<AppSocket>();
  /** Who gets only the count. */
  readonly countWatchers = new Set<AppSocket>();
  /** Ids that were told of while the bounds moved, with their version; null when they are at rest. */
  told: Map<string, number> | null = null;
  resolvedAt: Date;
  /** When its bounds were last at rest again, ms of this process. */
  settledAt = 0;

  constructor(
    readonly key: string,
    readonly ask: Ask,
    resolved: Resolved,
    /** Where the room stands: everything up to here has been sent. */
    public place: Place,
    makeCounter: (room: Room) => Counter,
  ) {
    this.id = createHash('sha256').update(key).digest('base64url').slice(0, 22);
    this.standing = new Standing(resolved.filter);
    this.resolvedAt = resolved.now;
    this.counter = makeCounter(this);
  }

  get isEmpty(): boolean {
    return this.followers.size === 0 && this.countWatchers.size === 0;
  }
}
