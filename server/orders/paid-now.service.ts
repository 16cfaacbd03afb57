import { Injectable } from '@nestjs/common';
import type { Id } from '@svodka/shared/contracts/id';
import { dayIn, factsOf } from '@svodka/shared/rules/orders/facts';
import { PAID_BY } from '@svodka/shared/rules/orders/fills';
import { moneyOf } from '@svodka/shared/rules/orders/money';
import type { Day } from '@svodka/shared/rules/orders/working-days';
import { Clock } from '../platform/clock.ts';
import { FactsRepository, type MoneyFactDoc } from './facts.repository.ts';
import { ProjectsRepository } from './projects/projects.repository.ts';

export type PaidOrder = {
  contractKop: number | null;
  paidKop: number;
  /** What had been paid when the order was made here, and the day of it; null: nothing. */
  behind: { kop: number; on: Day } | null;
};

const AT_ONCE = 500;

/** What orders cost and have been paid, by their events as they are now: the line that stands on an order follows a moment later. */
@Injectable()
export class PaidNow {
  constructor(
    private readonly projects: ProjectsRepository,
    private readonly facts: FactsRepository,
    private readonly clock: Clock,
  ) {}

  /** @param without keys of events that are left out */
  async of(ids: readonly Id[], without: ReadonlySet<string> = new Set()): Promise<Map<Id, PaidOrder>> {
    const paid = new Map<Id, PaidOrder>();
    const all = [...new Set(ids)];
    for (let from = 0; from < all.length; from += AT_ONCE)
      await this.#some(all.slice(from, from + AT_ONCE), without, paid);
    return paid;
  }

  async #some(ids: readonly Id[], without: ReadonlySet<string>, paid: Map<Id, PaidOrder>): Promise<void> {
    const [cards, docs] = await Promise.all([this.projects.priced(ids), this.facts.money(ids)]);
    const byProject = new Map<Id | null, MoneyFactDoc[]>(cards.map(({ _id }) => [_id, []]));
    for (const doc of docs)
      if (!without.has(doc.source?.externalId ?? '')) byProject.get(doc.projectId)?.push(doc);
    const now = this.clock.now();
    for (const { _id, amountKop, prior = [], tz, createdAt } of cards) {
      const events = (byProject.get(_id) ?? []).map((doc) => ({ ...doc, id: doc._id }));
      const { facts } = factsOf(events, tz, dayIn(tz, now), prior);
      const { contractKop, paidKop } = moneyOf(facts, amountKop);
      const behind = facts.filter(({ id, type }) => id === null && PAID_BY.includes(type));
      const { paidKop: kop } = moneyOf(behind, null);
      paid.set(_id, { contractKop, paidKop, behind: kop > 0 ? { kop, on: dayIn(tz, createdAt) } : null });
    }
  }
}
