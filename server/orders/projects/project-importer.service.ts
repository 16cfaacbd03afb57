import { Injectable } from '@nestjs/common';
import { type Id, newId } from '@svodka/shared/contracts/id';
import { numberKey } from '@svodka/shared/contracts/order-number';
import type { Actor } from '@svodka/shared/rules/permissions';
import { CounterpartiesService } from '../../counterparties/counterparties.service.ts';
import { Clock } from '../../platform/clock.ts';
import { AppConfig } from '../../platform/config/config.ts';
import { lineAtBirth } from './chain-input.ts';
import type { ProjectDoc } from './project.schema.ts';
import { termsOfProject } from './project-terms.ts';
import { ProjectsRepository } from './projects.repository.ts';

/** What may be known of an order that an import makes. */
export type BornCard = Partial<
  Pick<
    ProjectDoc,
    | '_id'
    | 'counterpartyId'
    | 'objectAddress'
    | 'managerId'
    | 'amountKop'
    | 'note'
    | 'template'
    | 'status'
    | 'picked'
    | 'prior'
  >
>;
const NO_CARD = {
  counterpartyId: null,
  objectAddress: '',
  managerId: null,
  amountKop: null,
  note: '',
};

/** Makes the orders that an import names. */
@Injectable()
export class ProjectImporter {
  constructor(
    private readonly projects: ProjectsRepository,
    private readonly counterparties: CounterpartiesService,
    private readonly clock: Clock,
    private readonly config: AppConfig,
  ) {}

  /**
   * Projects of these numbers, made where they are missing: once, under the first spelling of several.
   * @param cards what is known of those that are made, by number
   * @param before told of those that are made, before they are there
   */
  async ensureMany(
    actor: Actor,
    numbers: readonly string[],
    cards: ReadonlyMap<string, BornCard> = new Map(),
    before: (made: readonly { _id: Id; number: string }[]) => Promise<void> = async () => {},
  ): Promise<{ ids: Map<string, Id>; created: number }> {
    if (numbers.length === 0) return { ids: new Map(), created: 0 };
    const found = await this.projects.idsByNumber(numbers);
    const missing = [...new Set(numbers)].filter((number) => !found.has(number));
    if (missing.length === 0) return { ids: found, created: 0 };
    const spellings = new Map<string, string[]>();
    for (const number of missing) {
      const key = numberKey(number);
      spellings.set(key, [...(spellings.get(key) ?? []), number]);
    }
    const cardOf = (key: string) =>
      (spellings.get(key) ?? []).map((number) => cards.get(number)).find((card) => card !== undefined);
    const now = this.clock.now();
    const born = { ...NO_CARD, tz: this.config.tzDefault, createdAt: now };
    const emptyLine = lineAtBirth(born, now);
    const customers = await this.counterparties.standing([
      ...new Set([...spellings.keys()].flatMap((key) => cardOf(key)?.counterpartyId ?? [])),
    ]);
    const docs = [...spellings].map(([key, [number = '']]) => {
      const card = { ...born, ...cardOf(key) };
      const named = card.counterpartyId;
      const counterpartyId = (named && customers.chainOf(named).at(-1)) ?? named;
      const isPlain = card.amountKop === null && !card.template && !card.prior?.length;
      const line = isPlain ? emptyLine : lineAtBirth(card, now);
      return {
        _id: newId(now.getTime()),
        number,
        numberKey: key,
        appointedIds: [],
        status: line.status,
        line,
        ...card,
        counterpartyId,
        ...(counterpartyId !== named && { namedCounterpartyId: named }),
        createdBy: actor.id,
        version: 1,
        terms: termsOfProject(
          { number, objectAddress: card.objectAddress },
          (counterpartyId && customers.docs.get(counterpartyId)) || null,
        ),
      };
    });
    await before(docs);
    const created = await this.projects.insertMany(docs);
    return { ids: new Map([...found, ...(await this.projects.idsByNumber(missing))]), created };
  }
}
