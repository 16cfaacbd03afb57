// The orders and counterparties of a table: made where they are missing, their cards kept as the table has them. What
// people have written on a card stays until the table says something else than it did.
import { Injectable } from '@nestjs/common';
import type { CounterpartyCreate } from '@svodka/shared/contracts/counterparty';
import type { ProjectEdit } from '@svodka/shared/contracts/directory';
import type { Id } from '@svodka/shared/contracts/id';
import type { TableTarget } from '@svodka/shared/contracts/tables';
import { digitsOf, nationalOf } from '@svodka/shared/filter/terms';
import type { PriorFact } from '@svodka/shared/rules/orders/facts';
import type { Actor } from '@svodka/shared/rules/permissions';
import type { Cell, Row } from '@svodka/shared/rules/tables/diff';
import { CounterpartiesService } from '../../counterparties/counterparties.service.ts';
import type { CounterpartyDoc } from '../../counterparties/counterparty.schema.ts';
import { CounterpartyImporter } from '../../counterparties/counterparty-importer.service.ts';
import { kindByName } from '../../counterparties/likeness.ts';
import { ConfidentialRepository } from '../../orders/projects/confidential.repository.ts';
import type { ProjectDoc } from '../../orders/projects/project.schema.ts';
import { ProjectImporter } from '../../orders/projects/project-importer.service.ts';
import type { ComparedOrder } from '../../orders/projects/projects.repository.ts';
import { ProjectsService } from '../../orders/projects/projects.service.ts';
import { derivedId } from '../../platform/mongo/derived-id.ts';
import { PeopleNamed } from '../people.service.ts';
import { SourcesRepository } from '../sources.repository.ts';
import type { TableDoc } from './table.schema.ts';

/** One row whose card is to be as it says: all of it, where it is new; else these columns. */
export type CardRow = {
  key: string;
  row: Row;
  fields: readonly TableTarget[] | null;
  /** What lies behind an order whose row is the first that is known of it. */
  prior?: PriorFact[] | undefined;
};

const BATCH = 500;
const CODES = 'orders';

const text = (cell: Cell | undefined): string => (typeof cell === 'string' ? cell : '');
const isEmpty = (value: unknown): boolean =>
  value === null || value === undefined || value === '' || (Array.isArray(value) && value.length === 0);

@Injectable()
export class TableCards {
  constructor(
    private readonly projects: ProjectsService,
    private readonly projectImporter: ProjectImporter,
    private readonly counterparties: CounterpartiesService,
    private readonly counterpartyImporter: CounterpartyImporter,
    private readonly people: PeopleNamed,
    private readonly confidential: ConfidentialRepository,
    private readonly sources: SourcesRepository,
  ) {}

  /** The orders that are here, by number. */
  async standing(numbers: readonly string[]): Promise<Map<string, ComparedOrder>> {
    const found = new Map<string, ComparedOrder>();
    for (let from = 0; from < numbers.length; from += BATCH)
      for (const [number, doc] of await this.projects.compared(numbers.slice(from, from + BATCH)))
        found.set(number, doc);
    return found;
  }

