import type { Counterparty } from '@svodka/shared/contracts/counterparty';
import type { CounterpartyRef } from '@svodka/shared/contracts/refs';
import type { CounterpartyDoc } from './counterparty.schema.ts';

export function toCounterparty(doc: CounterpartyDoc): Counterparty {
  return {
    id: doc._id,
    number: doc.number,
    kind: doc.kind,
    name: doc.name,
    categories: doc.categories,
    inn: doc.inn,
    kpp: doc.kpp ?? null,
    ogrn: doc.ogrn ?? null,
    phones: doc.phones,
    emails: doc.emails,
    contacts: doc.contacts ?? [],
    managerId: doc.managerId,
    note: doc.note,
    ...(doc.attachments && { attachments: doc.attachments }),
    ...(doc.consents && { consents: doc.consents }),
    createdAt: doc.createdAt.toISOString(),
    version: doc.version,
  };
}

export function toCounterpartyRef(doc: CounterpartyDoc): CounterpartyRef {
  const { _id: id, number, name, kind, merged } = doc;
  return { id, number, name, kind, ...(merged && { mergedInto: merged.into }) };
}
