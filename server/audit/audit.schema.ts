import type { AuditDetails, AuditKind, AuditObject, AuditRecord } from '@svodka/shared/contracts/audit';
import type { Id } from '@svodka/shared/contracts/id';
import type { CollectionPlan } from '../platform/mongo/collection-plan.ts';

/** What is to be told, before it has its place in the chain. */
export type AuditDraft = {
  at: Date;
  who: Id | null;
  what: AuditKind;
  object: AuditObject | null;
  from: string | null;
  details: AuditDetails;
  /** What it was derived from; told twice under one key it stands there once. Absent: told by the one who did it. */
  key?: string;
};

/** A link of the chain: `_id` is `seq` with leading zeros, so that the store orders and guards it. */
export type AuditDoc = AuditDraft & { _id: string; seq: number; prev: string; hash: string };

export const idOfSeq = (seq: number): string => String(seq).padStart(12, '0');

export function toAuditRecord({ _id, at, who, what, object, from, details }: AuditDoc): AuditRecord {
  return { id: _id, at: at.toISOString(), who, what, object, from, details };
}

export const AUDIT_INDEXES: CollectionPlan[] = [
  {
    collection: 'audit',
    images: false,
    indexes: [
      { key: { at: -1, _id: -1 } },
      { key: { who: 1, at: -1, _id: -1 } },
      { key: { what: 1, at: -1, _id: -1 } },
      { key: { 'object.id': 1, at: -1, _id: -1 } },
      { key: { key: 1 }, unique: true, partialFilterExpression: { key: { $exists: true } } },
    ],
  },
];
