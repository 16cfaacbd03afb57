import type { Project } from '@svodka/shared/contracts/directory';
import type { OrderLine } from '@svodka/shared/contracts/orders';
import type { ProjectRef } from '@svodka/shared/contracts/refs';
import type { LineDoc, ListedProject, ProjectDoc } from './project.schema.ts';

export function toProject(doc: ListedProject): Project {
  return {
    id: doc._id,
    number: doc.number,
    counterpartyId: doc.counterpartyId,
    objectAddress: doc.objectAddress,
    managerId: doc.managerId,
    appointedIds: doc.appointedIds,
    status: doc.status,
    statusOverride: doc.statusOverride
      ? { ...doc.statusOverride, at: doc.statusOverride.at.toISOString() }
      : null,
    template: doc.template ?? 'private',
    amountKop: doc.amountKop,
    line: toLine(doc.line),
    tz: doc.tz,
    note: doc.note,
    told: doc.told ?? [],
    ...(doc.attachments && { attachments: doc.attachments }),
    createdAt: doc.createdAt.toISOString(),
    version: doc.version,
  };
}

/** Without what only the server looks at. */
function toLine(doc: LineDoc): OrderLine {
  const {
    rules: _,
    staleAt: _at,
    isWhole: _whole,
    deadlines: _deadlines,
    found: _found,
    plans: _plans,
    quietAt: _quiet,
    keys: _keys,
    ...line
  } = doc;
  // One of older rules, until it is derived anew.
  const { stages = 1, undated = [], why = [] } = line;
  return { ...line, stages, undated, why };
}

export function toProjectRef(doc: ProjectDoc): ProjectRef {
  return {
    id: doc._id,
    number: doc.number,
    objectAddress: doc.objectAddress,
    counterpartyId: doc.counterpartyId,
  };
}
