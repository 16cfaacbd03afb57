import { Injectable } from '@nestjs/common';
import type { Id } from '@svodka/shared/contracts/id';
import type { OrderChain } from '@svodka/shared/contracts/orders';
import { toPredicate } from '@svodka/shared/filter/predicate';
import { chainOf } from '@svodka/shared/rules/orders/chain';
import { chainFor } from '@svodka/shared/rules/orders/chain-for';
import { type Actor, seesSums } from '@svodka/shared/rules/permissions';
import { Scopes } from '../entries/scopes.ts';
import { EventsRepository } from '../events/events.repository.ts';
import { Clock } from '../platform/clock.ts';
import { refused } from '../platform/errors/contract-error.ts';
import { FACTS_MOST, type FactDoc, FactsRepository } from './facts.repository.ts';
import { factAt, isLong, LONG_MOST } from './past-facts.ts';
import { cardOf } from './projects/chain-input.ts';
import type { ProjectDoc } from './projects/project.schema.ts';
import { ProjectsService } from './projects/projects.service.ts';

/** The whole chain of one order, derived from its events whenever somebody asks. Laws: SPEC.md. */
@Injectable()
export class ChainsService {
  constructor(
    private readonly projects: ProjectsService,
    private readonly facts: FactsRepository,
    private readonly events: EventsRepository,
    private readonly scopes: Scopes,
    private readonly clock: Clock,
  ) {}

  /** @throws AppError `not-found` for an order that the actor does not see */
  of(actor: Actor, id: Id, at?: string): Promise<OrderChain> {
    return at === undefined ? this.#now(actor, id) : this.#at(actor, id, new Date(at));
  }

  /**
   * As it was known at a moment: by the facts that were written down by then, as they were then, and by what had been
   * decided. The card, its template and its sum, is as it is now.
   */
  async #at(actor: Actor, id: Id, at: Date): Promise<OrderChain> {
    const project = await this.projects.readable(actor, id);
    if (at > this.clock.now()) throw refused('at', 'in-future');
    if (at < project.createdAt) throw refused('at', 'unborn');
    const found = await this.facts.past(id, FACTS_MOST + 1);
    const docs = found.slice(0, FACTS_MOST);
    const long = docs.filter((doc) => isLong(doc, at)).slice(0, LONG_MOST);
    const whole = new Map(
      await Promise.all(long.map(async ({ _id }) => [_id, await this.events.revisions(_id)] as const)),
    );
    const facts = docs.map((doc) => {
      const inside = [...(doc.revisions ?? [])].reverse();
      return factAt(doc, whole.get(doc._id) ?? inside, id, at);
    });
    const events = facts.filter((fact) => fact !== null && fact !== 'forgotten');
    const { edits = [], setStatus, ...card } = cardOf(project);
    const decided = edits.filter((edit) => Date.parse(edit.at) <= at.getTime());
    const isSet = project.statusOverride && project.statusOverride.at <= at;
    const chain = chainOf({
      ...card,
      edits: decided,
      setStatus: isSet ? (setStatus ?? null) : null,
      now: at,
      events,
    });
    const isWhole = found.length <= FACTS_MOST && !facts.includes('forgotten');
    return this.#told(actor, project, docs, { ...chain, isWhole });
  }

  async #now(actor: Actor, id: Id): Promise<OrderChain> {
    const project = await this.projects.readable(actor, id);
    const found = await this.facts.ofProjects([id], FACTS_MOST + 1);
    const docs = found.slice(0, FACTS_MOST);
    const events = docs.map((doc) => ({ ...doc, id: doc._id }));
    const chain = chainOf({ ...cardOf(project), now: this.clock.now(), events });
    return this.#told(actor, project, docs, { ...chain, isWhole: found.length <= FACTS_MOST });
  }

  #told(actor: Actor, project: ProjectDoc, docs: readonly FactDoc[], chain: OrderChain): OrderChain {
    const readable = toPredicate(this.scopes.of(actor));
    return chainFor(chain, {
      seesSums: seesSums(actor, project),
      readable: new Set(docs.filter(readable).map(({ _id }) => _id)),
    });
  }
}
