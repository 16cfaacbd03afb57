import { hash } from 'node:crypto';
import { isTimely, shortened } from '@svodka/shared/contracts/common';
import type { Importance } from '@svodka/shared/contracts/event';
import {
  type ColumnSurvey,
  type ImportMapping,
  type ImportRowError,
  type ImportTarget,
  PAYLOAD_TARGETS,
} from '@svodka/shared/contracts/import';
import { wordOf } from '@svodka/shared/contracts/import-words';
import type { EventType } from '@svodka/shared/contracts/modules';
import { orderNumber } from '@svodka/shared/contracts/order-number';
import {
  PAYLOAD_FIELDS,
  type Payload,
  type PayloadField,
  payloadSchema,
} from '@svodka/shared/contracts/payload';
import { e164 } from '@svodka/shared/contracts/phone';
import { InnSchema } from '@svodka/shared/contracts/requisites';
import { type Moment, momentOf, noDate, readClock, saysNoDate } from '../reading/dates.ts';
import type { RowFault, TableRow } from '../reading/rows.ts';
import { oneLine } from '../reading/values.ts';
import { contentHash, folded, foldedNumber, meaningOf } from './meaning.ts';
import { targetOf } from './presets.ts';
import { SurveyedDates } from './survey.ts';
import { typedValue } from './typed.ts';
import { type Words, wordsFor } from './words.ts';

/** A row as the event that it will become; names are not yet resolved to ids. */
export type Draft = {
  line: number;
  title: string;
  body: string;
  type: EventType;
  importance: Importance;
  occurredAt: Date;
  /** Whether it lies ahead: it has a deadline and was said when the file came. */
  isPlan: boolean;
  due: Moment | null;
  project: string | null;
  counterparty: string | null;
  inn: string | null;
  phone: string | null;
  author: string | null;
  /** Null: the file does not say. */
  status: 'open' | 'recorded' | 'resolved' | null;
  /** The number that the file gives its record; null: none. */
  number: string | null;
  payload: Payload;
  /** Of all that the row says, whatever its columns are called and its cells are written like. */
  hash: string;
  /** The same by the letters of the cells, as earlier versions knew it. */
  hashBefore: () => string;
};

const MAX_FIELDS = 40;
const LONGEST = { title: 300, field: 1000, body: 10_000 };
const CLOCKS_DIFFER_MS = 300_000;
/** A date that is farther ahead has a slip in its year: 2062 for 2026. */
const FARTHEST_MS = 10 * 366 * 86_400_000;
const isTime = (target: ImportTarget | undefined) => target === 'occurredAt' || target === 'dueAt';

/** Makes drafts of rows. */
export class RowReader {
  readonly #targets: ImportTarget[];
  readonly #keys: string[];
  readonly #dates: SurveyedDates;
  readonly #words: Words;

  constructor(
    readonly columns: readonly string[],
    readonly mapping: ImportMapping,
    private readonly now: Date,
    survey: readonly ColumnSurvey[] = [],
  ) {
    this.#targets = columns.map((column) => targetOf(mapping, column));
    this.#keys = fieldKeys(columns);
    this.#dates = new SurveyedDates(survey, mapping.order);
    this.#words = wordsFor(mapping);
  }

