import { Controller } from '@nestjs/common';
import type { Counterparty } from '@svodka/shared/contracts/counterparty';
import type { Id } from '@svodka/shared/contracts/id';
import type { Refs } from '@svodka/shared/contracts/refs';
import { actorOf } from '../accounts/actor.ts';
import { toUserRef } from '../accounts/user.mapper.ts';
import type { UserDoc } from '../accounts/user.schema.ts';
import { UsersService } from '../accounts/users.service.ts';
import { Asked, Route } from '../platform/http/route.decorator.ts';
import { CurrentUser } from '../platform/security/current-user.decorator.ts';
import { ConsentsService } from './consents.service.ts';
import { CounterpartiesService } from './counterparties.service.ts';
import type { CounterpartyDoc } from './counterparty.schema.ts';
import { MergesService } from './merges.service.ts';

@Controller()
export class CounterpartiesController {
  constructor(
    private readonly counterparties: CounterpartiesService,
    private readonly consents: ConsentsService,
    private readonly merges: MergesService,
    private readonly users: UsersService,
  ) {}

  @Route('GET /counterparties')
  async list(@Asked() { query }: Asked<'GET /counterparties'>, @CurrentUser() user: UserDoc) {
    const actor = actorOf(user);
    const { docs, next } = await this.counterparties.list(actor, query);
    const refs = await this.#people(docs.map(({ managerId }) => managerId));
    const items = await this.counterparties.cards(actor, docs);
    return { items, next, refs, alike: query.alike ? await this.merges.alikeAmong(actor, items) : [] };
  }

  @Route('GET /counterparties/count')
  count(@Asked() { query }: Asked<'GET /counterparties/count'>, @CurrentUser() user: UserDoc) {
    return this.counterparties.count(actorOf(user), query.search);
  }

  /** Who may be the same as one of them, or as what is being typed; and who was merged into it. */
  @Route('GET /counterparties/alike')
  async alike(@Asked() { query }: Asked<'GET /counterparties/alike'>, @CurrentUser() user: UserDoc) {
    const found = await this.merges.twins(actorOf(user), query);
    const refs = await this.#people([
      ...found.twins.map(({ counterparty }) => counterparty.managerId),
      ...found.merged.map(({ by }) => by),
    ]);
    return { ...found, refs };
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

  @Route('POST /counterparties/:id/merge')
  async merge(@Asked() { id, body }: Asked<'POST /counterparties/:id/merge'>, @CurrentUser() user: UserDoc) {
    return this.#card(user, await this.merges.merge(actorOf(user), id, body));
  }

  @Route('DELETE /counterparties/:id/merge')
  async unmerge(@Asked() { id }: Asked<'DELETE /counterparties/:id/merge'>, @CurrentUser() user: UserDoc) {
    return this.#card(user, await this.merges.unmerge(actorOf(user), id));
  }

  @Route('POST /counterparties/:id/consent')
  async consent(
    @Asked() { id, body }: Asked<'POST /counterparties/:id/consent'>,
    @CurrentUser() user: UserDoc,
  ) {
    return this.#card(user, await this.consents.consent(actorOf(user), id, body));
  }

  @Route('DELETE /counterparties/:id/consent')
  async withdraw(@Asked() { id }: Asked<'DELETE /counterparties/:id/consent'>, @CurrentUser() user: UserDoc) {
    return this.#card(user, await this.consents.withdraw(actorOf(user), id));
  }

  async #people(ids: (Id | null)[]): Promise<Refs> {
    const known = [...new Set(ids.filter((id) => id !== null))];
    return { projects: [], counterparties: [], users: (await this.users.byIds(known)).map(toUserRef) };
  }

  async #card(user: UserDoc, doc: CounterpartyDoc): Promise<Counterparty> {
    // What a merged card says of letters is said of whom it stands for.
    const consents = (await this.consents.agreed([doc]))(doc);
    const [card] = await this.counterparties.cards(actorOf(user), [
      consents.length > 0 ? { ...doc, consents } : doc,
    ]);
    return card as Counterparty;
  }
}
