import { Injectable } from '@nestjs/common';
import type { Id } from '@svodka/shared/contracts/id';
import { CounterpartiesService } from '../../counterparties/counterparties.service.ts';
import { sameTerms } from '../../entries/entry.ts';
import { RewriteBell } from '../../entries/rewrite-bell.ts';
import type { ProjectDoc } from './project.schema.ts';
import { termsOfProject } from './project-terms.ts';
import { ProjectsRepository } from './projects.repository.ts';

const BATCH = 100;

/** What orders take from their customers: the words by which they are found, and who stands for whom. */
@Injectable()
export class ProjectCustomers {
  constructor(
    private readonly projects: ProjectsRepository,
    private readonly counterparties: CounterpartiesService,
    private readonly bell: RewriteBell,
  ) {}

  /** What an order takes from its customer, who may stand for another. */
  async of(
    project: Pick<ProjectDoc, 'number' | 'objectAddress' | 'counterpartyId' | 'namedCounterpartyId'>,
  ): Promise<Pick<ProjectDoc, 'terms' | 'counterpartyId' | 'namedCounterpartyId'>> {
    const named = project.namedCounterpartyId ?? project.counterpartyId;
    if (!named) return { terms: termsOfProject(project, null), counterpartyId: null };
    const { docs, chainOf } = await this.counterparties.standing([named]);
    const counterpartyId = chainOf(named).at(-1) ?? named;
    return {
      terms: termsOfProject(project, docs.get(counterpartyId) ?? null),
      counterpartyId,
      ...((counterpartyId !== named || project.namedCounterpartyId) && {
        namedCounterpartyId: counterpartyId === named ? null : named,
      }),
    };
  }

  /**
   * The customer may have been renamed or merged between the look at it and the write: so look once more.
   */
  async settled(project: ProjectDoc): Promise<ProjectDoc> {
    if (!project.counterpartyId) return project;
    const { terms, ...customer } = await this.of(project);
    const isSame = customer.counterpartyId === project.counterpartyId;
    if (isSame && sameTerms(terms, project.terms)) return project;
    const changes = isSame ? { terms } : { terms, ...customer };
    await this.projects.setCustomer(project._id, project.version, changes);
    this.bell.ring();
    return { ...project, ...changes, version: project.version + (isSame ? 0 : 1) };
  }

  /** Lets the orders of a customer be found by its present name, number and phones. */
  async recall(counterpartyId: Id): Promise<void> {
    let after: Id | null = null;
    for (;;) {
      const docs = await this.projects.ofCounterparty(counterpartyId, after, BATCH);
      for (const doc of docs) await this.settled(doc);
      after = docs.at(-1)?._id ?? null;
      if (docs.length < BATCH) return;
    }
  }
}
