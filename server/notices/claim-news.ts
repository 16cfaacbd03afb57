import { Injectable, type OnModuleDestroy, type OnModuleInit } from '@nestjs/common';
import type { Id } from '@svodka/shared/contracts/id';
import type { ClaimLoad } from '@svodka/shared/feed/socket';
import { toPredicate } from '@svodka/shared/filter/predicate';
import type { Change, ChangeListener } from '../changes/change.ts';
import { ChangeBus } from '../changes/change-bus.ts';
import { Scopes } from '../entries/scopes.ts';
import { ClaimsService } from '../events/claims.service.ts';
import { toWire } from '../events/event.mapper.ts';
import type { EventDoc } from '../events/event.schema.ts';
import { Clock } from '../platform/clock.ts';
import { Sockets } from '../platform/sockets/sockets.service.ts';
import { readerOf } from '../refs/refs.service.ts';
import { RefsCache } from '../refs/refs-cache.ts';

/** Those who are told how much each person holds: whoever sees everything. */
export const LOAD_ROOM = 'claims';
/** Claims that come within this time are counted together. */
const GATHER_MS = 500;

/** Tells who holds how much, and each person what was taken from them or handed to them. */
@Injectable()
export class ClaimNews implements ChangeListener, OnModuleInit, OnModuleDestroy {
  readonly collections = ['events'] as const;
  #timer: NodeJS.Timeout | undefined;
  /** As last counted; null: not known. */
  #load: ClaimLoad | null = null;
  #counting: Promise<void> | null = null;

  constructor(
    private readonly claims: ClaimsService,
    private readonly scopes: Scopes,
    private readonly names: RefsCache,
    private readonly sockets: Sockets,
    private readonly bus: ChangeBus,
    private readonly clock: Clock,
  ) {}

  onModuleInit(): void {
    this.bus.register(this);
  }

  async onModuleDestroy(): Promise<void> {
    clearTimeout(this.#timer);
    await this.#counting;
  }

  async load(): Promise<ClaimLoad> {
    this.#load = Object.fromEntries(await this.claims.load());
    return this.#load;
  }

  /** Whether a person may hold something: nearly nobody does at a time, and everybody's pages say that they work. */
  mayHold(userId: Id): boolean {
    return this.#load === null || userId in this.#load;
  }

  async anew(): Promise<void> {
    this.#load = null;
  }

  async tell({ before, after }: Change): Promise<void> {
    const [was, doc] = [before as EventDoc | null, after as EventDoc | null];
    if (was?.claim?.by === doc?.claim?.by) return;
    if (this.sockets.hasNobody) {
      this.#load = null;
      return;
    }
    this.#countSoon();
    if (doc) for (const userId of concerned(was, doc, this.clock.now())) await this.#moved(userId, doc);
  }

  async #moved(userId: Id, doc: EventDoc): Promise<void> {
    const event = toWire(doc);
    for (const socket of this.sockets.ofUser(userId)) {
      const { user } = socket.data;
      if (!toPredicate(this.scopes.of(user))(doc)) continue;
      await this.names.load([event], [readerOf(user)]);
      socket.emit('claim.moved', { event, refs: this.names.namedBy([event], readerOf(user)) });
    }
  }

  #countSoon(): void {
    this.#timer ??= setTimeout(() => {
      this.#timer = undefined;
      // The next claim counts anew.
      this.#counting = this.#count().catch(() => {
        this.#load = null;
      });
    }, GATHER_MS);
    this.#timer.unref();
  }

  async #count(): Promise<void> {
    const load = await this.load();
    if (!this.sockets.hasNobody) this.sockets.server.to(LOAD_ROOM).emit('claims.counted', { load });
  }
}

/**
 * Who did not do it themself: from whom it was taken, or taken back, or has lapsed, who was at it when another resolved
 * it, and to whom it was handed.
 */
function concerned(
  before: EventDoc | null,
  { claim, status, resolved, deletedAt }: EventDoc,
  now: Date,
): Id[] {
  const loser = before?.claim?.by;
  // What a program closes is told by what it closes it for.
  if (loser && status === 'resolved' && resolved?.by) return resolved.by === loser ? [] : [loser];
  // Let go of by time alone; whoever lets go by hand knows it.
  if (!claim)
    return before?.claim && status === 'open' && !deletedAt && before.claim.until <= now
      ? [before.claim.by]
      : [];
  if (!claim.from) return loser ? [loser] : [];
  const isTaken = claim.from === loser && claim.reason !== null;
  return [...(loser && (isTaken || claim.from !== loser) ? [loser] : []), ...(isTaken ? [] : [claim.by])];
}
