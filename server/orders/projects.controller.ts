import { Controller } from '@nestjs/common';
import { dayIn } from '@svodka/shared/rules/orders/facts';
import { actorOf } from '../accounts/actor.ts';
import type { UserDoc } from '../accounts/user.schema.ts';
import { Clock } from '../platform/clock.ts';
import { AppConfig } from '../platform/config/config.ts';
import { Asked, Route } from '../platform/http/route.decorator.ts';
import { CurrentUser } from '../platform/security/current-user.decorator.ts';
import { RefsService } from '../refs/refs.service.ts';
import { ProjectsService } from './projects/projects.service.ts';
import { ProjectsList } from './projects/projects-list.service.ts';

@Controller()
export class ProjectsController {
  constructor(
    private readonly projects: ProjectsService,
    private readonly projectsList: ProjectsList,
    private readonly refs: RefsService,
    private readonly clock: Clock,
    private readonly config: AppConfig,
  ) {}

  @Route('GET /projects')
  async list(@Asked() { query }: Asked<'GET /projects'>, @CurrentUser() user: UserDoc) {
    const actor = actorOf(user);
    const { docs, next } = await this.projectsList.page(actor, query, user.tz);
    const refs = await this.refs.refsOf(actor, {
      counterpartyIds: docs.flatMap(({ counterpartyId }) => counterpartyId ?? []),
      userIds: docs.flatMap(({ managerId, appointedIds }) => [
        ...(managerId ? [managerId] : []),
        ...appointedIds,
      ]),
    });
    return { items: docs.map((doc) => this.projects.card(actor, doc)), next, refs };
  }

  @Route('GET /projects/count')
  count(@Asked() { query }: Asked<'GET /projects/count'>, @CurrentUser() user: UserDoc) {
    return this.projectsList.count(actorOf(user), query, user.tz);
  }

  @Route('GET /milestones')
  async milestones(@Asked() { query }: Asked<'GET /milestones'>, @CurrentUser() user: UserDoc) {
    const actor = actorOf(user);
    const { docs, ...page } = await this.projectsList.milestonesDue(actor, query);
    const refs = await this.refs.refsOf(actor, {
      projectIds: docs.map(({ _id }) => _id),
      counterpartyIds: docs.flatMap(({ counterpartyId }) => counterpartyId ?? []),
    });
    return { ...page, todayOn: dayIn(this.config.tzDefault, this.clock.now()), refs };
  }

  @Route('POST /projects')
  async create(@Asked() { body }: Asked<'POST /projects'>, @CurrentUser() user: UserDoc) {
    const actor = actorOf(user);
    return this.projects.card(actor, await this.projects.create(actor, body));
  }

  @Route('GET /projects/:id')
  async read(@Asked() { id }: Asked<'GET /projects/:id'>, @CurrentUser() user: UserDoc) {
    const actor = actorOf(user);
    return this.projects.card(actor, await this.projects.readable(actor, id));
  }

  @Route('GET /projects/:id/confidential')
  confidential(@Asked() { id }: Asked<'GET /projects/:id/confidential'>, @CurrentUser() user: UserDoc) {
    return this.projects.confidential(actorOf(user), id);
  }

  @Route('PATCH /projects/:id')
  async edit(@Asked() { id, body, rev }: Asked<'PATCH /projects/:id'>, @CurrentUser() user: UserDoc) {
    const actor = actorOf(user);
    return this.projects.card(actor, await this.projects.edit(actor, id, body, rev));
  }

  @Route('POST /projects/:id/status')
  async override(@Asked() { id, body }: Asked<'POST /projects/:id/status'>, @CurrentUser() user: UserDoc) {
    const actor = actorOf(user);
    return this.projects.card(actor, await this.projects.override(actor, id, body));
  }

  @Route('POST /projects/:id/milestones')
  async editChain(
    @Asked() { id, body }: Asked<'POST /projects/:id/milestones'>,
    @CurrentUser() user: UserDoc,
  ) {
    const actor = actorOf(user);
    return this.projects.card(actor, await this.projects.editChain(actor, id, body));
  }
}
