import type { Contact, CounterpartyCreate } from '@svodka/shared/contracts/counterparty';
import { mailboxesIn } from '@svodka/shared/contracts/email';
import {
  type ColumnSurvey,
  type ImportMapping,
  type ImportRowError,
  type ImportTarget,
  importTargets,
} from '@svodka/shared/contracts/import';
import { type Wordy, wordOf } from '@svodka/shared/contracts/import-words';
import type { OrderTemplate, ProjectStatus } from '@svodka/shared/contracts/order-codes';
import { orderNumber } from '@svodka/shared/contracts/order-number';
import { e164 } from '@svodka/shared/contracts/phone';
import { InnSchema, isInn, KppSchema, OgrnSchema } from '@svodka/shared/contracts/requisites';
import { parseAmount } from '@svodka/shared/rules/amount';
import { kindByName } from '../../counterparties/likeness.ts';
import { dayIn, noDate, saysNoDate } from '../reading/dates.ts';
import type { TableRow } from '../reading/rows.ts';
import { oneLine } from '../reading/values.ts';
import type { Keyed } from './keys.ts';
import { contentHash } from './meaning.ts';
import { targetOf } from './presets.ts';
import { faultOf, numberOf } from './row.ts';
import { SurveyedDates } from './survey.ts';
import { type Words, wordsFor } from './words.ts';

/** What a row says of a card, by field; what it does not say is absent. People and customers are still names. */
export type Card = Partial<
  Pick<
    CounterpartyCreate,
    'name' | 'kind' | 'categories' | 'inn' | 'kpp' | 'ogrn' | 'phones' | 'emails' | 'contacts' | 'note'
  > & {
    number: string;
    manager: string;
    counterparty: string;
    phone: string;
    objectAddress: string;
    template: OrderTemplate;
    registeredOn: string;
    measureOn: string;
    plannedOn: string;
    promisedOn: string;
    amountKop: number;
    paidKop: number;
    status: ProjectStatus;
  }
>;
/** `hidden`: what only a few may read of it; no card, comparison or finding has it. */
export type CardDraft = Keyed & { title: string; card: Card; hidden?: string };

