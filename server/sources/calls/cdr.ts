// One call detail record as the event that it is. Fields by the names of Asterisk, FreePBX and those like them; what a
// record does not say is not guessed, but for the direction, which follows from which number is outside.
import type { CallRecord } from '@svodka/shared/contracts/calls';
import { isTimely, LineSchema } from '@svodka/shared/contracts/common';
import { isSound } from '@svodka/shared/contracts/file';
import { e164 } from '@svodka/shared/contracts/phone';
import { translate } from '@svodka/shared/messages/catalogue';
import { momentOf, noDate, readDateCell } from '../reading/dates.ts';

/** By what a telephone system calls them; without regard to case, spaces, `_` and `-`. */
const NAMES = {
  id: ['uniqueid', 'callid', 'calluniqueid', 'linkedid', 'id'],
  from: ['src', 'from', 'callerid', 'caller', 'cnum', 'callingnumber'],
  to: ['dst', 'to', 'callee', 'destination', 'callednumber'],
  did: ['did'],
  start: ['start', 'calldate', 'startedat', 'starttime', 'eventtime', 'date'],
  answer: ['answer', 'answeredat', 'answertime'],
  seconds: ['billsec', 'billableseconds', 'talktime', 'durationsec'],
  whole: ['duration'],
  disposition: ['disposition', 'dialstatus'],
  direction: ['direction', 'calltype'],
  channel: ['channel', 'srcchannel'],
  toChannel: ['dstchannel', 'destinationchannel'],
  agent: ['agent', 'agentname', 'operator'],
  topic: ['topic', 'subject'],
  userfield: ['userfield'],
  recording: ['recordingfile', 'recording', 'recordfile', 'mixmonitorfilename', 'record'],
} as const;
type Field = keyof typeof NAMES;

const plain = (name: string): string => name.toLowerCase().replace(/[\s_-]/g, '');
const FIELD_OF = new Map(
  (Object.entries(NAMES) as [Field, readonly string[]][]).flatMap(([field, names]) =>
    names.map((name, turn) => [plain(name), { field, turn }] as const),
  ),
);

/** Whether columns of these names are those of call detail records. */
export const isCallTable = (columns: readonly string[]): boolean => {
  const known = new Set(columns.map((column) => FIELD_OF.get(plain(column))?.field));
  return (['id', 'from', 'to', 'start'] as const).every((field) => known.has(field));
};

export type Call = {
  id: string;
  type: 'call.in' | 'call.out' | 'call.missed';
  at: Date;
  /** E.164 where it is a number of the world; inside the house, as it is. */
  from: string | null;
  to: string | null;
  /** The outside number as it was given, where that reads otherwise. */
  given: string | null;
  durationMs: number;
  agent: string | null;
  topic: string | null;
  /** The name of a file. */
  recording: string | null;
};
/** `internal`: from desk to desk, which is nobody's event. */
export type CallRead = Call | { skip: 'internal' } | { field: string; reason: string; value: string };

const WAYS: [RegExp, 'in' | 'out' | 'internal'][] = [
  [/^(?:in|inbound|incoming|вх\p{L}*)$/iu, 'in'],
  [/^(?:out|outbound|outgoing|исх\p{L}*)$/iu, 'out'],
  [/^(?:internal|внутр\p{L}*)$/iu, 'internal'],
];
const LINE = LineSchema(200);
/** The longest number inside a house. */
const INSIDE_DIGITS = 6;

/** @param zone of times that say none */
export function readCall(record: CallRecord, zone: string): CallRead {
  const said = fieldsOf(record);
  const { id: given = '' } = said;
  const id = LINE.safeParse(given).data;
  const reason = given && given.length <= 200 ? 'control-characters' : 'required';
  if (!id) return { field: 'uniqueid', reason, value: given };
  const at = momentIn(said.start ?? '', zone);
  if (!at) return { field: 'start', reason: noMoment(said.start), value: said.start ?? '' };
  const [src, dst] = [numberIn(said.from), numberIn(said.to)];
  const way = wayOf(said.direction ?? '', src ?? deskIn(said.from), dst ?? deskIn(said.to));
  if (way === 'internal') return { skip: 'internal' };
  const seconds = secondsOf(said.seconds ?? (said.answer ? said.whole : undefined));
  if (seconds === null) return { field: 'billsec', reason: 'duration', value: said.seconds ?? '' };
  const isAnswered = said.disposition
    ? /^answer(?:ed)?$/i.test(said.disposition.replace(/\s/g, ''))
    : seconds > 0 || Boolean(said.answer);
  const outside = (way === 'in' ? said.from : said.to) ?? '';
  const known = way === 'in' ? src : dst;
  return {
    id,
    type: way === 'out' ? 'call.out' : isAnswered ? 'call.in' : 'call.missed',
    at,
    from: src,
    to: way === 'in' ? (numberIn(said.did) ?? dst) : dst,
    given: known && outside !== known ? lineIn(outside) : null,
    durationMs: isAnswered ? seconds * 1000 : 0,
    agent: lineIn(said.agent) ?? agentOf(way === 'in' ? said.toChannel : said.channel),
    topic: lineIn(said.topic) ?? (isSound({ name: said.userfield ?? '' }) ? null : lineIn(said.userfield)),
    recording: fileIn(said.recording) ?? fileIn(said.userfield),
  };
}

