import { isDeepStrictEqual } from 'node:util';
import { Injectable } from '@nestjs/common';
import type { CounterpartyCreate } from '@svodka/shared/contracts/counterparty';
import type { ProjectEdit } from '@svodka/shared/contracts/directory';
import type { Id } from '@svodka/shared/contracts/id';
import type { ImportBatch } from '@svodka/shared/contracts/import';
import type { CounterpartyNamed } from '@svodka/shared/contracts/ingest';
import type { ProjectStatus } from '@svodka/shared/contracts/order-codes';
import { translate } from '@svodka/shared/messages/translate';
import { dayIn, type PriorFact } from '@svodka/shared/rules/orders/facts';
import { further } from '@svodka/shared/rules/orders/status';
import type { Day } from '@svodka/shared/rules/orders/working-days';
import type { Actor } from '@svodka/shared/rules/permissions';
import { CounterpartiesService } from '../../counterparties/counterparties.service.ts';
import { CounterpartyImporter } from '../../counterparties/counterparty-importer.service.ts';
import { kindByName } from '../../counterparties/likeness.ts';
import { EventIntake, type SaidEvent } from '../../events/event-intake.service.ts';
import { ConfidentialRepository } from '../../orders/projects/confidential.repository.ts';
import type { ProjectDoc } from '../../orders/projects/project.schema.ts';
import { type BornCard, ProjectImporter } from '../../orders/projects/project-importer.service.ts';
import { ProjectsService } from '../../orders/projects/projects.service.ts';
import { derivedId } from '../../platform/mongo/derived-id.ts';
import type { Card } from '../csv/card-row.ts';
import { saidIn } from '../csv/sent.ts';
import type { LinkDoc } from '../import.schema.ts';
import { FINDS_ONLY, NamesService, nothingFound } from '../ingest/names.service.ts';
import { PeopleNamed, strangerIn } from '../people.service.ts';
import { RecordsRepository } from '../records.repository.ts';
import {
  type CardsHow,
  type CardsTaken,
  comparedWith,
  finding,
  type KeyedCard,
  nothingTaken,
  sentBy,
  shownChanges,
} from './card-intake.ts';
import { OrderLinks } from './order-links.service.ts';

const KIND = 'orders';
/** The day that a row names, and the event that says it: an order's dates follow from events. */
const DAYS = {
  measureOn: 'measure.scheduled',
  plannedOn: 'work.planned',
  promisedOn: 'install.confirmed',
} as const;
type DayField = keyof typeof DAYS;
const DAY_FIELDS = Object.keys(DAYS) as DayField[];

type Said = ReturnType<typeof saidOf>;

/** Rows as orders. An order is known by its number; what dates it has becomes events of it. */
@Injectable()
export class OrderIntake {
  constructor(
    private readonly projects: ProjectsService,
    private readonly projectImporter: ProjectImporter,
    private readonly counterparties: CounterpartiesService,
    private readonly counterpartyImporter: CounterpartyImporter,
    private readonly names: NamesService,
    private readonly intake: EventIntake,
    private readonly records: RecordsRepository,
    private readonly orderLinks: OrderLinks,
    private readonly people: PeopleNamed,
    private readonly confidential: ConfidentialRepository,
  ) {}

