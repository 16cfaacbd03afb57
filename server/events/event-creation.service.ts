import { Injectable } from '@nestjs/common';
import { AppError } from '@svodka/shared/contracts/errors';
import type { EventCreate } from '@svodka/shared/contracts/event';
import { type Id, newId } from '@svodka/shared/contracts/id';
import { moduleOf } from '@svodka/shared/contracts/modules';
import type { Payload } from '@svodka/shared/contracts/payload';
import { type Actor, asWriterOf, mayCreate, maySpeakFor } from '@svodka/shared/rules/permissions';
import { bornStatus } from '@svodka/shared/rules/status';
import { Scopes } from '../entries/scopes.ts';
import { Clock } from '../platform/clock.ts';
import { AppConfig } from '../platform/config/config.ts';
import { refused } from '../platform/errors/contract-error.ts';
import { idAside } from '../platform/mongo/derived-id.ts';
import { CallNumbers } from './call-numbers.service.ts';
import { isDeskKey } from './desk-keys.ts';
import type { EventDoc } from './event.schema.ts';
import { EventContext } from './event-context.service.ts';
import {
  deadlineFields,
  derivedFields,
  hashOfBody,
  occurredOf,
  refuseNobodys,
  timedFields,
  untouched,
} from './event-fields.ts';
import { EventWriter, KEY_LIVES_MS } from './event-writer.service.ts';
import { EventsRepository } from './events.repository.ts';

const keyOfSource = (source: EventCreate['source']): string | undefined =>
  source && `source:${source.module}:${source.externalId}`;

export type Created = { event: EventDoc; isNew: boolean };

/** How an event comes to be: once, whoever repeats it. */
@Injectable()
export class EventCreation {
  constructor(
    private readonly events: EventsRepository,
    private readonly context: EventContext,
    private readonly writer: EventWriter,
    private readonly numbers: CallNumbers,
    private readonly scopes: Scopes,
    private readonly clock: Clock,
    private readonly config: AppConfig,
  ) {}

  /**
   * Writes an event, once: the same body under the same key, id or source key finds what is there.
   * @param ago how long it had to wait to be sent, ms: what says no time of its own was then
   * @throws AppError `forbidden`, `validation`, `conflict` for another body under a used key
   */
  async create(
    actor: Actor,
    asked: EventCreate,
    { key, audienceIds, ago = 0 }: { key?: string | undefined; audienceIds?: Id[]; ago?: number } = {},
  ): Promise<Created> {
    if (!audienceIds && !mayCreate(actor, asked.type))
      throw new AppError('forbidden', `may not create ${asked.type}`);
    if (asked.source && !maySpeakFor(actor, asked.source.module))
      throw new AppError('forbidden', `may not speak for ${asked.source.module}`);
    if (asked.source && isDeskKey(asked.source.module, asked.source.externalId))
      throw refused('source.externalId', 'desk-key');
    refuseNobodys(asked.visibility, actor.departmentId);
    const create = { ...asked, payload: asked.payload as Payload };
    // Whose call it was follows from its number, whoever says it.
    const writer = asWriterOf(actor, asked.type);
    await this.numbers.place([create], writer);
    const now = this.clock.now();
    const occurredAt = occurredOf(create.occurredAt, now, ago);
    const bodyHash = hashOfBody(asked);
    const creationKey = key ?? create.id ?? keyOfSource(create.source);
    const surroundings = await this.context.forActor(writer, create);
    const deadline = deadlineFields(create.due, surroundings.project?.tz ?? this.config.tzDefault);
    const base = {
      _id: create.id ?? newId(now.getTime()),
      type: create.type,
      module: moduleOf(create.type),
      title: create.title,
      body: create.body,
      importance: create.importance,
      occurredAt,
      recordedAt: now,
      ...deadline,
      projectId: create.projectId,
      itemIds: create.itemIds,
      author: { userId: actor.id, name: '' },
      source: create.source ? { ...create.source, space: 'given' as const } : null,
      payload: create.payload,
      visibility: create.visibility,
      departmentId: actor.departmentId,
      status: bornStatus({
        type: create.type,
        dueAt: deadline.dueAt,
        recordedAt: now,
        isImported: false,
      }),
      resolved: null,
      ...untouched(),
    };
    const doc: EventDoc = {
      ...base,
      ...timedFields(base, now),
      ...derivedFields({ ...create, ...(audienceIds && { audienceIds }) }, surroundings),
      ...(creationKey && { created: { actorId: actor.id, key: creationKey, bodyHash } }),
    };
    // The unique indexes say whether it was there: a look before each write would cost every write.
    const made = await this.writer.insert(doc, surroundings);
    if (made) return { event: made, isNew: true };
    if (key && (await this.#forgetOld(actor, key, now)))
      return this.create(actor, asked, { key, ago, ...(audienceIds && { audienceIds }) });
    const taken = await this.#taken(actor, create, creationKey);
    if (taken?.created?.actorId === actor.id && taken.created.bodyHash === bodyHash)
      return { event: taken, isNew: false };
    if (taken && taken._id === create.id && !(await this.events.get(taken._id, this.scopes.of(actor)))) {
      const aside = await this.writer.insert({ ...doc, _id: idAside(create.id, actor.id) }, surroundings);
      if (aside) return { event: aside, isNew: true };
    }
    throw new AppError('conflict', creationKey ? '#idempotency' : '#exists', [
      { field: key ? 'Idempotency-Key' : create.source ? 'source.externalId' : 'id', reason: 'taken' },
    ]);
  }

  /** Keys live for a week; ids and source keys name their event for ever. @returns whether the key is free again */
  async #forgetOld(actor: Actor, key: string, now: Date): Promise<boolean> {
    const found = await this.events.byCreation(actor.id, key);
    if (!found || now.getTime() - found.recordedAt.getTime() <= KEY_LIVES_MS) return false;
    await this.events.forgetKey(found._id);
    return true;
  }

  async #taken(actor: Actor, create: EventCreate, key: string | undefined): Promise<EventDoc | null> {
    const byKey = key ? await this.events.byCreation(actor.id, key) : null;
    if (byKey) return byKey;
    if (create.source) {
      const bySource = await this.events.bySource(create.source.module, create.source.externalId);
      if (bySource) return bySource;
    }
    return create.id ? this.events.get(create.id) : null;
  }
}
