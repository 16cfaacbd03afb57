import { isDeepStrictEqual } from 'node:util';
import { Injectable } from '@nestjs/common';
import { AppError } from '@svodka/shared/contracts/errors';
import type { Id } from '@svodka/shared/contracts/id';
import {
  countOf,
  type ShiftAct,
  type ShiftGive,
  type ShiftLine,
  type ShiftNote,
  type ShiftRow,
  type ShiftView,
} from '@svodka/shared/contracts/shift';
import { translate } from '@svodka/shared/messages/catalogue';
import { type Actor, may, seesEverything } from '@svodka/shared/rules/permissions';
import { actorOf } from '../accounts/actor.ts';
import type { UserDoc } from '../accounts/user.schema.ts';
import { UsersService } from '../accounts/users.service.ts';
import { ClaimsService } from '../events/claims.service.ts';
import { DeskWrites } from '../events/desk-writes.service.ts';
import { toWire } from '../events/event.mapper.ts';
import { Clock } from '../platform/clock.ts';
import { refused } from '../platform/errors/contract-error.ts';
import { RefsService } from '../refs/refs.service.ts';
import { type ShiftDoc, toShift } from './shift.schema.ts';
import { readable, ShiftNotes } from './shift-notes.service.ts';
import { ShiftsRepository } from './shifts.repository.ts';

const LISTED = 20;
const TRIES = 8;

/**
 * One person hands the desk to another, row by row. What is stored names things only; what they are is read when
 * somebody looks, as that person may see it. Laws: SPEC.md.
 */
@Injectable()
export class ShiftsService {
  constructor(
    private readonly notes: ShiftNotes,
    private readonly shifts: ShiftsRepository,
    private readonly writes: DeskWrites,
    private readonly claims: ClaimsService,
    private readonly users: UsersService,
    private readonly refs: RefsService,
    private readonly clock: Clock,
  ) {}

  /** @param toId what that person may not see is told @throws AppError `validation` */
  async note(actor: Actor, toId?: Id): Promise<ShiftNote> {
    const note = await this.notes.of(actor);
    const around = await this.notes.around(actor, note);
    const rows = toId ? await this.#seenBy(await this.#taker(actor, toId), note) : note.rows;
    return {
      ...note,
      rows,
      ...this.#told(around),
      refs: await this.notes.refsOf(actor, around, whomOf(note.rows)),
    };
  }

  async list(actor: Actor): Promise<{ items: ShiftLine[]; refs: ShiftNote['refs'] }> {
    const docs = await this.shifts.newest(actor.id, LISTED, { unnamed: seesEverything(actor) });
    const items = docs.map((doc): ShiftLine => {
      const { id, fromId, toId, at, state, doneAt } = toShift(doc);
      return { id, fromId, toId, at, state, doneAt, ...countsOf(doc) };
    });
    return { items, refs: await this.refs.refsOf(actor, { userIds: docs.flatMap(peopleOf) }) };
  }

  async read(actor: Actor, id: Id): Promise<ShiftView> {
    return this.#view(actor, await this.#readable(actor, id));
  }

