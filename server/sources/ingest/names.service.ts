import { Injectable } from '@nestjs/common';
import { AppError } from '@svodka/shared/contracts/errors';
import type { Id } from '@svodka/shared/contracts/id';
import type { CounterpartyNamed, IngestEvent } from '@svodka/shared/contracts/ingest';
import { orderNumber } from '@svodka/shared/contracts/order-number';
import { digitsOf, nationalOf } from '@svodka/shared/filter/terms';
import type { Actor } from '@svodka/shared/rules/permissions';
import type { ModuleTokenDoc } from '../../accounts/module-token.schema.ts';
import { CounterpartiesService } from '../../counterparties/counterparties.service.ts';
import type { CounterpartyDoc } from '../../counterparties/counterparty.schema.ts';
import { alikeBy, kindByName, likenessOf, Named } from '../../counterparties/likeness.ts';
import { type BornCard, ProjectImporter } from '../../orders/projects/project-importer.service.ts';
import { ProjectsService } from '../../orders/projects/projects.service.ts';
import { Clock } from '../../platform/clock.ts';
import { derivedId } from '../../platform/mongo/derived-id.ts';
import { SourcesRepository } from '../sources.repository.ts';

/** What one stream has found already: most of its lines name what others have named. */
export type Found = { orders: Map<string, Id>; counterparties: Map<string, Id> };
export const nothingFound = (): Found => ({ orders: new Map(), counterparties: new Map() });
const MOST_REMEMBERED = 20_000;
const HOUR_MS = 3_600_000;

const keyOf = (named: CounterpartyNamed): string => JSON.stringify(named);
const phoneOf = (text: string): string => nationalOf(digitsOf(text));
/** By what a firm of this name may be known though the form is written otherwise. Of people nothing but the name counts. */
const firmKeys = (name = ''): string[] =>
  kindByName(name) === 'org' ? likenessOf({ kind: 'org', name, inn: null, phones: [] }) : [];
const absent = <T>(map: Map<string, T>, keys: Iterable<string>) =>
  [...new Set(keys)].filter((key) => !map.has(key));

/** Who names, and whether what they name is made where nobody knows it. */
type Naming = Pick<IngestEvent, 'order' | 'counterparty'>;
type Making = Pick<ModuleTokenDoc, 'module' | 'unknownOrders' | 'unknownCounterparties'> & {
  /** Told of a counterparty before it is made. */
  before?: (made: { _id: Id; named: CounterpartyNamed }) => Promise<void>;
};

/** What is named and nobody knows is made. */
export const MAKES_ALL = {
  module: 'orders',
  unknownOrders: 'create',
  unknownCounterparties: 'create',
} as const;
export const FINDS_ONLY = {
  module: 'orders',
  unknownOrders: 'refuse',
  unknownCounterparties: 'refuse',
} as const;

/** Finds the orders and counterparties that a module names, and makes what is missing where its token says so. */
@Injectable()
export class NamesService {
  constructor(
    private readonly projects: ProjectsService,
    private readonly projectImporter: ProjectImporter,
    private readonly counterparties: CounterpartiesService,
    private readonly sources: SourcesRepository,
    private readonly clock: Clock,
  ) {}

  /** Adds to `found` what the events name. What is then missing there is unknown, and was not to be made. */
  async find(actor: Actor, token: Making, events: readonly Naming[], found: Found): Promise<void> {
    for (const map of [found.orders, found.counterparties]) if (map.size > MOST_REMEMBERED) map.clear();
    const strangers = new Map(
      events.flatMap(({ counterparty }) =>
        counterparty && !found.counterparties.has(keyOf(counterparty))
          ? [[keyOf(counterparty), counterparty] as const]
          : [],
      ),
    );
    if (strangers.size > 0) await this.#counterparties(actor, token, strangers, found);
    const numbers = absent(
      found.orders,
      events.flatMap(({ order }) => (order ? [orderNumber(order)] : [])),
    );
    if (numbers.length === 0) return;
    if (token.unknownOrders === 'create')
      for (const [number, id] of (
        await this.projectImporter.ensureMany(actor, numbers, this.#cards(events, found))
      ).ids)
        found.orders.set(number, id);
    else
      for (const [number, { _id }] of await this.projects.ofNumbers(numbers)) found.orders.set(number, _id);
  }

  /** An order that is made takes the counterparty of the first line that names one. */
  #cards(events: readonly Naming[], found: Found): Map<string, BornCard> {
    const cards = new Map<string, BornCard>();
    for (const event of events) {
      const counterpartyId = this.counterpartyOf(event, found);
      const number = event.order && orderNumber(event.order);
      if (number && counterpartyId && !cards.has(number)) cards.set(number, { counterpartyId });
    }
    return cards;
  }

