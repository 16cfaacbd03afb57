import type { Locale } from '@svodka/shared/contracts/common';
import type {
  Due,
  EventCreateInput,
  EventEdit,
  Importance,
  SvodkaEvent,
  Visibility,
} from '@svodka/shared/contracts/event';
import { DEFAULT_LEAD_MIN, EventCreateSchema } from '@svodka/shared/contracts/event';
import { type Id, newId } from '@svodka/shared/contracts/id';
import { type EventType, ITEM_TYPES, TOLD_TYPES } from '@svodka/shared/contracts/modules';
import {
  type Opening,
  PAYLOAD_FIELDS,
  type Payload,
  type PayloadField,
} from '@svodka/shared/contracts/payload';
import { translate } from '@svodka/shared/messages/translate';
import { parseAmount } from '@svodka/shared/rules/amount';
import { formatMoney, moneyInput } from '../../format/number.ts';
import { same } from '../../format/same.ts';
import { duration, instantOf, localInput } from '../../format/time.ts';
import { crews } from '../../state/crews.svelte.ts';
import { i18n, label } from '../../state/i18n.svelte.ts';
import { wordIssues } from '../../state/record-draft.svelte.ts';
import { refs } from '../../state/refs.svelte.ts';

/** One measured opening as it is typed. */
export type OpeningDraft = {
  no: number;
  room: string;
  width: [string, string];
  height: [string, string];
  quarter: boolean;
  sillDepthMm: string;
  slopeMm: string;
  outflowMm: string;
  note: string;
};

const text = (value: unknown) => (value === undefined || value === null ? '' : String(value));

export function emptyOpening(no: number): OpeningDraft {
  return {
    no,
    room: '',
    width: ['', ''],
    height: ['', ''],
    quarter: false,
    sillDepthMm: '',
    slopeMm: '',
    outflowMm: '',
    note: '',
  };
}

function openingDraft(opening: Opening): OpeningDraft {
  return {
    no: opening.no,
    room: text(opening.room),
    width: [text(opening.widthMm[0]), text(opening.widthMm[1])],
    height: [text(opening.heightMm[0]), text(opening.heightMm[1])],
    quarter: opening.quarter ?? false,
    sillDepthMm: text(opening.sillDepthMm),
    slopeMm: text(opening.slopeMm),
    outflowMm: text(opening.outflowMm),
    note: text(opening.note),
  };
}

/** «3:34» or «3» (minutes) in milliseconds; NaN when it is neither. */
function parseDuration(typed: string): number {
  const match = /^(?:(\d{1,2}):)?(\d{1,4})(?::(\d{2}))?$/.exec(typed.trim());
  if (!match) return Number.NaN;
  const [, hours, middle, seconds] = match;
  if (seconds === undefined) {
    return hours === undefined ? Number(middle) * 60_000 : (Number(hours) * 60 + Number(middle)) * 1000;
  }
  return ((Number(hours ?? 0) * 60 + Number(middle)) * 60 + Number(seconds)) * 1000;
}

const NUMBERS = ['integer', 'decimal', 'percent'];

function fieldInput({ kind }: PayloadField, value: unknown): string {
  if (value === undefined || value === null) return '';
  if (kind === 'money') return moneyInput(Number(value));
  if (kind === 'duration') return duration(Number(value));
  return String(value);
}

/** What was typed as the contract wants it; what cannot be read goes through as it is, for the schema to refuse. */
function fieldValue({ kind }: PayloadField, typed: string): unknown {
  const trimmed = typed.trim();
  if (trimmed === '') return undefined;
  if (kind === 'money') return parseAmount(trimmed) ?? trimmed;
  if (kind === 'duration') return parseDuration(trimmed);
  if (NUMBERS.includes(kind)) return Number(trimmed.replace(',', '.'));
  return trimmed;
}

const number = (typed: string): number | undefined => (typed.trim() === '' ? undefined : Number(typed));

/** Two equal measures are one typed twice: an empty second follows the first. */
function pair([first, second]: [string, string]): [number | undefined, number | undefined] {
  const a = number(first);
  return [a, number(second) ?? a];
}

function openingValue(opening: OpeningDraft): Record<string, unknown> {
  const entries = {
    no: opening.no,
    room: opening.room.trim() || undefined,
    widthMm: pair(opening.width),
    heightMm: pair(opening.height),
    quarter: opening.quarter || undefined,
    sillDepthMm: number(opening.sillDepthMm),
    slopeMm: number(opening.slopeMm),
    outflowMm: number(opening.outflowMm),
    note: opening.note.trim() || undefined,
  };
  return Object.fromEntries(Object.entries(entries).filter(([, value]) => value !== undefined));
}

