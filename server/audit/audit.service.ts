import { Inject, Injectable, type OnModuleDestroy, type OnModuleInit } from '@nestjs/common';
import type { AuditKind, AuditObject, AuditQuery, AuditRecord } from '@svodka/shared/contracts/audit';
import type { Id } from '@svodka/shared/contracts/id';
import type { Connection } from 'mongoose';
import { Clock } from '../platform/clock.ts';
import { type Refusal, Refusals } from '../platform/errors/refusals.ts';
import { Logger } from '../platform/logger/logger.ts';
import { MONGO } from '../platform/mongo/mongo.ts';
import { AuditRepository } from './audit.repository.ts';
import { type AuditDraft, toAuditRecord } from './audit.schema.ts';

/** The same thing again within this time is counted, and told once more at its end with the number, ms. */
const FOLD_MS = 60_000;
const MOST_FOLDED = 5_000;
const HISTORY = 200;

type Folded = { draft: AuditDraft; times: number; timer: NodeJS.Timeout };

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
  readonly #folded = new Map<string, Folded>();
  readonly #writing = new Set<Promise<void>>();

  constructor(
    @Inject(MONGO) private readonly connection: Connection,
    private readonly records: AuditRepository,
    private readonly refusals: Refusals,
    private readonly clock: Clock,
    logger: Logger,
  ) {
    this.#log = logger.child({ room: 'audit' });
  }

  onModuleInit(): void {
    this.refusals.onRefusal((refusal) => this.#refused(refusal));
  }

  async onModuleDestroy(): Promise<void> {
    this.#unfoldAll();
    while (this.#writing.size > 0) await Promise.all(this.#writing);
  }

  async page(query: AuditQuery): Promise<{ items: AuditRecord[]; next: string | null }> {
    const { docs, next } = await this.records.page(query);
    return { items: docs.map(toAuditRecord), next };
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
      if (code === 'unauthenticated') this.#tell({ ...base, what: 'sign-in.failed', object });
      if (code === 'rate-limited') this.#tell({ ...base, what: 'sign-in.limited', object });
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
    if (code === 'forbidden') {
      const object = kept && id ? { kind: kept.kind, id } : ({ kind: 'route', id: route } as const);
      this.#tell({ ...base, what: 'refused.right', object, details });
    } else if (code === 'not-found' && kept && id) {
      const object = { kind: kept.kind, id };
      this.#keep(this.#outOfScope({ ...base, what: 'refused.scope', object, details }, kept.collection, id));
    }
  }

  /** Told only of what is there: a mistyped id is nobody's secret. Asked after the answer has gone. */
  async #outOfScope(draft: AuditDraft, collection: string, id: string): Promise<void> {
    const found = await this.connection.db
      ?.collection<{ _id: string }>(collection)
      .findOne({ _id: id }, { projection: { _id: 1 } });
    if (found) this.#tell(draft);
  }

  /** Written soon; repeats within a minute become one record with their number. */
  #tell(draft: AuditDraft): void {
    const key = [draft.what, draft.who, draft.from, draft.object?.id, draft.details.route].join(' ');
    const folded = this.#folded.get(key);
    if (folded) {
      folded.times++;
      return;
    }
    if (this.#folded.size >= MOST_FOLDED) this.#unfoldAll();
    const timer = setTimeout(() => this.#unfold(key), FOLD_MS);
    timer.unref();
    this.#folded.set(key, { draft, times: 0, timer });
    this.#keep(this.records.append([draft]));
  }

  #unfold(key: string): void {
    const folded = this.#folded.get(key);
    this.#folded.delete(key);
    if (!folded) return;
    clearTimeout(folded.timer);
    if (folded.times === 0) return;
    const details = { ...folded.draft.details, times: folded.times };
    this.#keep(this.records.append([{ ...folded.draft, at: this.clock.now(), details }]));
  }

  #unfoldAll(): void {
    for (const key of [...this.#folded.keys()]) this.#unfold(key);
  }

  #keep(work: Promise<void>): void {
    const kept = work
      .catch((err: unknown) => this.#log.error('the access log could not be written', { err }))
      .finally(() => this.#writing.delete(kept));
    this.#writing.add(kept);
  }
}
