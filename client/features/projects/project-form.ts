import {
  type Project,
  type ProjectCreate,
  ProjectCreateSchema,
  type ProjectEdit,
  ProjectEditSchema,
} from '@svodka/shared/contracts/directory';
import type { Id } from '@svodka/shared/contracts/id';
import type { OrderTemplate } from '@svodka/shared/contracts/order-codes';
import type { MessageKey } from '@svodka/shared/messages/ru';
import { parseAmount } from '@svodka/shared/rules/amount';
import { ask } from '../../api/rest.ts';
import { moneyInput } from '../../format/number.ts';
import type { RecordDraft } from '../../state/record-draft.svelte.ts';

/** An order as the form holds it: the amount as it is typed, in roubles. */
export type ProjectFields = {
  number: string;
  counterpartyId: Id | null;
  objectAddress: string;
  managerId: Id | null;
  appointedIds: Id[];
  template: OrderTemplate;
  amountKop: string;
  note: string;
};

export const FIELD_LABELS: Record<keyof ProjectFields, MessageKey> = {
  number: 'projects.number',
  counterpartyId: 'projects.counterparty',
  objectAddress: 'projects.address',
  managerId: 'projects.manager',
  appointedIds: 'projects.appointed',
  template: 'projects.template',
  amountKop: 'projects.amount',
  note: 'projects.note',
};

export function fieldsOf(project: Project | null): ProjectFields {
  return {
    number: project?.number ?? '',
    counterpartyId: project?.counterpartyId ?? null,
    objectAddress: project?.objectAddress ?? '',
    managerId: project?.managerId ?? null,
    appointedIds: project?.appointedIds ?? [],
    template: project?.template ?? 'private',
    amountKop: project?.amountKop == null ? '' : moneyInput(project.amountKop),
    note: project?.note ?? '',
  };
}

/** @param isNumbered the server gives the number: an empty one is not sent */
function bodyOf(
  fields: ProjectFields,
  names: (keyof ProjectFields)[],
  isNumbered = false,
): Record<string, unknown> {
  const body: Record<string, unknown> = {};
  for (const name of names) {
    const value = fields[name];
    if (name === 'number' && !fields.number.trim() && isNumbered) continue;
    // What is no amount goes through as it is, for the schema to refuse.
    if (name === 'amountKop')
      body[name] = fields.amountKop.trim() ? (parseAmount(fields.amountKop) ?? fields.amountKop) : null;
    else body[name] = typeof value === 'string' ? value.trim() : value;
  }
  return body;
}

/** Sends a new order whole, of a known one what was changed. Null: refused, the draft says why. */
export function saveProject(
  draft: RecordDraft<ProjectFields>,
  project: Project | null,
  onStale: (current: Project) => void,
  { isNumbered } = { isNumbered: false },
): Promise<Project | null> {
  if (!project) {
    return draft.create<ProjectCreate, Project>({
      schema: ProjectCreateSchema,
      body: bodyOf(draft.values, Object.keys(draft.values) as (keyof ProjectFields)[], isNumbered),
      send: (create) => ask('POST /projects', { body: { ...create, id: draft.id } }),
      onStale: (current) => onStale(current as Project),
    });
  }
  if (!draft.dirty) return Promise.resolve(project);
  return draft.save<ProjectEdit, Project>({
    schema: ProjectEditSchema,
    body: bodyOf(draft.values, draft.changed),
    send: (edit) => ask('PATCH /projects/:id', { id: project.id, rev: project.version, body: edit }),
    onStale: (current) => onStale(current as Project),
    again: (current) => saveProject(draft, current as Project, onStale),
  });
}
