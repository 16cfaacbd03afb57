import { Injectable } from '@nestjs/common';
import type { Id } from '@svodka/shared/contracts/id';
import type { ChainRow, OrderChain } from '@svodka/shared/contracts/orders';
import { toPredicate } from '@svodka/shared/filter/predicate';
import { chainOf } from '@svodka/shared/rules/orders/chain';
import { chainFor } from '@svodka/shared/rules/orders/chain-for';
import { type Actor, seesSums } from '@svodka/shared/rules/permissions';
import type { ProjectDoc } from '../directory/directory.schema.ts';
import { ProjectsService } from '../directory/projects.service.ts';
import { Scopes } from '../directory/scopes.ts';
import { Clock } from '../platform/clock.ts';
import { type FactDoc, FactsRepository } from './facts.repository.ts';

/** So many facts of one order are read, the newest. */
export const FACTS_MOST = 3_000;
/** So many of a page of orders; where they have more, their rows have no cells. */
export const PAGE_FACTS_MOST = 20_000;

/** Chains of orders, derived from their events whenever somebody asks. Laws: SPEC.md. */
@Injectable()
export class ChainsService {
  constructor(
    private readonly projects: ProjectsService,
    private readonly facts: FactsRepository,
    private readonly scopes: Scopes,
    private readonly clock: Clock,
  ) {}

  /** @throws AppError `not-found` for an order that the actor does not see */
  async of(actor: Actor, id: Id): Promise<OrderChain> {
    const project = await this.projects.readable(actor, id);
    const found = await this.facts.ofProjects([id], FACTS_MOST + 1);
    const docs = found.slice(0, FACTS_MOST);
    const readable = toPredicate(this.scopes.of(actor));
    return chainFor(
      { ...this.#derive(project, docs), isWhole: found.length <= FACTS_MOST },
      {
        seesSums: seesSums(actor, project),
        readable: new Set(docs.filter(readable).map(({ _id }) => _id)),
      },
    );
  }

  /** Of those of the orders that the actor sees. */
  async rows(actor: Actor, ids: readonly Id[]): Promise<ChainRow[]> {
    const projects = await this.projects.visible(actor, ids);
    const docs = await this.facts.ofProjects(
      projects.map(({ _id }) => _id),
      PAGE_FACTS_MOST + 1,
    );
    if (docs.length > PAGE_FACTS_MOST) return [];
    const byProject = new Map<Id | null, FactDoc[]>();
    for (const doc of docs) {
      const known = byProject.get(doc.projectId);
      if (known) known.push(doc);
      else byProject.set(doc.projectId, [doc]);
    }
    return projects.map((project) => ({
      projectId: project._id,
      cells: this.#derive(project, byProject.get(project._id) ?? []).milestones.map(
        ({ code, state, slipWd, forecastOn }) => ({ code, state, slipWd, on: forecastOn }),
      ),
    }));
  }

  #derive(project: ProjectDoc, docs: readonly FactDoc[]): ReturnType<typeof chainOf> {
    return chainOf({
      template: project.template ?? 'private',
      zone: project.tz,
      createdAt: project.createdAt,
      amountKop: project.amountKop,
      now: this.clock.now(),
      events: docs.map((doc) => ({ ...doc, id: doc._id })),
    });
  }
}
