import type { Project } from '@svodka/shared/contracts/directory';
import type { ProjectRef } from '@svodka/shared/contracts/refs';
import type { ProjectDoc } from './directory.schema.ts';

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
