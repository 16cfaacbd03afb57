import { Controller } from '@nestjs/common';
import type { Counterparty } from '@svodka/shared/contracts/counterparty';
import type { Refs } from '@svodka/shared/contracts/refs';
import { actorOf } from '../accounts/actor.ts';
import { toUserRef } from '../accounts/user.mapper.ts';
import type { UserDoc } from '../accounts/user.schema.ts';
import { UsersService } from '../accounts/users.service.ts';
import { Asked, Route } from '../platform/http/route.decorator.ts';
import { CurrentUser } from '../platform/security/current-user.decorator.ts';
import { CounterpartiesService } from './counterparties.service.ts';
import type { CounterpartyDoc } from './counterparty.schema.ts';

@Controller()
export class CounterpartiesController {
  constructor(
    private readonly counterparties: CounterpartiesService,
    private readonly users: UsersService,
  ) {}

  @Route('GET /counterparties')
  async list(@Asked() { query }: Asked<'GET /counterparties'>, @CurrentUser() user: UserDoc) {
    const actor = actorOf(user);
    const { docs, next } = await this.counterparties.list(actor, query);
    const managers = await this.users.byIds([...new Set(docs.flatMap(({ managerId }) => managerId ?? []))]);
    const refs: Refs = { projects: [], counterparties: [], users: managers.map(toUserRef) };
    return { items: await this.counterparties.cards(actor, docs), next, refs };
  }

  @Route('POST /counterparties')
  async create(@Asked() { body }: Asked<'POST /counterparties'>, @CurrentUser() user: UserDoc) {
    return this.#card(user, await this.counterparties.create(actorOf(user), body));
  }

  @Route('GET /counterparties/:id')
  async read(@Asked() { id }: Asked<'GET /counterparties/:id'>, @CurrentUser() user: UserDoc) {
    return this.#card(user, await this.counterparties.readable(actorOf(user), id));
  }

  @Route('PATCH /counterparties/:id')
  async edit(@Asked() { id, body, rev }: Asked<'PATCH /counterparties/:id'>, @CurrentUser() user: UserDoc) {
    return this.#card(user, await this.counterparties.edit(actorOf(user), id, body, rev));
  }

  async #card(user: UserDoc, doc: CounterpartyDoc): Promise<Counterparty> {
    const [card] = await this.counterparties.cards(actorOf(user), [doc]);
    return card as Counterparty;
  }
}
