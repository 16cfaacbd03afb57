import { Injectable } from '@nestjs/common';
import { type Consent, type ConsentGive, consentOf } from '@svodka/shared/contracts/customer';
import { AppError } from '@svodka/shared/contracts/errors';
import type { Id } from '@svodka/shared/contracts/id';
import type { Actor } from '@svodka/shared/rules/permissions';
import { Clock } from '../platform/clock.ts';
import { CounterpartiesRepository, TRIES } from './counterparties.repository.ts';
import { CounterpartiesService } from './counterparties.service.ts';
import type { CounterpartyDoc } from './counterparty.schema.ts';

/** Earlier ones are let go of: they were replaced long ago. */
const MOST_CONSENTS = 20;

/** Of so many cards that were merged into one the consents are looked at. */
const MOST_CARDS = 100;

const lastWordOf = ({ at, withdrawn }: Consent): string => withdrawn?.at ?? at;
const inOrder = (consents: Consent[]): Consent[] =>
  consents.sort((a, b) => lastWordOf(a).localeCompare(lastWordOf(b)));

/** The one that holds, withdrawn; the same list where none does. */
function ended(consents: Consent[], at: string, by: Id | null): Consent[] {
  const last = consentOf({ consents });
  return last ? [...consents.slice(0, -1), { ...last, withdrawn: { at, by } }] : consents;
}

/** What counterparties have agreed to be sent. A card that was merged into another has its say. */
@Injectable()
export class ConsentsService {
  constructor(
    private readonly counterparties: CounterpartiesRepository,
    private readonly cards: CounterpartiesService,
    private readonly clock: Clock,
  ) {}

  /** Writes down that they have agreed to letters. */
  consent(actor: Actor, id: Id, given: ConsentGive): Promise<CounterpartyDoc> {
    const made = { ...given, at: this.clock.now().toISOString(), by: actor.id, withdrawn: null };
    return this.#consents(
      () => this.cards.writable(actor, id),
      (consents) => [...ended(consents, made.at, actor.id), made].slice(-MOST_CONSENTS),
    );
  }

  /** They want no letters any more, by whatever card of theirs. @param actor null: they have said so themselves */
  async withdraw(actor: Actor | null, id: Id): Promise<CounterpartyDoc> {
    const at = this.clock.now().toISOString();
    const { docs, chainOf } = await this.counterparties.standing([id]);
    const doc = actor ? await this.cards.writable(actor, id) : docs.get(chainOf(id).at(-1) ?? id);
    if (!doc) throw new AppError('not-found', `no counterparty ${id}`);
    for (const { _id } of (await this.#cardsOf([doc])).get(doc._id) ?? []) {
      const read = async () => (await this.counterparties.byIds([_id]))[0] ?? doc;
      await this.#consents(read, (consents) => ended(consents, at, actor?.id ?? null));
    }
    return (await this.counterparties.byIds([doc._id]))[0] ?? doc;
  }

  /** What each has agreed to by any card that was merged into theirs: the latest word holds, a refusal too. */
  async agreed(docs: readonly CounterpartyDoc[]): Promise<(doc: CounterpartyDoc) => Consent[]> {
    const cards = await this.#cardsOf(docs);
    return ({ _id }) => inOrder((cards.get(_id) ?? []).flatMap(({ consents = [] }) => consents));
  }

  /** By each that stands: it, and those that were merged into it. */
  async #cardsOf(docs: readonly CounterpartyDoc[]): Promise<Map<Id, CounterpartyDoc[]>> {
    const cards = new Map(docs.map((doc) => [doc._id, [doc]]));
    const cardsAt = new Map(cards);
    for (let ids = [...cards.keys()]; ids.length > 0; ) {
      const found = await this.counterparties.mergedInto(ids, MOST_CARDS * cards.size);
      ids = [];
      for (const card of found) {
        const beside = cardsAt.get(card.merged?.into ?? '');
        if (!beside || beside.length >= MOST_CARDS || cardsAt.has(card._id)) continue;
        beside.push(card);
        cardsAt.set(card._id, beside);
        ids.push(card._id);
      }
    }
    return cards;
  }

  async #consents(
    read: () => Promise<CounterpartyDoc>,
    next: (consents: Consent[]) => Consent[],
  ): Promise<CounterpartyDoc> {
    for (let attempt = 0; attempt < TRIES; attempt++) {
      const doc = await read();
      const { consents = [] } = doc;
      const after = next(consents);
      if (after === consents) return doc;
      const written = await this.counterparties.update(doc._id, doc.version, { consents: after });
      if (written) return written;
    }
    throw new AppError('unavailable', 'too many writes at once');
  }
}
