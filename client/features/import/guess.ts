import { type ImportKind, type ImportTarget, SHARED_TARGETS } from '@svodka/shared/contracts/import';

/** What a column of this name holds if it may: a date where there are dates, anything elsewhere. */
type Holds = 'date' | 'time' | 'number' | 'phone' | 'text' | 'words';
type Looks = {
  name: string;
  looks: 'date' | 'time' | 'number' | 'phone' | 'text' | 'empty';
  words: readonly string[];
};

/** What only a few may read, as ПрофСтрой calls it and as people do: nothing keeps it by itself. */
const CONFIDENTIAL = 'kprim|(?:закрытая|служебная) заметка|confidential(?: note)?';

/**
 * What a column most likely holds, by the words in its name and by its values. In order: what is more telling comes first,
 * so that «номер заказа» is an order and not a record number. A sign is a whole word or its beginning: «почтовый» is no
 * «что», «планшет» is no plan.
 */
type Sign = [ImportTarget, Holds | null, string];
const EVENTS: Sign[] = [
  ['ignore', null, `почему не вошла|why it did not go in|${CONFIDENTIAL}`],
  ['dueAt', 'date', 'deadline|due|срок|дедлайн|planned|план|плановая'],
  [
    'occurredAt',
    'date',
    'timestamp|date|time|when|occurred|created|дата|время|когда|создан[оа]?|start|startdate',
  ],
  ['occurredTime', 'time', 'время|time'],
  ['inn', 'number', 'инн|inn'],
  ['payload.amountKop', 'number', 'сумма|amount|price|стоимость|оплачено|итого'],
  ['payload.method', 'words', 'способ|способ оплаты|method'],
  ['payload.durationMs', null, 'длительность|duration|billsec'],
  ['phone', 'phone', 'телефон\\p{L}*|тел|phone|mobile|номер телефона|caller'],
  ['importance', 'words', 'importance|priority|важность|приоритет'],
  ['status', 'words', 'status|state|статус|состояние'],
  [
    'counterparty',
    null,
    'counterparty|customer|client|company|контрагент|клиент|заказчик|компания|покупатель',
  ],
  ['project', null, 'project|order|case|заказ|номер заказа|проект|договор|объект|сделка'],
  ['author', null, 'author|resource|who|user|manager|автор|кто|сотрудник|менеджер|ответственный'],
  ['type', 'words', 'type|kind|тип|вид'],
  [
    'body',
    null,
    'body|description|comment|note|notes|details|подробности|описание|комментари[йи]|примечани[ея]',
  ],
  ['title', null, 'title|subject|summary|event|activity|name|what|событие|название|наименование|тема|что'],
  ['externalId', null, 'id|no|number|key|код|номер|номер записи|№|#'],
];

const COUNTERPARTIES: Sign[] = [
  ['ignore', null, `почему не вошла|why it did not go in|${CONFIDENTIAL}`],
  ['inn', null, 'инн|инн кпп|inn|tax id'],
  ['kpp', null, 'кпп|kpp'],
  ['ogrn', null, 'огрн|огрнип|ogrn'],
  ['contactPhone', null, 'телефон контакт\\p{L}*|contact phone'],
  ['contactEmail', null, '(?:почта|e mail|email) контакт\\p{L}*|contact e ?mail'],
  ['contactRole', null, 'должность|position|job title'],
  ['contact', null, 'контакт|контактное лицо|contact|contact person|представитель'],
  ['phone', null, '(?:рабочий |мобильный |домашний )?(?:телефон\\p{L}*|тел|phone|mobile)'],
  ['email', null, 'e mail|email|почта|эл почта|электронная почта'],
  ['manager', null, 'менеджер|ответственный|manager|owner|assigned'],
  ['category', 'words', 'категория|тип контакта|category'],
  ['kind', 'words', 'вид|тип|юр физ лицо|юридическое или физическое лицо|вид контрагента|kind|type'],
  [
    'name',
    null,
    'наименование|название|название компании|контрагент|клиент|заказчик|покупатель|поставщик|фио|имя|name|company|customer|full name',
  ],
  ['note', null, 'примечани[ея]|комментари[йи]|заметк[аи]|описание|note|notes|comment|description'],
  ['externalId', null, 'id|код|номер|number|key|code|№|#'],
];

const ORDERS: Sign[] = [
  ['ignore', null, 'почему не вошла|why it did not go in'],
  ['confidentialNote', null, CONFIDENTIAL],
  ['promisedOn', 'date', 'обещан\\p{L}*|обещали|срок монтажа|срок|promised|due|deadline'],
  [
    'plannedOn',
    'date',
    'план\\p{L}*|дата монтажа|монтаж|дата установки|planned|installation|install date|installation date',
  ],
  ['inn', null, 'инн|inn'],
  ['phone', null, 'телефон\\p{L}*|тел|phone|mobile'],
  ['amount', 'number', 'сумма|сумма договора|стоимость|итого|amount|total|price|contract sum'],
  ['orderStatus', 'words', 'статус|состояние|стадия|стадия сделки|этап|status|state|stage'],
  ['template', 'words', 'вид|вид заказа|тип|тип заказа|template|kind|type'],
  ['manager', null, 'менеджер|ответственный|manager|owner'],
  ['address', null, 'адрес|адрес объекта|объект|address|site'],
  ['counterparty', null, 'контрагент|клиент|заказчик|покупатель|компания|фио|customer|client|company'],
  [
    'number',
    null,
    'номер заказа|заказ|номер договора|договор|номер|№ заказа|№|id|order|order number|number|no',
  ],
  ['note', null, 'примечани[ея]|комментари[йи]|описание|note|notes|comment|description'],
];

