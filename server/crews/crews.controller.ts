import { Body, Controller, Get, Headers, Param, Patch, Post } from '@nestjs/common';
import {
  type Crew,
  type CrewCreate,
  CrewCreateSchema,
  type CrewEdit,
  CrewEditSchema,
} from '@svodka/shared/contracts/crews';
import type { Id } from '@svodka/shared/contracts/id';
import { actorOf } from '../accounts/actor.ts';
import type { UserDoc } from '../accounts/user.schema.ts';
import { RefsService } from '../directory/refs.service.ts';
import { IdPipe } from '../platform/http/id.pipe.ts';
import { ifMatch } from '../platform/http/if-match.ts';
import { Allow } from '../platform/security/allow.decorator.ts';
import { CurrentUser } from '../platform/security/current-user.decorator.ts';
import { toCrew } from './crew.schema.ts';
import { CrewsService } from './crews.service.ts';

@Controller('crews')
export class CrewsController {
  constructor(
    private readonly crews: CrewsService,
    private readonly refs: RefsService,
  ) {}

  @Get()
  @Allow('directory.read')
  async list(@CurrentUser() user: UserDoc) {
    const items = (await this.crews.all()).map(toCrew);
    const refs = await this.refs.refsOf(actorOf(user), {
      userIds: items.flatMap(({ memberIds }) => memberIds),
    });
    return { items, refs };
  }

  @Post()
  @Allow('crews.write')
  async create(
    @CurrentUser() user: UserDoc,
    @Body({ schema: CrewCreateSchema }) create: CrewCreate,
  ): Promise<Crew> {
    return toCrew(await this.crews.create(actorOf(user), create));
  }

  @Get(':id')
  @Allow('directory.read')
  async read(@Param('id', IdPipe) id: Id): Promise<Crew> {
    return toCrew(await this.crews.get(id));
  }

  @Patch(':id')
  @Allow('crews.write')
  async edit(
    @Param('id', IdPipe) id: Id,
    @Body({ schema: CrewEditSchema }) edit: CrewEdit,
    @Headers('if-match') match?: string,
  ): Promise<Crew> {
    return toCrew(await this.crews.edit(id, edit, ifMatch(match)));
  }
}
