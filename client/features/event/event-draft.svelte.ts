import type {
  Due,
  EventCreateInput,
  EventEdit,
  Importance,
  SvodkaEvent,
  Visibility,
} from '@svodka/shared/contracts/event';
import { EventCreateSchema } from '@svodka/shared/contracts/event';
import { type Id, newId } from '@svodka/shared/contracts/id';
import type { EventType } from '@svodka/shared/contracts/modules';
import { type Opening, PAYLOAD_FIELDS, type PayloadField } from '@svodka/shared/contracts/payload';
import { formatMoney, moneyInput, parseMoney } from '../../format/number.ts';
import { duration, localInput } from '../../format/time.ts';
import { i18n, label, t } from '../../state/i18n.svelte.ts';
import { wordIssues } from '../../state/record-draft.svelte.ts';

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

const NUMBERS = ['integer', 'percent'];

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
  if (kind === 'money') return parseMoney(trimmed) ?? trimmed;
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

const same = (a: unknown, b: unknown) => JSON.stringify(a) === JSON.stringify(b);

/** What a new event is known to be about before anything is typed. */
export type About = { projectId?: Id; counterpartyIds?: Id[] };

/** The form of one event: what is typed, what of it is wrong, and what is to be sent. */
export class EventDraft {
  /** Made with the draft, so that a repeated send does not double the event. */
  readonly id: Id = newId();
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
  /** By dotted path into the body. */
  errors = $state.raw<Record<string, string>>({});

  readonly #original: SvodkaEvent | null;
  readonly #start: EventCreateInput;

  constructor(from: SvodkaEvent | EventType, about: About = {}) {
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

  get fields(): PayloadField[] {
    return (PAYLOAD_FIELDS[this.type] ?? []).filter((field) => field.kind !== 'openings');
  }

  get hasOpenings(): boolean {
    return (PAYLOAD_FIELDS[this.type] ?? []).some((field) => field.kind === 'openings');
  }

  /** Whether anything was typed. */
  get dirty(): boolean {
    return !same(this.#body(), this.#start);
  }

  /** Whether it says what a form about these things would begin with. */
  isAbout({ projectId, counterpartyIds = [] }: About): boolean {
    if (projectId && this.projectId !== projectId) return false;
    return counterpartyIds.every((id) => this.counterpartyIds.includes(id));
  }

  /** Another kind of event: what both kinds have is kept. */
  setType(type: EventType): void {
    this.type = type;
    if (this.hasOpenings && this.openings.length === 0) this.openings = [emptyOpening(1)];
    this.errors = {};
  }

  /** The title that stands when none is typed: «Предоплата внесена 70 % — 184 300 ₽»; empty for a free event. */
  get suggestedTitle(): string {
    if (this.type === 'note.free') return '';
    const parts = [t(`type.${this.type}`)];
    const percent = this.payload.percentOfContract?.trim();
    if (percent && this.fields.some(({ name }) => name === 'percentOfContract')) parts[0] += ` ${percent} %`;
    const money = this.fields.some(({ kind }) => kind === 'money')
      ? parseMoney(this.payload.amountKop ?? '')
      : null;
    if (money !== null) parts.push(formatMoney(money, i18n.locale));
    if (this.hasOpenings) return `${parts[0]}: ${t('form.openings', { count: this.openings.length })}`;
    return parts.join(' — ');
  }

  /** The whole event to create, or null with `errors` set. */
  create(): EventCreateInput | null {
    const body = { ...this.#body(), id: this.id };
    return this.#check(body) ? body : null;
  }

  /** What was changed, or null with `errors` set; an empty edit when nothing was. */
  edit(): EventEdit | null {
    const body = this.#body();
    if (!this.#check(body)) return null;
    const start = this.#start as Record<string, unknown>;
    const changed = Object.entries(body).filter(
      ([name, value]) => name !== 'type' && !same(value, start[name]),
    );
    return Object.fromEntries(changed) as EventEdit;
  }

  /** Errors that the server has found. */
  refuse(details: { field: string; reason: string; message?: string | undefined }[]): void {
    this.errors = Object.fromEntries(
      details.map(({ field, reason, message }) => [field, message ?? label(`reason.${reason}`, reason)]),
    );
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
      const local = event.dueAllDay && event.dueLocal ? event.dueLocal : localInput(event.dueAt, viewer);
      this.dueDate = local.slice(0, 10);
      this.dueTime = event.dueAllDay ? '' : local.slice(11, 16);
    }
    this.payload = Object.fromEntries(
      this.fields.map((field) => [field.name, fieldInput(field, event.payload[field.name])]),
    );
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
      title: this.title.trim() || this.suggestedTitle,
      body: this.body.trim(),
      importance: this.importance,
      ...(this.occurred ? { occurredAt: this.#instant(this.occurred) } : {}),
      due: this.#due(),
      projectId: this.projectId,
      counterpartyIds: this.counterpartyIds,
      visibility: this.visibility,
      payload,
    };
  }

  /** A wall time of the viewer's zone as an instant; an unchanged one keeps its seconds. */
  #instant(local: string): string {
    const { viewer } = i18n;
    if (this.#original && localInput(this.#original.occurredAt, viewer) === local)
      return this.#original.occurredAt;
    // The zone's offset at about that time, then once more for times near a change of the clocks.
    let at = Date.parse(`${local}:00Z`);
    if (Number.isNaN(at)) return local; // a year of five digits: the schema says what is wrong with it
    const wanted = at;
    for (let i = 0; i < 2; i++) at += wanted - Date.parse(`${localInput(at, viewer)}:00Z`);
    return new Date(at).toISOString();
  }

  #check(body: EventCreateInput): boolean {
    const result = EventCreateSchema.safeParse(body);
    if (result.success) {
      this.errors = {};
      return true;
    }
    this.errors = wordIssues(result.error.issues);
    return false;
  }
}