  /**
   * Hands over what there is now. Another handover of the same person that is not accepted yet is over with it.
   * @throws AppError `validation`: to nobody who could take it; `conflict`: the id is another's, or of other words
   */
  async give(actor: Actor, { id, toId, words }: ShiftGive): Promise<{ view: ShiftView; isNew: boolean }> {
    const taker = toId === null ? null : await this.#taker(actor, toId);
    const note = await this.notes.of(actor);
    const doc: ShiftDoc = {
      _id: id,
      fromId: actor.id,
      toId,
      at: this.clock.now(),
      state: 'given',
      doneAt: null,
      ...note,
      rows: taker ? await this.#seenBy(taker, note) : note.rows,
      words,
      version: 1,
    };
    const isNew = await this.shifts.insert(doc);
    const there = isNew ? doc : await this.shifts.get(id);
    // Whoever accepts it first may stand in it by now.
    const isSame = there && isDeepStrictEqual(there.words, words) && (toId === null || there.toId === toId);
    if (there?.fromId !== actor.id || !isSame)
      throw new AppError('conflict', '#exists', [{ field: 'id', reason: 'taken' }]);
    await this.#announce(there);
    for (const before of await this.shifts.unfinishedBefore(there)) {
      const over = await this.#replaced(before);
      if (over) await this.#progress(actor, over);
    }
    return { view: await this.#view(actor, there), isNew };
  }

  /**
   * Accepts or returns rows. Rows that are decided stay so; accepting again what one has accepted moves what did not
   * move the first time.
   * @throws AppError `forbidden`: it is not given to the actor; `conflict`: somebody else takes it, or it is over
   */
  async act(actor: Actor, id: Id, { as, keys, word }: ShiftAct): Promise<ShiftView> {
    for (let attempt = 0; attempt < TRIES; attempt++) {
      const doc = await this.#readable(actor, id);
      if (doc.fromId === actor.id) throw new AppError('forbidden', 'one’s own shift');
      if (doc.toId !== null && doc.toId !== actor.id) throw this.#taken(doc);
      if (doc.state === 'replaced') throw this.#taken(doc);
      const chosen = new Set(keys ?? doc.rows.map(({ key }) => key));
      const seen = new Set(
        (await this.#seenBy(actor, doc)).flatMap(({ key, state }) => (state === 'blind' ? [] : key)),
      );
      const at = this.clock.now();
      const rows = doc.rows.map((row): ShiftRow => {
        if (row.state !== 'waiting' || !chosen.has(row.key)) return row;
        if (!seen.has(row.key)) return { ...row, state: 'blind' };
        return { ...row, state: as, word: as === 'returned' ? word : '', at: at.toISOString() };
      });
      const isDone = rows.every(({ state }) => state !== 'waiting');
      // From the first word on it is this person's; what they may not see is nobody else's to decide.
      const changes = {
        rows,
        toId: actor.id,
        ...(isDone && doc.state === 'given' && { state: 'done' as const, doneAt: at }),
      };
      const written = await this.shifts.write(doc, changes);
      if (!written) continue;
      // Without keys what waited is meant; where nothing did, all of it is said again.
      const isAll = keys !== undefined || doc.rows.every(({ state }) => state !== 'waiting');
      const meant = written.rows.filter(
        ({ key }, i) => chosen.has(key) && (isAll || doc.rows[i]?.state === 'waiting'),
      );
      for (const row of as === 'accepted' ? meant : []) {
        if (row.block === 'held' && row.state === 'accepted' && row.eventId && row.at)
          await this.#move(actor, row.eventId, { from: written.fromId, acceptedAt: new Date(row.at) });
      }
      await this.#progress(actor, written);
      return this.#view(actor, written);
    }
    throw new AppError('unavailable', 'too many writes at once');
  }

  /** Null: it came to its end meanwhile. */
  async #replaced({ _id }: ShiftDoc): Promise<ShiftDoc | null> {
    for (let attempt = 0; attempt < TRIES; attempt++) {
      const doc = await this.shifts.get(_id);
      if (doc?.state !== 'given') return null;
      const over = await this.shifts.write(doc, { state: 'replaced', doneAt: this.clock.now() });
      if (over) return over;
    }
    throw new AppError('unavailable', 'too many writes at once');
  }

  /** What was resolved, or taken by a third, or is out of sight by now has nothing to be moved. */
  async #move(actor: Actor, eventId: Id, how: { from: Id; acceptedAt: Date }): Promise<void> {
    try {
      await this.claims.takeOver(actor, eventId, how);
    } catch (error) {
      if (!(error instanceof AppError) || (error.code !== 'not-found' && error.code !== 'forbidden'))
        throw error;
    }
  }

