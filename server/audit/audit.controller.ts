import { Controller, Req } from '@nestjs/common';
import type { AuditObject, AuditRecord, AuditTitle } from '@svodka/shared/contracts/audit';
import type { Id } from '@svodka/shared/contracts/id';
import { actorOf } from '../accounts/actor.ts';
import type { UserDoc } from '../accounts/user.schema.ts';
import { CounterpartiesService } from '../counterparties/counterparties.service.ts';
import { CrewsService } from '../crews/crews.service.ts';
import { CommentsService } from '../discussion/comments.service.ts';
import { EventsRepository } from '../events/events.repository.ts';
import { ProjectsService } from '../orders/projects/projects.service.ts';
import { plainAddress } from '../platform/http/address.ts';
import type { Request } from '../platform/http/request.ts';
import { Asked, Route } from '../platform/http/route.decorator.ts';
import { PersonLimits } from '../platform/limits/person-limits.ts';
import { CurrentUser } from '../platform/security/current-user.decorator.ts';
import { type RefsAsk, RefsService } from '../refs/refs.service.ts';
import { AuditService } from './audit.service.ts';
import { savedDetails } from './saved-list.ts';

/** «Журнал доступа», and what it tells of one order, counterparty or crew to whoever may see that. */
@Controller()
export class AuditController {
  constructor(
    private readonly audit: AuditService,
    private readonly limits: PersonLimits,
    private readonly refs: RefsService,
    private readonly projects: ProjectsService,
    private readonly counterparties: CounterpartiesService,
    private readonly crews: CrewsService,
    private readonly comments: CommentsService,
    private readonly events: EventsRepository,
  ) {}

  @Route('GET /audit')
  async page(@Asked() { query }: Asked<'GET /audit'>, @CurrentUser() user: UserDoc) {
    const { items, next } = await this.audit.page(query);
    const [refs, titles, rules] = await Promise.all([
      this.refs.refsOf(actorOf(user), namedBy(items)),
      this.#titles(items),
      this.audit.rulesOf(idsOf(items, 'rule')),
    ]);
    return { items, next, refs, titles, rules };
  }

  @Route('POST /audit/saved-lists')
  async saved(
    @Asked() { body }: Asked<'POST /audit/saved-lists'>,
    @CurrentUser() user: UserDoc,
    @Req() request: Request,
  ): Promise<void> {
    this.limits.saved(user._id);
    await this.audit.tell({
      who: user._id,
      what: 'list.saved',
      object: null,
      from: plainAddress(request.ip) || null,
      details: savedDetails(body),
    });
  }

  @Route('GET /projects/:id/history')
  async ofProject(@Asked() { id }: Asked<'GET /projects/:id/history'>, @CurrentUser() user: UserDoc) {
    await this.projects.readable(actorOf(user), id);
    return this.#history(
      user,
      await this.audit.historyOf(id, ['order.created', 'order.team', 'order.changed']),
    );
  }

  @Route('GET /counterparties/:id/history')
  async ofCounterparty(
    @Asked() { id }: Asked<'GET /counterparties/:id/history'>,
    @CurrentUser() user: UserDoc,
  ) {
    await this.counterparties.readable(actorOf(user), id);
    const kinds = ['counterparty.created', 'counterparty.team', 'counterparty.changed'] as const;
    return this.#history(user, await this.audit.historyOf(id, kinds));
  }

  @Route('GET /crews/:id/history')
  async ofCrew(@Asked() { id }: Asked<'GET /crews/:id/history'>, @CurrentUser() user: UserDoc) {
    await this.crews.get(id);
    return this.#history(user, await this.audit.historyOf(id, ['crew.created', 'crew.changed']));
  }

  /** Looked up whoever reads: who may read the log may see every event. */
  async #titles(items: readonly AuditRecord[]): Promise<AuditTitle[]> {
    const comments = await this.comments.byIds(idsOf(items, 'comment'));
    const about = new Map<Id, Id>([
      ...idsOf(items, 'event').map((id) => [id, id] as const),
      ...comments.map(({ _id, eventId }) => [_id, eventId] as const),
    ]);
    const events = new Map((await this.events.byIds([...about.values()])).map((event) => [event._id, event]));
    return [...about].flatMap(([id, eventId]) => {
      const event = events.get(eventId);
      if (!event) return [];
      const { type, title, deletedAt } = event;
      return [{ id, eventId, type, title, isGone: deletedAt !== null }];
    });
  }

  async #history(user: UserDoc, items: AuditRecord[]) {
    return { items, refs: await this.refs.refsOf(actorOf(user), namedBy(items)) };
  }
}

/** What records of one kind are about. */
const idsOf = (items: readonly AuditRecord[], kind: AuditObject['kind']): Id[] => [
  ...new Set(items.flatMap(({ object }) => (object?.kind === kind ? (object.id as Id) : []))),
];

/** The people, orders and counterparties that records name by id. */
function namedBy(items: readonly AuditRecord[]): RefsAsk {
  const inDetails = items.flatMap(
    ({ what, details: { from, to, added = [], removed = [], appointed = [] } }) =>
      /\.(team|created)$/.test(what) ? [from, to, added, removed, appointed].flat() : [],
  );
  const people = inDetails.filter((one): one is Id => typeof one === 'string');
  // Whose ids those of a condition are, its field says; an id of another kind names nothing.
  const inFilters = items.flatMap(({ details: { filter } }) =>
    typeof filter === 'string' ? (filter.match(/[\da-f-]{36}/g) ?? []) : [],
  ) as Id[];
  return {
    userIds: [...items.flatMap(({ who }) => who ?? []), ...idsOf(items, 'user'), ...people, ...inFilters],
    projectIds: [...idsOf(items, 'project'), ...inFilters],
    counterpartyIds: [...idsOf(items, 'counterparty'), ...inFilters],
  };
}
