import { Injectable } from '@nestjs/common';
import type { Id } from '@svodka/shared/contracts/id';
import { type Module, moduleOf } from '@svodka/shared/contracts/modules';
import { toPredicate } from '@svodka/shared/filter/predicate';
import type { Actor } from '@svodka/shared/rules/permissions';
import { Scopes } from '../entries/scopes.ts';
import { Clock } from '../platform/clock.ts';
import { AppConfig } from '../platform/config/config.ts';
import { changesBetween } from './changes.ts';
import { isDeskKey } from './desk-keys.ts';
import type { EventDoc } from './event.schema.ts';
import { EventContext } from './event-context.service.ts';
import { deadlineFields, derivedFields, ownCounterparties, timedFields, untouched } from './event-fields.ts';
import { EventImporter, type ImportedEvent } from './event-importer.service.ts';
import { EventsRepository, TAKEN_BACK } from './events.repository.ts';

/** An event as its module says it; `sent` holds a hash of each field that it says, by the names of `SAID`. */
export type SaidEvent = ImportedEvent & { sent: Record<string, string> };

/** A row of an import: which record it is, and a hash of each thing that it says. */
export type SaidRow = Pick<SaidEvent, 'externalId' | 'keyBefore' | 'title' | 'occurredAt' | 'sent'>;
/** What tells a record from others, where nothing else in its file says the same. */
const TELLING = ['title', 'body', 'due', 'order', 'counterparty', 'payload'];

/** What became of one: `type-stays` when its key stands for an event of another type. */
export type Taken = { id: Id; outcome: Outcome } | { refused: 'type-stays' };
type Outcome = 'created' | 'changed' | 'unchanged';

/** What became of the rows of an import; `others`: those that are here and say something else by now. */
export type RowsTaken = Record<'created' | 'existing' | 'changed' | 'deleted', number> & {
  others: { key: string; id: Id; changes: Record<string, { from: unknown; to: unknown }> }[];
};

/** What the desk says by itself. */
type Told = Pick<SaidEvent, 'type' | 'title' | 'occurredAt' | 'payload' | 'externalId'> &
  Partial<ImportedEvent>;

const TRIES = 8;
const TAKEN_BACK_AT_ONCE = 125;
/** A program, as which the desk itself writes. */
const NOBODY: Actor = { id: '', roles: [], departmentId: null };

/**
 * Takes what a module says of its events: a new key is a new event, a known one is the same event, changed where the
 * module says something else than it did. What people have changed since, and the module has not, stays theirs.
 */
@Injectable()
export class EventIntake {
  constructor(
    private readonly events: EventsRepository,
    private readonly importer: EventImporter,
    private readonly context: EventContext,
    private readonly scopes: Scopes,
    private readonly clock: Clock,
    private readonly config: AppConfig,
  ) {}

