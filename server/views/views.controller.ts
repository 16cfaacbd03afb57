import { Body, Controller, Delete, Get, HttpCode, Param, Patch, Post, Res } from '@nestjs/common';
import type { Id } from '@svodka/shared/contracts/id';
import {
  type View,
  type ViewCreate,
  ViewCreateSchema,
  type ViewEdit,
  ViewEditSchema,
} from '@svodka/shared/feed/view';
import type { UserDoc } from '../accounts/user.schema.ts';
import { IdPipe } from '../platform/http/id.pipe.ts';
import type { Response } from '../platform/http/request.ts';
import { Allow } from '../platform/security/allow.decorator.ts';
import { CurrentUser } from '../platform/security/current-user.decorator.ts';
import { ViewsService } from './views.service.ts';

@Controller('views')
export class ViewsController {
  constructor(private readonly views: ViewsService) {}

  @Get()
  @Allow('signed-in')
  async list(@CurrentUser() user: UserDoc): Promise<{ items: View[] }> {
    return { items: await this.views.list(user) };
  }

  @Post()
  @Allow('signed-in')
  async create(
    @CurrentUser() user: UserDoc,
    @Body({ schema: ViewCreateSchema }) body: ViewCreate,
    @Res({ passthrough: true }) response: Response,
  ): Promise<View> {
    const { view, isNew } = await this.views.create(user, body);
    response.status(isNew ? 201 : 200);
    return view;
  }

  @Patch(':id')
  @Allow('signed-in')
  edit(
    @CurrentUser() user: UserDoc,
    @Param('id', IdPipe) id: Id,
    @Body({ schema: ViewEditSchema }) edit: ViewEdit,
  ): Promise<View> {
    return this.views.edit(user, id, edit);
  }

  @Delete(':id')
  @HttpCode(204)
  @Allow('signed-in')
  async remove(@CurrentUser() user: UserDoc, @Param('id', IdPipe) id: Id): Promise<void> {
    await this.views.remove(user, id);
  }
}