  /** @returns the ids of the orders by their numbers */
  async orders(actor: Actor, rows: readonly CardRow[]): Promise<Map<string, Id>> {
    const ids = new Map<string, Id>();
    const managers = await this.#managers(rows);
    for (let from = 0; from < rows.length; from += BATCH) {
      const part = rows.slice(from, from + BATCH);
      const names = [...new Set(part.map(({ row }) => text(row.counterparty)).filter(Boolean))];
      // A customer's phone is written where they have none: who else it is may not be known by name.
      const phones = new Map(
        part
          .flatMap(({ row }) => (text(row.phone) ? [[text(row.counterparty), text(row.phone)] as const] : []))
          .reverse(),
      );
      const { ids: customers } = await this.counterpartyImporter.ensureMany(actor, names, (name) =>
        phones.get(name),
      );
      await this.counterpartyImporter.learnPhones(
        new Map(
          [...phones].flatMap(([name, phone]) => {
            const id = customers.get(name);
            return id ? [[id, phone] as const] : [];
          }),
        ),
      );
      const cardOf = ({ row }: CardRow) => ({
        counterpartyId: customers.get(text(row.counterparty)) ?? null,
        objectAddress: text(row.address),
        amountKop: typeof row.amount === 'number' && row.amount > 0 ? row.amount : null,
        managerId: managers(text(row.manager)),
        note: text(row.note),
      });
      const cards = new Map(
        part.map((one) => [one.key, { ...cardOf(one), ...(one.prior && { prior: one.prior }) }]),
      );
      const numbers = part.map(({ key }) => key);
      const known = await this.projects.ofNumbers(numbers);
      const made = await this.projectImporter.ensureMany(actor, numbers, cards);
      await this.projects.writePrior(
        part.flatMap(({ key, prior }) => {
          const of = known.get(key);
          return of && prior ? [{ of, said: prior }] : [];
        }),
      );
      for (const [number, id] of made.ids) ids.set(number, id);
      const notes = new Map<Id, string>();
      for (const one of part) {
        const id = ids.get(one.key);
        if (!id) continue;
        if (
          one.row.confidentialNote !== undefined &&
          (!one.fields || one.fields.includes('confidentialNote'))
        )
          notes.set(id, text(one.row.confidentialNote));
        const before = known.get(one.key);
        const edit = before && changesOf(before, cardOf(one), one.fields);
        if (edit) await this.projects.edit(actor, id, edit);
      }
      await this.confidential.write(notes);
    }
    return ids;
  }

  /**
   * Known by the table's code, else by tax number, else by phone and name together, or by a name that is one here and one
   * in the table, where nothing else is known of who is here: so a table of orders has named them. What is only alike is
   * proposed.
   * @param dump all of its rows
   */
  async counterpartiesOf(
    actor: Actor,
    { _id: tableId }: TableDoc,
    rows: readonly CardRow[],
    dump: ReadonlyMap<string, Row>,
  ): Promise<void> {
    const told = new Map<string, number>();
    for (const { name } of dump.values()) told.set(text(name), (told.get(text(name)) ?? 0) + 1);
    const managers = await this.#managers(rows);
    const codeOf = (key: string) => `${tableId}/${key}`;
    for (let from = 0; from < rows.length; from += BATCH) {
      const part = rows.slice(from, from + BATCH);
      const [codes, alike] = await Promise.all([
        this.sources.codes(
          CODES,
          part.map(({ key }) => codeOf(key)),
        ),
        this.counterparties.answeringTo(
          part.flatMap(({ row }) => text(row.inn) || []),
          part.flatMap(({ row }) => text(row.name) || []),
        ),
      ]);
      const fresh: (CounterpartyCreate & { id: Id })[] = [];
      const learnt = new Map<string, Id>();
      const edits: { id: Id; one: CardRow; create: CounterpartyCreate }[] = [];
      for (const one of part) {
        const create = this.#counterparty(one.row, managers);
        if (!create) continue;
        const known =
          codes.get(codeOf(one.key)) ??
          (sameAs(alike, create) ?? (told.get(create.name) === 1 ? namedAs(alike, create) : undefined))?._id;
        const id = known ?? derivedId(new Date(0), 'table', tableId, one.key);
        if (!codes.has(codeOf(one.key))) learnt.set(codeOf(one.key), id);
        if (known) edits.push({ id, one, create });
        else fresh.push({ ...create, id });
      }
      await this.counterpartyImporter.makeMany(actor, fresh);
      await this.sources.learnCodes(CODES, learnt);
      const { docs, chainOf } = await this.counterparties.standing(edits.map(({ id }) => id));
      for (const { id, one, create } of edits) {
        const doc = docs.get(chainOf(id).at(-1) ?? id);
        const edit = doc && counterpartyChanges(doc, create, one.fields);
        if (doc && edit) await this.counterparties.edit(actor, doc._id, edit);
      }
    }
  }