  /** @param said of one module, each key once @returns by key */
  async take(actor: Actor, module: Module, said: readonly SaidEvent[]): Promise<Map<string, Taken>> {
    const taken = new Map<string, Taken>();
    const known = await this.#known(module, said);
    const fresh = said.filter(({ externalId }) => !known.has(externalId));
    if (fresh.length > 0) {
      const { ids, created } = await this.importer.write(actor, fresh, { space: 'given' });
      // Somebody else may have been first with some of the keys; or we were, and did not hear of it.
      const now = created === fresh.length ? null : await this.#known(module, fresh);
      for (const [i, { externalId }] of fresh.entries()) {
        const other = now?.get(externalId);
        const id = ids[i] as Id;
        if (other && other._id !== id) known.set(externalId, other);
        else taken.set(externalId, { id, outcome: 'created' });
      }
    }
    for (const one of said) {
      const event = known.get(one.externalId);
      if (event) taken.set(one.externalId, await this.#again(event, one));
    }
    return taken;
  }

  /** What `take` would answer now, without the ids of what is not there yet. Writes nothing. */
  async foresee(module: Module, said: readonly SaidEvent[]): Promise<Map<string, Outcome | 'refused'>> {
    const known = await this.#known(module, said);
    const outcomeOf = (one: SaidEvent): Outcome | 'refused' => {
      const event = known.get(one.externalId);
      if (!event) return 'created';
      if (event.type !== one.type) return 'refused';
      return event.deletedAt || differing(event, one).length === 0 ? 'unchanged' : 'changed';
    };
    return new Map(said.map((one) => [one.externalId, outcomeOf(one)]));
  }

  /**
   * Rows of an import. What is there is told apart: the same, other by now, deleted.
   * @param how `isFirst`: none of them can be there; whether what is other is changed, and what was deleted comes back;
   *   `dry`: nothing is written; `isTold`: what is other is said, old and new
   */
  async takeRows(
    actor: Actor,
    said: readonly SaidEvent[],
    batchId: Id,
    how: { isFirst: boolean; update: boolean; restore: boolean; dry?: boolean; isTold?: boolean },
  ): Promise<RowsTaken> {
    const counts = { created: 0, existing: 0, changed: 0, deleted: 0 };
    const others: RowsTaken['others'] = [];
    const known = how.isFirst ? new Map<string, EventDoc>() : await this.#imported(said);
    if (!how.dry) await this.#rekey(known);
    const fresh = said.filter(({ externalId }) => !known.has(externalId));
    const written = how.dry
      ? { created: fresh.length, existing: 0 }
      : await this.importer.write(actor, fresh, { batchId });
    counts.created += written.created;
    counts.existing += written.existing;
    for (const one of said) {
      let event = known.get(one.externalId);
      if (!event) continue;
      const isSame = differing(event, one).length === 0;
      if (event.deletedAt) {
        counts.deleted++;
        if (!how.restore || how.dry) continue;
        event = (await this.#bringBack(actor, event)) ?? event;
      } else if (event.source?.batchId === batchId && isSame)
        counts.created++; // by a runner that died before it could count it
      else if (isSame) counts.existing++;
      else {
        counts.changed++;
        if (how.isTold)
          others.push({ key: one.externalId, id: event._id, changes: await this.#between(event, one) });
      }
      if (!isSame && how.update && !how.dry && event.type === one.type) await this.#again(event, one);
    }
    return { ...counts, others };
  }

  /** What an event says and what its row says, by field. */
  async #between(event: EventDoc, said: SaidEvent): Promise<RowsTaken['others'][number]['changes']> {
    const fields = new Set(differing(event, said));
    const { shown } = changesBetween(event, await this.#changed(event, said, fields, this.clock.now()));
    return event.type === said.type ? shown : { ...shown, type: { from: event.type, to: said.type } };
  }

  #bringBack(actor: Actor, event: EventDoc): Promise<EventDoc | null> {
    const now = this.clock.now();
    const set = { deletedAt: null, deletedBy: null };
    const changes = { deletedAt: { from: event.deletedAt?.toISOString() ?? null, to: null } };
    const revision = { rev: event.rev + 1, at: now, by: actor.id, changes };
    return this.events.revise(
      event._id,
      event.version,
      { ...set, ...timedFields({ ...event, ...set }, now) },
      revision,
    );
  }

  /**
   * How many of these rows of one file are there by their keys, how many of those are called as they are here, and how
   * many say something else altogether: of another moment, and nothing of what tells a record is the same.
   */
  async likeness(said: readonly SaidRow[]): Promise<{ known: number; titled: number; others: number }> {
    const known = await this.#imported(said);
    const times = new Map<string, number>();
    const telling = ({ sent }: SaidRow) =>
      TELLING.flatMap((field) => (sent[field] ? [[field, sent[field]]] : []));
    const count = (name: string) => times.set(name, (times.get(name) ?? 0) + 1);
    for (const row of said) for (const one of telling(row)) count(one.join());
    const isSame = (row: SaidRow, { source, title, occurredAt }: EventDoc) => {
      const was = source?.sent;
      if (!was) return title === row.title || occurredAt.getTime() === row.occurredAt.getTime();
      if (was.occurredAt !== undefined && was.occurredAt === row.sent.occurredAt) return true;
      return telling(row).some(
        ([field = '', value]) => was[field] === value && times.get(`${field},${value}`) === 1,
      );
    };
    const there = said.flatMap((row) => {
      const event = known.get(row.externalId);
      return event ? [{ row, event }] : [];
    });
    return {
      known: there.length,
      titled: there.filter(({ row, event }) => event.title === row.title && isSame(row, event)).length,
      others: there.filter(({ row, event }) => !isSame(row, event)).length,
    };
  }

  /** Those of these records of imports that are here, by the keys that they have now. */
  async #imported(
    said: readonly Pick<SaidEvent, 'externalId' | 'keyBefore'>[],
  ): Promise<Map<string, EventDoc>> {
    const keys = said.flatMap(({ externalId, keyBefore }) =>
      keyBefore ? [keyBefore, externalId] : [externalId],
    );
    const found = new Map(
      (await this.events.byImports(keys)).map((event) => [event.source?.externalId ?? '', event]),
    );
    const own = new Set(said.map(({ externalId }) => externalId));
    return new Map(
      said.flatMap(({ externalId, keyBefore = externalId }) => {
        // «01» has by now the key that «1» had, where both are there.
        const order = own.has(keyBefore) ? [externalId, keyBefore] : [keyBefore, externalId];
        const event = order.map((key) => found.get(key)).find(Boolean);
        return event ? [[externalId, event] as const] : [];
      }),
    );
  }

  /** What an earlier version has imported gets the key that its record has now, where that is free. */
  async #rekey(known: Map<string, EventDoc>): Promise<void> {
    const old = [...known].filter(([key, { source }]) => source && source.externalId !== key);
    if (old.length === 0) return;
    const taken = await this.events.byImports(old.map(([key]) => key));
    const isTaken = new Set(taken.map(({ source }) => source?.externalId));
    const moved = old.flatMap(([key, event]) =>
      event.source && !isTaken.has(key) ? [{ key, event, source: { ...event.source, externalId: key } }] : [],
    );
    await this.events.amendMany(
      moved.map(({ event: { _id: id, version }, source }) => ({ id, version, changes: { source } })),
    );
    for (const { key, event, source } of moved)
      known.set(key, { ...event, source, version: event.version + 1 });
  }

  /** Takes back some of what an import wrote; its keys are free again. @returns how many; 0: there are no more */
  async takeBack(batchId: Id, by: Id): Promise<number> {
    const events = await this.events.ofBatch(batchId, TAKEN_BACK_AT_ONCE);
    if (events.length > 0) await this.events.takeBack(events, by, this.clock.now());
    return events.length;
  }

  /**
   * Takes back those of some events that are as they were made, nobody having changed or discussed them; their keys are
   * free again. Repeated it tells the same.
   */
  async takeBackMade(ids: readonly Id[], by: Id): Promise<{ deleted: number; kept: number }> {
    const counts = { deleted: 0, kept: 0 };
    for (let from = 0; from < ids.length; from += TAKEN_BACK_AT_ONCE) {
      const some = ids.slice(from, from + TAKEN_BACK_AT_ONCE);
      const made = untouched();
      const asMade = (await this.events.byIds(some)).filter(
        ({ rev, counters, deletedAt }) =>
          rev === made.rev && counters.comments === made.counters.comments && deletedAt === null,
      );
      if (asMade.length > 0) await this.events.takeBack(asMade, by, this.clock.now());
      for (const { deletedAt, source } of await this.events.byIds(some)) {
        if (deletedAt === null) counts.kept++;
        else if (source?.externalId?.startsWith(TAKEN_BACK)) counts.deleted++;
      }
    }
    return counts;
  }

  /** Takes back what the desk has said of an order that is gone. */
  async takeBackTold(projectId: Id, by: Id): Promise<void> {
    const events = await this.events.toldOf(projectId, TAKEN_BACK_AT_ONCE);
    if (events.length > 0) await this.events.takeBack(events, by, this.clock.now());
  }

  /** What the desk says by itself, once under its key. @returns whether it is new */
  async tell(said: Told): Promise<boolean> {
    if (!isDeskKey(moduleOf(said.type), said.externalId))
      throw new Error(`${said.externalId} is no key of the desk: anybody could take it`);
    const { created } = await this.importer.write(NOBODY, [draftOf(said)], { space: 'given' });
    return created > 0;
  }

  /** Whether somebody could read what the desk would say. */
  async mayRead(actor: Actor, said: Told): Promise<boolean> {
    const event = await this.importer.draftOf(NOBODY, draftOf(said), { space: 'given' });
    return toPredicate(this.scopes.of(actor))(event);
  }

  async #known(module: Module, said: readonly SaidEvent[]): Promise<Map<string, EventDoc>> {
    const found = await this.events.bySources(
      module,
      said.map(({ externalId }) => externalId),
    );
    return new Map(found.map((event) => [event.source?.externalId ?? '', event]));
  }