  async take(
    actor: Actor,
    batch: ImportBatch,
    keyed: readonly KeyedCard[],
    { dry }: CardsHow,
  ): Promise<CardsTaken> {
    const taken = nothingTaken();
    const { update = false, restore = false } = batch.mapping ?? {};
    const today = todayOf(batch);
    const [{ rows: drafts, links, byNumber }, managerOf] = await Promise.all([
      this.orderLinks.of(batch.source ?? batch.fileName, keyed),
      this.people.of(keyed.map(({ card }) => card.manager)),
    ]);
    const linked = await this.projects.byIds([...links.values()].map(({ recordId }) => recordId));
    const byId = new Map(linked.map((doc) => [doc._id, doc]));
    const docOf = (draft: KeyedCard) =>
      byId.get(links.get(draft.key)?.recordId ?? '') ?? byNumber.get(draft.title);
    // Of an order that is here and stays as it is, nobody is made a customer.
    const isWritten = (draft: KeyedCard) => !dry && (update || !docOf(draft));
    const customers = await this.#customers(actor, batch, drafts, isWritten);
    const cards = new Map<string, BornCard>();
    const made = new Map<string, Omit<LinkDoc, '_id' | 'kind'>>();
    const days: { draft: KeyedCard; id: Id; fields: DayField[] }[] = [];
    const met: { draft: KeyedCard; said: Said; doc: ProjectDoc; link: LinkDoc | null }[] = [];
    const make = (draft: KeyedCard, said: Said) => {
      const { status, ...card } = withoutDays(said);
      const id = derivedId(new Date(batch.createdAt), 'import-order', batch.id, draft.key);
      const prior = priorOf(draft.card, today);
      cards.set(draft.title, {
        _id: id,
        ...card,
        ...(status && { picked: status, status }),
        ...(prior.length > 0 && { prior }),
      });
      const link = { recordId: id, batchId: batch.id, line: draft.line, made: true, version: 1 };
      made.set(draft.key, { ...link, sent: sentBy(said) });
      taken.created++;
    };
    for (const draft of drafts) {
      const link = links.get(draft.key) ?? null;
      const said = saidOf(draft, managerOf(draft.card.manager), customers(draft)?.id ?? null, today);
      const doc = docOf(draft);
      const isOwn = link?.made && link.batchId === batch.id;
      if (doc && isOwn) {
        // By a runner that died before it could count it, and perhaps before it had said the days.
        taken.created++;
        days.push({ draft, id: doc._id, fields: DAY_FIELDS });
      } else if (doc) met.push({ draft, said, doc, link });
      else if (link?.made && !isOwn) {
        taken.deleted++;
        if (restore) make(draft, said);
      } else make(draft, said);
    }
    if (!dry && cards.size > 0) {
      await this.records.link(KIND, made);
      const { ids } = await this.projectImporter.ensureMany(actor, [...cards.keys()], cards);
      for (const draft of drafts) {
        const id = made.has(draft.key) && ids.get(draft.title);
        if (id) days.push({ draft, id, fields: DAY_FIELDS });
      }
    }
    await this.#compare(actor, batch, met, { dry, update, nameOf: customers, days }, taken);
    if (dry) return taken;
    await this.#say(actor, batch, days);
    // Of an order that stays as it is its note stays, too.
    const noted = [...days, ...(update ? met.map(({ draft, doc }) => ({ draft, id: doc._id })) : [])];
    await this.confidential.write(
      new Map(noted.flatMap(({ draft, id }) => (draft.hidden === undefined ? [] : [[id, draft.hidden]]))),
    );
    return taken;
  }

