import type { ImportMapping } from '@svodka/shared/contracts/import';
import { wordOf } from '@svodka/shared/contracts/import-words';
import { domainEn } from '@svodka/shared/messages/domain.en';
import { domainRu } from '@svodka/shared/messages/domain.ru';
import { ordersEn } from '@svodka/shared/messages/orders.en';
import { ordersRu } from '@svodka/shared/messages/orders.ru';
import {
  byWord as ofCodes,
  ofEach,
  ownWords,
  type Texts,
  type Words,
} from '@svodka/shared/rules/tables/words';

export type { Words };

const LABELS: Texts[] = [
  { ...ordersRu, ...domainRu },
  { ...ordersEn, ...domainEn },
];

/** Codes and labels of both languages → code. */
export const byWord = <T extends string>(prefix: string, codes: readonly T[]): Map<string, T> =>
  ofCodes(LABELS, prefix, codes);

const OWN = ownWords(LABELS);

/** What words mean in a file: ours, other programs' where there is hardly a doubt, and what somebody has said of them. */
export const wordsFor = ({ words }: Pick<ImportMapping, 'words'>): Words =>
  ofEach((kind) => [
    ...OWN[kind],
    ...Object.entries(words?.[kind] ?? {}).map(([word, code]) => [wordOf(word), code] as const),
  ]);
