import { Inject, Injectable, type OnModuleDestroy, type OnModuleInit } from '@nestjs/common';
import type {
  AuditKind,
  AuditObject,
  AuditQuery,
  AuditRecord,
  AuditRule,
} from '@svodka/shared/contracts/audit';
import { type Id, IdSchema } from '@svodka/shared/contracts/id';
import type { Connection } from 'mongoose';
import { Clock } from '../platform/clock.ts';
import { type Refusal, Refusals } from '../platform/errors/refusals.ts';
import { Logger } from '../platform/logger/logger.ts';
import { MONGO } from '../platform/mongo/mongo.ts';
import { AuditRepository } from './audit.repository.ts';
import { type AuditDraft, toAuditRecord } from './audit.schema.ts';
import { Folding } from './folding.ts';

const HISTORY = 200;
/** How often the log of the process is told how far the chain has come. */
const WITNESS_EVERY_MS = 3_600_000;

/** Where a thing with an id is, by the beginning of the route that was refused. */
const KEPT: Record<string, { kind: AuditObject['kind']; collection: string }> = {
  events: { kind: 'event', collection: 'events' },
  'event.follow': { kind: 'event', collection: 'events' },
  projects: { kind: 'project', collection: 'projects' },
  counterparties: { kind: 'counterparty', collection: 'counterparties' },
  comments: { kind: 'comment', collection: 'comments' },
};

/**
 * The access log: reading it, and what is told at once because no stored change tells it (sign-ins that failed, what
 * was refused). The rest is derived (`AuditFollower`). Nobody who is refused waits for it to be written.
 */
@Injectable()
export class AuditService implements OnModuleInit, OnModuleDestroy {
  readonly #log: Logger;
  readonly #folding: Folding;
  readonly #writing = new Set<Promise<void>>();
  #witness: NodeJS.Timeout | undefined;
  #witnessed = 0;

  constructor(
    @Inject(MONGO) private readonly connection: Connection,
    private readonly records: AuditRepository,
    private readonly refusals: Refusals,
    private readonly clock: Clock,
    logger: Logger,
  ) {
    this.#log = logger.child({ room: 'audit' });
    this.#folding = new Folding(
      (draft) => this.#keep(this.records.append([draft])),
      () => this.clock.now(),
    );
  }

  onModuleInit(): void {
    this.refusals.onRefusal((refusal) => this.#refused(refusal));
  }

  /** From now on, and at the end. A start that was refused says why and nothing else. */
  beginWitness(): void {
    this.#witness = setInterval(() => this.#keep(this.#tellHead()), WITNESS_EVERY_MS);
    this.#witness.unref();
    this.#keep(this.#tellHead());
  }

  async onModuleDestroy(): Promise<void> {
    clearInterval(this.#witness);
    this.#folding.end();
    while (this.#writing.size > 0) await Promise.all(this.#writing);
    if (this.#witness) await this.#tellHead().catch(() => undefined); // the store may have gone before us
  }

  /** What the log of the process holds, nobody changes in the store: `npm run audit:verify -- SEQ:HASH` asks for it. */
  async #tellHead(): Promise<void> {
    const { seq, hash } = await this.records.tail();
    if (seq === this.#witnessed) return;
    this.#witnessed = seq;
    this.#log.info('the access log has come to', { head: `${seq}:${hash}` });
  }

  /** Told by the one who does it, before it is done; under one key once. */
  tell(record: Omit<AuditDraft, 'at'>): Promise<void> {
    return this.records.append([{ at: this.clock.now(), ...record }]);
  }

  async page(query: AuditQuery): Promise<{ items: AuditRecord[]; next: string | null }> {
    const { docs, next } = await this.records.page(query);
    return { items: docs.map(toAuditRecord), next };
  }

  rulesOf(ids: readonly Id[]): Promise<AuditRule[]> {
    return this.records.rulesOf(ids);
  }

  /** How one thing came to be as it is; of what the reader may see of the thing itself. */
  async historyOf(id: Id, kinds: readonly AuditKind[]): Promise<AuditRecord[]> {
    return (await this.records.about(id, kinds, HISTORY)).map((doc) => ({
      ...toAuditRecord(doc),
      from: null,
    }));
  }

  #refused({ code, route, id, userId, about, address }: Refusal): void {
    const base = { at: this.clock.now(), who: userId, from: address, details: {} };
    if (route === 'POST /api/session') {
      const object = about ? ({ kind: 'user', id: about } as const) : null;
      if (code === 'unauthenticated') this.#folding.add({ ...base, what: 'sign-in.failed', object });
      if (code === 'rate-limited') this.#folding.add({ ...base, what: 'sign-in.limited', object });
      return;
    }
    if (userId === null) return;
    const kept =
      KEPT[
        route
          .split(' ')
          .at(-1)
          ?.replace(/^\/api\//, '')
          .split('/')[0] ?? ''
      ];
    const details = { route };
    if (code !== 'forbidden' && (code !== 'not-found' || !kept || !id)) return;
    if (!kept || !id) {
      this.#folding.add({ ...base, what: 'refused.right', object: { kind: 'route', id: route }, details });
      return;
    }
    const what = code === 'forbidden' ? 'refused.right' : 'refused.scope';
    this.#keep(this.#ofThing({ ...base, what, object: { kind: kept.kind, id }, details }, kept.collection));
  }

  /**
   * An id is whatever somebody wrote into an address: it is told only where it names something. A right that is missing
   * is told all the same, of the route; a mistyped id that is out of no scope is nobody's secret. Asked after the answer
   * has gone.
   */
  async #ofThing(draft: AuditDraft, collection: string): Promise<void> {
    const id = draft.object?.id ?? '';
    const isThere =
      IdSchema.safeParse(id).success &&
      (await this.connection.db
        ?.collection<{ _id: string }>(collection)
        .findOne({ _id: id }, { projection: { _id: 1 } }));
    if (isThere) this.#folding.add(draft);
    else if (draft.what === 'refused.right')
      this.#folding.add({ ...draft, object: { kind: 'route', id: String(draft.details.route) } });
  }

  #keep(work: Promise<void>): void {
    const kept = work
      .catch((err: unknown) => this.#log.error('the access log could not be written', { err }))
      .finally(() => this.#writing.delete(kept));
    this.#writing.add(kept);
  }
}
