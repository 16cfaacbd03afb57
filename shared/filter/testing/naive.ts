import type { ResolvedFilter } from '../ast.ts';
import type { Filterable, FilterableEvent } from '../predicate.ts';

/**
 * The meaning of a filter once more, written as plainly as possible and sharing nothing with the compilers: the oracle
 * of tests. Times of the event are ISO strings.
 */
export function matchesNaively(filter: ResolvedFilter, event: Filterable): boolean {
  if ('and' in filter) return !filter.and.some((part) => !matchesNaively(part, event));
  if ('or' in filter) return filter.or.some((part) => matchesNaively(part, event));
  if ('not' in filter) return !matchesNaively(filter.not, event);
  if ('text' in filter) {
    const terms = event.terms ?? [];
    return oneNumber(inGroups(oneNumber(bare(filter.text))))
      .split(/\s+/)
      .every((piece) => {
        const others = [typedElsewhere(piece), alike(piece)].filter((each) => each !== '');
        return piece.match(WORD) === null || [piece, ...others].some((each) => isFound(each, terms));
      });
  }
  const values = valuesOf(filter.field === 'due' && 'exists' in filter ? 'dueAt' : filter.field, event);
  if ('exists' in filter) return filter.exists ? values.length > 0 : values.length === 0;
  if ('in' in filter) return filter.in.some((wanted) => values.includes(wanted));
  return values.some((time) => (filter.from ?? '0') <= time && time < (filter.to ?? '9'));
}

