import { COUNTERPARTY_CATEGORIES, COUNTERPARTY_KINDS } from '../../contracts/counterparty.ts';
import { IMPORTANCES } from '../../contracts/event.ts';
import { SAID_ELSEWHERE, WORD_LABELS, type Wordy, wordOf } from '../../contracts/import-words.ts';
import { WRITTEN_TYPES } from '../../contracts/modules.ts';
import { ORDER_TEMPLATES, PROJECT_STATUSES } from '../../contracts/order-codes.ts';

/** The texts of one language, as many as are at hand. */
export type Texts = Readonly<Partial<Record<string, string>>>;

/** Codes and their labels in some languages → code. */
export function byWord<T extends string>(
  languages: readonly Texts[],
  prefix: string,
  codes: readonly T[],
): Map<string, T> {
  return new Map(
    codes.flatMap((code) => [
      [wordOf(code), code],
      ...languages.map((texts) => [wordOf(texts[`${prefix}.${code}`] ?? code), code] as const),
    ]),
  );
}

/** What a word of each kind may mean. */
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
export const ofEach = (make: (kind: Wordy) => Iterable<readonly [string, string]>): Words =>
  Object.fromEntries(
    (Object.keys(WORD_CODES) as Wordy[]).map((kind) => [kind, new Map(make(kind))] as const),
  ) as Record<Wordy, Map<string, string>>;

/** What words mean without anybody having said so: ours, and other programs' where there is hardly a doubt. */
export const ownWords = (languages: readonly Texts[]): Words =>
  ofEach((kind) => [
    ...Object.entries(SAID_ELSEWHERE[kind]),
    ...byWord(languages, WORD_LABELS[kind], WORD_CODES[kind]),
  ]);
