import { Body, Controller, Get, Headers, Param, Patch, Post, Query } from '@nestjs/common';
import {
  type DirectoryQuery,
  DirectoryQuerySchema,
  type Project,
  type ProjectCreate,
  ProjectCreateSchema,
  type ProjectEdit,
  ProjectEditSchema,
} from '@svodka/shared/contracts/directory';
import type { Id } from '@svodka/shared/contracts/id';
import { actorOf } from '../accounts/actor.ts';
import type { UserDoc } from '../accounts/user.schema.ts';
import { IdPipe } from '../platform/http/id.pipe.ts';
import { ifMatch } from '../platform/http/if-match.ts';
import { Allow } from '../platform/security/allow.decorator.ts';
import { CurrentUser } from '../platform/security/current-user.decorator.ts';
import { toProject } from './directory.mapper.ts';
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
  async list(@CurrentUser() user: UserDoc, @Query({ schema: DirectoryQuerySchema }) query: DirectoryQuery) {
    const { docs, next } = await this.projects.list(actorOf(user), query);
    const refs = await this.refs.refsOf({
      counterpartyIds: docs.flatMap(({ counterpartyId }) => counterpartyId ?? []),
      userIds: docs.flatMap(({ managerId, appointedIds }) => [
        ...(managerId ? [managerId] : []),
        ...appointedIds,
      ]),
    });
    return { items: docs.map(toProject), next, refs };
  }

  @Post()
  @Allow('directory.write')
  async create(
    @CurrentUser() user: UserDoc,
    @Body({ schema: ProjectCreateSchema }) create: ProjectCreate,
  ): Promise<Project> {
    return toProject(await this.projects.create(actorOf(user), create));
  }

  @Get(':id')
  @Allow('directory.read')
  async read(@CurrentUser() user: UserDoc, @Param('id', IdPipe) id: Id): Promise<Project> {
    return toProject(await this.projects.readable(actorOf(user), id));
  }

  @Patch(':id')
  @Allow('directory.write')
  async edit(
    @CurrentUser() user: UserDoc,
    @Param('id', IdPipe) id: Id,
    @Body({ schema: ProjectEditSchema }) edit: ProjectEdit,
    @Headers('if-match') match?: string,
  ): Promise<Project> {
    return toProject(await this.projects.edit(actorOf(user), id, edit, ifMatch(match)));
  }
}
