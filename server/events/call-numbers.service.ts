import { Injectable } from '@nestjs/common';
import type { Id } from '@svodka/shared/contracts/id';
import { digitsOf, nationalOf } from '@svodka/shared/filter/terms';
import { CALL_TYPES, outsideNumbers } from '@svodka/shared/rules/calls';
import { type Actor, seesProject } from '@svodka/shared/rules/permissions';
import { CounterpartiesService } from '../counterparties/counterparties.service.ts';
import type { CounterpartyDoc } from '../counterparties/counterparty.schema.ts';
import { ProjectsRepository } from '../orders/projects/projects.repository.ts';
import type { EventDoc } from './event.schema.ts';

/** Orders of one customer that are looked at; who has more open ones has more than one. */
const ORDERS = 50;

type Call = Pick<EventDoc, 'type' | 'payload' | 'projectId' | 'counterpartyIds'>;

const phoneOf = (text: string): string => nationalOf(digitsOf(text));
const phonesOf = ({ phones, contacts = [] }: CounterpartyDoc): string[] =>
  [...phones, ...contacts.flatMap((one) => one.phones)].map(phoneOf);

/**
 * Whose call it was: the one counterparty of the number, and its one open order. Nothing is guessed: a number of several
 * leaves the call without one, and «Без заказа» proposes the orders of each (`linking/`).
 */
@Injectable()
export class CallNumbers {
  constructor(
    private readonly counterparties: CounterpartiesService,
    private readonly projects: ProjectsRepository,
  ) {}

  /**
   * Completes calls that name neither order nor counterparty. What is found so, the source has not said.
   * @param actor who has typed them: for them, as far as they see whom a number belongs to
   */
  async place(said: readonly Call[], actor?: Actor): Promise<void> {
    const loose = said.flatMap((event) => {
      const isLoose =
        CALL_TYPES.includes(event.type) && event.projectId === null && event.counterpartyIds.length === 0;
      const numbers = isLoose
        ? outsideNumbers(event)
            .map(phoneOf)
            .filter((digits) => digits.length >= 7)
        : [];
      return numbers.length > 0 ? [{ event, numbers }] : [];
    });
    if (loose.length === 0) return;
    const holders = await this.#holders(new Set(loose.flatMap(({ numbers }) => numbers)));
    const found = loose.flatMap(({ event, numbers }) => {
      const ids = new Set(numbers.flatMap((number) => [...(holders.get(number) ?? [])]));
      const [only] = ids;
      return ids.size === 1 && only ? [{ event, only }] : [];
    });
    const open = await this.#openOrders(new Set(found.map(({ only }) => only)), actor);
    const seen = actor && new Set(await this.#visible(actor, [...open.keys()]));
    for (const { event, only } of found) {
      if (seen && !seen.has(only)) continue;
      const [order, another] = open.get(only) ?? [];
      event.counterpartyIds = [only];
      if (order && !another) event.projectId = order;
    }
  }

  /** Who stands under each number; of those that were merged the one that stands for them. */
  async #holders(numbers: ReadonlySet<string>): Promise<Map<string, Set<Id>>> {
    const holders = new Map<string, Set<Id>>();
    await Promise.all(
      [...numbers].map(async (number) => {
        const known = (await this.counterparties.answeringTo([number], [])).filter((doc) =>
          phonesOf(doc).includes(number),
        );
        const standing = await this.counterparties.standing(known.map(({ _id }) => _id));
        holders.set(number, new Set(known.map(({ _id }) => standing.chainOf(_id).at(-1) ?? _id)));
      }),
    );
    return holders;
  }

  async #visible(actor: Actor, ids: readonly Id[]): Promise<Id[]> {
    const docs = await this.counterparties.visible(actor, await this.counterparties.byIds(ids));
    return docs.map(({ _id }) => _id);
  }

  async #openOrders(counterparties: ReadonlySet<Id>, actor?: Actor): Promise<Map<Id, Id[]>> {
    const open = new Map<Id, Id[]>();
    await Promise.all(
      [...counterparties].map(async (id) => {
        const orders = await this.projects.newestOf([id], ORDERS);
        open.set(
          id,
          orders
            .filter((order) => order.status !== 'closed')
            .flatMap((order) => (!actor || seesProject(actor, order) ? [order._id] : [])),
        );
      }),
    );
    return open;
  }
}
