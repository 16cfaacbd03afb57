import { Injectable } from '@nestjs/common';
import type { Id } from '@svodka/shared/contracts/id';
import type { Payload } from '@svodka/shared/contracts/payload';
import { type Actor, seesProject } from '@svodka/shared/rules/permissions';
import { keeperOf } from '@svodka/shared/rules/promises';
import { UsersService } from '../accounts/users.service.ts';
import { CounterpartiesService } from '../counterparties/counterparties.service.ts';
import { ProjectsService } from '../orders/projects/projects.service.ts';
import { refused } from '../platform/errors/contract-error.ts';
import type { EventDoc } from './event.schema.ts';
import { derivedFields, ownCounterparties } from './event-fields.ts';
import type { Surroundings } from './event-terms.ts';

type Named = {
  projectId: Id | null;
  counterpartyIds: readonly Id[];
  namedIds?: readonly Id[] | null;
  payload?: Payload;
};

/** Looks up what an event names: as an actor may name it, or as it is. */
@Injectable()
export class EventContext {
  constructor(
    private readonly projects: ProjectsService,
    private readonly counterparties: CounterpartiesService,
    private readonly users: UsersService,
  ) {}

  /**
   * For a person's write, as things were within the last second. What was named before may stay, even if the person could not name it anew.
   * @throws AppError `validation`, reasons `unknown-project`, `unknown-counterparty`, `unknown-user`
   */
  async forActor(actor: Actor, named: Named, before?: Named): Promise<Surroundings> {
    const [projects, { docs, chainOf }] = await Promise.all([
      named.projectId ? this.projects.live.byIds([named.projectId]) : [],
      this.counterparties.standing(named.counterpartyIds, { live: true }),
    ]);
    const counterparties = [...docs.values()];
    const project = projects[0] ?? null;
    if (named.projectId && named.projectId !== before?.projectId) {
      if (!project || !seesProject(actor, project)) throw refused('projectId', 'unknown-project');
    }
    const kept = new Set([
      ...(before?.counterpartyIds ?? []),
      ...(before?.namedIds ?? []),
      ...(project?.counterpartyId ? [project.counterpartyId] : []),
    ]);
    const added = named.counterpartyIds.filter((id) => !kept.has(id));
    const standing = added.map((id) => chainOf(id).at(-1) ?? id);
    const there = counterparties.filter(({ _id }) => standing.includes(_id));
    const visible = new Set((await this.counterparties.visible(actor, there)).map(({ _id }) => _id));
    if (standing.some((id) => !visible.has(id))) throw refused('counterpartyIds', 'unknown-counterparty');
    const keeper = keeperOf(named);
    if (keeper && keeper !== (before && keeperOf(before))) {
      const [user] = await this.users.live.byIds([keeper]);
      if (!user || user.disabledAt) throw refused('payload.keeper', 'unknown-user');
    }
    return { project, counterparties };
  }

  /** Whether what was looked up is still all that is known of it. */
  isKnown({ project, counterparties }: Surroundings): boolean {
    return (
      (!project || this.projects.live.isKnown([project])) && this.counterparties.live.isKnown(counterparties)
    );
  }

  /** As the store has it now. @param event its own counterparties count, not the one that its project added */
  async asItIs(event: Named & { addedCounterpartyId?: Id | null }): Promise<Surroundings> {
    const { projectId, addedCounterpartyId, namedIds } = event;
    const shown = event.counterpartyIds.filter((id) => id !== addedCounterpartyId);
    const [projects, { docs }] = await Promise.all([
      projectId ? this.projects.byIds([projectId]) : [],
      this.counterparties.standing([...shown, ...(namedIds ?? [])]),
    ]);
    return { project: projects[0] ?? null, counterparties: [...docs.values()] };
  }

  /** A list as a page shows it, with those named again for which what it shows stands. */
  async namedAgain(shown: readonly Id[], named: readonly Id[] | null | undefined): Promise<Id[]> {
    if (!named) return [...shown];
    const { chainOf } = await this.counterparties.standing(named);
    return shown.flatMap((id) => {
      const led = named.filter((each) => (chainOf(each).at(-1) ?? each) === id);
      return led.length > 0 ? led : [id];
    });
  }

  /** For many events at once, as they are. */
  async ofMany(events: readonly Named[]): Promise<(event: Named) => Surroundings> {
    const present = (ids: (Id | null)[]) => [...new Set(ids.filter((id): id is Id => id !== null))];
    const [projects, standing] = await Promise.all([
      this.projects.plainByIds(present(events.map(({ projectId }) => projectId))),
      this.counterparties.standing(
        present(events.flatMap((event) => event.namedIds ?? event.counterpartyIds)),
      ),
    ]);
    const projectById = new Map(projects.map((project) => [project._id, project]));
    return ({ projectId, counterpartyIds, namedIds }) => ({
      project: (projectId && projectById.get(projectId)) || null,
      counterparties: (namedIds ?? counterpartyIds)
        .flatMap((id) => [id, ...standing.chainOf(id)])
        .flatMap((id) => standing.docs.get(id) ?? []),
    });
  }
}

/** What must change in an event for it to follow its surroundings; null: nothing. */
export function outdated(
  event: EventDoc,
  surroundings: Surroundings,
): ReturnType<typeof derivedFields> | null {
  const fields = derivedFields({ ...event, counterpartyIds: ownCounterparties(event) }, surroundings);
  const same = (a: readonly string[], b: readonly string[]) =>
    a.length === b.length && a.every((one, i) => one === b[i]);
  const isSame =
    fields.addedCounterpartyId === event.addedCounterpartyId &&
    same(fields.counterpartyIds, event.counterpartyIds) &&
    same(fields.namedIds ?? [], event.namedIds ?? []) &&
    same(fields.audienceIds, event.audienceIds) &&
    same(fields.terms, event.terms);
  return isSame ? null : fields;
}
