import { Body, Controller, Get, Param, Post, Query, Res } from '@nestjs/common';
import {
  type InstallationsQuery,
  InstallationsQuerySchema,
  type WorkMove,
  WorkMoveSchema,
  type WorkPreview,
  WorkPreviewSchema,
} from '@svodka/shared/contracts/crews';
import type { Id } from '@svodka/shared/contracts/id';
import { actorOf } from '../accounts/actor.ts';
import type { UserDoc } from '../accounts/user.schema.ts';
import { RefsService } from '../directory/refs.service.ts';
import { toWire } from '../events/event.mapper.ts';
import { IdPipe } from '../platform/http/id.pipe.ts';
import type { Response } from '../platform/http/request.ts';
import { Allow } from '../platform/security/allow.decorator.ts';
import { CurrentUser } from '../platform/security/current-user.decorator.ts';
import { InstallationsService } from './installations.service.ts';

@Controller()
export class InstallationsController {
  constructor(
    private readonly installations: InstallationsService,
    private readonly refs: RefsService,
  ) {}

  @Get('installations')
  @Allow('directory.read')
  async list(
    @CurrentUser() user: UserDoc,
    @Query({ schema: InstallationsQuerySchema }) query: InstallationsQuery,
  ) {
    const actor = actorOf(user);
    const { docs, ...page } = await this.installations.within(actor, query);
    const refs = await this.refs.refsOf(actor, {
      projectIds: docs.map(({ _id }) => _id),
      counterpartyIds: docs.flatMap(({ counterpartyId }) => counterpartyId ?? []),
      userIds: page.items.flatMap(({ plannedBy }) => plannedBy?.userId ?? []),
    });
    return { ...page, refs };
  }

  @Get('projects/:id/work/preview')
  @Allow('work.plan')
  async preview(
    @CurrentUser() user: UserDoc,
    @Param('id', IdPipe) id: Id,
    @Query({ schema: WorkPreviewSchema }) to: WorkPreview,
  ) {
    return { moves: await this.installations.preview(actorOf(user), id, to) };
  }

  @Post('projects/:id/work')
  @Allow('work.plan')
  async move(
    @CurrentUser() user: UserDoc,
    @Param('id', IdPipe) id: Id,
    @Body({ schema: WorkMoveSchema }) move: WorkMove,
    @Res({ passthrough: true }) response: Response,
  ) {
    const { event, isNew } = await this.installations.move(user, id, move);
    if (!isNew) response.status(200);
    return { event: toWire(event), refs: await this.refs.refsOf(actorOf(user), { events: [event] }) };
  }
}
