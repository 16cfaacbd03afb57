import type { Revision } from '../contracts/event.ts';
import type { EventType } from '../contracts/modules.ts';

/** As what a field of a revision is told, wherever it is told; `silent`: it follows from one that is. All others stand as they are. */
const KINDS: Readonly<Record<string, Kind>> = {
  importance: 'code',
  visibility: 'code',
  status: 'code',
  occurredAt: 'moment',
  deletedAt: 'moment',
  dueAt: 'deadline',
  due: 'asked',
  snooze: 'snooze',
  claim: 'person',
  projectId: 'project',
  counterpartyIds: 'counterparty',
  attachments: 'file',
  dueAllDay: 'silent',
  dueZone: 'silent',
  dueLocal: 'silent',
  dueLeadMin: 'silent',
  dueState: 'silent',
  resolved: 'silent',
  terms: 'silent',
  audienceIds: 'silent',
};
type Named = 'person' | 'project' | 'counterparty';
type Kind = Named | 'code' | 'moment' | 'deadline' | 'asked' | 'snooze' | 'file' | 'silent';

/** A deadline as somebody asked for it: a moment, or a wall time or a day of a zone. */
export type AskedDue = { at?: string; local?: string; zone?: string };

/** Who tells: in which words a moment, a name, a detail is said there. */
export type HistoryVoice = {
  nothing: string;
  /** Of a word that is put together from a code; what nobody has named stays as it is. */
  label(key: string, otherwise: string): string;
  moment(at: string): string;
  /** The day on which a moment lies. */
  dayAt(at: string): string;
  asked(due: AskedDue): string;
  name(kind: Named, id: string): string;
  detail(type: EventType | undefined, name: string, value: unknown): string;
};

/** `long`: text of several lines. */
export type HistoryLine = { field: string; from: string; to: string; long?: boolean };

const isNothing = (value: unknown) =>
  value === null || value === undefined || value === '' || (Array.isArray(value) && value.length === 0);
/** A moment, or the type of event that is waited for. */
const isMoment = (text: string) => /^\d{4}-/.test(text);
/** The last second of a day, which nobody types: the deadline is the whole day. */
const isDayEnd = (instant: string) => /:59(?:\.\d+)?Z$/.test(instant);

function words(field: string, value: unknown, voice: HistoryVoice): string {
  if (isNothing(value)) return voice.nothing;
  const kind = KINDS[field];
  const text = value instanceof Date ? value.toISOString() : String(value);
  const all = [value].flat().map(String);
  switch (kind) {
    case 'code':
      return voice.label(`${field}.${text}`, text);
    case 'moment':
      return voice.moment(text);
    case 'deadline':
      return isDayEnd(text) ? voice.dayAt(text) : voice.moment(text);
    case 'asked':
      return voice.asked(value as AskedDue);
    case 'snooze':
      return isMoment(text) ? voice.moment(text) : voice.label(`type.${text}`, text);
    case 'person':
    case 'project':
    case 'counterparty':
      return all.map((id) => voice.name(kind, id)).join(', ');
    case 'file':
      return all.map((name) => `«${name}»`).join(', ');
    default:
      return typeof value === 'object' && !(value instanceof Date) ? JSON.stringify(value) : text;
  }
}

/** Details of both kinds by name: those of the type, and the free ones. */
function flat(payload: unknown): Record<string, unknown> {
  const { fields, ...typed } = (payload ?? {}) as { fields?: Record<string, unknown> };
  return { ...typed, ...fields };
}

function detailLines(
  from: unknown,
  to: unknown,
  type: EventType | undefined,
  voice: HistoryVoice,
): HistoryLine[] {
  const [before, after] = [flat(from), flat(to)];
  const said = (name: string, value: unknown) =>
    value === undefined || value === null ? voice.nothing : voice.detail(type, name, value);
  return [...new Set([...Object.keys(before), ...Object.keys(after)])].map((name) => ({
    field: voice.label(`payload.${name}`, name),
    from: said(name, before[name]),
    to: said(name, after[name]),
  }));
}

/** What one edit changed, a line for each field; of the details, a line for each that differs. */
export function historyLines(
  changes: Revision['changes'],
  type: EventType | undefined,
  voice: HistoryVoice,
): HistoryLine[] {
  return (
    Object.entries(changes)
      // What a shift says of itself its title says in words.
      .filter(([field]) => KINDS[field] !== 'silent' && !(type === 'shift.handover' && field === 'payload'))
      .flatMap(([field, { from, to }]): HistoryLine[] => {
        if (field === 'payload') return detailLines(from, to, type, voice);
        const line = {
          field: voice.label(`field.${field}`, field),
          from: words(field, from, voice),
          to: words(field, to, voice),
        };
        return [field === 'body' ? { ...line, long: true } : line];
      })
  );
}