  async #compare(
    actor: Actor,
    batch: ImportBatch,
    met: readonly { draft: KeyedCard; said: Said; doc: ProjectDoc; link: LinkDoc | null }[],
    {
      dry,
      update,
      nameOf,
      days,
    }: {
      dry: boolean;
      update: boolean;
      nameOf: Customers;
      days: { draft: KeyedCard; id: Id; fields: DayField[] }[];
    },
    taken: CardsTaken,
  ): Promise<void> {
    const managers = await this.people.namesOf(met.map(({ doc }) => doc.managerId));
    const owners = await this.counterparties.byIds(met.flatMap(({ doc }) => doc.counterpartyId ?? []));
    const ownerNames = new Map(owners.map(({ _id, name }) => [_id, name]));
    const strange = new Map<string, Omit<LinkDoc, '_id' | 'kind'>>();
    const learnt = new Map<string, LinkDoc['sent']>();
    for (const { draft, said, doc, link } of met) {
      const was = { ...doc, status: doc.status, ...daysOf(doc) };
      // Events know better than a table how far an order is.
      const status = said.status && further(doc.line.status, said.status);
      const wanted = { ...said, ...(status && { status: doc.statusOverride?.status ?? status }) };
      const isStranger = !wanted.counterpartyId && nameOf(draft)?.isNew;
      const compared = comparedWith(
        was,
        { ...wanted, ...(isStranger && { counterpartyId: draft.card.counterparty }) },
        link?.sent ?? {},
      );
      const news: Record<string, unknown> = { ...compared.fills, ...compared.changes };
      // What stands here as the row says it: whoever changes it later has changed what the file said.
      const sent = { ...link?.sent, ...compared.agreed };
      if (!link) {
        const known = { recordId: doc._id, batchId: batch.id, line: draft.line, made: false, version: 0 };
        strange.set(draft.key, { ...known, sent });
      } else if (!isDeepStrictEqual(sent, link.sent)) learnt.set(draft.key, sent);
      if (Object.keys(news).length === 0) {
        taken.existing++;
        continue;
      }
      taken.changed++;
      taken.findings.push(
        finding(draft, 'changed', {
          id: doc._id,
          changes: shownChanges(was, news, (field, value) =>
            field === 'managerId'
              ? (managers(value as Id | null) ?? draft.card.manager)
              : field === 'counterpartyId'
                ? (ownerNames.get(value as Id) ?? (value && (draft.card.counterparty ?? nameOf(draft)?.name)))
                : value,
          ),
        }),
      );
      if (dry || !update) continue;
      const { status: picked, ...edit } = withoutDays(news);
      let written = doc;
      const isEdited = Object.keys(edit).length > 0;
      if (isEdited) written = await this.projects.edit(actor, doc._id, edit as ProjectEdit);
      if (picked) written = await this.projects.pick(actor, doc._id, said.status as ProjectStatus);
      days.push({ draft, id: doc._id, fields: DAY_FIELDS.filter((field) => field in news) });
      const own = strange.get(draft.key);
      if (own) await this.records.link(KIND, new Map([[draft.key, own]]));
      strange.delete(draft.key);
      learnt.delete(draft.key);
      const writes = Number(isEdited) + Number(Boolean(picked));
      const card = { id: doc._id, version: written.version, writes };
      await this.records.said(KIND, draft.key, compared.now, card);
    }
    if (dry) return;
    await this.records.link(KIND, strange);
    await this.records.learn(KIND, learnt);
  }

  /** The days of an order are said by events of it, which an undoing takes back with the rest. */
  async #say(
    actor: Actor,
    batch: ImportBatch,
    days: readonly { draft: KeyedCard; id: Id; fields: DayField[] }[],
  ): Promise<void> {
    const today = todayOf(batch);
    const said = days.flatMap(({ draft, id, fields }) =>
      fields.flatMap((field): SaidEvent[] => {
        const startOn = draft.card[field];
        if (!startOn || (field === 'measureOn' && startOn < today)) return [];
        const title = translate('ru', `said.title.card.${field}`, { number: draft.title });
        const payload = { startOn, ...(field === 'plannedOn' && { finishOn: startOn }) };
        return [
          {
            type: DAYS[field],
            title,
            body: '',
            importance: 'normal',
            occurredAt: new Date(batch.startedAt ?? batch.createdAt),
            due: null,
            projectId: id,
            counterpartyIds: [],
            author: { userId: null, name: batch.source ?? '' },
            status: null,
            payload,
            externalId: `${draft.key}:${field}`,
            sent: saidIn({ title, payload }),
          },
        ];
      }),
    );
    const how = { isFirst: false, update: true, restore: true };
    if (said.length > 0) await this.intake.takeRows(actor, said, batch.id, how);
  }

  /** Whose orders they are: by tax number, phone or name; who is named and not here is made with the first of them. */
  async #customers(
    actor: Actor,
    batch: ImportBatch,
    drafts: readonly KeyedCard[],
    isWritten: (draft: KeyedCard) => boolean,
  ): Promise<Customers> {
    const found = nothingFound();
    const named = drafts.flatMap(({ card }) => namedIn(card) ?? []);
    await this.names.find(
      actor,
      FINDS_ONLY,
      named.map((counterparty) => ({ order: null, counterparty })),
      found,
    );
    const unknown = new Map(
      named
        .filter((counterparty) => !this.names.counterpartyOf({ counterparty }, found))
        .map((one) => [JSON.stringify(one), one]),
    );
    const byName = await this.counterpartyImporter.ofNames(
      [...unknown.values()].flatMap(({ inn, name }) => (name && !inn ? [name] : [])),
    );
    const lineOf = new Map(
      [...drafts].reverse().map(({ card, line }) => [JSON.stringify(namedIn(card)), line] as const),
    );
    const fresh = new Map<string, CounterpartyCreate & { id: Id; line: number }>();
    for (const [key, { inn = null, phone, name }] of unknown) {
      if ((name && !inn && byName.has(name)) || !(name || inn)) continue;
      const id = derivedId(new Date(batch.createdAt), 'import-customer', batch.id, inn ?? key);
      const kind = inn?.length === 10 ? 'org' : kindByName(name ?? '');
      fresh.set(key, {
        id,
        line: lineOf.get(key) ?? 0,
        kind,
        name: name ?? `ИНН ${inn}`,
        categories: ['customer'],
        inn,
        kpp: null,
        ogrn: null,
        phones: phone ? [phone] : [],
        emails: [],
        contacts: [],
        managerId: null,
        note: '',
      });
    }
    const made = new Map(
      drafts.filter(isWritten).flatMap((draft) => {
        const one = fresh.get(JSON.stringify(namedIn(draft.card)));
        return one ? [[one.id, one] as const] : [];
      }),
    );
    if (made.size > 0) {
      const creates = [...made.values()];
      const link = { batchId: batch.id, made: true, version: 1, sent: {} };
      await this.records.link(
        'counterparties',
        new Map(creates.map(({ id, line }) => [`customer:${id}`, { recordId: id, line, ...link }])),
      );
      await this.counterpartyImporter.makeMany(
        actor,
        creates.map(({ line: _, ...create }) => create),
      );
    }
    return ({ card }) => {
      const one = namedIn(card);
      if (!one) return null;
      const key = JSON.stringify(one);
      const name = one.name ?? one.inn ?? one.phone ?? '';
      const stranger = fresh.get(key);
      const id =
        this.names.counterpartyOf({ counterparty: one }, found) ??
        (one.name && !one.inn ? byName.get(one.name) : undefined) ??
        (stranger && made.has(stranger.id) ? stranger.id : null);
      return { id, name, isNew: Boolean(stranger) };
    };
  }
}