  async #again(found: EventDoc, said: SaidEvent): Promise<Taken> {
    let before: EventDoc | null = found;
    for (let attempt = 0; before && attempt < TRIES; attempt++) {
      if (before.type !== said.type) return { refused: 'type-stays' };
      const unchanged = { id: before._id, outcome: 'unchanged' } as const;
      const fields = differing(before, said);
      // What was deleted here stays deleted.
      if (fields.length === 0 || before.deletedAt) return unchanged;
      const now = this.clock.now();
      const after = await this.#changed(before, said, new Set(fields), now);
      const { set, shown } = changesBetween(before, after);
      const isNews = Object.keys(shown).length > 0;
      const revision = { rev: before.rev + 1, at: now, by: null, changes: shown };
      const isWritten = isNews
        ? (await this.events.revise(before._id, before.version, set, revision)) !== null
        : await this.events.amend(before._id, before.version, set);
      if (isWritten) return isNews ? { id: before._id, outcome: 'changed' } : unchanged;
      before = await this.events.get(before._id);
    }
    throw new Error('an event was written too often at once');
  }

  async #changed(before: EventDoc, said: SaidEvent, fields: Set<string>, now: Date): Promise<EventDoc> {
    const own = { ...before, counterpartyIds: ownCounterparties(before) };
    const next: EventDoc = { ...own, source: before.source && { ...before.source, sent: said.sent } };
    for (const field of fields) SAID[field]?.(next, said);
    const surroundings = await this.context.asItIs(next);
    if (fields.has('due'))
      Object.assign(next, deadlineFields(said.due, surroundings.project?.tz ?? this.config.tzDefault));
    if (next.status === 'recorded' && next.dueAt && next.dueAt.getTime() !== before.dueAt?.getTime())
      next.status = 'open';
    const whole = { ...next, ...derivedFields(next, surroundings) };
    return { ...whole, ...timedFields(whole, now) };
  }
}

