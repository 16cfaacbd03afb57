import type { ImportTarget } from '@svodka/shared/contracts/import';
import { label } from '../../state/i18n.svelte.ts';

/** Fields of cards that columns call otherwise. */
const FIELDS: Record<string, ImportTarget> = {
  categories: 'category',
  phones: 'phone',
  emails: 'email',
  contacts: 'contact',
  managerId: 'manager',
  objectAddress: 'address',
  amountKop: 'amount',
  paidKop: 'paid',
  counterpartyId: 'counterparty',
};

/** What a column becomes, in words; fields of events have theirs already. */
export const targetLabel = (target: ImportTarget | string): string =>
  label(target.startsWith('payload.') ? target : `import.target.${target}`, target);

export const cardFieldLabel = (field: string, isOrder: boolean): string =>
  targetLabel(field === 'status' && isOrder ? 'orderStatus' : (FIELDS[field] ?? field));
