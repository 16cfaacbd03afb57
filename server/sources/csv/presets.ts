import type { ImportMapping, ImportPreset, ImportTarget } from '@svodka/shared/contracts/import';

const mapping = (columns: ImportMapping['columns'], rest: Partial<ImportMapping> = {}): ImportMapping => ({
  kind: 'events',
  columns,
  type: 'note.free',
  importance: 'normal',
  zone: 'Europe/Moscow',
  due: 'last',
  order: null,
  words: {},
  source: null,
  update: false,
  restore: false,
  alike: 'ask',
  ...rest,
});

/**
 * Known kinds of files. `requires` are the columns by which a file is recognised.
 * permit-log: an event log of cases, as process mining tools write it; a case becomes a project and its deadline
 * stands on the case's last event. svodka: our own column names. orders-ru: a table kept by hand in Russian.
 */
export const PRESETS: ImportPreset[] = [
  {
    code: 'permit-log',
    requires: ['case:concept:name', 'concept:name', 'time:timestamp'],
    mapping: mapping(
      {
        'case:concept:name': 'project',
        'concept:name': 'title',
        'concept:instance': 'externalId',
        'time:timestamp': 'occurredAt',
        'case:deadline': 'dueAt',
        'org:resource': 'author',
        'case:channel': 'keep',
        'case:department': 'keep',
        'case:group': 'keep',
        'case:responsible': 'keep',
        'org:group': 'keep',
        'case:startdate': 'keep',
        'case:enddate': 'keep',
        'case:enddate_planned': 'ignore',
        'lifecycle:transition': 'ignore',
      },
      { zone: 'Europe/Amsterdam' },
    ),
  },
  {
    code: 'svodka',
    requires: ['title', 'type', 'occurredAt'],
    mapping: mapping(
      {
        id: 'externalId',
        title: 'title',
        body: 'body',
        type: 'type',
        importance: 'importance',
        occurredAt: 'occurredAt',
        dueAt: 'dueAt',
        project: 'project',
        counterparty: 'counterparty',
        author: 'author',
        status: 'status',
      },
      { due: 'each' },
    ),
  },
  {
    code: 'orders-ru',
    requires: ['Дата', 'Событие'],
    mapping: mapping(
      {
        Номер: 'externalId',
        Дата: 'occurredAt',
        Событие: 'title',
        Подробности: 'body',
        Вид: 'type',
        Важность: 'importance',
        Срок: 'dueAt',
        Заказ: 'project',
        Контрагент: 'counterparty',
        Автор: 'author',
        Статус: 'status',
      },
      { due: 'each' },
    ),
  },
];

/** The preset whose required columns are all in the file, if there is one. */
export function presetFor(columns: readonly string[]): ImportPreset | null {
  return PRESETS.find(({ requires }) => requires.every((column) => columns.includes(column))) ?? null;
}

/** What a column becomes; a column that nobody named is kept. */
export function targetOf({ columns }: ImportMapping, column: string): ImportTarget {
  // Own keys only: a file may have a column called `constructor`.
  return (Object.hasOwn(columns, column) && columns[column]) || 'keep';
}

/** Columns that the mapping does not speak of are kept; those it names but the file lacks are dropped. */
export function fitMapping(mapping: ImportMapping, columns: readonly string[]): ImportMapping {
  return {
    ...mapping,
    columns: Object.fromEntries(columns.map((column) => [column, targetOf(mapping, column)])),
  };
}
