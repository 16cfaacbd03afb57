import { kept, termsOf } from '@svodka/shared/filter/terms';
import { type Called, callTerms } from '../../counterparties/counterparty-terms.ts';
import type { ProjectDoc } from './project.schema.ts';

/** The words under which an order is found, and its events: number, address, and the customer's. */
export const termsOfProject = (
  { number, objectAddress }: Pick<ProjectDoc, 'number' | 'objectAddress'>,
  customer: Called | null,
): string[] => kept([...termsOf(number, objectAddress), ...(customer ? callTerms(customer) : [])]);
