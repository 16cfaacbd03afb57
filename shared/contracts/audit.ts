import { z } from 'zod';
import { InstantSchema, PageQuerySchema } from './common.ts';
import { type Id, IdSchema } from './id.ts';

/** What the access log tells, by group. Labels: `audit.*` in `shared/messages/screens.*`. */
export const AUDIT_GROUPS = {
  'sign-in': ['sign-in.ok', 'sign-in.failed', 'sign-in.limited', 'session.ended'],
  refused: ['refused.right', 'refused.scope'],
  people: [
    'person.created',
    'person.changed',
    'person.rights',
    'person.disabled',
    'person.enabled',
    'person.removed',
    'password.changed',
    'password.reset',
  ],
  team: ['order.team', 'counterparty.team'],
  directory: [
    'order.created',
    'order.changed',
    'counterparty.created',
    'counterparty.changed',
    'crew.created',
    'crew.changed',
  ],
  deleted: ['event.deleted', 'event.restored', 'comment.deleted'],
  import: ['import.uploaded', 'import.started', 'import.ended'],
  sources: ['token.created', 'token.revoked', 'source.changed'],
  log: ['log.began', 'log.gap'],
} as const;
export type AuditGroup = keyof typeof AUDIT_GROUPS;
export type AuditKind = (typeof AUDIT_GROUPS)[AuditGroup][number];

export const AUDIT_OBJECTS = [
  'user',
  'session',
  'project',
  'counterparty',
  'crew',
  'event',
  'comment',
  'import',
  'token',
  'source',
  'route',
] as const;
export type AuditObject = { kind: (typeof AUDIT_OBJECTS)[number]; id: string };

/** Codes, ids and numbers; never a text that somebody wrote. */
export type AuditDetails = Record<string, string | number | boolean | null | readonly string[]>;

export type AuditRecord = {
  /** Of the place in the chain: `000000000042`. */
  id: string;
  at: string;
  /** Null: a program, or nobody who is known. */
  who: Id | null;
  what: AuditKind;
  object: AuditObject | null;
  /** Network address. */
  from: string | null;
  details: AuditDetails;
};

export const AuditQuerySchema = PageQuerySchema.extend({
  who: IdSchema.optional(),
  group: z.enum(Object.keys(AUDIT_GROUPS) as [AuditGroup, ...AuditGroup[]]).optional(),
  /** Id of what it is about. */
  object: z.string().max(100).optional(),
  since: InstantSchema.optional(),
  /** Exclusive. */
  until: InstantSchema.optional(),
});
export type AuditQuery = z.infer<typeof AuditQuerySchema>;
