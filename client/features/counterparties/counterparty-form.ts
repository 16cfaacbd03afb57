import {
  type Counterparty,
  type CounterpartyCreate,
  CounterpartyCreateSchema,
  type CounterpartyEdit,
  CounterpartyEditSchema,
} from '@svodka/shared/contracts/counterparty';
import type { Id } from '@svodka/shared/contracts/id';
import type { MessageKey } from '@svodka/shared/messages/ru';
import { ask } from '../../api/rest.ts';
import { formatPhone } from '../../format/phone.ts';
import type { RecordDraft } from '../../state/record-draft.svelte.ts';

/** A contact as the form holds it. */
export type ContactFields = { name: string; role: string; phones: string; emails: string };

/** A counterparty as the form holds it: phones and addresses one per line. */
export type CounterpartyFields = {
  kind: Counterparty['kind'];
  name: string;
  categories: Counterparty['categories'];
  inn: string;
  kpp: string;
  ogrn: string;
  phones: string;
  emails: string;
  contacts: ContactFields[];
  managerId: Id | null;
  note: string;
};

export const FIELD_LABELS: Record<keyof CounterpartyFields, MessageKey> = {
  kind: 'counterparties.kind',
  name: 'counterparties.name',
  categories: 'counterparties.categories',
  inn: 'counterparties.inn',
  kpp: 'counterparties.kpp',
  ogrn: 'counterparties.ogrn',
  phones: 'counterparties.phones',
  emails: 'counterparties.emails',
  contacts: 'counterparties.contacts',
  managerId: 'counterparties.manager',
  note: 'counterparties.note',
};

export function fieldsOf(counterparty: Counterparty | null): CounterpartyFields {
  return {
    kind: counterparty?.kind ?? 'person',
    name: counterparty?.name ?? '',
    categories: counterparty?.categories ?? ['customer'],
    inn: counterparty?.inn ?? '',
    kpp: counterparty?.kpp ?? '',
    ogrn: counterparty?.ogrn ?? '',
    phones: counterparty?.phones.map(formatPhone).join('\n') ?? '',
    emails: counterparty?.emails.join('\n') ?? '',
    contacts:
      counterparty?.contacts.map(({ name, role, phones, emails }) => ({
        name,
        role,
        phones: phones.map(formatPhone).join(', '),
        emails: emails.join(', '),
      })) ?? [],
    managerId: counterparty?.managerId ?? null,
    note: counterparty?.note ?? '',
  };
}

/** Lines, or what commas and semicolons part: people paste them in every way. */
const lines = (text: string) =>
  text
    .split(/[\n,;]+/)
    .map((line) => line.trim())
    .filter(Boolean);

function bodyOf(fields: CounterpartyFields, names: (keyof CounterpartyFields)[]): Record<string, unknown> {
  const body: Record<string, unknown> = {};
  for (const name of names) {
    const value = fields[name];
    if (name === 'phones' || name === 'emails') body[name] = lines(fields[name]);
    else if (name === 'inn' || name === 'kpp' || name === 'ogrn') body[name] = fields[name].trim() || null;
    else if (name === 'contacts')
      body[name] = fields.contacts.map((contact) => ({
        name: contact.name.trim(),
        role: contact.role.trim(),
        phones: lines(contact.phones),
        emails: lines(contact.emails),
      }));
    else body[name] = typeof value === 'string' ? value.trim() : value;
  }
  return body;
}

/** Sends a new counterparty whole, of a known one what was changed. Null: refused, the draft says why. */
export function saveCounterparty(
  draft: RecordDraft<CounterpartyFields>,
  counterparty: Counterparty | null,
  onStale: (current: Counterparty) => void,
): Promise<Counterparty | null> {
  if (!counterparty) {
    return draft.create<CounterpartyCreate, Counterparty>({
      schema: CounterpartyCreateSchema,
      body: bodyOf(draft.values, Object.keys(draft.values) as (keyof CounterpartyFields)[]),
      send: (create) => ask('POST /counterparties', { body: { ...create, id: draft.id } }),
      onStale: (current) => onStale(current as Counterparty),
    });
  }
  if (!draft.dirty) return Promise.resolve(counterparty);
  return draft.save<CounterpartyEdit, Counterparty>({
    schema: CounterpartyEditSchema,
    body: bodyOf(draft.values, draft.changed),
    send: (edit) =>
      ask('PATCH /counterparties/:id', { id: counterparty.id, rev: counterparty.version, body: edit }),
    onStale: (current) => onStale(current as Counterparty),
    again: (current) => saveCounterparty(draft, current as Counterparty, onStale),
  });
}
