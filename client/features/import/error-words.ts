import type { ImportRowError } from '@svodka/shared/contracts/import';
import { label, t } from '../../state/i18n.svelte.ts';

/** What is wrong with a value: «не похоже на время: „вчера“». */
export function errorWords({ reason, value }: Pick<ImportRowError, 'reason' | 'value'>): string {
  const words = label(`import.reason.${reason}`, reason);
  return value ? t('import.reason.value', { reason: words, value }) : words;
}
