import type { SamePayment } from '@svodka/shared/contracts/ingest';
import { wordAnew } from '@svodka/shared/messages/said-anew';
import { formatMoney } from '../../format/number.ts';
import { dayOf, shortDay } from '../../format/time.ts';
import { clock } from '../../state/clock.svelte.ts';
import { i18n, t } from '../../state/i18n.svelte.ts';

/** What a payment that is there already is, of how much and of when, and by whom it was written. */
export function sameWords({ eventId, type, on, by, amountKop }: SamePayment): string {
  const sum = formatMoney(amountKop, i18n.locale);
  const day = shortDay(on, dayOf(clock.now, i18n.viewer), i18n.viewer);
  if (eventId === null && by === '') return t('payments.same.behind', { sum, day });
  return t('payments.same', { type: t(`type.${type}`), sum, day, name: wordAnew(i18n.locale, 'by', by) });
}
