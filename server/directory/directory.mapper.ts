import type { Counterparty, Project } from '@svodka/shared/contracts/directory';
import type { CounterpartyRef, ProjectRef } from '@svodka/shared/contracts/refs';
import type { CounterpartyDoc, ProjectDoc } from './directory.schema.ts';

export function toProject(doc: ProjectDoc): Project {
  return {
    id: doc._id,
    number: doc.number,
    counterpartyId: doc.counterpartyId,
    objectAddress: doc.objectAddress,
    managerId: doc.managerId,
    appointedIds: doc.appointedIds,
    status: doc.status,
    template: doc.template ?? 'private',
    amountKop: doc.amountKop,
    tz: doc.tz,
    note: doc.note,
    createdAt: doc.createdAt.toISOString(),
    version: doc.version,
  };
}

export function toProjectRef(doc: ProjectDoc): ProjectRef {
  return {
    id: doc._id,
    number: doc.number,
    objectAddress: doc.objectAddress,
    counterpartyId: doc.counterpartyId,
  };
}

export function toCounterparty(doc: CounterpartyDoc): Counterparty {
  return {
    id: doc._id,
    number: doc.number,
    kind: doc.kind,
    name: doc.name,
    categories: doc.categories,
    inn: doc.inn,
    phones: doc.phones,
    emails: doc.emails,
    managerId: doc.managerId,
    note: doc.note,
    createdAt: doc.createdAt.toISOString(),
    version: doc.version,
  };
}

export function toCounterpartyRef(doc: CounterpartyDoc): CounterpartyRef {
  return { id: doc._id, number: doc.number, name: doc.name, kind: doc.kind };
}
