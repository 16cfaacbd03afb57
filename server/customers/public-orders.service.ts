import { Injectable } from '@nestjs/common';
import type { PublicDocument, PublicOrder, PublicWords } from '@svodka/shared/contracts/customer';
import { isSound } from '@svodka/shared/contracts/file';
import type { Id } from '@svodka/shared/contracts/id';
import { derive } from '@svodka/shared/rules/orders/chain';
import { publicOrder } from '@svodka/shared/rules/orders/public-order';
import { CommentsService } from '../discussion/comments.service.ts';
import { EventsRepository } from '../events/events.repository.ts';
import { FACTS_MOST, FactsRepository } from '../orders/facts.repository.ts';
import { cardOf } from '../orders/projects/chain-input.ts';
import type { ProjectDoc } from '../orders/projects/project.schema.ts';
import { Clock } from '../platform/clock.ts';

const EVENTS_MOST = 50;
const DISCUSSED_MOST = 500;
const WORDS_MOST = 30;

/** What a customer may know of an order, from what is stored now. Letters and the page are written from it alone. */
@Injectable()
export class PublicOrders {
  constructor(
    private readonly facts: FactsRepository,
    private readonly events: EventsRepository,
    private readonly comments: CommentsService,
    private readonly clock: Clock,
  ) {}

  /** Derived anew: the line of the order follows its events a moment later, and a letter must not name the old day. */
  async of(projects: readonly ProjectDoc[]): Promise<(project: ProjectDoc) => PublicOrder> {
    const ids = [...new Set(projects.map(({ _id }) => _id))];
    const facts = await this.facts.byProject(ids, FACTS_MOST * ids.length);
    return (project) => {
      const events = (facts.get(project._id) ?? []).map((doc) => ({ ...doc, id: doc._id }));
      const { chain, facts: said } = derive({ ...cardOf(project), now: this.clock.now(), events });
      return publicOrder(project.number, { ...chain, facts: said, status: project.status });
    };
  }

  /** What was written to the customer at the events of their order, newest first. */
  async wordsOf(projectId: Id): Promise<PublicWords[]> {
    const eventIds = await this.events.discussedOf(projectId, DISCUSSED_MOST);
    const comments = await this.comments.shownToCustomer(projectId, eventIds, WORDS_MOST);
    return comments.map(({ createdAt: at, body: text }) => ({ at, text }));
  }

  /** The files of those events that somebody has marked as visible to the customer too; voices never. */
  async documentsOf(projectId: Id): Promise<(PublicDocument & { eventId: Id })[]> {
    const events = await this.events.shownToCustomer(projectId, EVENTS_MOST);
    return events.flatMap(({ _id: eventId, attachments = [] }) =>
      (attachments ?? [])
        .filter((file) => !isSound(file))
        .map(({ id, name, size }) => ({ eventId, id, name, size })),
    );
  }
}
