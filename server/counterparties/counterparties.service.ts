import { Injectable } from '@nestjs/common';
import {
  type Counterparty,
  type CounterpartyCreate,
  type CounterpartyEdit,
  NEW_COUNTERPARTY,
} from '@svodka/shared/contracts/counterparty';
import { type Consent, type ConsentGive, consentOf } from '@svodka/shared/contracts/customer';
import type { DirectoryQuery } from '@svodka/shared/contracts/directory';
import { AppError } from '@svodka/shared/contracts/errors';
import type { Attachment } from '@svodka/shared/contracts/file';
import { type Id, newId } from '@svodka/shared/contracts/id';
import { finder } from '@svodka/shared/filter/search';
import { termsOf } from '@svodka/shared/filter/terms';
import {
  type Actor,
  cardFields,
  isManagerByEntry,
  may,
  mayChangeTeam,
  mayNameManager,
} from '@svodka/shared/rules/permissions';
import { actorOf } from '../accounts/actor.ts';
import type { UserDoc } from '../accounts/user.schema.ts';
import { UsersService } from '../accounts/users.service.ts';
import type { LiveDocuments } from '../changes/live-documents.ts';
import { cardFor, notYours, seesAllCards } from '../entries/cards.ts';
import { sameTerms } from '../entries/entry.ts';
import { RewriteBell } from '../entries/rewrite-bell.ts';
import { takenFrom, Withheld } from '../entries/withheld.ts';
import { Clock } from '../platform/clock.ts';
import { refused } from '../platform/errors/contract-error.ts';
import { packKeyset, unpackKeyset } from '../platform/http/keyset.ts';
import { idAside } from '../platform/mongo/derived-id.ts';
import { CounterpartiesRepository, type Standing } from './counterparties.repository.ts';
import { toCounterparty } from './counterparty.mapper.ts';
import type { CounterpartyDoc } from './counterparty.schema.ts';
import { counterpartyScope, visibleCounterparties } from './counterparty-scope.ts';
import { callTerms, derivedOf } from './counterparty-terms.ts';
import { kindByName, likenessOf, plainName } from './likeness.ts';

const MOST_ALIKE = 2000;
const NAMED_AS = ['person', 'org'] as const;
const asCard = (name: string, kind: 'person' | 'org') => ({ kind, name, inn: null, phones: [] });

/** Writes that lose to another write look again so often. */
const TRIES = 8;

/** Earlier ones are let go of: they were replaced long ago. */
const MOST_CONSENTS = 20;

/** Of so many cards that were merged into one the consents are looked at. */
const MOST_CARDS = 100;

const lastWordOf = ({ at, withdrawn }: Consent): string => withdrawn?.at ?? at;
const inOrder = (consents: Consent[]): Consent[] =>
  consents.sort((a, b) => lastWordOf(a).localeCompare(lastWordOf(b)));

/** The one that holds, withdrawn; the same list where none does. */
function ended(consents: Consent[], at: string, by: Id | null): Consent[] {
  const last = consentOf({ consents });
  return last ? [...consents.slice(0, -1), { ...last, withdrawn: { at, by } }] : consents;
}

@Injectable()
export class CounterpartiesService {
  constructor(
    private readonly counterparties: CounterpartiesRepository,
    private readonly users: UsersService,
    private readonly withheld: Withheld,
    private readonly bell: RewriteBell,
    private readonly clock: Clock,
  ) {}

  /**
   * As far as the actor may see it; one that was merged is answered by what it stands for.
   * @param options `merged`: as it is itself
   * @throws AppError `not-found`
   */
  async readable(actor: Actor, id: Id, { merged = false } = {}): Promise<CounterpartyDoc> {
    const { docs, chainOf } = await this.counterparties.standing([id]);
    const last = docs.get(chainOf(id).at(-1) ?? id);
    const [found] = last ? await this.visible(actor, [last]) : [];
    const asked = merged ? docs.get(id) : found;
    if (!found || !asked) throw new AppError('not-found', `no counterparty ${id}`);
    return asked;
  }

