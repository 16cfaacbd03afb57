import type { Id } from '@svodka/shared/contracts/id';
import type { SamePayment } from '@svodka/shared/contracts/ingest';
import type { PaymentMatch } from '@svodka/shared/contracts/payments';

export type NamedOrder = { _id: Id; number: string; counterpartyId: Id | null };
export type Payer = { _id: Id; inn: string | null; kpp?: string | null };

export type Matched = {
  match: PaymentMatch;
  order: NamedOrder | null;
  named: NamedOrder[];
  /** What it calls numbers of orders that are not here. */
  unknown: readonly string[];
  payer: Id | null;
  /** What the order has already, where that is why it waits. */
  same: SamePayment | null;
};

/** Orders by how a purpose names them. */
export type NamedOrders = {
  /** Their numbers stand in it as numbers of something. */
  named: readonly NamedOrder[];
  /** As those of orders, in lists as they stand together. */
  called: readonly (readonly NamedOrder[])[];
  /** As bare digits, which may be anything. */
  bare: readonly NamedOrder[];
  /** The numbers that it calls those of orders, and that none here has. */
  unknown: readonly string[];
};

/** Who pays, as far as that is one, and all records that may be it: none, if nobody is known. */
export type Payers = { known: Id | null; all: readonly Id[] };

/**
 * Who may be paying: those with the payer's tax number, and of several the one whose account it is, or else whose branch
 * it is; without such a number whose account it is.
 */
export function payersOf(
  { inn, kpp }: { inn: string | null; kpp: string | null },
  known: readonly Payer[],
  byAccount: Id | undefined,
): Payers {
  const same = inn === null ? [] : known.filter((one) => one.inn === inn);
  if (same.length === 0) return { known: byAccount ?? null, all: byAccount === undefined ? [] : [byAccount] };
  const own = same.filter(({ _id }) => _id === byAccount);
  const branch = same.filter((one) => kpp !== null && one.kpp === kpp);
  const one = [same, own, branch].find((some) => some.length === 1)?.[0];
  return { known: one?._id ?? null, all: same.map(({ _id }) => _id) };
}

/**
 * To which order a payment goes. Money on a wrong order is worse than money that waits: an order of the payer's own that
 * the purpose names is taken, and one that it calls an order where nobody else's name stands against it; a second order
 * of the same customer, or in the same list, stands against it always.
 * @param isStranger whether a payer whom nobody knows can be no customer of this order
 */
export function matchPayment(
  { named, called, bare, unknown }: NamedOrders,
  { known, all: payers }: Payers,
  isStranger: (order: NamedOrder) => boolean,
): Matched {
  const waits = (match: PaymentMatch, orders = named): Matched => ({
    match,
    order: null,
    named: [...orders],
    unknown,
    payer: known,
    same: null,
  });
  if (named.length === 0) return waits(unknown.length > 0 ? 'unknown' : 'unnamed');
  const isOf = ({ counterpartyId }: NamedOrder) => counterpartyId !== null && payers.includes(counterpartyId);
  const ofKnown = named.filter(({ counterpartyId }) => known !== null && counterpartyId === known);
  const own = ofKnown.length > 0 ? ofKnown : named.filter(isOf);
  if (own.length > 1) return waits('several');
  const [order, other] = own.length > 0 ? own : [...new Set(called.flat())];
  if (other) return waits('several');
  // Whoever is known, and pays for the order of another, may do so; or the number is not that order's.
  const isOpen = order && (order.counterpartyId === null || payers.length === 0) && !isStranger(order);
  if (!order) {
    const isForeign = (one: NamedOrder) =>
      one.counterpartyId !== null && (payers.length > 0 || isStranger(one));
    return waits(named.every(isForeign) ? 'foreign' : 'unsure');
  }
  if (!isOf(order) && !isOpen) return waits('foreign');
  const beside = [
    ...called.filter((list) => list.includes(order)).flat(),
    ...[...named, ...bare].filter(
      (one) => order.counterpartyId !== null && one.counterpartyId === order.counterpartyId,
    ),
  ];
  const all = new Set([order, ...beside]);
  if (all.size > 1) return waits('several', [...all]);
  return {
    ...waits(isOf(order) ? 'payer' : 'number'),
    order,
    payer: isOf(order) ? order.counterpartyId : known,
  };
}
