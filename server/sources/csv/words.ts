import { COUNTERPARTY_CATEGORIES, COUNTERPARTY_KINDS } from '@svodka/shared/contracts/counterparty';
import { IMPORTANCES } from '@svodka/shared/contracts/event';
import type { ImportMapping } from '@svodka/shared/contracts/import';
import { SAID_ELSEWHERE, WORD_LABELS, type Wordy, wordOf } from '@svodka/shared/contracts/import-words';
import { WRITTEN_TYPES } from '@svodka/shared/contracts/modules';
import { ORDER_TEMPLATES, PROJECT_STATUSES } from '@svodka/shared/contracts/order-codes';
import { domainEn } from '@svodka/shared/messages/domain.en';
import { domainRu } from '@svodka/shared/messages/domain.ru';
import { ordersEn } from '@svodka/shared/messages/orders.en';
import { ordersRu } from '@svodka/shared/messages/orders.ru';

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

const CODES: Record<Wordy, readonly string[]> = {
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
    (Object.keys(CODES) as Wordy[]).map((kind) => [kind, new Map(make(kind))] as const),
  ) as Record<Wordy, Map<string, string>>;

const WORDS = ofEach((kind) => [
  ...Object.entries(SAID_ELSEWHERE[kind]),
  ...byWord(WORD_LABELS[kind], CODES[kind]),
]);

/** What words mean in a file: ours, other programs' where there is hardly a doubt, and what somebody has said of them. */
export const wordsFor = ({ words }: Pick<ImportMapping, 'words'>): Words =>
  ofEach((kind) => [
    ...WORDS[kind],
    ...Object.entries(words?.[kind] ?? {}).map(([word, code]) => [wordOf(word), code] as const),
  ]);
