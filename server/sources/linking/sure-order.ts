import type { Id } from '@svodka/shared/contracts/id';
import type { OrderProposal } from '@svodka/shared/contracts/ingest';
import { sameMoneyTypes } from '@svodka/shared/rules/same-payment';
import type { EventDoc } from '../../events/event.schema.ts';
import type { ProjectDoc } from '../../orders/projects/project.schema.ts';

export type Found = { project: ProjectDoc; by: OrderProposal['by'] };
export type Customer = {
  _id: Id;
  by: 'inn' | 'phone' | 'counterparty';
  /** Only a name says so. */
  isNamesake?: boolean;
};

/**
 * The order to which an event may go without a look, or null: the only one that its text names, or that is found where it
 * names none. Money goes so to no order but one of the payer's own that is named, and that alone.
 */
export function sureOrder(
  { type }: Pick<EventDoc, 'type'>,
  {
    byNumber,
    bare,
    all,
    customers,
  }: {
    byNumber: readonly ProjectDoc[];
    bare: readonly ProjectDoc[];
    all: readonly Found[];
    customers: readonly Customer[];
  },
): ProjectDoc | null {
  const isMoney = sameMoneyTypes(type).length > 0;
  const found =
    isMoney || byNumber.length > 0
      ? byNumber
      : [...new Map(all.map(({ project }) => [project._id, project])).values()];
  const [order, other] = found;
  if (!order || other || order.status === 'closed') return null;
  const known = customers.filter(({ isNamesake }) => !isNamesake);
  const isOwn = known.some(({ _id }) => _id === order.counterpartyId);
  // What nobody says anything of may be anybody's, unless it is money.
  const isOpen = !isMoney && (known.length === 0 || order.counterpartyId === null);
  const isDoubtful = bare.some(
    ({ _id, counterpartyId }) =>
      _id !== order._id && counterpartyId !== null && counterpartyId === order.counterpartyId,
  );
  return (isOwn || isOpen) && !isDoubtful ? order : null;
}