  orderOf({ order }: Pick<IngestEvent, 'order'>, { orders }: Found): Id | null | undefined {
    return order === null ? null : orders.get(orderNumber(order));
  }

  counterpartyOf(
    { counterparty }: Pick<IngestEvent, 'counterparty'>,
    { counterparties }: Found,
  ): Id | null | undefined {
    return counterparty === null ? null : counterparties.get(keyOf(counterparty));
  }

  async #counterparties(
    actor: Actor,
    token: Making,
    named: Map<string, CounterpartyNamed>,
    found: Found,
  ): Promise<void> {
    const all = [...named.values()];
    const [codes, answers, alike] = await Promise.all([
      this.sources.codes(
        token.module,
        all.flatMap(({ code }) => code ?? []),
      ),
      this.counterparties.answeringTo(
        all.flatMap(({ inn, phone }) => [...(inn ? [inn] : []), ...(phone ? [phoneOf(phone)] : [])]),
        all.flatMap(({ name }) => name ?? []),
      ),
      this.counterparties.alike([...new Set(all.flatMap(({ name }) => firmKeys(name)))]),
    ]);
    const known = [...new Map([...alike, ...answers].map((doc) => [doc._id, doc])).values()];
    const learnt = new Map<string, Id>();
    for (const [key, one] of named) {
      const id =
        (one.code && (codes.get(one.code) ?? learnt.get(one.code))) ||
        answering(known, one)?._id ||
        (token.unknownCounterparties === 'create' ? await this.#make(actor, token, one, known) : undefined);
      if (!id) continue;
      found.counterparties.set(key, id);
      if (one.code && codes.get(one.code) !== id) learnt.set(one.code, id);
    }
    await this.sources.learnCodes(token.module, learnt);
  }

  /** Two nodes that meet the same stranger within the hour make one of them: the id follows from what it is known by. */
  async #make(
    actor: Actor,
    { module, before }: Making,
    named: CounterpartyNamed,
    known: CounterpartyDoc[],
  ): Promise<Id> {
    const { code, inn, phone, name } = named;
    const hour = new Date(Math.floor(this.clock.now().getTime() / HOUR_MS) * HOUR_MS);
    const by = inn
      ? `inn ${inn}`
      : code
        ? `${module} ${code}`
        : phone
          ? `phone ${phoneOf(phone)}`
          : `name ${name}`;
    const id = derivedId(hour, 'counterparty', by);
    await before?.({ _id: id, named });
    try {
      const made = await this.counterparties.create(actor, {
        id,
        kind: inn?.length === 10 ? 'org' : kindByName(name ?? ''),
        name: name ?? (inn ? `ИНН ${inn}` : (phone ?? code ?? '')),
        categories: ['customer'],
        inn: inn ?? null,
        kpp: null,
        ogrn: null,
        contacts: [],
        phones: phone ? [phone] : [],
        emails: [],
        managerId: null,
        note: '',
      });
      known.push(made);
      return made._id;
    } catch (error) {
      if (error instanceof AppError && error.code === 'conflict') return id;
      throw error;
    }
  }
}

/** The one that is meant: by tax number, else by phone, else by name; of several the first there was. */
function answering(known: readonly CounterpartyDoc[], { inn, phone, name }: CounterpartyNamed) {
  const oldest = (docs: CounterpartyDoc[]) =>
    docs.reduce<CounterpartyDoc | undefined>(
      (first, doc) => (first && first._id < doc._id ? first : doc),
      undefined,
    );
  const byInn = inn ? known.filter((doc) => doc.inn === inn) : [];
  if (byInn.length > 0) return oldest(byInn);
  // Another tax number is another company, whatever else is alike.
  const rest = inn ? known.filter((doc) => doc.inn === null) : known;
  const byPhone = phone
    ? rest.filter(({ phones, contacts = [] }) =>
        [...phones, ...contacts.flatMap((one) => one.phones)].some((own) => phoneOf(own) === phoneOf(phone)),
      )
    : [];
  if (byPhone.length > 0) return oldest(byPhone);
  if (!name) return undefined;
  const same = oldest(rest.filter((doc) => doc.name === name));
  if (same || kindByName(name) !== 'org') return same;
  const firms = new Named<CounterpartyDoc>();
  const keys = firmKeys(name);
  const alike = rest.filter((doc) => alikeBy(keys, doc.alike ?? []).length > 0);
  for (const doc of alike.sort((a, b) => (a._id < b._id ? -1 : 1)))
    if (kindByName(doc.name) === 'org') firms.add(doc.name, doc);
  return firms.get(name);
}
