import type { SamePayment } from '@svodka/shared/contracts/ingest';
import { wordAnew } from '@svodka/shared/messages/said-anew';
import { dayOf, shortDay } from '../../format/time.ts';
import { clock } from '../../state/clock.svelte.ts';
import { i18n, t } from '../../state/i18n.svelte.ts';

/** What a payment that is there already is, of when, and by whom it was written. */
export const sameWords = ({ type, on, by }: SamePayment) => ({
  type: t(`type.${type}`),
  day: shortDay(on, dayOf(clock.now, i18n.viewer), i18n.viewer),
  name: wordAnew(i18n.locale, 'by', by),
});
