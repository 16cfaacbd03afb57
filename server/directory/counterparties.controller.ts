import { Body, Controller, Get, Headers, Param, Patch, Post, Query } from '@nestjs/common';
import {
  type Counterparty,
  type CounterpartyCreate,
  CounterpartyCreateSchema,
  type CounterpartyEdit,
  CounterpartyEditSchema,
  type DirectoryQuery,
  DirectoryQuerySchema,
} from '@svodka/shared/contracts/directory';
import type { Id } from '@svodka/shared/contracts/id';
import { actorOf } from '../accounts/actor.ts';
import type { UserDoc } from '../accounts/user.schema.ts';
import { IdPipe } from '../platform/http/id.pipe.ts';
import { ifMatch } from '../platform/http/if-match.ts';
import { Allow } from '../platform/security/allow.decorator.ts';
import { CurrentUser } from '../platform/security/current-user.decorator.ts';
import { CounterpartiesService } from './counterparties.service.ts';
import { toCounterparty } from './directory.mapper.ts';
import { RefsService } from './refs.service.ts';

@Controller('counterparties')
export class CounterpartiesController {
  constructor(
    private readonly counterparties: CounterpartiesService,
    private readonly refs: RefsService,
  ) {}

  @Get()
  @Allow('directory.read')
  async list(@CurrentUser() user: UserDoc, @Query({ schema: DirectoryQuerySchema }) query: DirectoryQuery) {
    const { docs, next } = await this.counterparties.list(actorOf(user), query);
    const refs = await this.refs.refsOf({ userIds: docs.flatMap(({ managerId }) => managerId ?? []) });
    return { items: docs.map(toCounterparty), next, refs };
  }

  @Post()
  @Allow('directory.write')
  async create(
    @CurrentUser() user: UserDoc,
    @Body({ schema: CounterpartyCreateSchema }) create: CounterpartyCreate,
  ): Promise<Counterparty> {
    return toCounterparty(await this.counterparties.create(actorOf(user), create));
  }

  @Get(':id')
  @Allow('directory.read')
  async read(@CurrentUser() user: UserDoc, @Param('id', IdPipe) id: Id): Promise<Counterparty> {
    return toCounterparty(await this.counterparties.readable(actorOf(user), id));
  }

  @Patch(':id')
  @Allow('directory.write')
  async edit(
    @CurrentUser() user: UserDoc,
    @Param('id', IdPipe) id: Id,
    @Body({ schema: CounterpartyEditSchema }) edit: CounterpartyEdit,
    @Headers('if-match') match?: string,
  ): Promise<Counterparty> {
    return toCounterparty(await this.counterparties.edit(actorOf(user), id, edit, ifMatch(match)));
  }
}
