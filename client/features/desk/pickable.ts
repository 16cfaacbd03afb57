import type { FieldName } from '@svodka/shared/filter/fields';

/** What the bar can add; `text` is the search field's. */
export const PICKABLE = [
  'importance',
  'module',
  'type',
  'status',
  'due',
  'dueAt',
  'occurred',
  'project',
  'counterparty',
  'author',
  'holder',
  'files',
] as const satisfies FieldName[];
export type Pickable = (typeof PICKABLE)[number];
/** Fields of many values, which one looks for by typing. */
export const SEARCHED: Pickable[] = ['type', 'project', 'counterparty', 'author', 'holder'];