/** What it says otherwise than it did; an order whose number it writes another way is no other. */
function differing({ source, projectId }: EventDoc, { sent, projectId: said }: SaidEvent): string[] {
  const isRespelled = source?.sent?.order && sent.order && projectId !== null && projectId === said;
  const differs = (field: string) =>
    source?.sent?.[field] !== sent[field] && !(field === 'order' && isRespelled);
  return Object.keys({ ...SAID, ...source?.sent, ...sent }).filter(differs);
}

/** How each thing that a module says is put into the event. */
const SAID: Record<string, (event: EventDoc, said: SaidEvent) => void> = {
  title: (event, { title }) => Object.assign(event, { title }),
  body: (event, { body }) => Object.assign(event, { body }),
  importance: (event, { importance }) => Object.assign(event, { importance }),
  // A module that no longer says when leaves the moment as it was.
  occurredAt: (event, { occurredAt, sent }) => Object.assign(event, sent.occurredAt && { occurredAt }),
  due: () => {}, // needs the zone of the order
  order: (event, { projectId }) => Object.assign(event, { projectId }),
  counterparty: (event, { counterpartyIds }) => Object.assign(event, { counterpartyIds }),
  itemIds: (event, { itemIds = [] }) => Object.assign(event, { itemIds }),
  payload: (event, { payload }) => Object.assign(event, { payload }),
  author: (event, { author }) => Object.assign(event, author && { author }),
};

const draftOf = (said: Told): ImportedEvent => ({
  body: '',
  importance: 'normal',
  due: null,
  projectId: null,
  counterpartyIds: [],
  author: { userId: null, name: '' },
  status: null,
  ...said,
});
