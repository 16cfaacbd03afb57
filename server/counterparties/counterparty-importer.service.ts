import { Injectable } from '@nestjs/common';
import { type CounterpartyCreate, NEW_COUNTERPARTY } from '@svodka/shared/contracts/counterparty';
import { type Id, newId } from '@svodka/shared/contracts/id';
import type { Actor } from '@svodka/shared/rules/permissions';
import { RewriteBell } from '../entries/rewrite-bell.ts';
import { Clock } from '../platform/clock.ts';
import { CounterpartiesRepository, MOST_ALIKE, TRIES } from './counterparties.repository.ts';
import type { CounterpartyDoc } from './counterparty.schema.ts';
import { changesOf, derivedOf } from './counterparty-terms.ts';
import { kindByName, likenessOf, Named } from './likeness.ts';

const NAMED_AS = ['person', 'org'] as const;
const asCard = (name: string, kind: 'person' | 'org') => ({ kind, name, inn: null, phones: [] });

/** Counterparties as imports know them: by their names, many at once. */
@Injectable()
export class CounterpartyImporter {
  constructor(
    private readonly counterparties: CounterpartiesRepository,
    private readonly bell: RewriteBell,
    private readonly clock: Clock,
  ) {}

  /** By these names as they are compared: without quotes and case, and the form of the firm where one leaves it out. */
  async ofNames(names: readonly string[]): Promise<Map<string, Id>> {
    if (names.length === 0) return new Map();
    const keys = [
      ...new Set(names.flatMap((name) => NAMED_AS.flatMap((kind) => likenessOf(asCard(name, kind))))),
    ];
    const known = [
      ...(await this.counterparties.alike(keys, MOST_ALIKE)),
      ...(await this.counterparties.byNames(names)),
    ];
    // Of two of one name the one that stands for itself; spelt as it is before spelt otherwise.
    known.sort((a, b) => Number(Boolean(b.merged)) - Number(Boolean(a.merged)));
    const exact = new Map(known.map(({ name, _id }) => [name, _id]));
    const spelt = new Named<Id>();
    for (const { name, _id, merged } of known) if (!merged) spelt.add(name, _id);
    const found = new Map<string, Id>();
    for (const name of names) {
      const id = exact.get(name) ?? spelt.get(name);
      if (id) found.set(name, id);
    }
    return found;
  }

  /**
   * Counterparties of these names, made where they are missing.
   * @param before told of those that are made, before they are there
   */
  async ensureMany(
    actor: Actor,
    names: readonly string[],
    phoneOf: (name: string) => string | undefined = () => undefined,
    before: (made: readonly { _id: Id; name: string }[]) => Promise<void> = async () => {},
  ): Promise<{ ids: Map<string, Id>; created: number }> {
    const found = await this.ofNames(names);
    const first = new Named<string>();
    const missing: string[] = [];
    for (const name of new Set(names)) {
      if (found.has(name) || first.get(name)) continue;
      first.add(name, name);
      missing.push(name);
    }
    if (missing.length === 0) return { ids: found, created: 0 };
    const numbers = await this.counterparties.takeNumbers(missing.length);
    const now = this.clock.now();
    const docs = missing.map((name, i): CounterpartyDoc => {
      const number = numbers[i] ?? '';
      const _id = newId(now.getTime());
      found.set(name, _id);
      const phone = phoneOf(name);
      const card = {
        number,
        ...NEW_COUNTERPARTY,
        kind: kindByName(name),
        name,
        phones: phone ? [phone] : [],
      };
      return { ...card, _id, createdAt: now, createdBy: actor.id, version: 1, ...derivedOf(card) };
    });
    for (const name of names) {
      const id = found.get(name) ?? found.get(first.get(name) ?? '');
      if (id) found.set(name, id);
    }
    await before(docs);
    return { ids: found, created: await this.counterparties.insertMany(docs) };
  }

  /** These, each under its own id; what is there already stays as it is. */
  async makeMany(actor: Actor, creates: readonly (CounterpartyCreate & { id: Id })[]): Promise<void> {
    const known = new Set(
      (await this.counterparties.byIds(creates.map(({ id }) => id))).map(({ _id }) => _id),
    );
    const fresh = creates.filter(({ id }) => !known.has(id));
    if (fresh.length === 0) return;
    const numbers = await this.counterparties.takeNumbers(fresh.length);
    const createdAt = this.clock.now();
    await this.counterparties.insertMany(
      fresh.map(({ id, ...create }, i): CounterpartyDoc => {
        const card = { ...create, number: numbers[i] ?? '' };
        return { ...card, _id: id, createdAt, createdBy: actor.id, version: 1, ...derivedOf(card) };
      }),
    );
  }

  /** A phone for each of those who have none. */
  async learnPhones(phones: ReadonlyMap<Id, string>): Promise<void> {
    for (let attempt = 0; attempt < TRIES; attempt++) {
      const { docs, chainOf } = await this.counterparties.standing([...phones.keys()]);
      const writes = new Map<Id, { of: CounterpartyDoc; changes: Partial<CounterpartyDoc> }>();
      for (const [id, phone] of phones) {
        const of = docs.get(chainOf(id).at(-1) ?? id);
        if (of?.phones.length === 0 && !writes.has(of._id))
          writes.set(of._id, { of, changes: changesOf(of, { phones: [phone] }).changes });
      }
      const written = await this.counterparties.updateMany([...writes.values()]);
      if (writes.size > 0) this.bell.ring();
      // One that somebody has written meanwhile is looked at again.
      if (written === writes.size) return;
    }
  }
}
