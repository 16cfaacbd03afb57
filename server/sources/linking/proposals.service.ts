import { Injectable } from '@nestjs/common';
import type { Id } from '@svodka/shared/contracts/id';
import type { OrderProposal, Proposals } from '@svodka/shared/contracts/ingest';
import { toPredicate } from '@svodka/shared/filter/predicate';
import { digitsOf, nationalOf, wordsOf } from '@svodka/shared/filter/terms';
import { translate } from '@svodka/shared/messages/translate';
import {
  type Actor,
  cardFields,
  findsByCards,
  seesAllLines,
  seesSums,
} from '@svodka/shared/rules/permissions';
import { toldPayment } from '@svodka/shared/rules/same-payment';
import { CounterpartiesService } from '../../counterparties/counterparties.service.ts';
import type { CounterpartyDoc } from '../../counterparties/counterparty.schema.ts';
import type { EventDoc } from '../../events/event.schema.ts';
import { ownCounterparties } from '../../events/event-fields.ts';
import { EventsRepository } from '../../events/events.repository.ts';
import { EventsService } from '../../events/events.service.ts';
import type { ProjectDoc } from '../../orders/projects/project.schema.ts';
import { ProjectsRepository } from '../../orders/projects/projects.repository.ts';
import { ProjectsService } from '../../orders/projects/projects.service.ts';
import { type Hints, hintsOf } from './hints.ts';
import { bareNumbersIn, ordersOf, spelledIn } from './order-lists.ts';
import { type Same, SamePayments } from './same-payments.service.ts';
import { type Customer, type Found, sureOrder } from './sure-order.ts';

/** Orders that are proposed for one event, and those that one hint may bring. */
const MOST = 3;
const OF_HINT = 10;

/** «Оплата от Белова Инна»: a person has no tax number in a bank's file, and is named in the title only. */
const [BEFORE_PAYER = ''] = translate('ru', 'said.title.payment', { payer: '|' }).split('|');
const payerIn = ({ title }: EventDoc): string =>
  title.startsWith(BEFORE_PAYER) ? title.slice(BEFORE_PAYER.length).trim() : '';

/**
 * To which orders events without one may belong: by a number in the text, a tax number, a phone, an address, or simply the
 * orders of its counterparty, or of who is called as the payer is. Every look is along an index and of a few rows; nobody
 * is shown by it what they may not see.
 */
@Injectable()
export class ProposalsService {
  constructor(
    private readonly events: EventsRepository,
    private readonly scopes: EventsService,
    private readonly projects: ProjectsService,
    private readonly stored: ProjectsRepository,
    private readonly counterparties: CounterpartiesService,
    private readonly same: SamePayments,
  ) {}

  /** Of those of the events that the actor may see and that have no order. */
  async of(actor: Actor, ids: readonly Id[]): Promise<Proposals[]> {
    const scope = this.scopes.scope(actor);
    const found = await Promise.all(ids.map((id) => this.events.get(id, scope)));
    const items: Proposals[] = [];
    for (const event of found)
      if (event && !event.projectId) items.push({ eventId: event._id, ...(await this.#ofOne(actor, event)) });
    return items;
  }

  async #ofOne(actor: Actor, event: EventDoc): Promise<Omit<Proposals, 'eventId'>> {
    const hints = hintsOf(event);
    const bare = bareNumbersIn(event.body);
    const [numbers, byPlace, customers] = await Promise.all([
      this.projects.ofNumbers([...new Set([...spelledIn(hints.numbers), ...bare])]),
      Promise.all(hints.places.map((words) => this.#atPlace(words))),
      this.#customers(actor, event, hints),
    ]);
    const byNumber = ordersOf(hints.numbers, numbers);
    const orders = await this.stored.newestOf(
      customers.map(({ _id }) => _id),
      OF_HINT,
    );
    const ofCustomer = (by: Customer['by']): Found[] =>
      orders
        .filter(({ counterpartyId }) => customers.some((one) => one._id === counterpartyId && one.by === by))
        .map((project) => ({ project, by }));
    const all: Found[] = [
      ...byNumber.map((project) => ({ project, by: 'number' as const })),
      ...ofCustomer('inn'),
      ...ofCustomer('phone'),
      ...byPlace.flat().map((project) => ({ project, by: 'address' as const })),
      ...ofCustomer('counterparty'),
    ];
    const withOrders = new Set(orders.map(({ counterpartyId }) => counterpartyId));
    const [shown, same] = await Promise.all([
      this.#shown(actor, all),
      this.#same(
        event,
        all.map(({ project }) => project._id),
      ),
    ]);
    const sure = same ? null : sureOrder(event, { byNumber, bare: ordersOf(bare, numbers), all, customers });
    return {
      orders: shown,
      sure: shown.find(({ projectId }) => projectId === sure?._id)?.projectId ?? null,
      same: same && this.#seesSame(actor, same, all) ? same.told : null,
      customers: await this.#meant(
        actor,
        event,
        customers.filter(({ _id }) => !withOrders.has(_id)).map(({ _id }) => _id),
      ),
    };
  }

  /** What one of the orders has already, where the event is a payment. */
  async #same(event: EventDoc, projectIds: Id[]): Promise<Same | null> {
    const payment = toldPayment(event, this.same.dayOf(event.occurredAt));
    const [same] = await this.same.of([{ projectIds, payment }]);
    return same ?? null;
  }

  #seesSame(actor: Actor, { event, projectId }: Same, found: readonly Found[]): boolean {
    if (event) return toPredicate(this.scopes.scope(actor))(event);
    const order = found.find(({ project }) => project._id === projectId)?.project;
    return order !== undefined && seesSums(actor, order);
  }

