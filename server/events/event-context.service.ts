import { Injectable } from '@nestjs/common';
import type { Id } from '@svodka/shared/contracts/id';
import type { Actor } from '@svodka/shared/rules/permissions';
import { CounterpartiesService } from '../counterparties/counterparties.service.ts';
import { seesProject } from '../directory/directory-scope.ts';
import { ProjectsService } from '../directory/projects.service.ts';
import { refused } from '../platform/errors/contract-error.ts';
import type { EventDoc } from './event.schema.ts';
import { derivedFields, ownCounterparties } from './event-fields.ts';
import type { Surroundings } from './event-terms.ts';

type Named = { projectId: Id | null; counterpartyIds: readonly Id[] };

/** Looks up what an event names: as an actor may name it, or as it is. */
@Injectable()
export class EventContext {
  constructor(
    private readonly projects: ProjectsService,
    private readonly counterparties: CounterpartiesService,
  ) {}

  /**
   * For a person's write, as things were within the last second. What was named before may stay, even if the person could not name it anew.
   * @throws AppError `validation`, reasons `unknown-project`, `unknown-counterparty`
   */
  async forActor(actor: Actor, named: Named, before?: Named): Promise<Surroundings> {
    const [projects, counterparties] = await Promise.all([
      named.projectId ? this.projects.live.byIds([named.projectId]) : [],
      this.counterparties.live.byIds(named.counterpartyIds),
    ]);
    const project = projects[0] ?? null;
    if (named.projectId && named.projectId !== before?.projectId) {
      if (!project || !seesProject(actor, project)) throw refused('projectId', 'unknown-project');
    }
    const kept = new Set([
      ...(before?.counterpartyIds ?? []),
      ...(project?.counterpartyId ? [project.counterpartyId] : []),
    ]);
    const added = named.counterpartyIds.filter((id) => !kept.has(id));
    const there = counterparties.filter(({ _id }) => added.includes(_id));
    const visible = new Set((await this.counterparties.visible(actor, there)).map(({ _id }) => _id));
    if (added.some((id) => !visible.has(id))) throw refused('counterpartyIds', 'unknown-counterparty');
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
    const { projectId, addedCounterpartyId } = event;
    const counterpartyIds = event.counterpartyIds.filter((id) => id !== addedCounterpartyId);
    const [projects, counterparties] = await Promise.all([
      projectId ? this.projects.byIds([projectId]) : [],
      this.counterparties.byIds(counterpartyIds),
    ]);
    return { project: projects[0] ?? null, counterparties };
  }

  /** For many events at once, as they are. */
  async ofMany(events: readonly Named[]): Promise<(event: Named) => Surroundings> {
    const present = (ids: (Id | null)[]) => [...new Set(ids.filter((id): id is Id => id !== null))];
    const [projects, counterparties] = await Promise.all([
      this.projects.byIds(present(events.map(({ projectId }) => projectId))),
      this.counterparties.byIds(present(events.flatMap((event) => event.counterpartyIds))),
    ]);
    const projectById = new Map(projects.map((project) => [project._id, project]));
    const counterpartyById = new Map(counterparties.map((counterparty) => [counterparty._id, counterparty]));
    return ({ projectId, counterpartyIds }) => ({
      project: (projectId && projectById.get(projectId)) || null,
      counterparties: counterpartyIds.flatMap((id) => counterpartyById.get(id) ?? []),
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
    same(fields.audienceIds, event.audienceIds) &&
    same(fields.terms, event.terms);
  return isSame ? null : fields;
}
