import { Injectable } from '@nestjs/common';
import type { Id } from '@svodka/shared/contracts/id';
import type { Payload } from '@svodka/shared/contracts/payload';
import type { Refs } from '@svodka/shared/contracts/refs';
import { type Actor, seesAllLines, seesProject } from '@svodka/shared/rules/permissions';
import { keeperOf } from '@svodka/shared/rules/promises';
import { toUserRef } from '../accounts/user.mapper.ts';
import { UsersService } from '../accounts/users.service.ts';
import { CounterpartiesService } from '../counterparties/counterparties.service.ts';
import { toCounterpartyRef } from '../counterparties/counterparty.mapper.ts';
import { toProjectRef } from '../orders/projects/project.mapper.ts';
import { ProjectsService } from '../orders/projects/projects.service.ts';

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
};

type Peopled = {
  author: { userId: Id | null };
  resolved?: { by: Id | null } | null;
  claim?: { by: Id; from: Id | null } | null;
  snooze?: { by: Id } | null;
  payload?: Payload;
};
/** Whom an event names. */
export const peopleOf = ({ author, resolved, claim, snooze, payload }: Peopled) => [
  author.userId,
  resolved?.by,
  claim?.by,
  claim?.from,
  snooze?.by,
  keeperOf({ payload }),
];
const present = (ids: (Id | null | undefined)[]): Id[] => ids.filter((id): id is Id => Boolean(id));

/** Who reads the names: a person, or a room of people who see every order and counterparty. */
export type NamesReader = Actor | 'sees-all';

export const readerOf = (actor: Actor): NamesReader => (seesAllLines(actor) ? 'sees-all' : actor);

/**
 * The names of what rows name by id, as they were within the last second. An order or counterparty that the reader may not see has
 * no name, wherever an event of theirs mentions it.
 */
@Injectable()
export class RefsService {
  constructor(
    private readonly projects: ProjectsService,
    private readonly counterparties: CounterpartiesService,
    private readonly users: UsersService,
  ) {}

  async refsOf(
    reader: NamesReader,
    { events = [], projectIds = [], counterpartyIds = [], userIds = [] }: RefsAsk,
  ): Promise<Refs> {
    const [projects, counterparties, users] = await Promise.all([
      this.projects.live.byIds(present([...projectIds, ...events.map(({ projectId }) => projectId)])),
      this.counterparties.live.byIds([
        ...counterpartyIds,
        ...events.flatMap((event) => event.counterpartyIds),
      ]),
      this.users.live.byIds(present([...userIds, ...events.flatMap(peopleOf)])),
    ]);
    const isAll = reader === 'sees-all';
    return {
      projects: projects.filter((project) => isAll || seesProject(reader, project)).map(toProjectRef),
      counterparties: (isAll
        ? counterparties
        : await this.counterparties.visible(reader, counterparties)
      ).map(toCounterpartyRef),
      users: users.map(toUserRef),
    };
  }
}