  byIds(ids: readonly Id[]): Promise<CounterpartyDoc[]> {
    return this.counterparties.byIds(ids);
  }

  /** As they were within the last second, mostly from memory. */
  get live(): LiveDocuments<CounterpartyDoc> {
    return this.counterparties.live;
  }

  /** These, and those that they stand for. */
  standing(ids: readonly Id[], options?: { live?: boolean }): Promise<Standing> {
    return this.counterparties.standing(ids, options);
  }

  /** Those of the entries at hand that the actor may see. */
  async visible(actor: Actor, docs: readonly CounterpartyDoc[]): Promise<CounterpartyDoc[]> {
    return visibleCounterparties(actor, docs, (userId) => this.counterparties.customersOf(userId));
  }

  /** As the contract has it, and as the actor may see it. */
  async cards(actor: Actor, docs: readonly CounterpartyDoc[]): Promise<Counterparty[]> {
    const isOwn = await this.#ownTo(actor);
    return docs.map((doc) => cardFor(actor, toCounterparty(doc), isOwn(doc)));
  }

  async list(actor: Actor, { search, ids, after, limit }: DirectoryQuery) {
    const place = after ? unpackKeyset(after, ['string'])[0] : null;
    // Asked for by id, a merged one is there, so that what names it can be named.
    const standing = ids ? {} : { merged: null };
    const ask = { scope: { $and: [await this.#scope(actor), standing] }, search, ids };
    const finds = await this.#foundBy(actor, search);
    const found: CounterpartyDoc[] = [];
    for (let from = place; found.length <= limit; ) {
      const some = await this.counterparties.list({ ...ask, after: from, limit: limit + 1 });
      found.push(...some.filter(finds));
      if (some.length <= limit) break;
      from = some.at(-1)?._id ?? null;
    }
    const docs = found.slice(0, limit);
    const last = docs.at(-1);
    return { docs, next: found.length > limit && last ? packKeyset([last._id]) : null };
  }

  /**
   * One who is only a manager becomes the manager of what they enter, or they would not see it.
   * @throws AppError `forbidden` for a manager whom the actor may not name, `conflict` when the id is taken by another
   * that the actor can see
   */
  async create(actor: Actor, { id, ...create }: CounterpartyCreate): Promise<CounterpartyDoc> {
    const managerId = create.managerId ?? (isManagerByEntry(actor) ? actor.id : null);
    const manager = await this.#known(managerId);
    if (manager && !mayNameManager(actor, actorOf(manager))) throw notYours('managerId');
    for (const _id of id ? [id, idAside(id, actor.id)] : [newId(this.clock.now().getTime())]) {
      const made = await this.#insert(actor, _id, { ...create, managerId });
      if (made) return made;
    }
    throw new AppError('conflict', '#exists', [{ field: 'id', reason: 'taken' }]);
  }

  /** Null: the id is taken by what the actor may not see. */
  async #insert(
    actor: Actor,
    id: Id,
    create: Omit<CounterpartyCreate, 'id'>,
  ): Promise<CounterpartyDoc | null> {
    const same = await this.counterparties.get(id);
    if (same?.createdBy === actor.id && same.name === create.name) return same;
    if (same) {
      if (!(await this.counterparties.get(id, await this.#scope(actor)))) return null;
      throw new AppError('conflict', '#exists', [{ field: 'id', reason: 'taken' }]);
    }
    const now = this.clock.now();
    const [number = ''] = await this.counterparties.takeNumbers(1);
    const doc: CounterpartyDoc = {
      ...create,
      _id: id,
      number,
      createdAt: now,
      createdBy: actor.id,
      version: 1,
      ...derivedOf({ ...create, number }),
    };
    if (await this.counterparties.insert(doc)) return doc;
    throw new AppError('conflict', '#exists', [{ field: 'id', reason: 'taken' }]);
  }

  /**
   * @param version what the editor saw; undefined: whatever it is now
   * @throws AppError `not-found`, `conflict` with the current counterparty
   */
  async edit(actor: Actor, id: Id, edit: CounterpartyEdit, version?: number): Promise<CounterpartyDoc> {
    const before = await this.readable(actor, id, { merged: true });
    if (before.merged) throw new AppError('conflict', '#merged', [{ field: 'id', reason: 'merged' }]);
    const stale = async (doc: CounterpartyDoc) => {
      const [current] = await this.cards(actor, [doc]);
      return new AppError('conflict', 'stale version', [], { current });
    };
    if (version !== undefined && version !== before.version) throw await stale(before);
    await this.checkManager(actor, before, edit);
    const { changes, reachesEvents } = this.#changesOf(before, edit);
    const written = await this.counterparties.update(id, before.version, changes);
    if (!written) {
      if (version === undefined) return this.edit(actor, id, edit);
      throw await stale(await this.readable(actor, id));
    }
    this.withheld.note('counterparties', written);
    if (reachesEvents) this.bell.ring();
    return written;
  }

  #changesOf(before: CounterpartyDoc, edit: CounterpartyEdit) {
    const after = { ...before, ...edit };
    const reachesEvents =
      before.managerId !== after.managerId || !sameTerms(callTerms(before), callTerms(after));
    const changes: Partial<CounterpartyDoc> = {
      ...edit,
      ...derivedOf(after),
      ...(reachesEvents && {
        rewrite: newId(),
        taken: takenFrom(
          { audience: before.managerId ? [before.managerId] : [], taken: before.taken },
          after.managerId ? [after.managerId] : [],
        ),
      }),
    };
    return { changes, reachesEvents };
  }

  /** For imports: a phone for each of those who have none. */
  async learnPhones(phones: ReadonlyMap<Id, string>): Promise<void> {
    for (let attempt = 0; attempt < TRIES; attempt++) {
      const { docs, chainOf } = await this.standing([...phones.keys()]);
      const writes = new Map<Id, { of: CounterpartyDoc; changes: Partial<CounterpartyDoc> }>();
      for (const [id, phone] of phones) {
        const of = docs.get(chainOf(id).at(-1) ?? id);
        if (of?.phones.length === 0 && !writes.has(of._id))
          writes.set(of._id, { of, changes: this.#changesOf(of, { phones: [phone] }).changes });
      }
      const written = await this.counterparties.updateMany([...writes.values()]);
      if (writes.size > 0) this.bell.ring();
      // One that somebody has written meanwhile is looked at again.
      if (written === writes.size) return;
    }
  }

  /** What it carries, or what it stands for, becomes what `next` makes of it; asked again when another write came between. */
  async attach(actor: Actor, id: Id, next: (files: Attachment[]) => Attachment[]): Promise<CounterpartyDoc> {
    if (!may(actor, 'directory.write')) throw new AppError('forbidden', 'directory.write');
    for (let attempt = 0; attempt < TRIES; attempt++) {
      const { _id, version, attachments = [] } = await this.readable(actor, id);
      const written = await this.counterparties.update(_id, version, { attachments: next(attachments) });
      if (written) return written;
    }
    throw new AppError('unavailable', 'too many writes at once');
  }

  /** Writes down that they have agreed to letters. */
  consent(actor: Actor, id: Id, given: ConsentGive): Promise<CounterpartyDoc> {
    const made = { ...given, at: this.clock.now().toISOString(), by: actor.id, withdrawn: null };
    return this.#consents(
      () => this.readable(actor, id),
      (consents) => [...ended(consents, made.at, actor.id), made].slice(-MOST_CONSENTS),
    );
  }

  /** They want no letters any more, by whatever card of theirs. @param actor null: they have said so themselves */
  async withdraw(actor: Actor | null, id: Id): Promise<CounterpartyDoc> {
    const at = this.clock.now().toISOString();
    const { docs, chainOf } = await this.counterparties.standing([id]);
    const doc = actor ? await this.readable(actor, id) : docs.get(chainOf(id).at(-1) ?? id);
    if (!doc) throw new AppError('not-found', `no counterparty ${id}`);
    for (const { _id } of (await this.#cardsOf([doc])).get(doc._id) ?? []) {
      const read = async () => (await this.counterparties.byIds([_id]))[0] ?? doc;
      await this.#consents(read, (consents) => ended(consents, at, actor?.id ?? null));
    }
    return (await this.counterparties.byIds([doc._id]))[0] ?? doc;
  }

  /** What each has agreed to by any card that was merged into theirs: the latest word holds, a refusal too. */
  async agreed(docs: readonly CounterpartyDoc[]): Promise<(doc: CounterpartyDoc) => Consent[]> {
    const cards = await this.#cardsOf(docs);
    return ({ _id }) => inOrder((cards.get(_id) ?? []).flatMap(({ consents = [] }) => consents));
  }

  /** By each that stands: it, and those that were merged into it. */
  async #cardsOf(docs: readonly CounterpartyDoc[]): Promise<Map<Id, CounterpartyDoc[]>> {
    const cards = new Map(docs.map((doc) => [doc._id, [doc]]));
    const cardsAt = new Map(cards);
    for (let ids = [...cards.keys()]; ids.length > 0; ) {
      const found = await this.counterparties.mergedInto(ids, MOST_CARDS * cards.size);
      ids = [];
      for (const card of found) {
        const beside = cardsAt.get(card.merged?.into ?? '');
        if (!beside || beside.length >= MOST_CARDS || cardsAt.has(card._id)) continue;
        beside.push(card);
        cardsAt.set(card._id, beside);
        ids.push(card._id);
      }
    }
    return cards;
  }

  async #consents(
    read: () => Promise<CounterpartyDoc>,
    next: (consents: Consent[]) => Consent[],
  ): Promise<CounterpartyDoc> {
    for (let attempt = 0; attempt < TRIES; attempt++) {
      const doc = await read();
      const { consents = [] } = doc;
      const after = next(consents);
      if (after === consents) return doc;
      const written = await this.counterparties.update(doc._id, doc.version, { consents: after });
      if (written) return written;
    }
    throw new AppError('unavailable', 'too many writes at once');
  }

  /** @throws AppError `validation` for an unknown person, `forbidden` for a manager whom the actor may not change */
  async checkManager(
    actor: Actor,
    before: CounterpartyDoc,
    { managerId }: Pick<CounterpartyEdit, 'managerId'>,
  ): Promise<void> {
    await this.#known(managerId ?? null);
    if (managerId !== undefined && managerId !== before.managerId && !mayChangeTeam(actor, before))
      throw notYours('managerId');
  }

  /** Those that are found by one of these whole terms (digits of a phone, a tax number) or have one of these names. */
  answeringTo(terms: readonly string[], names: readonly string[]): Promise<CounterpartyDoc[]> {
    return this.counterparties.answeringTo(terms, names);
  }

  /** Some of those that have one of these keys of likeness and stand for themselves. */
  alike(keys: readonly string[]): Promise<CounterpartyDoc[]> {
    return this.counterparties.alike(keys, MOST_ALIKE);
  }

  /** By these names as they are compared: without quotes, case and the form of the firm. */
  async ofNames(names: readonly string[]): Promise<Map<string, Id>> {
    if (names.length === 0) return new Map();
    const keys = [
      ...new Set(names.flatMap((name) => NAMED_AS.flatMap((kind) => likenessOf(asCard(name, kind))))),
    ];
    const known = [
      ...(await this.counterparties.alike(keys, MOST_ALIKE)),
      ...(await this.counterparties.byNames(names)),
    ];
    // Of two of one name the one that stands for itself; spelt as it is before spelt otherwise.
    known.sort((a, b) => Number(Boolean(b.merged)) - Number(Boolean(a.merged)));
    const exact = new Map(known.map(({ name, _id }) => [name, _id]));
    const plain = new Map(
      known.filter(({ merged }) => !merged).map(({ name, _id }) => [plainName(name), _id]),
    );
    const found = new Map<string, Id>();
    for (const name of names) {
      const id = exact.get(name) ?? plain.get(plainName(name));
      if (id) found.set(name, id);
    }
    return found;
  }

  /** For imports: counterparties of these names, made where they are missing. */
  async ensureMany(
    actor: Actor,
    names: readonly string[],
    phoneOf: (name: string) => string | undefined = () => undefined,
  ): Promise<{ ids: Map<string, Id>; created: number }> {
    const found = await this.ofNames(names);
    const first = new Map<string, string>();
    const missing: string[] = [];
    for (const name of new Set(names)) {
      if (found.has(name) || first.has(plainName(name))) continue;
      first.set(plainName(name), name);
      missing.push(name);
    }
    if (missing.length === 0) return { ids: found, created: 0 };
    const numbers = await this.counterparties.takeNumbers(missing.length);
    const now = this.clock.now();
    const docs = missing.map((name, i): CounterpartyDoc => {
      const number = numbers[i] ?? '';
      const _id = newId(now.getTime());
      found.set(name, _id);
      const phone = phoneOf(name);
      const card = {
        number,
        ...NEW_COUNTERPARTY,
        kind: kindByName(name),
        name,
        phones: phone ? [phone] : [],
      };
      return { ...card, _id, createdAt: now, createdBy: actor.id, version: 1, ...derivedOf(card) };
    });
    for (const name of names) {
      const id = found.get(name) ?? found.get(first.get(plainName(name)) ?? '');
      if (id) found.set(name, id);
    }
    return { ids: found, created: await this.counterparties.insertMany(docs) };
  }

  /** For tables: these, each under its own id; what is there already stays as it is. */
  async makeMany(actor: Actor, creates: readonly (CounterpartyCreate & { id: Id })[]): Promise<void> {
    const known = new Set((await this.byIds(creates.map(({ id }) => id))).map(({ _id }) => _id));
    const fresh = creates.filter(({ id }) => !known.has(id));
    if (fresh.length === 0) return;
    const numbers = await this.counterparties.takeNumbers(fresh.length);
    const createdAt = this.clock.now();
    await this.counterparties.insertMany(
      fresh.map(({ id, ...create }, i): CounterpartyDoc => {
        const card = { ...create, number: numbers[i] ?? '' };
        return { ...card, _id: id, createdAt, createdBy: actor.id, version: 1, ...derivedOf(card) };
      }),
    );
  }

  /** Takes one away that nobody has touched since it was made. @returns whether it was still so */
  remove({ _id, version }: CounterpartyDoc): Promise<boolean> {
    return this.counterparties.remove(_id, version);
  }

  /** Puts one back that was taken away while something came to name it. */
  async putBack(doc: CounterpartyDoc): Promise<void> {
    await this.counterparties.insertMany([doc]);
  }

  waiting(limit: number): Promise<CounterpartyDoc[]> {
    return this.counterparties.waiting(limit);
  }

  rewritten(id: Id, mark: string): Promise<void> {
    return this.counterparties.rewritten(id, mark);
  }

  #scope(actor: Actor) {
    return counterpartyScope(actor, (userId) => this.counterparties.customersOf(userId));
  }

  /** Which counterparties are the actor's own: managed by them, or the customers of their orders. */
  async #ownTo(actor: Actor): Promise<(doc: CounterpartyDoc) => boolean> {
    if (seesAllCards(actor)) return () => true;
    const ofOrders = new Set(await this.counterparties.customersOf(actor.id));
    return ({ _id, managerId }) => managerId === actor.id || ofOrders.has(_id);
  }

  /** What a card hides cannot be searched by either: the number of hits would tell it. */
  async #foundBy(actor: Actor, search: string | undefined): Promise<(doc: CounterpartyDoc) => boolean> {
    if (!search || seesAllCards(actor)) return () => true;
    const finds = finder(search);
    const isOwn = await this.#ownTo(actor);
    const sees = cardFields(actor);
    return (doc) => {
      if (isOwn(doc)) return true;
      const terms = termsOf(doc.number, doc.name, ...(sees.has('inn') ? [doc.inn, doc.ogrn] : []));
      return finds(terms);
    };
  }

  async #known(managerId: Id | null): Promise<UserDoc | null> {
    if (!managerId) return null;
    const [manager] = await this.users.byIds([managerId]);
    if (!manager) throw refused('managerId', 'unknown-user');
    return manager;
  }
}
