import { Controller, Req } from '@nestjs/common';
import { TABLE_LIMITS } from '@svodka/shared/contracts/tables';
import type { UserDoc } from '../../accounts/user.schema.ts';
import type { Request } from '../../platform/http/request.ts';
import { Asked, Route } from '../../platform/http/route.decorator.ts';
import { CurrentUser } from '../../platform/security/current-user.decorator.ts';
import { bytesOf } from '../ingest/body.ts';
import { TablesService } from './tables.service.ts';

@Controller()
export class TablesController {
  constructor(private readonly tables: TablesService) {}

  @Route('GET /tables')
  async list() {
    return { items: await this.tables.list() };
  }

  @Route('POST /tables/look')
  async look(@Asked() _: Asked<'POST /tables/look'>, @Req() request: Request) {
    return this.tables.look(await bytesOf(request, TABLE_LIMITS.bytes));
  }

  @Route('POST /tables')
  create(@Asked() { body }: Asked<'POST /tables'>, @CurrentUser() user: UserDoc) {
    return this.tables.create(user._id, body);
  }

  @Route('GET /tables/:id')
  get(@Asked() { id }: Asked<'GET /tables/:id'>) {
    return this.tables.get(id);
  }

  @Route('PATCH /tables/:id')
  edit(@Asked() { id, body }: Asked<'PATCH /tables/:id'>) {
    return this.tables.edit(id, body);
  }

  @Route('DELETE /tables/:id')
  remove(@Asked() { id }: Asked<'DELETE /tables/:id'>): Promise<void> {
    return this.tables.remove(id);
  }

  @Route('POST /tables/:id/dumps')
  async take(
    @Asked() { id, query: { fileName, dry, sure } }: Asked<'POST /tables/:id/dumps'>,
    @Req() request: Request,
  ) {
    const bytes = await bytesOf(request, TABLE_LIMITS.bytes);
    return this.tables.take(id, bytes, { fileName, dry: dry === 'true', sure: sure === 'true' });
  }
}
