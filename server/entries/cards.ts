import type { Counterparty } from '@svodka/shared/contracts/counterparty';
import type { Project } from '@svodka/shared/contracts/directory';
import { AppError } from '@svodka/shared/contracts/errors';
import { type Actor, CARD_FIELDS, type CardField, cardFields } from '@svodka/shared/rules/permissions';

/** The right is missing for one field of a form: the answer says which. */
export const notYours = (field: 'managerId' | 'appointedIds' | 'number'): AppError =>
  new AppError('forbidden', field, [
    { field, reason: field === 'number' ? 'number-given' : 'not-your-team' },
  ]);

/** Whether a person sees every card whole, so that nobody need ask which are their own. */
export function seesAllCards(actor: Actor): boolean {
  return cardFields(actor).size === CARD_FIELDS.length;
}

const EMPTY: Record<CardField, unknown> = {
  amountKop: null,
  inn: null,
  kpp: null,
  ogrn: null,
  phones: [],
  emails: [],
  contacts: [],
  note: '',
  attachments: [],
  consents: [],
};

/** An entry as a person may see it: what is not theirs to know is empty. `isOwn`: they see it whole. */
export function cardFor<E extends Project | Counterparty>(actor: Actor, entry: E, isOwn: boolean): E {
  if (isOwn || seesAllCards(actor)) return entry;
  const sees = cardFields(actor);
  const hidden = CARD_FIELDS.filter((field) => field in entry && !sees.has(field));
  const seen = { ...entry, ...Object.fromEntries(hidden.map((field) => [field, EMPTY[field]])) };
  // Whoever may not know the sum may not know what of it is paid.
  const { line } = entry as Partial<Project>;
  return line && hidden.includes('amountKop') ? { ...seen, line: { ...line, money: null } } : seen;
}