  /** Who may be meant, where nobody has said who is: a number that two have names neither by itself. */
  async #meant(actor: Actor, event: EventDoc, found: readonly Id[]): Promise<Id[]> {
    if (found.length === 0 || ownCounterparties(event).length > 0) return [];
    const cards = await this.counterparties.byIds([...new Set(found)].slice(0, MOST));
    return (await this.counterparties.visible(actor, cards)).map(({ _id }) => _id);
  }

  /** Each order once, by the best that is known of it; what is closed stands last. */
  async #shown(actor: Actor, found: Found[]): Promise<OrderProposal[]> {
    const first = new Map<Id, Found>();
    for (const one of found) if (!first.has(one.project._id)) first.set(one.project._id, one);
    const visible = new Set((await this.projects.visible(actor, [...first.keys()])).map(({ _id }) => _id));
    const isClosed = ({ project }: Found) => project.status === 'closed';
    const mine = [...first.values()].filter(({ project }) => visible.has(project._id));
    return [...mine.filter((one) => !isClosed(one)), ...mine.filter(isClosed)]
      .slice(0, MOST)
      .map(({ project, by }) => ({ projectId: project._id, by }));
  }

  /** The words may be the customer's: both must stand in the address. */
  async #atPlace(words: string[]): Promise<ProjectDoc[]> {
    if (words.length < 2) return [];
    const found = await this.stored.foundBy(words, OF_HINT);
    return found.filter(({ objectAddress }) => {
      const own = wordsOf(objectAddress);
      return words.every((word) => own.includes(word));
    });
  }

  /** Who the event is about; by phone and tax number only for whom these stand on the cards. */
  async #customers(actor: Actor, event: EventDoc, hints: Hints): Promise<Customer[]> {
    const inns = !seesAllLines(actor) || cardFields(actor).has('inn') ? hints.inns : [];
    const phones = findsByCards(actor) ? hints.phones : [];
    const named = ownCounterparties(event);
    const payer = payerIn(event);
    const known = await this.counterparties.answeringTo([...inns, ...phones], payer ? [payer] : []);
    const phonesOf = ({ phones: own, contacts = [] }: CounterpartyDoc) =>
      [...own, ...contacts.flatMap((one) => one.phones)].map((phone) => nationalOf(digitsOf(phone)));
    return [
      ...known.filter(({ inn }) => inn && inns.includes(inn)).map(({ _id }) => ({ _id, by: 'inn' as const })),
      ...known
        .filter((doc) => phonesOf(doc).some((phone) => phones.includes(phone)))
        .map(({ _id }) => ({ _id, by: 'phone' as const })),
      ...named.map((_id) => ({ _id, by: 'counterparty' as const })),
      ...known
        .filter(({ name }) => name === payer)
        .map(({ _id }) => ({ _id, by: 'counterparty' as const, isNamesake: true })),
    ];
  }
}
