import type { Id } from '@svodka/shared/contracts/id';
import type { PaymentMatch } from '@svodka/shared/contracts/payments';

export type NamedOrder = { _id: Id; number: string; counterpartyId: Id | null };
export type Payer = { _id: Id; inn: string | null; kpp?: string | null };

export type Matched = {
  match: PaymentMatch;
  order: NamedOrder | null;
  named: NamedOrder[];
  payer: Id | null;
};

/**
 * Who pays: of those with the payer's tax number the one whose account it is, or else whose branch it is; without such a
 * number whose account it is. Null: nobody that is known, or one of several.
 */
export function payerOf(
  { inn, kpp }: { inn: string | null; kpp: string | null },
  known: readonly Payer[],
  byAccount: Id | undefined,
): Id | null {
  const same = inn === null ? [] : known.filter((one) => one.inn === inn);
  if (same.length === 0) return byAccount ?? null;
  if (same.length === 1) return same[0]?._id ?? null;
  const own = same.find(({ _id }) => _id === byAccount);
  const branch = same.filter((one) => kpp !== null && one.kpp === kpp);
  return own?._id ?? (branch.length === 1 ? (branch[0]?._id ?? null) : null);
}

/**
 * To which order a payment goes. Money on a wrong order is worse than money that waits: an order of the payer's own that
 * the purpose names is taken, and one that it calls an order where nobody else's name stands against it.
 * @param named orders whose numbers stand in the purpose
 * @param isCalled whether the purpose calls this number that of an order, and not of an invoice or anything
 */
export function matchPayment(
  named: readonly NamedOrder[],
  payer: Id | null,
  isCalled: (number: string) => boolean,
): Matched {
  const found = { named: [...named], payer };
  const own = named.filter(({ counterpartyId }) => payer !== null && counterpartyId === payer);
  if (own.length === 1) return { ...found, match: 'payer', order: own[0] ?? null };
  if (own.length > 1) return { ...found, match: 'several', order: null };
  if (named.length === 0) return { ...found, match: 'unnamed', order: null };
  const called = named.filter(({ number }) => isCalled(number));
  // Whoever is known, and pays for the order of another, may do so; or the number is not that order's.
  const open = called.filter(({ counterpartyId }) => payer === null || counterpartyId === null);
  if (open.length === 1 && called.length === 1) return { ...found, match: 'number', order: open[0] ?? null };
  return { ...found, match: called.length > 1 ? 'several' : 'foreign', order: null };
}
