import { Injectable } from '@nestjs/common';
import type { Id } from '@svodka/shared/contracts/id';
import type { PartyMoney } from '@svodka/shared/contracts/orders';
import { toPredicate } from '@svodka/shared/filter/predicate';
import { dayIn, factsOf } from '@svodka/shared/rules/orders/facts';
import { partyMoneyOf } from '@svodka/shared/rules/orders/money';
import { type Actor, cardFields, seesSums } from '@svodka/shared/rules/permissions';
import { CounterpartiesService } from '../counterparties/counterparties.service.ts';
import { Scopes } from '../entries/scopes.ts';
import { Clock } from '../platform/clock.ts';
import { AppConfig } from '../platform/config/config.ts';
import { FACTS_MOST, FactsRepository } from './facts.repository.ts';
import { ProjectsService } from './projects/projects.service.ts';

const ORDERS_MOST = 2_000;

/** Money of one counterparty, added up whenever somebody asks from the lines of its orders. Laws: SPEC.md. */
@Injectable()
export class PartyMoneyService {
  constructor(
    private readonly counterparties: CounterpartiesService,
    private readonly projects: ProjectsService,
    private readonly facts: FactsRepository,
    private readonly scopes: Scopes,
    private readonly clock: Clock,
    private readonly config: AppConfig,
  ) {}

  /** @throws AppError `not-found` for a counterparty that the actor does not see */
  async of(actor: Actor, id: Id): Promise<PartyMoney> {
    const { _id, managerId } = await this.counterparties.readable(actor, id);
    const [orders, events] = await Promise.all([
      this.projects.sumsOf(actor, _id, ORDERS_MOST + 1),
      this.facts.moneyWithoutOrder(_id, FACTS_MOST + 1),
    ]);
    const priced = orders.filter((order) => seesSums(actor, order)).slice(0, ORDERS_MOST);
    // Who sees the sums of every order sees these; others those of the events that they may read.
    const seesAll = cardFields(actor).has('amountKop');
    const readable = toPredicate(this.scopes.of(actor));
    const loose = events.slice(0, FACTS_MOST).filter((event) => seesAll || readable(event));
    const zone = this.config.tzDefault;
    const { facts } = factsOf(
      loose.map((doc) => ({ ...doc, id: doc._id })),
      zone,
      dayIn(zone, this.clock.now()),
    );
    const isTold = seesAll || managerId === actor.id || priced.length > 0 || facts.length > 0;
    return {
      money: isTold
        ? partyMoneyOf(
            priced.flatMap(({ line: { money, flags } }) =>
              money ? [{ money, isOff: flags.includes('cancelled') }] : [],
            ),
            facts,
          )
        : null,
      orders: priced.length,
      isWhole: orders.length <= ORDERS_MOST && events.length <= FACTS_MOST,
    };
  }
}
