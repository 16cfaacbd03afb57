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
import type { CounterpartyDoc } from './directory.schema.ts';
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
    const actor = actorOf(user);
    const { docs, next } = await this.counterparties.list(actor, query);
    const refs = await this.refs.refsOf(actor, { userIds: docs.flatMap(({ managerId }) => managerId ?? []) });
    return { items: await this.counterparties.cards(actor, docs), next, refs };
  }

  @Post()
  @Allow('directory.write')
  async create(
    @CurrentUser() user: UserDoc,
    @Body({ schema: CounterpartyCreateSchema }) create: CounterpartyCreate,
  ): Promise<Counterparty> {
    return this.#card(user, await this.counterparties.create(actorOf(user), create));
  }

  @Get(':id')
  @Allow('directory.read')
  async read(@CurrentUser() user: UserDoc, @Param('id', IdPipe) id: Id): Promise<Counterparty> {
    return this.#card(user, await this.counterparties.readable(actorOf(user), id));
  }

  @Patch(':id')
  @Allow('directory.write')
  async edit(
    @CurrentUser() user: UserDoc,
    @Param('id', IdPipe) id: Id,
    @Body({ schema: CounterpartyEditSchema }) edit: CounterpartyEdit,
    @Headers('if-match') match?: string,
  ): Promise<Counterparty> {
    return this.#card(user, await this.counterparties.edit(actorOf(user), id, edit, ifMatch(match)));
  }

  async #card(user: UserDoc, doc: CounterpartyDoc): Promise<Counterparty> {
    const [card] = await this.counterparties.cards(actorOf(user), [doc]);
    return card as Counterparty;
  }
}
