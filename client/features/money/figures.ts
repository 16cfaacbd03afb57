// What money says of an order or a counterparty, and the events that each figure is made of.
import type { EventType } from '@svodka/shared/contracts/modules';
import type { OrderMoney } from '@svodka/shared/contracts/orders';
import { and, type Filter } from '@svodka/shared/filter/ast';
import { AGREED_BY, OVERDUE_BY, PAID_BY, REFUNDED_BY } from '@svodka/shared/rules/orders/fills';
import { t } from '../../state/i18n.svelte.ts';
import { moneyWords } from '../../state/sayings.ts';

/** `opens`: what the stream is narrowed to. */
export type Figure = { text: string; opens: Filter; isBad?: boolean };

/** What figures are made of. */
export const typed = (...types: (readonly EventType[])[]): Filter => ({ field: 'type', in: types.flat() });

/** `contract`: how what was agreed is called. */
export function figuresOf(
  {
    contractKop,
    paidKop,
    refundedKop,
    debtKop,
    overdueKop,
    looseKop = 0,
  }: OrderMoney & { looseKop?: number },
  contract: 'party.contract' | 'chain.money.contract',
): Figure[] {
  const sum = (kop: number) => ({ sum: moneyWords(kop) });
  const agreed = contractKop ?? 0;
  const debt = debtKop ?? 0;
  const percent = agreed > 0 ? `, ${Math.floor((paidKop / agreed) * 100)} %` : '';
  const all: (Figure | false)[] = [
    agreed > 0 && { text: t(contract, sum(agreed)), opens: typed(AGREED_BY) },
    (paidKop !== 0 || agreed > 0) && {
      text: t('party.paid', sum(paidKop)) + percent,
      opens: typed(PAID_BY, REFUNDED_BY),
    },
    looseKop !== 0 && {
      text: t('party.loose', sum(looseKop)),
      opens: and(typed(PAID_BY, REFUNDED_BY), { field: 'project', exists: false }),
    },
    refundedKop > 0 && { text: t('party.refunded', sum(refundedKop)), opens: typed(REFUNDED_BY) },
    debt !== 0 && {
      text: t(debt > 0 ? 'party.debt' : 'party.ahead', sum(Math.abs(debt))),
      opens: typed(AGREED_BY, PAID_BY, REFUNDED_BY),
    },
    overdueKop > 0 && {
      text: t('party.overdue', sum(overdueKop)),
      opens: typed(OVERDUE_BY, ['deadline.overdue']),
      isBad: true,
    },
  ];
  return all.filter((each) => each !== false);
}