const LONGEST = { name: 200, address: 300, person: 120, number: 60, note: 4000 };
const MOST = { phones: 10, emails: 10 };
const NOTHING = /^[-–—.]+$|^(?:нет|не указан[оа]?|null|n\/?a|0)$/i;
const EXTENSION = /(?:(?<![\s,])[\s,]+)?(?:доб\.?|вн\.?|ext\.?|#)\s*\d{1,6}$/i;
const NUMBER_IN_TEXT = /\+?\d[\d\s().-]{8,}\d/g;

/** The phones of a cell; `isAll`: it says nothing beside them. */
function phonesIn(text: string): { phones: string[]; isAll: boolean } {
  const whole = e164(text);
  if (whole) return { phones: [whole], isAll: true };
  const pieces = text
    .split(/(?<!\s)\s+и\s+|[,;/\n]/)
    .map((piece) => piece.trim())
    .filter(Boolean);
  const plain = pieces.map(e164);
  if (plain.length > 1 && plain.every((phone) => phone !== null)) return { phones: plain, isAll: true };
  const behind = EXTENSION.exec(text);
  const extended = behind && e164(text.slice(0, behind.index));
  if (extended) return { phones: [extended], isAll: false };
  const found = [...text.matchAll(NUMBER_IN_TEXT)].flatMap(([number]) => e164(number) ?? []);
  return { phones: found, isAll: false };
}

/** A spreadsheet takes the zero off that a number begins with. */
const withItsZero = (text: string): string =>
  /^(?:\d{9}|\d{11})$/.test(text) && isInn(`0${text}`) ? `0${text}` : text;

/** Makes cards of rows: of counterparties or of orders. */
export class CardReader {
  readonly #targets: ImportTarget[];
  readonly #dates: SurveyedDates;
  readonly #words: Words;

  constructor(
    readonly columns: readonly string[],
    readonly mapping: ImportMapping,
    survey: readonly ColumnSurvey[] = [],
  ) {
    const own = importTargets(mapping.kind);
    this.#targets = columns.map((column) => {
      const target = targetOf(mapping, column);
      return own.includes(target) ? target : 'keep';
    });
    this.#dates = new SurveyedDates(survey, mapping.order);
    this.#words = wordsFor(mapping);
  }

  read({ line, values, fault }: TableRow): { draft: CardDraft | null; errors: ImportRowError[] } {
    if (fault) return { draft: null, errors: [faultOf(line, fault, values)] };
    const row = new CardRow(line, this.columns, this.#targets, values);
    const card = this.mapping.kind === 'orders' ? this.#order(row) : this.#counterparty(row);
    const { errors } = row;
    if (errors[0]) errors[0] = { ...errors[0], values: [...values] };
    const title = card.number ?? card.name ?? '';
    if (errors.length > 0) return { draft: null, errors };
    const number = this.mapping.kind === 'orders' ? title : numberOf(row.text('externalId'));
    const hash = contentHash(this.columns, this.#targets, values);
    const hidden = row.text('confidentialNote')?.slice(0, LONGEST.note);
    return {
      errors,
      draft: { line, number, project: null, hash, title, card, ...(hidden !== undefined && { hidden }) },
    };
  }

  #counterparty(row: CardRow): Card {
    const name = row.line('name', LONGEST.name);
    if (!name && row.errors.length === 0) row.refuse('name', 'required');
    const [innText, kppBeside] = (row.text('inn') ?? '').split(/[/\\]/).map((part) => part.trim());
    const inn = row.typed('inn', InnSchema, withItsZero((innText ?? '').replace(/\s/g, '')));
    const kpp = row.typed('kpp', KppSchema, row.text('kpp') ?? kppBeside);
    const ogrn = row.typed('ogrn', OgrnSchema, row.text('ogrn'));
    const phones = row.phones('phone', MOST.phones);
    const emails = row.emails('email', MOST.emails);
    const contact = this.#contact(row, phones, emails);
    // A name without the form of a firm is no word: whoever has none is made a person, and nobody becomes one by it.
    const isFirm = inn?.length === 10 || kindByName(name ?? '') === 'org';
    const kind = this.#word<'person' | 'org'>(row, 'kind') ?? (isFirm ? 'org' : null);
    const category = this.#word<NonNullable<Card['categories']>[number]>(row, 'category');
    const manager = row.line('manager', LONGEST.person);
    const note = row.note();
    return {
      ...(name && { name }),
      ...(kind && { kind }),
      ...(category && { categories: [category] }),
      ...(inn && { inn }),
      ...(kpp && { kpp }),
      ...(ogrn && { ogrn }),
      ...(phones.length > 0 && { phones }),
      ...(emails.length > 0 && { emails }),
      ...(contact && { contacts: [contact] }),
      ...(manager && { manager }),
      ...(note && { note }),
    };
  }

  /** Somebody who speaks for it; a phone of nobody in particular is the card's own. */
  #contact(row: CardRow, phones: string[], emails: string[]): Contact | null {
    const name = row.line('contact', LONGEST.person);
    const role = row.line('contactRole', LONGEST.person);
    const own = { phones: row.phones('contactPhone', 5), emails: row.emails('contactEmail', 5) };
    if (name) return { name, role: role ?? '', ...own };
    if (phones.length === 0) phones.push(...own.phones);
    else if (own.phones.length > 0) row.keep('contactPhone');
    if (emails.length === 0) emails.push(...own.emails);
    else if (own.emails.length > 0) row.keep('contactEmail');
    if (role) row.keep('contactRole');
    return null;
  }

  #order(row: CardRow): Card {
    const text = orderNumber(oneLine(row.text('number') ?? ''));
    if (text === '') row.refuse('number', 'required');
    else if (text.length > LONGEST.number) row.refuse('number', 'too-long');
    const counterparty = row.line('counterparty', LONGEST.name);
    const [innText = ''] = (row.text('inn') ?? '').split(/[/\\]/);
    const inn = row.typed('inn', InnSchema, withItsZero(innText.replace(/\s/g, '')));
    const [phone] = row.phones('phone', 1);
    const address = row.line('address', LONGEST.address);
    const [amountKop, paidKop] = [row.money('amount'), row.money('paid')];
    const [template, status] = [
      this.#word<OrderTemplate>(row, 'template'),
      this.#word<ProjectStatus>(row, 'orderStatus'),
    ];
    const [registeredOn, measureOn] = [this.#day(row, 'registeredOn'), this.#day(row, 'measureOn')];
    const [plannedOn, promisedOn] = [this.#day(row, 'plannedOn'), this.#day(row, 'promisedOn')];
    const manager = row.line('manager', LONGEST.person);
    const note = row.note();
    return {
      number: text,
      ...(counterparty && { counterparty }),
      ...(inn && { inn }),
      ...(phone && { phone }),
      ...(address && { objectAddress: address }),
      ...(amountKop && { amountKop }),
      ...(paidKop && { paidKop }),
      ...(registeredOn && { registeredOn }),
      ...(measureOn && { measureOn }),
      ...(template && { template }),
      ...(status && { status }),
      ...(plannedOn && { plannedOn }),
      ...(promisedOn && { promisedOn }),
      ...(manager && { manager }),
      ...(note && { note }),
    };
  }

  /** A word of another system costs no row: it stays in the note. */
  #word<T extends string>(row: CardRow, target: Wordy & ImportTarget): T | null {
    const text = row.text(target);
    if (text === undefined) return null;
    const code = this.#words[target].get(wordOf(text));
    if (code === undefined) row.keep(target);
    return (code as T | undefined) ?? null;
  }

  #day(row: CardRow, target: 'registeredOn' | 'measureOn' | 'plannedOn' | 'promisedOn'): string | null {
    const text = row.text(target);
    if (text === undefined || saysNoDate(text)) return null;
    const wall = this.#dates.read(row.columnOf(target), text);
    if (!wall) return row.refuse(target, noDate(text));
    return dayIn(wall, this.mapping.zone) ?? row.refuse(target, 'year');
  }
}

