import { Injectable } from '@nestjs/common';
import type {
  CounterpartyCreate,
  CounterpartyEdit,
  DirectoryQuery,
} from '@svodka/shared/contracts/directory';
import { AppError } from '@svodka/shared/contracts/errors';
import { type Id, newId } from '@svodka/shared/contracts/id';
import { termsOf } from '@svodka/shared/filter/terms';
import type { Actor } from '@svodka/shared/rules/permissions';
import { UsersService } from '../accounts/users.service.ts';
import { Clock } from '../platform/clock.ts';
import { refused } from '../platform/errors/contract-error.ts';
import { packKeyset, unpackKeyset } from '../platform/http/keyset.ts';
import { CounterpartiesRepository } from './counterparties.repository.ts';
import { toCounterparty } from './directory.mapper.ts';
import type { CounterpartyDoc } from './directory.schema.ts';
import { counterpartyScope } from './directory-scope.ts';
import { ProjectsRepository } from './projects.repository.ts';
import { RewriteBell } from './rewrite-bell.ts';
import { takenFrom, Withheld } from './withheld.ts';

/** A phone is found by its beginning with or without the country's digit, and by its last seven. */
const phoneTerms = (phones: readonly string[]): string[] =>
  phones.flatMap((phone) => {
    const digits = phone.replace(/\D/g, '');
    return [digits, digits.replace(/^[78](?=\d{10}$)/, ''), digits.slice(-7)];
  });

const termsOfCounterparty = (
  doc: Pick<CounterpartyDoc, 'number' | 'name' | 'phones' | 'inn' | 'emails'>,
): string[] => termsOf(doc.number, doc.name, doc.inn, ...phoneTerms(doc.phones), ...doc.emails);

@Injectable()
export class CounterpartiesService {
  constructor(
    private readonly counterparties: CounterpartiesRepository,
    private readonly projects: ProjectsRepository,
    private readonly users: UsersService,
    private readonly withheld: Withheld,
    private readonly bell: RewriteBell,
    private readonly clock: Clock,
  ) {}

  /** As far as the actor may see it. @throws AppError `not-found` */
  async readable(actor: Actor, id: Id): Promise<CounterpartyDoc> {
    const found = await this.counterparties.get(id, await this.#scope(actor));
    if (!found) throw new AppError('not-found', `no counterparty ${id}`);
    return found;
  }

  byIds(ids: readonly Id[]): Promise<CounterpartyDoc[]> {
    return this.counterparties.byIds(ids);
  }

  /** Those of the ids that the actor may see. */
  async visible(actor: Actor, ids: readonly Id[]): Promise<CounterpartyDoc[]> {
    return ids.length === 0 ? [] : this.counterparties.byIds(ids, await this.#scope(actor));
  }

  async list(actor: Actor, { search, ids, after, limit }: DirectoryQuery) {
    const place = after ? unpackKeyset(after, ['string'])[0] : null;
    const found = await this.counterparties.list({
      scope: await this.#scope(actor),
      search,
      ids,
      after: place,
      limit: limit + 1,
    });
    const docs = found.slice(0, limit);
    const last = docs.at(-1);
    return { docs, next: found.length > limit && last ? packKeyset([last._id]) : null };
  }

  /**
   * One who is only a manager becomes the manager of what they enter, or they would not see it.
   * @throws AppError `conflict` when the id is taken by another
   */
  async create(actor: Actor, { id, ...create }: CounterpartyCreate): Promise<CounterpartyDoc> {
    const seesAll = Object.keys(await this.#scope(actor)).length === 0;
    const managerId = create.managerId ?? (seesAll ? null : actor.id);
    await this.#check(managerId);
    const now = this.clock.now();
    if (id) {
      const same = await this.counterparties.get(id);
      if (same?.createdBy === actor.id && same.name === create.name) return same;
      if (same) throw new AppError('conflict', '#exists', [{ field: 'id', reason: 'taken' }]);
    }
    const [number = ''] = await this.counterparties.takeNumbers(1);
    const doc: CounterpartyDoc = {
      ...create,
      _id: id ?? newId(now.getTime()),
      number,
      managerId,
      createdAt: now,
      createdBy: actor.id,
      version: 1,
      terms: termsOfCounterparty({ ...create, number }),
    };
    if (await this.counterparties.insert(doc)) return doc;
    throw new AppError('conflict', '#exists', [{ field: 'id', reason: 'taken' }]);
  }

  /**
   * @param version what the editor saw; undefined: whatever it is now
   * @throws AppError `not-found`, `conflict` with the current counterparty
   */
  async edit(actor: Actor, id: Id, edit: CounterpartyEdit, version?: number): Promise<CounterpartyDoc> {
    const before = await this.readable(actor, id);
    const stale = (current: CounterpartyDoc) =>
      new AppError('conflict', 'stale version', [], { current: toCounterparty(current) });
    if (version !== undefined && version !== before.version) throw stale(before);
    if (edit.managerId) await this.#check(edit.managerId);
    const after = { ...before, ...edit };
    const reachesEvents = before.managerId !== after.managerId;
    const written = await this.counterparties.update(id, before.version, {
      ...edit,
      terms: termsOfCounterparty(after),
      ...(reachesEvents && {
        rewrite: newId(),
        taken: takenFrom(
          { audience: before.managerId ? [before.managerId] : [], taken: before.taken },
          after.managerId ? [after.managerId] : [],
        ),
      }),
    });
    if (!written) {
      if (version === undefined) return this.edit(actor, id, edit);
      throw stale(await this.readable(actor, id));
    }
    this.withheld.note('counterparties', written);
    if (reachesEvents) this.bell.ring();
    return written;
  }

  /** For imports: counterparties of these names, made where they are missing. */
  async ensureMany(
    actor: Actor,
    names: readonly string[],
  ): Promise<{ ids: Map<string, Id>; created: number }> {
    if (names.length === 0) return { ids: new Map(), created: 0 };
    const found = new Map((await this.counterparties.byNames(names)).map(({ name, _id }) => [name, _id]));
    const missing = [...new Set(names)].filter((name) => !found.has(name));
    if (missing.length === 0) return { ids: found, created: 0 };
    const numbers = await this.counterparties.takeNumbers(missing.length);
    const now = this.clock.now();
    const docs = missing.map((name, i): CounterpartyDoc => {
      const number = numbers[i] ?? '';
      const _id = newId(now.getTime());
      found.set(name, _id);
      return {
        _id,
        number,
        kind: 'person',
        name,
        categories: ['customer'],
        inn: null,
        phones: [],
        emails: [],
        managerId: null,
        note: '',
        createdAt: now,
        createdBy: actor.id,
        version: 1,
        terms: termsOf(number, name),
      };
    });
    return { ids: found, created: await this.counterparties.insertMany(docs) };
  }

  waiting(limit: number): Promise<CounterpartyDoc[]> {
    return this.counterparties.waiting(limit);
  }

  rewritten(id: Id, mark: string): Promise<void> {
    return this.counterparties.rewritten(id, mark);
  }

  #scope(actor: Actor) {
    return counterpartyScope(actor, (userId) => this.projects.counterpartiesOf(userId));
  }

  async #check(managerId: Id | null): Promise<void> {
    if (managerId && (await this.users.byIds([managerId])).length === 0)
      throw refused('managerId', 'unknown-user');
  }
}
