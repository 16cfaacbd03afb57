import { Injectable } from '@nestjs/common';
import type { Id } from '@svodka/shared/contracts/id';
import type { OrderChain } from '@svodka/shared/contracts/orders';
import { toPredicate } from '@svodka/shared/filter/predicate';
import { chainOf } from '@svodka/shared/rules/orders/chain';
import { chainFor } from '@svodka/shared/rules/orders/chain-for';
import { type Actor, seesSums } from '@svodka/shared/rules/permissions';
import { Scopes } from '../entries/scopes.ts';
import { Clock } from '../platform/clock.ts';
import { FACTS_MOST, FactsRepository } from './facts.repository.ts';
import { cardOf } from './projects/chain-input.ts';
import { ProjectsService } from './projects/projects.service.ts';

/** The whole chain of one order, derived from its events whenever somebody asks. Laws: SPEC.md. */
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
      {
        ...chainOf({
          ...cardOf(project),
          now: this.clock.now(),
          events: docs.map((doc) => ({ ...doc, id: doc._id })),
        }),
        isWhole: found.length <= FACTS_MOST,
      },
      {
        seesSums: seesSums(actor, project),
        readable: new Set(docs.filter(readable).map(({ _id }) => _id)),
      },
    );
  }
}
