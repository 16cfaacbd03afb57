// What a table is about, and what its columns mean, by their names and by what is in them.
import { type ImportKind, type ImportTarget, importTargets, SHARED_TARGETS } from '../../contracts/import.ts';
import { type TableKind, type TableTarget, targetsOf } from '../../contracts/tables.ts';
import { COUNTERPARTY_COLUMNS, EVENT_COLUMNS, type Holds, ORDER_COLUMNS, type Sign } from './column-names.ts';

/** What is known of a column by all of its values. */
export type Looks = {
  name: string;
  looks: 'date' | 'time' | 'number' | 'phone' | 'text' | 'empty';
  words: readonly string[];
  /** Its numbers may count days or seconds, and may be sums as well: its name tells. */
  numbers?: string | null;
  repeats?: number;
};
type Surveyed = ReadonlyMap<string, Looks>;

const SIGNS: Record<ImportKind, readonly Sign[]> = {
  events: EVENT_COLUMNS,
  counterparties: COUNTERPARTY_COLUMNS,
  orders: ORDER_COLUMNS,
};

/** Meanings that an import calls otherwise. */
const IMPORT_NAMES: Record<string, ImportTarget> = { installOn: 'plannedOn', status: 'orderStatus' };
/** Meanings that no column of an import has: the plan of the works is not the day of the installation. */
const NO_IMPORT = new Set(['plannedOn']);

const fits = (holds: Holds, column: Looks | undefined): boolean => {
  if (!column || column.looks === 'empty' || holds === null) return true;
  if (holds === 'words') return column.looks === 'text' && column.words.length > 0;
  if (holds === 'number')
    return column.looks === 'number' || column.looks === 'phone' || Boolean(column.numbers);
  if (holds === 'phone') return column.looks === 'phone' || column.looks === 'text';
  return column.looks === holds;
};

/** What is longer is a text and no name of a column. */
const LONGEST_NAME = 200;

