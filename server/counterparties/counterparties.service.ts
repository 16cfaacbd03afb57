import { Injectable } from '@nestjs/common';
import {
  type Counterparty,
  type CounterpartyCreate,
  type CounterpartyEdit,
} from '@svodka/shared/contracts/counterparty';
import type { DirectoryQuery } from '@svodka/shared/contracts/directory';
import { AppError } from '@svodka/shared/contracts/errors';
import type { Attachment } from '@svodka/shared/contracts/file';
import { type Id, newId } from '@svodka/shared/contracts/id';
import { COUNT_LIMIT, type Count } from '@svodka/shared/feed/feed';
import { finder } from '@svodka/shared/filter/search';
import { termsOf } from '@svodka/shared/filter/terms';
import {
  type Actor,
  cardFields,
  isManagerByEntry,
  mayChangeTeam,
  mayNameManager,
  withRight,
} from '@svodka/shared/rules/permissions';
import { actorOf } from '../accounts/actor.ts';
import type { UserDoc } from '../accounts/user.schema.ts';
import { UsersService } from '../accounts/users.service.ts';
import type { LiveDocuments } from '../changes/live-documents.ts';
import { cardFor, notYours, seesAllCards } from '../entries/cards.ts';
import { RewriteBell } from '../entries/rewrite-bell.ts';
import { Withheld } from '../entries/withheld.ts';
import { Clock } from '../platform/clock.ts';
import { refused } from '../platform/errors/contract-error.ts';
import { holds } from '../platform/holds.ts';
import { packKeyset, unpackKeyset } from '../platform/http/keyset.ts';
import { idAside } from '../platform/mongo/derived-id.ts';
import { CounterpartiesRepository, MOST_ALIKE, type Standing, TRIES } from './counterparties.repository.ts';
import { toCounterparty } from './counterparty.mapper.ts';
import type { CounterpartyDoc } from './counterparty.schema.ts';
import { counterpartyScope, visibleCounterparties } from './counterparty-scope.ts';
import { changesOf, derivedOf } from './counterparty-terms.ts';

/** So many are looked at together where each has to be. */
const COUNTED_AT_ONCE = 200;
const COUNTED_PAGES = 5;

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
    const { asked, standing } = await this.#found(actor, id);
    return merged ? asked : standing;
  }

  /** One that they may change; see `readable`. @throws AppError `not-found`, `forbidden` for one that they only see */
  async writable(actor: Actor, id: Id, { merged = false } = {}): Promise<CounterpartyDoc> {
    const { asked, standing } = await this.#found(actor, id);
    if ((await this.visible(withRight(actor, 'directory.write'), [standing])).length === 0)
      throw new AppError('forbidden', 'directory.write');
    return merged ? asked : standing;
  }

  async #found(actor: Actor, id: Id): Promise<{ asked: CounterpartyDoc; standing: CounterpartyDoc }> {
    const { docs, chainOf } = await this.counterparties.standing([id]);
    const last = docs.get(chainOf(id).at(-1) ?? id);
    const [standing] = last ? await this.visible(actor, [last]) : [];
    const asked = docs.get(id);
    if (!standing || !asked) throw new AppError('not-found', `no counterparty ${id}`);
    return { asked, standing };
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

  /** How many the list has. */
  async count(actor: Actor, search: string | undefined): Promise<Count> {
    const scope = { $and: [await this.#scope(actor), { merged: null }] };
    if (!search || seesAllCards(actor)) return this.counterparties.countFound({ scope, search }, COUNT_LIMIT);
    // What only cards of others say is no find: each is looked at, and of very many the first.
    let [n, after]: [number, string | undefined] = [0, undefined];
    let pages = 0;
    do {
      const { docs, next } = await this.list(actor, { search, after, limit: COUNTED_AT_ONCE });
      n += docs.length;
      after = next ?? undefined;
    } while (after && ++pages < COUNTED_PAGES);
    return { n, exact: !after };
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

  /** Null: the id is taken by what the actor may not see. Sent again, it finds what the first one made. */
  async #insert(
    actor: Actor,
    id: Id,
    create: Omit<CounterpartyCreate, 'id'>,
  ): Promise<CounterpartyDoc | null> {
    const same = await this.counterparties.get(id);
    // Once somebody has changed it, only its name is left to tell.
    const said = same?.version === 1 ? create : { name: create.name };
    if (same?.createdBy === actor.id && holds(same, said)) return same;
    if (same) {
      if (!(await this.counterparties.get(id, await this.#scope(actor)))) return null;
      throw await this.#exists(actor, same);
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
    return (await this.counterparties.insert(doc)) ? doc : this.#insert(actor, id, create);
  }

  async #exists(actor: Actor, doc: CounterpartyDoc): Promise<AppError> {
    const [current] = await this.cards(actor, [doc]);
    return new AppError('conflict', '#exists', [{ field: 'id', reason: 'taken' }], { current });
  }

  /**
   * @param version what the editor saw; undefined: whatever it is now. What is so already is no conflict.
   * @throws AppError `not-found`, `conflict` with the current counterparty
   */
  async edit(actor: Actor, id: Id, edit: CounterpartyEdit, version?: number): Promise<CounterpartyDoc> {
    const before = await this.writable(actor, id, { merged: true });
    if (before.merged) throw new AppError('conflict', '#merged', [{ field: 'id', reason: 'merged' }]);
    const stale = async (doc: CounterpartyDoc) => {
      const [current] = await this.cards(actor, [doc]);
      return new AppError('conflict', 'stale version', [], { current });
    };
    if (version !== undefined && version !== before.version) {
      if (holds(before, edit)) return before;
      throw await stale(before);
    }
    await this.checkManager(actor, before, edit);
    const { changes, reachesEvents } = changesOf(before, edit);
    const written = await this.counterparties.update(id, before.version, changes);
    if (!written) {
      return this.edit(actor, id, edit, version);
    }
    this.withheld.note('counterparties', written);
    if (reachesEvents) this.bell.ring();
    return written;
  }

  /** What it carries, or what it stands for, becomes what `next` makes of it; asked again when another write came between. */
  async attach(actor: Actor, id: Id, next: (files: Attachment[]) => Attachment[]): Promise<CounterpartyDoc> {
    for (let attempt = 0; attempt < TRIES; attempt++) {
      const { _id, version, attachments = [] } = await this.writable(actor, id);
      const written = await this.counterparties.update(_id, version, { attachments: next(attachments) });
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
