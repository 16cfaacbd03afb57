import type { ImportRowError } from '@svodka/shared/contracts/import';
import { label, t } from '../../state/i18n.svelte.ts';
import { targetLabel } from './target-label.ts';

/** What is wrong with a value: «не похоже на время: „вчера“». */
export function errorWords({ reason, value }: Pick<ImportRowError, 'reason' | 'value'>): string {
  const words = label(`import.reason.${reason}`, reason);
  return value ? t('import.reason.value', { reason: words, value }) : words;
}

/**
 * What is wrong with a row, each fault after its column of the file; where none is mapped, after what is missing.
 * What is wrong with the row as a whole stands alone.
 */
export const faultWords = (errors: readonly ImportRowError[], columns: object): string =>
  errors
    .map((error) => {
      const name = Object.hasOwn(columns, error.column) ? error.column : targetLabel(error.column);
      return [error.column && name, errorWords(error)].filter(Boolean).join(': ');
    })
    .join(' · ');
