import { isDeepStrictEqual } from 'node:util';
import { Injectable } from '@nestjs/common';
import type { Counterparty, CounterpartyEdit } from '@svodka/shared/contracts/counterparty';
import { AppError } from '@svodka/shared/contracts/errors';
import type { Id } from '@svodka/shared/contracts/id';
import { newId } from '@svodka/shared/contracts/id';
import type { Merge, Merged, Twin, TwinsQuery } from '@svodka/shared/contracts/merge';
import { e164 } from '@svodka/shared/contracts/phone';
import { type Actor, mayMerge } from '@svodka/shared/rules/permissions';
import { RewriteBell } from '../entries/rewrite-bell.ts';
import { takenFrom, Withheld } from '../entries/withheld.ts';
import { Clock } from '../platform/clock.ts';
import { refused } from '../platform/errors/contract-error.ts';
import { CounterpartiesRepository, TRIES } from './counterparties.repository.ts';
import { CounterpartiesService } from './counterparties.service.ts';
import type { CounterpartyDoc } from './counterparty.schema.ts';
import { derivedOf } from './counterparty-terms.ts';
import { alikeBy, areTwoPeople, likenessOf } from './likeness.ts';
import { StandIns } from './stand-ins.ts';

/** What the one that stays is told to be; it takes the other's files over. */
type Values = CounterpartyEdit & Pick<CounterpartyDoc, 'attachments'>;

const TWINS = 10;
/** Of one surname and initial there are many, most of whom have another given name. */
const LOOKED_AT = 200;
/** So many are looked at for the marks of one page. */
const MARKS_MOST = 1_000;

/** Two cards of one counterparty: found, made one, and made two again. Laws: SPEC.md. */
@Injectable()
export class MergesService {
  constructor(
    private readonly counterparties: CounterpartiesRepository,
    private readonly cards: CounterpartiesService,
    private readonly withheld: Withheld,
    private readonly standIns: StandIns,
    private readonly bell: RewriteBell,
    private readonly clock: Clock,
  ) {}

  /** Who may be the same, and who was. Of a card that the actor does not see whole, what it hides tells nothing. */
  async twins(actor: Actor, ask: TwinsQuery): Promise<{ twins: Twin[]; merged: Merged[] }> {
    const own = ask.id ? await this.cards.readable(actor, ask.id) : null;
    const phone = e164(ask.phone);
    const [card] = own ? await this.cards.cards(actor, [own]) : [];
    const asked = card ?? {
      kind: ask.kind,
      name: ask.name,
      inn: ask.inn || null,
      phones: phone ? [phone] : [],
    };
    const keys = likenessOf(asked);
    const found = (await this.counterparties.alike(keys, LOOKED_AT)).filter(({ _id }) => _id !== own?._id);
    const visible = await this.cards.visible(actor, found);
    const twins = (await this.cards.cards(actor, visible))
      .map((counterparty) => ({
        counterparty,
        by: alikeBy(keys, likenessOf(counterparty), areTwoPeople(asked, counterparty)),
      }))
      .filter(({ by }) => by.length > 0)
      .slice(0, TWINS);
    const merged = own ? await this.counterparties.mergedInto([own._id], TWINS) : [];
    return {
      twins,
      merged: merged.map(({ _id, number, name, merged: how }) => ({
        id: _id,
        number,
        name,
        at: how?.at.toISOString() ?? '',
        by: how?.by ?? null,
      })),
    };
  }

  /** Which of some cards, as the actor sees them, have a twin that the actor sees. */
  async alikeAmong(actor: Actor, items: readonly Counterparty[]): Promise<Id[]> {
    const keys = new Map(items.map((card) => [card.id, likenessOf(card)]));
    const found = await this.counterparties.alike([...new Set([...keys.values()].flat())], MARKS_MOST);
    const cards = await this.cards.cards(actor, await this.cards.visible(actor, found));
    const holders = new Map<string, Counterparty[]>();
    for (const card of cards)
      for (const key of likenessOf(card)) holders.set(key, [...(holders.get(key) ?? []), card]);
    const hasTwin = (card: Counterparty) =>
      keys
        .get(card.id)
        ?.some((key) =>
          holders
            .get(key)
            ?.some(
              (other) => other.id !== card.id && !(key.startsWith('name:') && areTwoPeople(card, other)),
            ),
        );
    return items.filter(hasTwin).map(({ id }) => id);
  }

