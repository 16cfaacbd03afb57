import { Injectable } from '@nestjs/common';
import type { Id } from '@svodka/shared/contracts/id';
import type { Refs } from '@svodka/shared/contracts/refs';
import { type Actor, seesAllLines } from '@svodka/shared/rules/permissions';
import { toUserRef } from '../accounts/user.mapper.ts';
import type { UserDoc } from '../accounts/user.schema.ts';
import { UsersService } from '../accounts/users.service.ts';
import { CounterpartiesRepository } from './counterparties.repository.ts';
import { toCounterpartyRef, toProjectRef } from './directory.mapper.ts';
import { counterpartyScope, projectScope } from './directory-scope.ts';
import { ProjectsRepository } from './projects.repository.ts';

/** What of an event names other things; documents and events of the contract both fit. */
type Naming = {
  projectId: Id | null;
  counterpartyIds: readonly Id[];
  author: { userId: Id | null };
  resolved: { by: Id | null } | null;
};

export type RefsAsk = {
  events?: readonly Naming[];
  projectIds?: readonly Id[];
  counterpartyIds?: readonly Id[];
  userIds?: readonly Id[];
  /** At hand already, so not read again. */
  knownUsers?: readonly UserDoc[];
};

const present = (ids: (Id | null | undefined)[]): Id[] => [
  ...new Set(ids.filter((id): id is Id => Boolean(id))),
];

/** Who reads the names: a person, or a room of people who see every order and counterparty. */
export type NamesReader = Actor | 'sees-all';

export const readerOf = (actor: Actor): NamesReader => (seesAllLines(actor) ? 'sees-all' : actor);

/**
 * The names of what rows name by id: one query for each kind. An order or counterparty that the reader may not see has
 * no name, wherever an event of theirs mentions it.
 */
@Injectable()
export class RefsService {
  constructor(
    private readonly projects: ProjectsRepository,
    private readonly counterparties: CounterpartiesRepository,
    private readonly users: UsersService,
  ) {}

  async refsOf(
    reader: NamesReader,
    { events = [], projectIds = [], counterpartyIds = [], userIds = [], knownUsers = [] }: RefsAsk,
  ): Promise<Refs> {
    const named = present([
      ...userIds,
      ...events.flatMap(({ author, resolved }) => [author.userId, resolved?.by]),
    ]);
    const known = knownUsers.filter(({ _id }) => named.includes(_id));
    const [projects, counterparties, users] = await Promise.all([
      this.projects.byIds(
        present([...projectIds, ...events.map(({ projectId }) => projectId)]),
        reader === 'sees-all' ? {} : projectScope(reader),
      ),
      this.counterparties.byIds(
        present([...counterpartyIds, ...events.flatMap((event) => event.counterpartyIds)]),
        reader === 'sees-all'
          ? {}
          : await counterpartyScope(reader, (userId) => this.projects.counterpartiesOf(userId)),
      ),
      this.users.byIds(named.filter((id) => !known.some(({ _id }) => _id === id))),
    ]);
    return {
      projects: projects.map(toProjectRef),
      counterparties: counterparties.map(toCounterpartyRef),
      users: [...known, ...users].map(toUserRef),
    };
  }
}