type Schema = {
  safeParse(text: string): { success: boolean; data?: string; error?: { issues: { message: string }[] } };
};

/** The cells of one row by what they are, what is wrong with them, and what goes into the note. */
class CardRow {
  readonly errors: ImportRowError[] = [];
  readonly #cells = new Map<ImportTarget, { column: string; text: string }[]>();
  readonly #kept: string[] = [];

  constructor(
    private readonly at: number,
    private readonly columns: readonly string[],
    private readonly targets: readonly ImportTarget[],
    values: readonly string[],
  ) {
    for (const [i, target] of targets.entries()) {
      const text = (values[i] ?? '').replaceAll('\u0000', '').trim();
      if (!text || target === 'ignore') continue;
      const column = columns[i] ?? target;
      if (target === 'keep') this.#kept.push(`${column}: ${text}`);
      else if (!NOTHING.test(text))
        this.#cells.set(target, [...(this.#cells.get(target) ?? []), { column, text }]);
    }
  }

  text(target: ImportTarget): string | undefined {
    return this.#cells.get(target)?.[0]?.text;
  }

  columnOf(target: ImportTarget): string {
    return this.columns[this.targets.indexOf(target)] ?? target;
  }

  refuse(target: ImportTarget, reason: string, column = this.columnOf(target)): null {
    const value = (this.#cells.get(target)?.find((cell) => cell.column === column)?.text ?? '').slice(0, 200);
    this.errors.push({ line: this.at, column, reason, value });
    return null;
  }

  keep(target: ImportTarget): void {
    for (const { column, text } of this.#cells.get(target) ?? []) this.#kept.push(`${column}: ${text}`);
  }

  line(target: ImportTarget, most: number): string | null {
    const text = oneLine(this.text(target) ?? '');
    return text.length > most ? this.refuse(target, 'too-long') : text || null;
  }

  money(target: ImportTarget): number | null {
    const text = this.text(target);
    if (text === undefined) return null;
    const kopecks = parseAmount(text);
    return kopecks === null || kopecks < 0 ? this.refuse(target, 'money') : kopecks;
  }

  typed(target: ImportTarget, schema: Schema, text: string | undefined): string | null {
    if (!text) return null;
    const { success, data, error } = schema.safeParse(text);
    return success && data !== undefined ? data : this.refuse(target, error?.issues[0]?.message ?? target);
  }

  phones(target: ImportTarget, most: number): string[] {
    const all = (this.#cells.get(target) ?? []).flatMap(({ column, text }) => {
      const { phones, isAll } = phonesIn(text);
      if (phones.length === 0) this.refuse(target, 'phone', column);
      else if (!isAll) this.#kept.push(`${column}: ${text}`);
      return phones;
    });
    return this.#upTo(most, target, all);
  }

  emails(target: ImportTarget, most: number): string[] {
    // What is no address costs no row: nobody is known by it, and it stays in the note.
    const all = (this.#cells.get(target) ?? []).flatMap(({ column, text }) => {
      const { mailboxes, isAll } = mailboxesIn(text);
      if (!isAll) this.#kept.push(`${column}: ${text}`);
      return mailboxes;
    });
    return this.#upTo(most, target, all);
  }

  #upTo(most: number, target: ImportTarget, all: readonly string[]): string[] {
    const own = [...new Set(all)];
    if (own.length > most) this.keep(target);
    return own.slice(0, most);
  }

  /** What has no place of its own is said here, under the name of its column. */
  note(): string {
    const own = (this.#cells.get('note') ?? []).map(({ text }) => text);
    const note = [...own, ...this.#kept].join('\n');
    if (note.length > LONGEST.note) this.refuse('note', 'too-long');
    return note;
  }
}