/** «Order_No.», «orderNo» and «order no» are one name. */
const plainName = (column: string): string =>
  column
    .slice(0, LONGEST_NAME)
    .replace(/(\p{Ll})(?=\p{Lu})/gu, '$1 ')
    .toLowerCase()
    .replaceAll('ё', 'е')
    .replace(/№(?=\S)/g, '№ ')
    .replace(/[_:./,;()*"«»-]+/g, ' ')
    .replace(/\s+/g, ' ')
    .trim();

/** A sign is a whole word or several: «почтовый» is no «что», «планшет» is no plan. */
const patterns = new Map<string, { whole: RegExp; part: RegExp }>();
function patternsOf(names: string): { whole: RegExp; part: RegExp } {
  let found = patterns.get(names);
  if (!found) {
    found = {
      whole: new RegExp(`^(?:${names})$`, 'u'),
      part: new RegExp(`(?<![\\p{L}\\p{N}])(?:${names})(?![\\p{L}\\p{N}])`, 'u'),
    };
    patterns.set(names, found);
  }
  return found;
}

/** Columns by what they mean; each meaning once, but for those that any number of columns may have. */
function meanings(
  columns: readonly string[],
  looks: Surveyed,
  signs: readonly Sign[],
  shared: readonly string[] = [],
): Map<string, string> {
  const found = new Map<string, string>();
  const taken = new Set<string>();
  for (const how of ['whole', 'part'] as const)
    for (const [meaning, holds, names, not] of signs)
      for (const column of columns) {
        if (found.has(column) || (taken.has(meaning) && !shared.includes(meaning))) continue;
        const name = plainName(column);
        if (!patternsOf(names)[how].test(name) || (how === 'part' && not?.test(name))) continue;
        if (!fits(holds, looks.get(column))) continue;
        found.set(column, meaning);
        taken.add(meaning);
      }
  // In the order of the file.
  return new Map(columns.flatMap((column) => (found.has(column) ? [[column, found.get(column) ?? '']] : [])));
}

const surveyed = (survey: readonly Looks[]): Surveyed =>
  new Map(survey.map((column) => [column.name, column]));

/** What the columns of an import become; what nobody knows is kept. */
export function guessTargets(
  columns: readonly string[],
  survey: readonly Looks[] = [],
  kind: ImportKind = 'events',
): Record<string, ImportTarget> {
  const looks = surveyed(survey);
  const found = meanings(columns, looks, SIGNS[kind], SHARED_TARGETS[kind]);
  if (kind === 'events') byValues(columns, looks, found);
  const own: readonly string[] = importTargets(kind);
  const targetOf = (meaning = 'keep') => {
    const target = IMPORT_NAMES[meaning] ?? (kind === 'orders' && NO_IMPORT.has(meaning) ? 'keep' : meaning);
    return (own.includes(target) ? target : 'keep') as ImportTarget;
  };
  return Object.fromEntries(columns.map((column) => [column, targetOf(found.get(column))]));
}

/** How many of these texts are, as a whole, what some table calls a column. */
export function columnNamesAmong(texts: readonly string[]): number {
  const signs = Object.values(SIGNS).flat();
  return texts
    .map(plainName)
    .filter((name) => signs.some(([, , names]) => patternsOf(names).whole.test(name))).length;
}

/** What every event needs, where no name says it: the first column of dates, the first of texts. */
function byValues(columns: readonly string[], looks: Surveyed, found: Map<string, string>): void {
  const given = new Set(found.values());
  const firstOf = (kind: Looks['looks']) =>
    columns.find((name) => !found.has(name) && looks.get(name)?.looks === kind);
  const date = given.has('occurredAt') ? undefined : firstOf('date');
  if (date) found.set(date, 'occurredAt');
  const text = given.has('title') ? undefined : firstOf('text');
  if (text) found.set(text, 'title');
}

/** What only orders have; what they share with other tables tells less. */
const OF_ORDERS = [
  'amount',
  'paid',
  'installOn',
  'promisedOn',
  'measureOn',
  'status',
  'template',
  'plannedOn',
];
const BESIDE_ORDERS = ['counterparty', 'address', 'phone', 'manager', 'registeredOn', 'inn'];
const OF_COUNTERPARTIES = [
  'inn',
  'kpp',
  'ogrn',
  'email',
  'contact',
  'contactRole',
  'phone',
  'kind',
  'category',
];
/** What happened, and how long it took: only events have such columns. */
const OF_EVENTS = ['title', 'payload.method', 'payload.durationMs', 'importance', 'occurredTime'];
/** Columns that say so by their very name. */
const HAPPENED = /(?<!\p{L})(?:событи[ея]|что произошло|event|activity|тема|subject|summary)(?!\p{L})/iu;
/** A card has such a day, too. */
const OF_ITS_CARD = /создан|регистрац|измен|created|registered|added|updated/i;
const ABOUT_ORDERS = /заказ|договор|сделк|order|contract|deal|znumb|job/i;

/**
 * What the rows of a table most likely are. Orders: a number of their own, and what orders have. A table in which
 * something happened is one of events.
 * @param fileName says it where the columns leave it open
 */
export function guessKind(
  columns: readonly string[],
  survey: readonly Looks[] = [],
  fileName = '',
): ImportKind {
  if (columns.some((column) => HAPPENED.test(plainName(column)))) return 'events';
  const looks = surveyed(survey);
  const of = (kind: ImportKind) => meanings(columns, looks, SIGNS[kind]);
  const event = of('events');
  const events = new Set(event.values());
  const orders = of('orders');
  const parties = new Set(of('counterparties').values());
  const count = (given: ReadonlySet<string>, told: readonly string[]) =>
    told.filter((meaning) => given.has(meaning)).length;
  const order = new Set(orders.values());
  const number = columns.find((column) => orders.get(column) === 'number');
  const numbered = survey.find(({ name }) => name === number);
  const happened = count(events, OF_EVENTS);
  const [own, beside] = [count(order, OF_ORDERS), count(order, BESIDE_ORDERS)];
  // A number that comes again and again is that of the order to which something happened.
  const again = numbered?.repeats ?? 0;
  const isOwn = own > 1 || again < 3 || (numbered?.words.length ?? 0) > again;
  const isAbout = ABOUT_ORDERS.test(number ?? '') || ABOUT_ORDERS.test(fileName);
  const isOrders =
    number !== undefined &&
    isOwn &&
    (isAbout ? own + beside >= 2 + happened && own + beside > 1 : own >= 1 && own + beside >= 3 + happened);
  if (isOrders && own + (isAbout ? 1 : 0) >= count(parties, ['inn', 'kpp', 'ogrn', 'email'])) return 'orders';
  const hasDate = [...event].some(([name, to]) => to === 'occurredAt' && !OF_ITS_CARD.test(name));
  const isParties = parties.has('name') && count(parties, OF_COUNTERPARTIES) >= (hasDate ? 3 : 2);
  return isParties && own === 0 && !events.has('payload.amountKop') ? 'counterparties' : 'events';
}

/**
 * How a table that comes again and again is meant: by which column its rows are known, and what the others are.
 * @param asked what its rows are, where somebody has said so
 */
export function guessTable(
  columns: readonly string[],
  asked?: TableKind,
): {
  kind: TableKind;
  key: string;
  columns: Record<string, TableTarget>;
  /** How many columns are known. */
  score: number;
} {
  const of = (kind: TableKind) => meanings(columns, new Map(), SIGNS[kind]);
  const guessed = guessKind(columns);
  const isParties =
    guessed === 'events' ? of('counterparties').size > of('orders').size : guessed === 'counterparties';
  const kind = asked ?? (isParties ? 'counterparties' : 'orders');
  const found = of(kind);
  const keyed = kind === 'orders' ? 'number' : 'externalId';
  const own: readonly string[] = targetsOf(kind);
  const key = columns.find((column) => found.get(column) === keyed);
  const keyColumn = key ?? columns[0] ?? '';
  const known = [...found].filter(([column, meaning]) => column !== keyColumn && own.includes(meaning));
  return {
    kind,
    key: keyColumn,
    columns: Object.fromEntries(known) as Record<string, TableTarget>,
    score: known.length + (key ? 1 : 0),
  };
}
