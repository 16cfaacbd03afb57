import { kept, ofCard, phoneTerms, termsOf } from '@svodka/shared/filter/terms';
import type { CounterpartyDoc, ProjectDoc } from './directory.schema.ts';

type Called = Pick<CounterpartyDoc, 'number' | 'name' | 'phones'>;

/** How somebody on the phone names a counterparty: what its orders and events are found by. Not all see its phones. */
export const callTerms = ({ number, name, phones }: Called): string[] =>
  kept([...termsOf(number, name), ...phones.flatMap(phoneTerms).map(ofCard)]);

/** The words under which a counterparty itself is found. */
export const termsOfCounterparty = ({
  number,
  name,
  phones,
  inn,
  emails,
}: Called & Pick<CounterpartyDoc, 'inn' | 'emails'>): string[] =>
  kept([...termsOf(number, name), ...phones.flatMap(phoneTerms), ...termsOf(inn, ...emails)]);

/** The words under which an order is found, and its events: number, address, and the customer's. */
export const termsOfProject = (
  { number, objectAddress }: Pick<ProjectDoc, 'number' | 'objectAddress'>,
  customer: Called | null,
): string[] => kept([...termsOf(number, objectAddress), ...(customer ? callTerms(customer) : [])]);

export const sameTerms = (a: readonly string[], b: readonly string[]): boolean =>
  a.length === b.length && a.every((term, i) => term === b[i]);
