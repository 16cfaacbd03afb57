import { IMPORTANCES } from '@svodka/shared/contracts/event';
import { SAID_ELSEWHERE, wordOf } from '@svodka/shared/contracts/import-words';
import { WRITTEN_TYPES } from '@svodka/shared/contracts/modules';
import { domainEn } from '@svodka/shared/messages/domain.en';
import { domainRu } from '@svodka/shared/messages/domain.ru';

/** Codes and labels of both languages → code. */
export function byWord<T extends string>(prefix: string, codes: readonly T[]): Map<string, T> {
  const label = (words: Record<string, string>, code: T) => wordOf(words[`${prefix}.${code}`] ?? code);
  return new Map(
    codes.flatMap((code) => [
      [wordOf(code), code],
      [label(domainRu, code), code],
      [label(domainEn, code), code],
    ]),
  );
}

export const WORDS = {
  type: byWord('type', WRITTEN_TYPES),
  importance: new Map<string, string>([
    ...Object.entries(SAID_ELSEWHERE.importance),
    ...byWord('importance', IMPORTANCES),
  ]),
  status: new Map<string, string>([
    ...Object.entries(SAID_ELSEWHERE.status),
    ...byWord('status', ['open', 'recorded', 'resolved'] as const),
  ]),
};
