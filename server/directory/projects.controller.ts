import { Body, Controller, Get, Headers, Param, Patch, Post, Query } from '@nestjs/common';
import {
  type ChainEditAsk,
  ChainEditSchema,
  type OrdersQuery,
  OrdersQuerySchema,
  type Project,
  type ProjectCreate,
  ProjectCreateSchema,
  type ProjectEdit,
  ProjectEditSchema,
  type StatusOverride,
  StatusOverrideSchema,
} from '@svodka/shared/contracts/directory';
import type { Id } from '@svodka/shared/contracts/id';
import { actorOf } from '../accounts/actor.ts';
import type { UserDoc } from '../accounts/user.schema.ts';
import { IdPipe } from '../platform/http/id.pipe.ts';
import { ifMatch } from '../platform/http/if-match.ts';
import { Allow } from '../platform/security/allow.decorator.ts';
import { CurrentUser } from '../platform/security/current-user.decorator.ts';
import { ProjectsService } from './projects.service.ts';
import { RefsService } from './refs.service.ts';

@Controller('projects')
export class ProjectsController {
  constructor(
    private readonly projects: ProjectsService,
    private readonly refs: RefsService,
  ) {}

  @Get()
  @Allow('directory.read')
  async list(@CurrentUser() user: UserDoc, @Query({ schema: OrdersQuerySchema }) query: OrdersQuery) {
    const actor = actorOf(user);
    const { docs, next } = await this.projects.list(actor, query);
    const refs = await this.refs.refsOf(actor, {
      counterpartyIds: docs.flatMap(({ counterpartyId }) => counterpartyId ?? []),
      userIds: docs.flatMap(({ managerId, appointedIds }) => [
        ...(managerId ? [managerId] : []),
        ...appointedIds,
      ]),
    });
    return { items: docs.map((doc) => this.projects.card(actor, doc)), next, refs };
  }

  @Post()
  @Allow('directory.write')
  async create(
    @CurrentUser() user: UserDoc,
    @Body({ schema: ProjectCreateSchema }) create: ProjectCreate,
  ): Promise<Project> {
    const actor = actorOf(user);
    return this.projects.card(actor, await this.projects.create(actor, create));
  }

  @Get(':id')
  @Allow('directory.read')
  async read(@CurrentUser() user: UserDoc, @Param('id', IdPipe) id: Id): Promise<Project> {
    const actor = actorOf(user);
    return this.projects.card(actor, await this.projects.readable(actor, id));
  }

  @Patch(':id')
  @Allow('directory.write')
  async edit(
    @CurrentUser() user: UserDoc,
    @Param('id', IdPipe) id: Id,
    @Body({ schema: ProjectEditSchema }) edit: ProjectEdit,
    @Headers('if-match') match?: string,
  ): Promise<Project> {
    const actor = actorOf(user);
    return this.projects.card(actor, await this.projects.edit(actor, id, edit, ifMatch(match)));
  }

  @Post(':id/status')
  @Allow('directory.write')
  async override(
    @CurrentUser() user: UserDoc,
    @Param('id', IdPipe) id: Id,
    @Body({ schema: StatusOverrideSchema }) override: StatusOverride,
  ): Promise<Project> {
    const actor = actorOf(user);
    return this.projects.card(actor, await this.projects.override(actor, id, override));
  }

  /** Leaves a milestone out, brings it in, moves it, or takes that back. */
  @Post(':id/milestones')
  @Allow('directory.write')
  async editChain(
    @CurrentUser() user: UserDoc,
    @Param('id', IdPipe) id: Id,
    @Body({ schema: ChainEditSchema }) edit: ChainEditAsk,
  ): Promise<Project> {
    const actor = actorOf(user);
    return this.projects.card(actor, await this.projects.editChain(actor, id, edit));
  }
}
