import type { ImportTarget } from '@svodka/shared/contracts/import';

/** What a column of this name holds if it may: a date where there are dates, anything elsewhere. */
type Holds = 'date' | 'number' | 'phone' | 'text' | 'words';
type Looks = {
  name: string;
  looks: 'date' | 'number' | 'phone' | 'text' | 'empty';
  words: readonly string[];
};

/**
 * What a column most likely holds, by the words in its name and by its values. In order: what is more telling comes first,
 * so that «номер заказа» is an order and not a record number. A sign is a whole word or its beginning: «почтовый» is no
 * «что», «планшет» is no plan.
 */
const SIGNS: [ImportTarget, Holds | null, string][] = [
  ['ignore', null, 'почему не вошла|why it did not go in'],
  ['dueAt', 'date', 'deadline|due|срок|дедлайн|planned|план|плановая'],
  [
    'occurredAt',
    'date',
    'timestamp|date|time|when|occurred|created|дата|время|когда|создан[оа]?|start|startdate',
  ],
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

/** What a name must not be for the target: a birthday is no moment of an event. */
const NOT: Partial<Record<ImportTarget, RegExp>> = {
  occurredAt: /рожден|birth|выполнен|оконч|с момента|since/,
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

/** Targets for columns that no preset knows; each target once, the rest is kept. */
export function guessTargets(
  columns: readonly string[],
  survey: readonly Looks[] = [],
): Record<string, ImportTarget> {
  const looks = new Map(survey.map((column) => [column.name, column]));
  const taken = new Set<ImportTarget>();
  const found = new Map<string, ImportTarget>();
  for (const [target, holds, words] of SIGNS) {
    const sign = new RegExp(`(?<![\\p{L}\\p{N}])(?:${words})(?![\\p{L}\\p{N}])`, 'u');
    const column = columns.find((each) => {
      const name = each
        .toLowerCase()
        .replaceAll('ё', 'е')
        .replace(/[_:.-]+/g, ' ');
      return !found.has(each) && sign.test(name) && !NOT[target]?.test(name) && fits(holds, looks.get(each));
    });
    if (!column || taken.has(target)) continue;
    taken.add(target);
    found.set(column, target);
  }
  byValues(columns, looks, found, taken);
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
