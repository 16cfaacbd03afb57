import { Injectable } from '@nestjs/common';
import { crewKey } from '@svodka/shared/contracts/crew-key';
import type { CrewCreate, CrewEdit } from '@svodka/shared/contracts/crews';
import { AppError } from '@svodka/shared/contracts/errors';
import { type Id, newId } from '@svodka/shared/contracts/id';
import type { Actor } from '@svodka/shared/rules/permissions';
import { UsersService } from '../accounts/users.service.ts';
import { Clock } from '../platform/clock.ts';
import { refused } from '../platform/errors/contract-error.ts';
import { isDuplicateKey } from '../platform/errors/translate-driver-error.ts';
import { holds } from '../platform/holds.ts';
import { type CrewDoc, toCrew } from './crew.schema.ts';
import { CrewsRepository } from './crews.repository.ts';

const MOST = 100;

const nameTaken = () => new AppError('conflict', '#exists', [{ field: 'name', reason: 'taken' }]);

/** Crews: who installs, on which days, how much. They are put out of use, never deleted: events name them. */
@Injectable()
export class CrewsService {
  constructor(
    private readonly crews: CrewsRepository,
    private readonly users: UsersService,
    private readonly clock: Clock,
  ) {}

  all(): Promise<CrewDoc[]> {
    return this.crews.all();
  }

  /** @throws AppError `not-found` */
  async get(id: Id): Promise<CrewDoc> {
    const crew = await this.crews.get(id);
    if (!crew) throw new AppError('not-found', `no crew ${id}`);
    return crew;
  }

  /** The crew that an event names, by its id or its name. */
  async named(text: string): Promise<CrewDoc | undefined> {
    const all = await this.crews.all();
    return all.find(({ _id }) => _id === text) ?? all.find(({ nameKey }) => nameKey === crewKey(text));
  }

  /**
   * Repeating a create with its own id finds what the first one made.
   * @throws AppError `conflict` when the name is taken, `validation` for unknown people or more crews than there may be
   */
  async create(actor: Actor, { id, ...create }: CrewCreate): Promise<CrewDoc> {
    await this.#check(create);
    const same = id ? await this.#made(actor, id, create) : null;
    if (same) return same;
    if ((await this.crews.count()) >= MOST) throw refused('name', 'too-many-crews');
    const now = this.clock.now();
    const doc: CrewDoc = {
      ...tidied(create),
      _id: id ?? newId(now.getTime()),
      nameKey: crewKey(create.name),
      createdAt: now,
      createdBy: actor.id,
      version: 1,
    };
    if (await this.crews.insert(doc)) return doc;
    // Sent twice at once, the other may have been first.
    const first = id ? await this.#made(actor, id, create) : null;
    if (first) return first;
    throw nameTaken();
  }

  /** What the same has made before; null: nothing. @throws AppError `conflict` with the crew that it made otherwise */
  async #made(actor: Actor, id: Id, create: Omit<CrewCreate, 'id'>): Promise<CrewDoc | null> {
    const same = await this.crews.get(id);
    if (!same) return null;
    // Once somebody has changed it, only its name is left to tell.
    const said = same.version === 1 ? tidied(create) : { name: create.name };
    if (same.createdBy === actor.id && holds(same, said)) return same;
    throw new AppError('conflict', '#exists', [{ field: 'id', reason: 'taken' }], { current: toCrew(same) });
  }

  /**
   * @param version what the editor saw; undefined: whatever it is now. What is so already is no conflict.
   * @throws AppError `not-found`, `conflict` with the current crew, or when the name is taken
   */
  async edit(id: Id, edit: CrewEdit, version?: number): Promise<CrewDoc> {
    const before = await this.get(id);
    const stale = (doc: CrewDoc) => new AppError('conflict', 'stale version', [], { current: toCrew(doc) });
    if (version !== undefined && version !== before.version) {
      if (holds(before, tidied(edit))) return before;
      throw stale(before);
    }
    await this.#check(edit);
    try {
      const written = await this.crews.update(id, before.version, {
        ...tidied(edit),
        ...(edit.name !== undefined && { nameKey: crewKey(edit.name) }),
      });
      if (written) return written;
    } catch (error) {
      throw isDuplicateKey(error) ? nameTaken() : error;
    }
    return this.edit(id, edit, version);
  }

  async #check({ memberIds = [] }: CrewEdit): Promise<void> {
    const ids = [...new Set(memberIds)];
    if (ids.length === 0) return;
    const known = new Set((await this.users.byIds(ids)).map(({ _id }) => _id));
    if (ids.some((id) => !known.has(id))) throw refused('memberIds', 'unknown-user');
  }
}

/** Each person and day once, days in their order. */
function tidied<C extends CrewEdit>(crew: C): C {
  return {
    ...crew,
    ...(crew.memberIds && { memberIds: [...new Set(crew.memberIds)] }),
    ...(crew.memberNames && { memberNames: [...new Set(crew.memberNames)] }),
    ...(crew.workDays && { workDays: [...new Set(crew.workDays)].sort((a, b) => a - b) }),
    ...(crew.absences && { absences: crew.absences.toSorted((a, b) => (a.from < b.from ? -1 : 1)) }),
  };
}
