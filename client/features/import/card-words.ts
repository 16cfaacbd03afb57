import type { Contact } from '@svodka/shared/contracts/counterparty';
import type { ImportFinding } from '@svodka/shared/contracts/import';
import { formatPhone } from '../../format/phone.ts';
import { shortDay } from '../../format/time.ts';
import { i18n, label, t } from '../../state/i18n.svelte.ts';
import { moneyWords } from '../../state/sayings.ts';
import { revisionLines } from '../event/revision-words.ts';
import { cardFieldLabel } from './target-label.ts';

const isOrderStatus = (value: unknown): boolean => label(`project.status.${value}`, '') !== '';

/** A field of a card as it is read. */
export function cardText(field: string, value: unknown): string {
  if (value === null || value === undefined || value === '') return '';
  if (Array.isArray(value)) return value.map((one) => cardText(field, one)).join(', ');
  switch (field) {
    case 'kind':
      return label(`counterparty.kind.${value}`, String(value));
    case 'categories':
      return label(`counterparty.category.${value}`, String(value));
    case 'template':
      return label(`order.template.${value}`, String(value));
    case 'status':
      return label(`project.status.${value}`, String(value));
    case 'phone':
    case 'phones':
      return formatPhone(String(value));
    case 'amountKop':
    case 'paidKop':
      return moneyWords(Number(value));
    case 'registeredOn':
    case 'measureOn':
    case 'plannedOn':
    case 'promisedOn':
      return shortDay(String(value), '', i18n.viewer);
    case 'contacts': {
      const { name, role, phones, emails } = value as Contact;
      return [name, role, ...phones.map(formatPhone), ...emails].filter(Boolean).join(' ');
    }
    default:
      return String(value);
  }
}

/** What a card says, a line for each field. */
export const cardLines = (card: Record<string, unknown>) =>
  Object.entries(card)
    .map(([field, value]) => ({
      field,
      label: cardFieldLabel(field, isOrderStatus(card.status)),
      text: cardText(field, value),
    }))
    .filter(({ text }) => text !== '');

/** What a row says otherwise than what is here, a line for each field. */
export function changeLines(
  { changes, id }: ImportFinding,
  isEvent: boolean,
): { field: string; from: string; to: string }[] {
  if (isEvent)
    return revisionLines({ changes: changes as never }).map(({ field, from, to }) => ({ field, from, to }));
  const isOrder = id !== null && isOrderStatus(changes.status?.to);
  return Object.entries(changes).map(([field, { from, to }]) => ({
    field: cardFieldLabel(field, isOrder),
    from: cardText(field, from) || t('revision.nothing'),
    to: cardText(field, to),
  }));
}