const SIGNS: Record<ImportKind, Sign[]> = { events: EVENTS, counterparties: COUNTERPARTIES, orders: ORDERS };

/** What tells the kind of a table: columns that only such a one has. */
const TELLING: Record<'counterparties' | 'orders', readonly ImportTarget[]> = {
  counterparties: ['inn', 'kpp', 'ogrn', 'email', 'contact', 'contactRole', 'phone', 'kind', 'category'],
  orders: [
    'address',
    'amount',
    'plannedOn',
    'promisedOn',
    'counterparty',
    'manager',
    'template',
    'orderStatus',
  ],
};

/** What the rows of a table most likely are. A table in which something happened at some time is one of events. */
export function guessKind(columns: readonly string[], survey: readonly Looks[] = []): ImportKind {
  const of = (kind: ImportKind) => new Set(Object.values(guessTargets(columns, survey, kind)));
  const events = of('events');
  const isTold = (kind: 'counterparties' | 'orders', key: ImportTarget, least: number) => {
    const found = of(kind);
    return found.has(key) && TELLING[kind].filter((target) => found.has(target)).length >= least;
  };
  const says = columns.some((name) => /событи|что произошло|event|activity|title|тема/i.test(name));
  if (says) return 'events';
  const hasDates = events.has('occurredAt');
  if (isTold('orders', 'number', hasDates ? 4 : 3) && of('orders').has('address')) return 'orders';
  if (!hasDates && isTold('counterparties', 'name', 2)) return 'counterparties';
  return !hasDates && isTold('orders', 'number', 3) ? 'orders' : 'events';
}

/** What a name must not be for the target: a birthday is no moment of an event. */
const NOT: Partial<Record<ImportTarget, RegExp>> = {
  occurredAt: /рожден|birth|выполнен|оконч|с момента|since/,
  occurredTime: /выполнен|оконч|заверш|ожидан|в пути|с момента|end|spent|wait|duration|since/,
  project: /с момента|дата|время|since/,
  'payload.amountKop': /скид|налог|ндс|tax|discount/,
};

const fits = (holds: Holds | null, column: Looks | undefined): boolean => {
  if (!column || column.looks === 'empty' || holds === null) return true;
  if (holds === 'words') return column.looks === 'text' && column.words.length > 0;
  if (holds === 'number') return column.looks === 'number' || column.looks === 'phone';
  if (holds === 'phone') return column.looks === 'phone' || column.looks === 'text';
  return column.looks === holds;
};

const plainName = (column: string): string =>
  column
    .toLowerCase()
    .replaceAll('ё', 'е')
    .replace(/[_:./-]+/g, ' ');

/** Targets for columns that no preset knows; each target once, the rest is kept. */
export function guessTargets(
  columns: readonly string[],
  survey: readonly Looks[] = [],
  kind: ImportKind = 'events',
): Record<string, ImportTarget> {
  const looks = new Map(survey.map((column) => [column.name, column]));
  const taken = new Set<ImportTarget>();
  const found = new Map<string, ImportTarget>();
  for (const [target, holds, words] of SIGNS[kind]) {
    const sign = new RegExp(`(?<![\\p{L}\\p{N}])(?:${words})(?![\\p{L}\\p{N}])`, 'u');
    const column = columns.find((each) => {
      const name = plainName(each);
      return !found.has(each) && sign.test(name) && !NOT[target]?.test(name) && fits(holds, looks.get(each));
    });
    if (!column || taken.has(target)) continue;
    taken.add(target);
    found.set(column, target);
    // A card holds several phones.
    if (!SHARED_TARGETS[kind].includes(target) || target === 'ignore') continue;
    for (const each of columns)
      if (!found.has(each) && sign.test(plainName(each)) && fits(holds, looks.get(each)))
        found.set(each, target);
  }
  if (kind === 'events') byValues(columns, looks, found, taken);
  return Object.fromEntries(columns.map((column) => [column, found.get(column) ?? 'keep']));
}

/** What every event needs, where no name says it: the first column of dates, the first of texts. */
function byValues(
  columns: readonly string[],
  looks: ReadonlyMap<string, Looks>,
  found: Map<string, ImportTarget>,
  taken: Set<ImportTarget>,
): void {
  const firstOf = (kind: Looks['looks']) =>
    columns.find((name) => !found.has(name) && looks.get(name)?.looks === kind);
  const date = taken.has('occurredAt') ? undefined : firstOf('date');
  if (date) found.set(date, 'occurredAt');
  const text = taken.has('title') ? undefined : firstOf('text');
  if (text) found.set(text, 'title');
}