type Customers = (draft: KeyedCard) => { id: Id | null; name: string; isNew: boolean } | null;

function namedIn({ inn, phone, counterparty }: KeyedCard['card']): CounterpartyNamed | null {
  if (!inn && !phone && !counterparty) return null;
  return { ...(inn && { inn }), ...(phone && { phone }), ...(counterparty && { name: counterparty }) };
}

/** What a row says, as an order has it; whom nobody knows stays in the note. */
function saidOf({ card }: KeyedCard, managerId: Id | null, counterpartyId: Id | null, today: Day) {
  const { objectAddress, amountKop, template, status, measureOn, plannedOn, promisedOn } = card;
  const isLost = card.phone && !counterpartyId && !card.counterparty && !card.inn;
  const note = [
    card.note,
    card.manager && !managerId ? strangerIn(card.manager) : '',
    isLost ? card.phone : '',
  ]
    .filter(Boolean)
    .join('\n');
  return {
    ...(objectAddress && { objectAddress }),
    ...(amountKop && { amountKop }),
    ...(template && { template }),
    ...(status && { status }),
    ...(measureOn && measureOn >= today && { measureOn }),
    ...(plannedOn && { plannedOn }),
    ...(promisedOn && { promisedOn }),
    ...(managerId && { managerId }),
    ...(counterpartyId && { counterpartyId }),
    ...(note && { note }),
  };
}

/** What a row says had been done of an order that it makes; the cards of others stay with what their events know. */
function priorOf({ registeredOn, measureOn, paidKop }: Card, today: Day): PriorFact[] {
  const known = registeredOn && registeredOn <= today ? registeredOn : null;
  const measured = measureOn && measureOn < today ? measureOn : null;
  const prior: PriorFact[] = [];
  if (known) prior.push({ type: 'order.registered', on: known, payload: {} });
  if (measured) prior.push({ type: 'measure.done', on: measured, payload: {} });
  if (paidKop)
    prior.push({
      type: 'payment.prepaid',
      on: measured ?? known ?? today,
      payload: { amountKop: paidKop },
    });
  return prior;
}

const todayOf = ({ startedAt, createdAt, mapping }: ImportBatch): Day =>
  dayIn(mapping?.zone ?? 'UTC', new Date(startedAt ?? createdAt));

/** The days of its measurement and installation, as its events say them. */
function daysOf({ line: { milestones } }: ProjectDoc): Record<DayField, string | null> {
  const [measure, install] = (['measure', 'install'] as const).map((one) =>
    milestones.find(({ code }) => code === one),
  );
  return {
    measureOn: measure?.plannedOn ?? null,
    plannedOn: install?.plannedOn ?? null,
    promisedOn: install?.promisedOn ?? null,
  };
}

function withoutDays<T extends Partial<Record<DayField, unknown>>>(said: T): Omit<T, DayField> {
  const { measureOn: _measure, plannedOn: _planned, promisedOn: _promised, ...rest } = said;
  return rest;
}
