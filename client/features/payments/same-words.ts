import type { SamePayment } from '@svodka/shared/contracts/ingest';
import { wordAnew } from '@svodka/shared/messages/said-anew';
import { i18n, t } from '../../state/i18n.svelte.ts';
import { dayWords, moneyWords } from '../../state/sayings.ts';

/** What a payment that is there already is, of how much and of when, and by whom it was written. */
export function sameWords({ eventId, type, on, by, amountKop }: SamePayment): string {
  const sum = moneyWords(amountKop);
  const day = dayWords(on);
  if (eventId === null && by === '') return t('payments.same.behind', { sum, day });
  return t('payments.same', { type: t(`type.${type}`), sum, day, name: wordAnew(i18n.locale, 'by', by) });
}