/** What a new event is known to be about before anything is typed. */
/** `type`: of what kind of event it is, where that is known beforehand. */
export type About = { projectId?: Id; counterpartyIds?: Id[]; type?: EventType };

/** What of a draft is typed by hand. */
const TYPED = [
  'type',
  'title',
  'body',
  'importance',
  'visibility',
  'projectId',
  'counterpartyIds',
  'occurred',
  'dueDate',
  'dueTime',
  'payload',
  'items',
  'openings',
] as const satisfies (keyof EventDraft)[];

/** A draft as it is kept over a reload; `original`: the event that it changes, as it was when the form was opened. */
export type KeptDraft = {
  /** A copy of what is typed in another tab has none, and says what it is a copy of. */
  id?: Id;
  copyOf?: Id | undefined;
  original: SvodkaEvent | null;
  about: About;
  typed: Pick<EventDraft, (typeof TYPED)[number]>;
};

const valueAt = (body: unknown, path: string): unknown =>
  path
    .split('.')
    .reduce<unknown>((value, name) => (value as Record<string, unknown> | undefined)?.[name], body);

/** The form of one event: what is typed, what of it is wrong, and what is to be sent. */
export class EventDraft {
  /** Made with the draft, so that a repeated send does not double the event. */
  readonly id: Id;
  /** What is typed in another tab, where it began with that. */
  #copyOf: Id | undefined;
  type = $state<EventType>('note.free');
  title = $state('');
  body = $state('');
  importance = $state<Importance>('normal');
  visibility = $state<Visibility>('internal');
  projectId = $state<Id | null>(null);
  counterpartyIds = $state.raw<Id[]>([]);
  /** As `datetime-local` has it, in the viewer's zone; empty: now. */
  occurred = $state('');
  dueDate = $state('');
  /** Empty: the whole day. */
  dueTime = $state('');
  payload = $state<Record<string, string>>({});
  openings = $state<OpeningDraft[]>([]);
  /** Marks of the goods that it is about, with commas between. */
  items = $state('');
  /** By dotted path into the body. */
  errors = $state.raw<Record<string, string>>({});

  readonly #original: SvodkaEvent | null;
  readonly #about: About;
  #start: EventCreateInput;
  /** What was refused: an error goes when what it concerns has changed since. */
  #refused: EventCreateInput | null = null;

  constructor(from: SvodkaEvent | EventType, about: About = {}, id: Id = newId()) {
    this.id = id;
    this.#about = about;
    if (typeof from === 'string') {
      this.#original = null;
      this.type = from;
      this.projectId = about.projectId ?? null;
      this.counterpartyIds = about.counterpartyIds ?? [];
      if (this.hasOpenings) this.openings = [emptyOpening(1)];
    } else {
      this.#original = from;
      this.#fill(from);
    }
    this.#start = this.#body();
  }

  /** A draft that was kept, as it was left. */
  static again({ id, copyOf, original, about, typed }: KeptDraft): EventDraft {
    const draft = new EventDraft(original ?? typed.type, about, id);
    draft.#copyOf = copyOf;
    Object.assign(draft, typed);
    return draft;
  }

