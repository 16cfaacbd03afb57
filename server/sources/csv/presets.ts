import type {
  ColumnSurvey,
  ImportMapping,
  ImportPreset,
  ImportTarget,
} from '@svodka/shared/contracts/import';
import { guessKind, guessTargets } from '@svodka/shared/rules/tables/guess';

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
  sameNumbers: false,
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

/** How the columns of a file are proposed to be read: by the preset that fits, and by their names and values. */
export function proposedFor(
  columns: readonly string[],
  survey: readonly ColumnSurvey[],
  fileName: string,
  zone: string,
): { preset: string | null; mapping: ImportMapping } {
  const preset = presetFor(columns);
  if (!preset) {
    const kind = guessKind(columns, survey, fileName);
    return { preset: null, mapping: mapping(guessTargets(columns, survey, kind), { kind, zone }) };
  }
  // What the preset does not speak of is guessed, as long as nothing else is that already.
  const known = (column: string) =>
    Object.hasOwn(preset.mapping.columns, column) ? preset.mapping.columns[column] : undefined;
  const taken = new Set(columns.map(known));
  const rest = columns.filter((column) => known(column) === undefined);
  const guessed = Object.entries(guessTargets(rest, survey)).map(
    ([column, target]) => [column, taken.has(target) ? 'keep' : target] as const,
  );
  const named = columns.flatMap((column) => {
    const target = known(column);
    return target ? [[column, target] as const] : [];
  });
  return {
    preset: preset.code,
    mapping: { ...preset.mapping, columns: Object.fromEntries([...named, ...guessed]) },
  };
}

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