  async #announce(doc: ShiftDoc, saying?: Saying): Promise<void> {
    const [giver] = await this.users.byIds([doc.fromId]);
    if (!giver) return;
    const people = doc.toId ? [doc.toId] : (await this.users.all()).filter(isOnDesk).map(({ _id }) => _id);
    await this.writes.tellFor(actorOf(giver), {
      id: doc._id,
      type: 'shift.handover',
      audienceIds: people.filter((id) => id !== doc.fromId),
      ...(saying ?? (await this.#saying(doc))),
    });
  }

  /** The event tells how far it is, so everybody's feed does; it is resolved with the last row. */
  async #progress(actor: Actor, doc: ShiftDoc): Promise<void> {
    const saying = await this.#saying(doc);
    // Whoever gave it may have died before they told of it.
    await this.#announce(doc, saying);
    await this.writes.tellOn(actor, doc._id, { ...saying, isDone: doc.state !== 'given' });
  }

  async #saying(doc: ShiftDoc) {
    const { fromId, toId, state } = doc;
    const people = await this.users.byIds(peopleOf(doc));
    const nameOf = (id: Id | null) => people.find(({ _id }) => _id === id)?.name ?? 'none';
    const payload = { giver: nameOf(fromId), taker: nameOf(toId), ...countsOf(doc), state };
    return { title: translate('ru', 'shift.event', payload), payload };
  }

  async #view(actor: Actor, doc: ShiftDoc): Promise<ShiftView> {
    const around = await this.notes.around(actor, doc);
    const shift = { ...toShift(doc), rows: readable(doc.rows, around) };
    const userIds = [...peopleOf(doc), ...whomOf(shift.rows)];
    return { shift, ...this.#told(around), refs: await this.notes.refsOf(actor, around, userIds) };
  }

  #told({ events, installs }: Awaited<ReturnType<ShiftNotes['around']>>) {
    return { events: events.map(toWire), installs };
  }

  /** The rows, those marked that somebody may not see. */
  async #seenBy(taker: Actor, note: Pick<ShiftDoc, 'rows' | 'cut' | 'days'>): Promise<ShiftRow[]> {
    const seen = readable(note.rows, await this.notes.around(taker, note));
    return note.rows.map((row, at) =>
      seen[at]?.key === row.key || row.state !== 'waiting' ? row : { ...row, state: 'blind' },
    );
  }

  async #taker(actor: Actor, id: Id): Promise<Actor> {
    const [user] = await this.users.byIds([id]);
    if (!user || user.disabledAt || id === actor.id) throw refused('toId', 'unknown-user');
    if (!may(actorOf(user), 'shifts.hand')) throw refused('toId', 'blind');
    return actorOf(user);
  }

  async #readable(actor: Actor, id: Id): Promise<ShiftDoc> {
    const doc = await this.shifts.get(id);
    if (!doc || !maySee(actor, doc)) throw new AppError('not-found', `no shift ${id}`);
    return doc;
  }

  #taken(doc: ShiftDoc): AppError {
    return new AppError('conflict', 'somebody else takes it', [{ field: 'toId', reason: 'changed-since' }], {
      current: { toId: doc.toId, state: doc.state },
    });
  }
}

type Saying = { title: string; payload: object };

const peopleOf = ({ fromId, toId }: Pick<ShiftDoc, 'fromId' | 'toId'>): Id[] =>
  toId === null ? [fromId] : [fromId, toId];

const countsOf = ({ rows }: Pick<ShiftDoc, 'rows'>) => ({
  rows: rows.length,
  accepted: countOf(rows, 'accepted'),
  returned: countOf(rows, 'returned'),
});

const whomOf = (rows: readonly ShiftRow[]): Id[] => rows.flatMap(({ whomId }) => whomId ?? []);

const maySee = (actor: Actor, { fromId, toId }: ShiftDoc): boolean =>
  fromId === actor.id || toId === actor.id || seesEverything(actor);

/** Whoever may take what is given to nobody by name. */
const isOnDesk = ({ disabledAt, roles }: UserDoc): boolean =>
  disabledAt === null && roles.includes('dispatcher');