  /** A draft that says what was to be sent and is to be changed first. */
  static of(body: EventCreateInput & { id: Id }): EventDraft {
    const draft = new EventDraft(body.type, {}, body.id);
    const occurredAt = body.occurredAt ?? new Date().toISOString();
    draft.#fill({
      ...EventCreateSchema.parse(body),
      occurredAt,
      ...wallTimes(body),
    } as unknown as SvodkaEvent);
    if (!body.occurredAt) draft.occurred = '';
    return draft;
  }

  /** An edit that was to be sent, to be changed first. */
  static editing(event: SvodkaEvent, edit: EventEdit): EventDraft {
    const draft = new EventDraft(event);
    const { due, ...plain } = edit;
    draft.#fill({ ...event, ...plain, ...(due !== undefined && wallTimes({ due })) } as SvodkaEvent);
    return draft;
  }

  /** Fills in what nobody has typed yet; that is nobody's typing. */
  propose(given: Payload): void {
    const wasTyped = this.dirty;
    for (const field of this.fields)
      if (!this.payload[field.name]) this.payload[field.name] = fieldInput(field, given[field.name]);
    if (!wasTyped) this.#start = this.#body();
  }

  /** The event that it changes, as it was when the form was opened; null for a new one. */
  get original(): SvodkaEvent | null {
    return this.#original;
  }

  kept(): KeptDraft {
    const typed = Object.fromEntries(TYPED.map((name) => [name, $state.snapshot(this[name])]));
    return {
      id: this.id,
      copyOf: this.#copyOf,
      original: this.#original,
      about: this.#about,
      typed: typed as KeptDraft['typed'],
    };
  }

  get fields(): PayloadField[] {
    return (PAYLOAD_FIELDS[this.type] ?? []).filter((field) => field.kind !== 'openings');
  }

  get hasOpenings(): boolean {
    return (PAYLOAD_FIELDS[this.type] ?? []).some((field) => field.kind === 'openings');
  }

  get hasItems(): boolean {
    return ITEM_TYPES.includes(this.type) || this.items !== '';
  }

  /** Whether anything was typed. */
  get dirty(): boolean {
    return !same(this.#body(), this.#start);
  }

  /** Another kind of event: what both kinds have is kept. */
  setType(type: EventType): void {
    this.type = type;
    if (this.hasOpenings && this.openings.length === 0) this.openings = [emptyOpening(1)];
    this.errors = {};
  }

  /** Whose the order is. With it they are a counterparty of the event, named or not. */
  get customerId(): Id | null {
    return refs.project(this.projectId)?.counterpartyId ?? null;
  }

  /** Another order: its customer comes with it, and that of the former goes. Back again, all is as it was. */
  setProject(id: Id | null): void {
    const former = this.customerId;
    this.projectId = id;
    if (former !== this.customerId)
      this.counterpartyIds = this.counterpartyIds.filter((one) => one !== former);
    if (!this.#original || id !== this.#original.projectId) return;
    const were = this.#original.counterpartyIds;
    const kept = were.filter((one) => one === this.customerId || this.counterpartyIds.includes(one));
    this.counterpartyIds = [...kept, ...this.counterpartyIds.filter((one) => !were.includes(one))];
  }

  /** The title that stands when none is typed: «Предоплата внесена 70 % — 184 300 ₽»; empty for a free event. */
  get suggestedTitle(): string {
    return this.#titleIn(i18n.locale);
  }

  #titleIn(locale: Locale): string {
    if (this.type === 'note.free') return '';
    // What these have to say is in nobody's words but the author's.
    if (TOLD_TYPES.includes(this.type) && !this.body.trim() && !this.#hasPayload) return '';
    const parts = [translate(locale, `type.${this.type}`)];
    const percent = this.payload.percentOfContract?.trim();
    if (percent && this.fields.some(({ name }) => name === 'percentOfContract')) parts[0] += ` ${percent} %`;
    const money = this.fields.some(({ kind }) => kind === 'money')
      ? parseAmount(this.payload.amountKop ?? '')
      : null;
    if (money !== null) parts.push(formatMoney(money, locale));
    // A crew is found by the title: its name stands nowhere else.
    const crew = this.fields.some(({ kind }) => kind === 'crew') ? this.payload.crew : '';
    if (crew) parts.push(crews.nameOf(crew));
    if (this.hasOpenings)
      return `${parts[0]}: ${translate(locale, 'opening.count', { count: this.openings.length })}`;
    return parts.join(' — ');
  }

  get #hasPayload(): boolean {
    return this.fields.some(({ name }) => this.payload[name]?.trim());
  }

  /** The whole event to create, or null with `errors` set. */
  create(): (EventCreateInput & { id: Id }) | null {
    const body = { ...this.#body(), id: this.id };
    return this.#check(body) ? body : null;
  }

  /** Whether that is what the form would create, or what it was copied from and says still. */
  isSaidBy(body: EventCreateInput & { id: Id }): boolean {
    return [this.id, this.#copyOf].includes(body.id) && same(body, { ...this.#body(), id: body.id });
  }

  /** What was changed, or null with `errors` set; an empty edit when nothing was. */
  edit(): EventEdit | null {
    const body = this.#body();
    if (!this.#check(body)) return null;
    return this.changes();
  }

  /** What is otherwise than it was, right or wrong. */
  changes(): EventEdit {
    const start = this.#start as Record<string, unknown>;
    const changed = Object.entries(this.#body()).filter(
      ([name, value]) => name !== 'type' && !same(value, start[name]),
    );
    return Object.fromEntries(changed) as EventEdit;
  }

  /** Errors that the server has found. */
  refuse(details: readonly { field: string; reason: string; message?: string | undefined }[]): void {
    this.#refused = this.#body();
    this.errors = Object.fromEntries(
      details.map(({ field, reason, message }) => [field, message ?? label(`reason.${reason}`, reason)]),
    );
  }

  /** Takes back the errors of what has been corrected; what is still wrong says so anew. */
  recheck(): void {
    const before = this.#refused;
    if (!before || Object.keys(this.errors).length === 0) return;
    const body = this.#body();
    const changed = Object.keys(this.errors).filter(
      (path) => !same(valueAt(body, path), valueAt(before, path)),
    );
    if (changed.length === 0) return;
    const now = wordIssues(EventCreateSchema.safeParse(body).error?.issues ?? []);
    const errors = Object.entries(this.errors).flatMap(([path, words]) => {
      if (!changed.includes(path)) return [[path, words] as const];
      return now[path] ? [[path, now[path]] as const] : [];
    });
    this.errors = Object.fromEntries(errors);
  }

  #fill(event: SvodkaEvent): void {
    const { viewer } = i18n;
    this.type = event.type;
    this.title = event.title;
    this.body = event.body;
    this.importance = event.importance;
    this.visibility = event.visibility;
    this.projectId = event.projectId;
    this.counterpartyIds = event.counterpartyIds;
    this.occurred = localInput(event.occurredAt, viewer);
    if (event.dueAt) {
      // A deadline that was not sent yet is in the viewer's own zone.
      const isWall = event.dueLocal && (event.dueAllDay || !event.dueZone);
      const local = isWall && event.dueLocal ? event.dueLocal : localInput(event.dueAt, viewer);
      this.dueDate = local.slice(0, 10);
      this.dueTime = event.dueAllDay ? '' : local.slice(11, 16);
    }
    this.payload = Object.fromEntries(
      this.fields.map((field) => [field.name, fieldInput(field, event.payload[field.name])]),
    );
    this.items = event.itemIds.join(', ');
    this.openings = ((event.payload.openings as Opening[] | undefined) ?? []).map(openingDraft);
  }

  #due(): Due | null {
    if (!this.dueDate) return null;
    // The form does not show how long before it a deadline announces itself; an edit keeps it.
    const leadMin = this.#original?.dueAt ? { leadMin: this.#original.dueLeadMin } : {};
    return this.dueTime
      ? { local: `${this.dueDate}T${this.dueTime}`, zone: i18n.viewer.zone, ...leadMin }
      : { local: this.dueDate, ...leadMin };
  }

  #body(): EventCreateInput {
    const payload: Record<string, unknown> = {};
    for (const field of this.fields) {
      const value = fieldValue(field, this.payload[field.name] ?? '');
      if (value !== undefined) payload[field.name] = value;
    }
    if (this.hasOpenings) payload.openings = this.openings.map(openingValue);
    if (this.#original?.payload.fields) payload.fields = this.#original.payload.fields;
    return {
      type: this.type,
      // Stored in Russian whoever wrote it: each reader is told it in their own language.
      title: this.title.trim() || this.#titleIn('ru'),
      body: this.body.trim(),
      importance: this.importance,
      ...(this.occurred ? { occurredAt: this.#instant(this.occurred) } : {}),
      due: this.#due(),
      projectId: this.projectId,
      counterpartyIds: this.counterpartyIds,
      ...(this.hasItems && { itemIds: this.items.split(/[,;\n]/).flatMap((item) => item.trim() || []) }),
      visibility: this.visibility,
      payload,
    };
  }

  /** A wall time of the viewer's zone as an instant; an unchanged one keeps its seconds. */
  #instant(local: string): string {
    const { viewer } = i18n;
    if (this.#original && localInput(this.#original.occurredAt, viewer) === local)
      return this.#original.occurredAt;
    return instantOf(local, viewer);
  }

  #check(body: EventCreateInput): boolean {
    const result = EventCreateSchema.safeParse(body);
    if (result.success) {
      this.errors = {};
      return true;
    }
    this.#refused = body;
    this.errors = wordIssues(result.error.issues);
    return false;
  }
}

/** The deadline of a body as the fields of an event carry it, for a form to show. */
function wallTimes({ due }: Pick<EventCreateInput, 'due'>): Partial<SvodkaEvent> {
  const local = due && 'local' in due ? due.local : null;
  return {
    dueZone: null,
    dueAt: due ? (local ? `${local.slice(0, 10)}T00:00:00Z` : 'at' in due ? due.at : null) : null,
    dueAllDay: local?.length === 10,
    dueLocal: local,
    dueLeadMin: due?.leadMin ?? DEFAULT_LEAD_MIN,
  };
}
