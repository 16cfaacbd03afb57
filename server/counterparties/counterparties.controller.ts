import { Body, Controller, Get, Headers, Param, Patch, Post, Query } from '@nestjs/common';
import {
  type Counterparty,
  type CounterpartyCreate,
  CounterpartyCreateSchema,
  type CounterpartyEdit,
  CounterpartyEditSchema,
} from '@svodka/shared/contracts/counterparty';
import { type DirectoryQuery, DirectoryQuerySchema } from '@svodka/shared/contracts/directory';
import type { Id } from '@svodka/shared/contracts/id';
import type { Refs } from '@svodka/shared/contracts/refs';
import { actorOf } from '../accounts/actor.ts';
import { toUserRef } from '../accounts/user.mapper.ts';
import type { UserDoc } from '../accounts/user.schema.ts';
import { UsersService } from '../accounts/users.service.ts';
import { IdPipe } from '../platform/http/id.pipe.ts';
import { ifMatch } from '../platform/http/if-match.ts';
import { Allow } from '../platform/security/allow.decorator.ts';
import { CurrentUser } from '../platform/security/current-user.decorator.ts';
import { CounterpartiesService } from './counterparties.service.ts';
import type { CounterpartyDoc } from './counterparty.schema.ts';

@Controller('counterparties')
export class CounterpartiesController {
  constructor(
    private readonly counterparties: CounterpartiesService,
    private readonly users: UsersService,
  ) {}

  @Get()
  @Allow('directory.read')
  async list(@CurrentUser() user: UserDoc, @Query({ schema: DirectoryQuerySchema }) query: DirectoryQuery) {
    const actor = actorOf(user);
    const { docs, next } = await this.counterparties.list(actor, query);
    const managers = await this.users.byIds([...new Set(docs.flatMap(({ managerId }) => managerId ?? []))]);
    const refs: Refs = { projects: [], counterparties: [], users: managers.map(toUserRef) };
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