  read({ line, values, fault }: TableRow): { draft: Draft | null; errors: ImportRowError[] } {
    const errors: ImportRowError[] = [];
    if (fault) return { draft: null, errors: [faultOf(line, fault, values)] };
    const cells = new Map<ImportTarget, string>();
    /** What cells say, where they are more than words. */
    const meant = new Map<ImportTarget, unknown>();
    const kept: [string, string][] = [];
    for (const [i, target] of this.#targets.entries()) {
      const value = (values[i] ?? '').trim();
      if (!value || target === 'ignore') continue;
      if (isTime(target) && saysNoDate(value)) {
        meant.set(target, null);
        continue;
      }
      if (target === 'keep') kept.push([this.#keys[i] as string, value]);
      else cells.set(target, value);
    }
    const keep = (target: ImportTarget) => {
      const at = this.#targets.indexOf(target);
      const value = cells.get(target);
      if (value !== undefined) kept.push([this.#keys[at] ?? target, value]);
    };
    const refuse = (target: ImportTarget, reason: string) => {
      const column = this.columns[this.#targets.indexOf(target)] ?? target;
      errors.push({ line, column, reason, value: (cells.get(target) ?? '').slice(0, 200) });
      return null;
    };
    const word = <T>(kind: 'type' | 'importance' | 'status', absent: T): T => {
      const value = cells.get(kind);
      if (value === undefined) return absent;
      const code = this.#words[kind].get(wordOf(value));
      // A word of another system costs no row: it stays in the details.
      if (code === undefined) keep(kind);
      else meant.set(kind, code);
      return (code as T | undefined) ?? absent;
    };
    const moment = (target: 'occurredAt' | 'dueAt'): Moment | null => {
      const value = cells.get(target);
      if (value === undefined) return null;
      const wall = this.#dates.read(this.#columnOf(target), value);
      if (!wall) return refuse(target, noDate(value));
      const clock = target === 'occurredAt' ? cells.get('occurredTime') : undefined;
      const time = clock === undefined ? wall.time : readClock(clock);
      if (clock !== undefined && !time) return refuse('occurredTime', 'not-a-time');
      const read = momentOf({ ...wall, time }, this.mapping.zone);
      const isFar = read.at.getTime() > this.now.getTime() + FARTHEST_MS;
      if (!isTimely(read.at) || isFar) return refuse(target, 'year');
      meant.set(target, read.at.toISOString());
      // Where its time of day stands is nothing that the row says.
      if (target === 'occurredAt') meant.set('occurredTime', null);
      return read;
    };
    const line60 = (target: ImportTarget, max: number): string | null => {
      const text = oneLine(cells.get(target) ?? '');
      if (text.length <= max) return text || null;
      return refuse(target, 'too-long');
    };

    const whole = oneLine(cells.get('title') ?? '');
    if (!whole) refuse('title', 'required');
    let occurred = moment('occurredAt');
    let due = moment('dueAt');
    const isAhead = occurred !== null && occurred.at.getTime() > this.now.getTime() + CLOCKS_DIFFER_MS;
    // A plan has no past: its only date is its deadline.
    if (isAhead && !due && !cells.has('dueAt')) due = occurred;
    else if (isAhead) refuse('occurredAt', 'in-the-future');
    if (isAhead || (!occurred && due && !cells.has('occurredAt'))) occurred = { at: this.now, day: null };
    if (!occurred && !cells.has('occurredAt')) refuse('occurredAt', 'required');
    const type = word<EventType>('type', this.mapping.type);
    const payload = this.#payload(type, cells, keep, refuse);
    const importance = word<Importance>('importance', this.mapping.importance);
    const status = word<Draft['status']>('status', null);
    const project = orderNumber(line60('project', 60) ?? '') || null;
    const counterparty = line60('counterparty', 200);
    const author = line60('author', 120);
    const inn = cells.has('inn') ? (InnSchema.safeParse(cells.get('inn')).data ?? null) : null;
    if (inn === null) keep('inn');
    const longTitle = whole.length > LONGEST.title;
    const { fields, rest } = fit(kept);
    const body = [longTitle ? whole : '', (cells.get('body') ?? '').replaceAll('\u0000', ''), ...rest]
      .filter(Boolean)
      .join('\n\n');
    if (body.length > LONGEST.body) refuse('body', 'too-long');
    if (errors[0]) errors[0] = { ...errors[0], values: [...values] };
    if (errors.length > 0 || !occurred) return { draft: null, errors };
    const [phone, number] = [cells.get('phone'), numberOf(cells.get('externalId'))];
    for (const [name, value] of Object.entries(payload)) meant.set(`payload.${name}` as ImportTarget, value);
    if (project) meant.set('project', folded(project));
    if (inn) meant.set('inn', inn);
    if (phone && e164(phone)) meant.set('phone', e164(phone));
    if (number) meant.set('externalId', foldedNumber(number));
    return {
      errors,
      draft: {
        line,
        project,
        counterparty,
        inn,
        author,
        title: shortened(whole, LONGEST.title),
        body,
        type,
        importance,
        occurredAt: occurred.at,
        isPlan: occurred.at === this.now,
        due,
        phone: phone ? e164(phone) : null,
        status,
        number,
        payload: { ...payload, ...(Object.keys(fields).length > 0 && { fields }) },
        hash: meaningOf(this.columns, this.#targets, values, meant, (column, text) =>
          this.#dayIn(column, text),
        ),
        hashBefore: () => contentHash(this.columns, this.#targets, values),
      },
    };
  }

  /** A cell of a column that is kept, as the day and time that it names. */
  #dayIn(column: string, text: string): string | null {
    const wall = this.#dates.read(column, text);
    if (!wall) return null;
    const { year, month, day, time, offset } = wall;
    const { hour, minute, second, ms } = time ?? { hour: 0, minute: 0, second: 0, ms: 0 };
    return [year, month, day, hour, minute, second, ms, offset].join();
  }

  #columnOf(target: ImportTarget): string {
    return this.columns[this.#targets.indexOf(target)] ?? '';
  }

  /** The typed fields of the event; what its type does not have, or is not of its kind, is kept in the details. */
  #payload(
    type: EventType,
    cells: Map<ImportTarget, string>,
    keep: (target: ImportTarget) => void,
    refuse: (target: ImportTarget, reason: string) => null,
  ): Payload {
    const payload: Payload = {};
    const fields = new Map(
      (PAYLOAD_FIELDS[type] ?? []).map((field): [string, PayloadField] => [field.name, field]),
    );
    for (const target of PAYLOAD_TARGETS) {
      const text = cells.get(target);
      const field = fields.get(target.slice('payload.'.length));
      if (text === undefined) {
        if (field?.required) refuse(target, this.#targets.includes(target) ? 'required' : 'no-amount');
        continue;
      }
      const value = field && typedValue(field, text, this.#dates.orderOf(this.#columnOf(target)));
      const fits =
        value !== undefined &&
        payloadSchema(type).safeParse({
          ...payload,
          ...required(fields),
          [(field as PayloadField).name]: value,
        }).success;
      if (fits) payload[(field as PayloadField).name] = value;
      else if (field?.required)
        refuse(target, field.kind === 'money' && Number(value) <= 0 ? 'not-positive' : field.kind);
      else keep(target);
    }
    const phone = cells.get('phone');
    const side = type === 'call.out' ? 'to' : 'from';
    const field = fields.get(side);
    if (phone && field && payload[side] === undefined) {
      const value = typedValue(field, phone, 'dmy');
      if (value !== undefined) payload[side] = value;
    }
    if (phone && (payload[side] === undefined || !e164(phone))) keep('phone');
    return payload;
  }
}

/** A row that is none as such. */
export const faultOf = (line: number, fault: RowFault, values: string[]): ImportRowError => ({
  line,
  column: '',
  reason: fault,
  value: values.join(' ').trim().slice(0, 200),
  values,
});

/** Stands in for what else the type needs while one field is looked at. */
const required = (fields: Map<string, PayloadField>) =>
  Object.fromEntries(
    [...fields.values()]
      .filter((field) => field.required && field.kind === 'money')
      .map(({ name }) => [name, 1]),
  );

/** As many as an event holds as fields of it; what is longer or more is said in its text. */
function fit(kept: readonly [string, string][]): { fields: Record<string, string>; rest: string[] } {
  const fields: Record<string, string> = {};
  const rest: string[] = [];
  for (const [name, value] of kept) {
    const text = value.replaceAll('\u0000', '');
    const isNew = !Object.hasOwn(fields, name);
    if (isNew && text.length <= LONGEST.field && Object.keys(fields).length < MAX_FIELDS) fields[name] = text;
    else rest.push(`${name}: ${text}`);
  }
  return { fields, rest };
}

/** A number of a record that is too long to be kept is known by its hash. */
export function numberOf(value: string | undefined): string | null {
  const number = value ? oneLine(value) : '';
  if (number.length <= 100) return number || null;
  return hash('sha256', number, 'hex').slice(0, 32);
}

/** Column names may hold what payload keys may not; each stays apart from the others. */
function fieldKeys(columns: readonly string[]): string[] {
  const taken = new Set<string>();
  return columns.map((column) => {
    const cut = column.replace(/[$.]|\p{Cc}/gu, '_').slice(0, 60);
    const key = cut === '' || cut === '__proto__' ? '_' : cut;
    let own = key;
    for (let n = 2; taken.has(own); n++) own = `${key.slice(0, 56)} ${n}`;
    taken.add(own);
    return own;
  });
}
