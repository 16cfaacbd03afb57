import { COUNTERPARTY_CATEGORIES, COUNTERPARTY_KINDS } from '../../contracts/counterparty.ts';
import { IMPORTANCES } from '../../contracts/event.ts';
import type { ImportMapping } from '../../contracts/import.ts';
import { SAID_ELSEWHERE, WORD_LABELS, type Wordy, wordOf } from '../../contracts/import-words.ts';
import { WRITTEN_TYPES } from '../../contracts/modules.ts';
import { ORDER_TEMPLATES, PROJECT_STATUSES } from '../../contracts/order-codes.ts';
import { domainEn } from '../../messages/domain.en.ts';
import { domainRu } from '../../messages/domain.ru.ts';
import { ordersEn } from '../../messages/orders.en.ts';
import { ordersRu } from '../../messages/orders.ru.ts';

const LABELS: Record<string, string>[] = [
  { ...ordersRu, ...domainRu },
  { ...ordersEn, ...domainEn },
];

/** Codes and labels of both languages → code. */
export function byWord<T extends string>(prefix: string, codes: readonly T[]): Map<string, T> {
  return new Map(
    codes.flatMap((code) => [
      [wordOf(code), code],
      ...LABELS.map((words) => [wordOf(words[`${prefix}.${code}`] ?? code), code] as const),
    ]),
  );
}

/** What each may mean. */
export const WORD_CODES: Record<Wordy, readonly string[]> = {
  type: WRITTEN_TYPES,
  importance: IMPORTANCES,
  status: ['open', 'recorded', 'resolved'],
  kind: COUNTERPARTY_KINDS,
  category: COUNTERPARTY_CATEGORIES,
  template: ORDER_TEMPLATES,
  orderStatus: PROJECT_STATUSES,
};

export type Words = Record<Wordy, ReadonlyMap<string, string>>;
const ofEach = (make: (kind: Wordy) => Iterable<readonly [string, string]>): Words =>
  Object.fromEntries(
    (Object.keys(WORD_CODES) as Wordy[]).map((kind) => [kind, new Map(make(kind))] as const),
  ) as Record<Wordy, Map<string, string>>;

const WORDS = ofEach((kind) => [
  ...Object.entries(SAID_ELSEWHERE[kind]),
  ...byWord(WORD_LABELS[kind], WORD_CODES[kind]),
]);

/** What words mean in a file: ours, other programs' where there is hardly a doubt, and what somebody has said of them. */
export const wordsFor = ({ words }: Pick<ImportMapping, 'words'>): Words =>
  ofEach((kind) => [
    ...WORDS[kind],
    ...Object.entries(words?.[kind] ?? {}).map(([word, code]) => [wordOf(word), code] as const),
  ]);
