import type { CounterpartyEdit } from '@svodka/shared/contracts/counterparty';
import { newId } from '@svodka/shared/contracts/id';
import { kept, ofCard, phoneTerms, termsOf } from '@svodka/shared/filter/terms';
import { sameTerms } from '../entries/entry.ts';
import { takenFrom } from '../entries/withheld.ts';
import type { CounterpartyDoc } from './counterparty.schema.ts';
import { likenessOf } from './likeness.ts';

export type Called = Pick<CounterpartyDoc, 'number' | 'name' | 'phones' | 'contacts'>;

/** Every phone by which somebody of a counterparty calls. */
const phonesOf = ({ phones, contacts = [] }: Pick<Called, 'phones' | 'contacts'>): string[] => [
  ...phones,
  ...contacts.flatMap((contact) => contact.phones),
];

/** How somebody on the phone names a counterparty: what its orders and events are found by. Not all see its phones. */
export const callTerms = (called: Called): string[] =>
  kept([...termsOf(called.number, called.name), ...phonesOf(called).flatMap(phoneTerms).map(ofCard)]);

/** The words under which a counterparty itself is found. */
export function termsOfCounterparty(
  card: Called & Pick<CounterpartyDoc, 'inn' | 'kpp' | 'ogrn' | 'emails'>,
): string[] {
  const { number, name, inn, ogrn, emails, contacts = [] } = card;
  return kept([
    ...termsOf(number, name),
    ...phonesOf(card).flatMap(phoneTerms),
    ...termsOf(inn, ogrn, ...emails, ...contacts.flatMap((one) => [one.name, ...one.emails])),
  ]);
}

/** What is kept with a card and follows from it. */
export const derivedOf = (
  card: Omit<CounterpartyDoc, 'terms' | 'createdAt' | 'createdBy' | 'version' | '_id'>,
): Pick<CounterpartyDoc, 'terms' | 'alike'> => ({
  terms: termsOfCounterparty(card),
  alike: likenessOf(card),
});

/** What an edit writes, and whether events have to hear of it: who sees them, and how they are found. */
export function changesOf(before: CounterpartyDoc, edit: CounterpartyEdit) {
  const after = { ...before, ...edit };
  const reachesEvents =
    before.managerId !== after.managerId || !sameTerms(callTerms(before), callTerms(after));
  const changes: Partial<CounterpartyDoc> = {
    ...edit,
    ...derivedOf(after),
    ...(reachesEvents && {
      rewrite: newId(),
      taken: takenFrom(
        { audience: before.managerId ? [before.managerId] : [], taken: before.taken },
        after.managerId ? [after.managerId] : [],
      ),
    }),
  };
  return { changes, reachesEvents };
}
