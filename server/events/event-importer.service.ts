import { Injectable } from '@nestjs/common';
import type { Due, Importance } from '@svodka/shared/contracts/event';
import { type Id, newId } from '@svodka/shared/contracts/id';
import { type EventType, moduleOf } from '@svodka/shared/contracts/modules';
import type { Payload } from '@svodka/shared/contracts/payload';
import type { Actor } from '@svodka/shared/rules/permissions';
import { bornStatus } from '@svodka/shared/rules/status';
import { Clock } from '../platform/clock.ts';
import { AppConfig } from '../platform/config/config.ts';
import type { EventDoc } from './event.schema.ts';
import { EventContext } from './event-context.service.ts';
import { deadlineFields, derivedFields, timedFields, untouched } from './event-fields.ts';
import { EventsRepository } from './events.repository.ts';

/** One event as an import brings it: checked by the import, and of an author who need not be a user. */
export type ImportedEvent = {
  type: EventType;
  title: string;
  body: string;
  importance: Importance;
  occurredAt: Date;
  due: Due | null;
  projectId: Id | null;
  counterpartyIds: Id[];
  /** Null: whoever runs the import. */
  author: EventDoc['author'] | null;
  /** Null: the source does not say; it is born as its type and deadline tell. */
  status: 'open' | 'recorded' | 'resolved' | null;
  payload: Payload;
  externalId: string;
  /** The key that it has where an earlier version of the desk has written it. */
  keyBefore?: string | undefined;
  itemIds?: string[];
  /** What its module said, where it came from one; see `EventDoc`. */
  sent?: Record<string, string>;
};

/** Where events come from: a file, or a module that gives keys of its own. */
export type Origin = { batchId: Id } | { space: 'given' };

const BATCH = 125;
/** Batches on their way to the store: the next are made meanwhile, and none waits for the disk alone. */
const UNDER_WAY = 4;

/** Writes many events at once. A source key that is there already makes its event count as existing. */
@Injectable()
export class EventImporter {
  constructor(
    private readonly events: EventsRepository,
    private readonly context: EventContext,
    private readonly clock: Clock,
    private readonly config: AppConfig,
  ) {}

  /** @returns the ids that the drafts were given, in their order; an existing event keeps its own */
  async write(
    actor: Actor,
    drafts: readonly ImportedEvent[],
    origin: Origin,
  ): Promise<{ created: number; existing: number; ids: Id[] }> {
    let created = 0;
    const ids: Id[] = [];
    const writing: Promise<number>[] = [];
    for (let at = 0; at < drafts.length; at += BATCH) {
      const part = drafts.slice(at, at + BATCH);
      const surroundings = await this.context.ofMany(part);
      const now = this.clock.now();
      const docs = part.map((draft) => this.#doc(actor, draft, origin, surroundings(draft), now));
      ids.push(...docs.map(({ _id }) => _id));
      const written = this.events.insertMany(docs);
      written.catch(() => {}); // heard below, unless an earlier batch has failed first
      writing.push(written);
      if (writing.length === UNDER_WAY) created += (await writing.shift()) ?? 0;
    }
    for (const written of writing) created += await written;
    return { created, existing: drafts.length - created, ids };
  }

  /** The event that a draft would become. */
  async draftOf(actor: Actor, draft: ImportedEvent, origin: Origin): Promise<EventDoc> {
    const surroundings = await this.context.ofMany([draft]);
    return this.#doc(actor, draft, origin, surroundings(draft), this.clock.now());
  }

  #doc(
    actor: Actor,
    draft: ImportedEvent,
    origin: Origin,
    surroundings: Parameters<typeof derivedFields>[1],
    now: Date,
  ): EventDoc {
    const {
      due,
      author,
      status: given,
      externalId,
      keyBefore: _before,
      itemIds = [],
      sent,
      ...plain
    } = draft;
    const module = moduleOf(draft.type);
    const deadline = deadlineFields(due, surroundings.project?.tz ?? this.config.tzDefault);
    const birth = { type: draft.type, dueAt: deadline.dueAt, recordedAt: now, isImported: true };
    const status = given ?? bornStatus(birth);
    // Thousands in a row: spread into new objects, the fields of one cost thirty times what they cost so.
    const base = Object.assign(
      plain,
      {
        _id: newId(now.getTime()),
        module,
        recordedAt: now,
        itemIds,
        author: author ?? { userId: actor.id, name: '' },
        source: { module, externalId, ...origin, ...(sent && { sent }) },
        visibility: 'internal' as const,
        departmentId: actor.departmentId,
        status,
        resolved: status === 'resolved' ? { at: now, by: null, from: bornStatus(birth) } : null,
      },
      deadline,
      untouched(),
    );
    return Object.assign(base, timedFields(base, now), derivedFields(draft, surroundings));
  }
}
