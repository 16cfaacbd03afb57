import { Controller, Res } from '@nestjs/common';
import { actorOf } from '../accounts/actor.ts';
import type { UserDoc } from '../accounts/user.schema.ts';
import type { Response } from '../platform/http/request.ts';
import { Asked, Route } from '../platform/http/route.decorator.ts';
import { CurrentUser } from '../platform/security/current-user.decorator.ts';
import { ShiftsService } from './shifts.service.ts';

@Controller()
export class ShiftsController {
  constructor(private readonly shifts: ShiftsService) {}

  @Route('GET /shifts/note')
  note(@Asked() { query }: Asked<'GET /shifts/note'>, @CurrentUser() user: UserDoc) {
    return this.shifts.note(actorOf(user), query.toId);
  }

  @Route('GET /shifts')
  list(@CurrentUser() user: UserDoc) {
    return this.shifts.list(actorOf(user));
  }

  @Route('POST /shifts')
  async give(
    @Asked() { body }: Asked<'POST /shifts'>,
    @CurrentUser() user: UserDoc,
    @Res({ passthrough: true }) response: Response,
  ) {
    const { view, isNew } = await this.shifts.give(actorOf(user), body);
    if (!isNew) response.status(200);
    return view;
  }

  @Route('GET /shifts/:id')
  read(@Asked() { id }: Asked<'GET /shifts/:id'>, @CurrentUser() user: UserDoc) {
    return this.shifts.read(actorOf(user), id);
  }

  @Route('POST /shifts/:id/rows')
  act(@Asked() { id, body }: Asked<'POST /shifts/:id/rows'>, @CurrentUser() user: UserDoc) {
    return this.shifts.act(actorOf(user), id, body);
  }
}