/** As `POST /ingest` takes it, whatever way it came. */
export function eventOf({ id, type, at, from, to, given, durationMs, agent, topic }: Call) {
  const number = type === 'call.out' ? to : from;
  const payload = {
    ...(from && { from }),
    ...(to && { to }),
    ...(type !== 'call.missed' && { durationMs }),
    ...(agent && { agent }),
    ...(topic && { topic }),
    ...(given && { fields: { [translate('ru', 'said.field.given')]: given } }),
  };
  return {
    externalId: id,
    type,
    title: translate('ru', `said.title.${type}`, { number: number ?? translate('ru', 'said.word.hidden') }),
    occurredAt: at.toISOString(),
    author: translate('ru', 'said.by.calls'),
    payload,
  };
}

/** Of several names for one thing the first that says something. */
function fieldsOf(record: CallRecord): Partial<Record<Field, string>> {
  const found = new Map<Field, { value: string; turn: number }>();
  for (const [name, given] of Object.entries(record)) {
    const known = FIELD_OF.get(plain(name));
    const value = given === null || given === false ? '' : String(given).trim();
    if (!known || value === '') continue;
    const before = found.get(known.field);
    if (!before || known.turn < before.turn) found.set(known.field, { value, turn: known.turn });
  }
  return Object.fromEntries([...found].map(([field, { value }]) => [field, value]));
}

/** Words in one line, as an event takes them: what is written over several lines of a cell is one. Null: nothing to see. */
function lineIn(text = ''): string | null {
  const line = text
    .replace(/[\p{Cc}\u2028\u2029]+/gu, ' ')
    .slice(0, 200)
    .replace(/\p{Surrogate}/gu, '');
  return LINE.safeParse(line).data ?? null;
}

/** `"Белова" <89165550101>` and `PJSIP/101-0000001` too. Null: hidden, or no number at all. */
function numberIn(text: string | undefined): string | null {
  if (!text) return null;
  const inner = /<([^<>]*)>/.exec(text)?.[1] ?? text;
  const world = e164(inner);
  if (world) return world;
  const bare = inner.trim();
  return /^\+?[0-9 ()-]{3,24}$/.test(bare) ? bare : null;
}

/** A desk of two digits: inside the house, and too short to be kept as a number. «00» is nobody. */
const deskIn = (text = ''): string | null => (/^[1-9]\d$/.test(text) ? text : null);

const isInside = (number: string | null): boolean =>
  number !== null && number.replace(/\D/g, '').length <= INSIDE_DIGITS;

function wayOf(said: string, from: string | null, to: string | null): 'in' | 'out' | 'internal' {
  const named = WAYS.find(([words]) => words.test(said))?.[1];
  if (named) return named;
  if (!isInside(from)) return 'in';
  return to && !isInside(to) ? 'out' : 'internal';
}

function secondsOf(text: string | undefined): number | null {
  if (text === undefined) return 0;
  const clock = /^(?:(\d{1,2}):)?(\d{1,2}):(\d{2})$/.exec(text);
  const seconds = clock
    ? Number(clock[1] ?? 0) * 3600 + Number(clock[2]) * 60 + Number(clock[3])
    : Math.round(Number(text));
  return Number.isFinite(seconds) && seconds >= 0 && seconds <= 86_400 ? seconds : null;
}

/** As people and programs write it, where the telephone system stands unless a zone is named; or seconds since 1970. */
function momentIn(text: string, zone: string): Date | null {
  if (/^\d{9,10}(?:\.\d+)?$/.test(text)) return timely(new Date(Math.round(Number(text) * 1000)));
  const wall = readDateCell(text, 'dmy', null);
  return wall && timely(momentOf(wall, zone).at);
}

function noMoment(text: string | undefined): string {
  if (!text) return 'required';
  return noDate(text) === 'no-such-date' ? 'no-such-date' : 'datetime';
}

const timely = (at: Date): Date | null => (isTimely(at) ? at : null);

function agentOf(channel: string | undefined): string | null {
  return /^[A-Za-z0-9]+\/(\d{2,6})(?=[-@/]|$)/.exec(channel ?? '')?.[1] ?? null;
}

/** The name alone, wherever the system keeps the file. */
function fileIn(text: string | undefined): string | null {
  const name =
    (text ?? '')
      .replace(/^audio:/i, '')
      .split(/[/\\]/)
      .at(-1)
      ?.trim() ?? '';
  return name.length <= 200 && isSound({ name }) && !name.startsWith('.') ? name : null;
}