  /**
   * The one that stays is written first, under the version at which both were read: two merges that would lead into
   * each other then both lose (M3).
   * @throws AppError `not-found`, `forbidden`, `conflict` when either has changed or was merged meanwhile
   */
  async merge(actor: Actor, intoId: Id, { from: fromId, versions, values }: Merge): Promise<CounterpartyDoc> {
    if (intoId === fromId) throw refused('from', 'same');
    const [from, into] = [
      await this.cards.readable(actor, fromId, { merged: true }),
      await this.cards.readable(actor, intoId, { merged: true }),
    ];
    if (from.merged?.into === intoId) return into;
    if (!mayMerge(actor, into, from)) throw new AppError('forbidden', 'may not merge these');
    if (from.merged || into.merged || from.version !== versions.from || into.version !== versions.into)
      throw stale();
    await this.cards.checkManager(actor, into, values);
    const joined = [...(into.attachments ?? []), ...(from.attachments ?? [])];
    const taken = { ...values, ...(from.attachments && { attachments: joined }) };
    const written = await this.#put(into, taken);
    if (!written) throw stale();
    const merged = {
      into: intoId,
      at: this.clock.now(),
      by: actor.id,
      before: Object.fromEntries(fieldsOf(taken).map((field) => [field, into[field] ?? null])),
      after: taken,
    };
    const gone = await this.counterparties.update(fromId, from.version, {
      merged,
      rewrite: newId(),
      taken: takenFrom(
        { audience: from.managerId ? [from.managerId] : [], taken: from.taken },
        written.managerId ? [written.managerId] : [],
      ),
    });
    if (!gone) {
      await this.#putBack(intoId, merged);
      throw stale();
    }
    this.withheld.note('counterparties', gone);
    this.standIns.note(gone);
    this.bell.ring();
    return written;
  }

  /** Lets one stand for itself again: what named it names it, and what the other took from it goes back. */
  async unmerge(actor: Actor, id: Id): Promise<CounterpartyDoc> {
    const from = await this.cards.readable(actor, id, { merged: true });
    if (!from.merged) return from;
    const standing = await this.counterparties.standing([id]);
    const chain = standing.chainOf(id);
    const into = standing.docs.get(from.merged.into);
    if (!into || !mayMerge(actor, into, from)) throw new AppError('forbidden', 'may not undo this');
    // Its events may stand under any of those that it was led to.
    const freed = await this.counterparties.free(id, from.version, { rewrite: newId(), leaves: chain });
    if (!freed) throw stale();
    await this.#putBack(into._id, from.merged);
    this.withheld.note('counterparties', freed);
    this.standIns.note(freed);
    this.bell.ring();
    return freed;
  }

  async #put(doc: CounterpartyDoc, values: Values): Promise<CounterpartyDoc | null> {
    const after = { ...doc, ...values };
    return this.counterparties.update(
      doc._id,
      doc.version,
      { ...values, ...derivedOf(after), rewrite: newId() },
      { merged: null },
    );
  }

  /** What the merge set is set back, unless somebody has changed it since. */
  async #putBack(id: Id, { before, after }: NonNullable<CounterpartyDoc['merged']>): Promise<void> {
    for (let attempt = 0; attempt < TRIES; attempt++) {
      const doc = await this.counterparties.get(id);
      if (!doc) return;
      const untouched = fieldsOf(after).filter((field) =>
        isDeepStrictEqual(doc[field] ?? null, after[field]),
      );
      const changes = Object.fromEntries(untouched.map((field) => [field, before[field]]));
      if (untouched.length === 0) return;
      const back = { ...doc, ...changes };
      const set = { ...changes, ...derivedOf(back), rewrite: newId() };
      if (await this.counterparties.update(id, doc.version, set)) return;
    }
    throw new AppError('unavailable', 'too many writes at once');
  }
}

const fieldsOf = (values: object) => Object.keys(values) as (keyof Values)[];
const stale = () => new AppError('conflict', '#merged', [{ field: 'versions', reason: 'stale' }]);