  #counterparty(row: Row, managers: (name: string) => Id | null): CounterpartyCreate | null {
    const name = text(row.name);
    if (!name) return null;
    const inn = text(row.inn);
    return {
      kind: inn.length === 10 ? 'org' : kindByName(name),
      name,
      categories: ['customer'],
      inn: inn || null,
      kpp: text(row.kpp) || null,
      ogrn: null,
      phones: text(row.phone) ? [text(row.phone)] : [],
      emails: text(row.email) ? [text(row.email)] : [],
      contacts: text(row.contact)
        ? [{ name: text(row.contact).slice(0, 120), role: '', phones: [], emails: [] }]
        : [],
      managerId: managers(text(row.manager)),
      note: text(row.note),
    };
  }

  #managers(rows: readonly CardRow[]) {
    return this.people.of(rows.map(({ row }) => text(row.manager)));
  }
}

const COLUMN: Partial<Record<keyof ProjectEdit, TableTarget>> = {
  counterpartyId: 'counterparty',
  objectAddress: 'address',
  amountKop: 'amount',
  managerId: 'manager',
  note: 'note',
};

/** @param fields null: only what is empty on the card is filled */
function changesOf(
  before: ProjectDoc,
  card: ProjectEdit,
  fields: readonly TableTarget[] | null,
): ProjectEdit | null {
  const changes = Object.entries(card).filter(([field, value]) => {
    const column = COLUMN[field as keyof ProjectEdit];
    const was = before[field as keyof ProjectDoc];
    if (value === was || (isEmpty(value) && isEmpty(was))) return false;
    // A name that nobody here has is no word about who it is.
    if (isEmpty(value) && (column === 'manager' || column === 'counterparty')) return false;
    return fields ? column !== undefined && fields.includes(column) : isEmpty(was);
  });
  return changes.length > 0 ? (Object.fromEntries(changes) as ProjectEdit) : null;
}

const CARD_COLUMN: Partial<Record<keyof CounterpartyCreate, TableTarget>> = {
  name: 'name',
  inn: 'inn',
  kpp: 'kpp',
  phones: 'phone',
  emails: 'email',
  contacts: 'contact',
  managerId: 'manager',
  note: 'note',
};

function counterpartyChanges(
  doc: CounterpartyDoc,
  create: CounterpartyCreate,
  fields: readonly TableTarget[] | null,
) {
  const changes = (Object.keys(CARD_COLUMN) as (keyof CounterpartyCreate)[]).flatMap((field) => {
    const [value, was] = [create[field], doc[field as keyof CounterpartyDoc]];
    const column = CARD_COLUMN[field] as TableTarget;
    if (isEmpty(value) || JSON.stringify(value) === JSON.stringify(was)) return [];
    if (fields ? !fields.includes(column) : !isEmpty(was)) return [];
    // What people have added beside it stays.
    const lists = Array.isArray(value) && Array.isArray(was) && field !== 'contacts';
    const next = lists ? [...new Set([...(value as string[]), ...(was as string[])])].slice(0, 10) : value;
    return [[field, next] as const];
  });
  return changes.length > 0 ? Object.fromEntries(changes) : null;
}

function sameAs(alike: readonly CounterpartyDoc[], { inn, phones, name }: CounterpartyCreate) {
  const living = alike.filter(({ merged }) => !merged);
  if (inn) {
    const byInn = living.find((doc) => doc.inn === inn);
    if (byInn) return byInn;
  }
  const digits = phones.map((phone) => nationalOf(digitsOf(phone)));
  return living.find(
    (doc) =>
      doc.name === name &&
      (!inn || !doc.inn) &&
      (digits.length === 0 || doc.phones.length === 0
        ? false
        : doc.phones.some((phone) => digits.includes(nationalOf(digitsOf(phone))))),
  );
}

/** The one who is called so, and of whom no more is known than an order says. */
function namedAs(alike: readonly CounterpartyDoc[], { kind, phones, name }: CounterpartyCreate) {
  const [one, other] = alike.filter((doc) => !doc.merged && doc.name === name);
  if (!one || other || one.inn || one.emails.length > 0 || (one.contacts ?? []).length > 0) return undefined;
  // Two people of one name have two phones; a company has several.
  return kind === 'org' || phones.length === 0 || one.phones.length === 0 ? one : undefined;
}
