import { Controller, Res } from '@nestjs/common';
import { actorOf } from '../accounts/actor.ts';
import type { UserDoc } from '../accounts/user.schema.ts';
import { toWire } from '../events/event.mapper.ts';
import type { Response } from '../platform/http/request.ts';
import { Asked, Route } from '../platform/http/route.decorator.ts';
import { CurrentUser } from '../platform/security/current-user.decorator.ts';
import { RefsService } from '../refs/refs.service.ts';
import { InstallationsService } from './installations.service.ts';

@Controller()
export class InstallationsController {
  constructor(
    private readonly installations: InstallationsService,
    private readonly refs: RefsService,
  ) {}

  @Route('GET /installations')
  async list(@Asked() { query }: Asked<'GET /installations'>, @CurrentUser() user: UserDoc) {
    const actor = actorOf(user);
    const { docs, ...page } = await this.installations.within(actor, query);
    const refs = await this.refs.refsOf(actor, {
      projectIds: docs.map(({ _id }) => _id),
      counterpartyIds: docs.flatMap(({ counterpartyId }) => counterpartyId ?? []),
      userIds: page.items.flatMap(({ plannedBy }) => plannedBy?.userId ?? []),
    });
    return { ...page, refs };
  }

  @Route('GET /projects/:id/work/preview')
  async preview(
    @Asked() { id, query }: Asked<'GET /projects/:id/work/preview'>,
    @CurrentUser() user: UserDoc,
  ) {
    return this.installations.preview(actorOf(user), id, query);
  }

  @Route('POST /projects/:id/work')
  async move(
    @Asked() { id, body }: Asked<'POST /projects/:id/work'>,
    @CurrentUser() user: UserDoc,
    @Res({ passthrough: true }) response: Response,
  ) {
    const { event, isNew } = await this.installations.move(user, id, body);
    if (!isNew) response.status(200);
    return { event: toWire(event), refs: await this.refs.refsOf(actorOf(user), { events: [event] }) };
  }
}
