import { Controller, Res } from '@nestjs/common';
import type { UserDoc } from '../accounts/user.schema.ts';
import type { Response } from '../platform/http/request.ts';
import { Asked, Route } from '../platform/http/route.decorator.ts';
import { CurrentUser } from '../platform/security/current-user.decorator.ts';
import { ViewsService } from './views.service.ts';

@Controller()
export class ViewsController {
  constructor(private readonly views: ViewsService) {}

  @Route('GET /views')
  async list(@CurrentUser() user: UserDoc) {
    return { items: await this.views.list(user) };
  }

  @Route('POST /views')
  async create(
    @Asked() { body }: Asked<'POST /views'>,
    @CurrentUser() user: UserDoc,
    @Res({ passthrough: true }) response: Response,
  ) {
    const { view, isNew } = await this.views.create(user, body);
    if (!isNew) response.status(200);
    return view;
  }

  @Route('PATCH /views/:id')
  edit(@Asked() { id, body }: Asked<'PATCH /views/:id'>, @CurrentUser() user: UserDoc) {
    return this.views.edit(user, id, body);
  }

  @Route('DELETE /views/:id')
  async remove(@Asked() { id }: Asked<'DELETE /views/:id'>, @CurrentUser() user: UserDoc) {
    await this.views.remove(user, id);
  }
}