/** Without what says that a number is a phone or money. */
const bare = (text: string): string =>
  text
    .replace(/(^|[^\p{L}\p{N}])(tel:|callto:|тел:|tel\.|callto\.|тел\.)\s*(?=\+|\(|\d)/giu, '$1')
    .replace(/(?<=\d)\s*(рубл[а-я]+|руб\.|руб|р\.|р|₽)(?![\p{L}\p{N}])/giu, '');

const ALIKE: Record<string, string> = {
  a: 'а',
  b: 'в',
  c: 'с',
  e: 'е',
  h: 'н',
  k: 'к',
  m: 'м',
  o: 'о',
  p: 'р',
  t: 'т',
  x: 'х',
  y: 'у',
};

function alike(piece: string): string {
  if (!/[a-z]/.test(piece) || !/[а-я]/.test(piece)) return '';
  const read = Array.from(piece, (letter) => ALIKE[letter] ?? letter).join('');
  return /[a-z]/.test(read) ? '' : read;
}

const WORD = /[\p{L}\p{M}\p{N}]+/gu;

/** Lower case, and what looks like a phone, or like the beginning of one, drawn together. */
const oneNumber = (text: string): string => {
  const drawn = wholeNumbers(text).replace(
    /(?<!\d)(?:\+7|8[ -]*\(|8[ -]+(?=9\d\d))[ ()-]*\d[\d ()-]*(?<=\d)/g,
    (phone) => phone.replace(/\D/g, ''),
  );
  return drawn === text ? plain(text) : oneNumber(drawn);
};

/** What may be the beginning of a phone, up to its ten digits, stays one piece. */
const inGroups = (text: string): string =>
  text.replace(
    /(?<!\d[\s-]|[\p{L}\p{N}])\(?9[0-9]{2}\)?([\s-]+[0-9]{1,3}){1,4}(?![\s-]+[0-9]|[\p{L}\p{N}])/gu,
    (all) => (all.replace(/\D/g, '').length > 10 ? all : all.replace(/\D+/g, '-').replace(/^-/, '')),
  );

const wholeNumbers = (text: string): string => {
  const shape =
    /(^|\D)((?:(?:\+7|7|8)[ (-]*)?\(?\d\d\d\)?[ -]*\d\d\d[ -]*\d\d[ -]*\d\d|\d\d\d[ -]\d\d[ -]\d\d)(?!\d)/;
  const found = shape.exec(text);
  if (!found || /^\d+$/.test(found[2] as string)) {
    if (!found) return text;
    const end = found.index + found[0].length;
    return text.slice(0, end) + wholeNumbers(text.slice(end));
  }
  const [all, before, phone] = found as unknown as [string, string, string];
  const rest = text.slice(found.index + all.length);
  return wholeNumbers(text.slice(0, found.index) + before + phone.replace(/\D/g, '') + rest);
};

const KEYS = ['qwertyuiop[]', "asdfghjkl;'", 'zxcvbnm,.`'].join('');
const KEYS_IN_RUSSIAN = ['йцукенгшщзхъ', 'фывапролджэ', 'ячсмитьбюе'].join('');

function typedElsewhere(piece: string): string {
  if (/[a-z]/.test(piece) === /[а-я]/.test(piece)) return '';
  const [from, to] = /[a-z]/.test(piece) ? [KEYS, KEYS_IN_RUSSIAN] : [KEYS_IN_RUSSIAN, KEYS];
  return Array.from(piece, (key) => (from.includes(key) ? to.charAt(from.indexOf(key)) : key)).join('');
}

function isFound(piece: string, terms: readonly string[]): boolean {
  const words = piece.match(WORD) ?? [];
  const one = words.join('');
  const whole = words.length > 1 && /^\d{1,15}$/.test(one) && isNumberOf(one, terms);
  return words.length > 0 && (whole || words.every((word) => isWordOf(word, terms)));
}

function isWordOf(word: string, terms: readonly string[]): boolean {
  if (/^\d+$/.test(word)) return isNumberOf(word, terms);
  const inside = Array.from(word).length > 2 && /\p{L}/u.test(word);
  return terms.some((term) => (inside ? term.includes(word) : term.slice(0, word.length) === word));
}

function isNumberOf(digits: string, terms: readonly string[]): boolean {
  const has = (start: string) => terms.some((term) => term.slice(0, start.length) === start);
  const home = digits.length === 11 && '78'.includes(digits.charAt(0)) ? digits.slice(1) : digits;
  if (has(digits) || (digits.length < 4 && has(`000${digits}`.slice(-4)))) return true;
  if (digits.length > 3 && digits.length < 16 && has(`~${home.split('').reverse().join('')}`)) return true;
  const begun = digits.length > (digits.charAt(1) === '9' ? 3 : 4) && digits.length < 12;
  return begun && '78'.includes(digits.charAt(0)) && has(digits.slice(1));
}

const plain = (text: string): string => text.normalize('NFC').toLowerCase().split('ё').join('е');

function valuesOf(field: string, item: Filterable): string[] {
  const event = item as FilterableEvent;
  const order = item as Record<string, unknown>;
  const { keys = {}, next } = (order.line ?? {}) as { keys?: Record<string, unknown>; next?: unknown };
  const found: Record<string, unknown> = {
    id: event._id ?? event.id,
    module: event.module,
    type: event.type,
    importance: event.importance,
    status: event.status,
    due: event.dueState === 'none' && !event.dueAt ? null : event.dueState,
    project: event.projectId,
    counterparty: event.counterpartyIds,
    author: event.author?.userId,
    holder: event.claim?.by,
    snoozed: event.snooze?.until,
    batch: event.source?.batchId,
    files: (event.attachments ?? []) as string[],
    occurred: event.occurredAt,
    recorded: event.recordedAt,
    dueAt: event.dueAt,
    visibility: event.visibility,
    department: event.departmentId,
    audience: event.audienceIds,
    deleted: event.deletedAt,
    stage: event.status,
    manager: order.managerId,
    appointed: order.appointedIds,
    customer: order.counterpartyId,
    flag: keys.flags,
    install: keys.at,
    next,
    late: keys.overdue,
    stopped: keys.blocked,
    reached: keys.done,
    template: keys.template,
    debt: keys.owed,
    created: order.createdAt,
  };
  return [found[field]].flat().filter((value) => value !== null && value !== undefined) as string[];
}
