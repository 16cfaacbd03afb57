import { z } from 'zod';
import { InstantSchema, MomentSchema, PageQuerySchema } from './common.ts';
import { IdSchema } from './id.ts';
import { EVENT_TYPES } from './modules.ts';
import { NoticeRuleSchema } from './notice-rule.ts';

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
    'counterparty.merged',
    'counterparty.unmerged',
    'counterparty.erased',
    'calendar.changed',
  ],
  deleted: [
    'event.deleted',
    'event.restored',
    'comment.deleted',
    'comment.restored',
    'file.removed',
    'file.restored',
  ],
  recordings: ['recording.played', 'recording.kept', 'recording.removed'],
  dossiers: ['dossier.opened', 'dossier.taken'],
  lists: ['list.saved'],
  import: ['import.uploaded', 'import.started', 'import.ended', 'import.undone'],
  sources: [
    'token.created',
    'token.revoked',
    'source.changed',
    'table.created',
    'table.changed',
    'table.taken',
    'table.removed',
    'payments.taken',
    'payments.undone',
  ],
  rules: ['rule.created', 'rule.changed', 'rule.removed', 'rule.restored'],
  customers: ['link.made', 'link.revoked', 'consent.given', 'consent.withdrawn', 'letter.worded'],
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
  'calendar',
  'event',
  'comment',
  'import',
  'token',
  'source',
  'table',
  'rule',
  'letter',
  'route',
] as const;
export const AuditObjectSchema = z.strictObject({ kind: z.enum(AUDIT_OBJECTS), id: z.string() });
export type AuditObject = z.infer<typeof AuditObjectSchema>;

/** Codes, ids and numbers; never a text that somebody wrote. */
const AuditDetailsSchema = z.record(
  z.string(),
  z.union([z.string(), z.number(), z.boolean(), z.null(), z.array(z.string()).readonly()]),
);
export type AuditDetails = z.infer<typeof AuditDetailsSchema>;

const AUDIT_KINDS = Object.values(AUDIT_GROUPS).flat() as [AuditKind, ...AuditKind[]];

export const AuditRecordSchema = z.strictObject({
  /** Of the place in the chain: `000000000042`. */
  id: z.string(),
  at: MomentSchema,
  /** Null: a program, or nobody who is known. */
  who: IdSchema.nullable(),
  what: z.enum(AUDIT_KINDS),
  object: AuditObjectSchema.nullable(),
  /** Network address. */
  from: z.string().nullable(),
  details: AuditDetailsSchema,
});
export type AuditRecord = z.infer<typeof AuditRecordSchema>;

/** What an event, or the event that a comment was about, is called now. The log itself keeps no such words. */
export const AuditTitleSchema = z.strictObject({
  /** Of the record's object. */
  id: IdSchema,
  eventId: IdSchema,
  type: z.enum(EVENT_TYPES),
  title: z.string(),
  /** Deleted: there is nothing to go to. */
  isGone: z.boolean(),
});
export type AuditTitle = z.infer<typeof AuditTitleSchema>;

/** What a rule of notices that records name is called now. */
export const AuditRuleSchema = NoticeRuleSchema.pick({ id: true, code: true, name: true });
export type AuditRule = z.infer<typeof AuditRuleSchema>;

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

/** Lists that a page saves as a file for tables. */
export const SAVED_LISTS = ['events', 'projects', 'counterparties'] as const;
/** What a page tells before it hands such a file over. */
export const SavedListSchema = z.strictObject({
  list: z.enum(SAVED_LISTS),
  /** What narrows the list, in the text form. */
  filter: z.string().max(4_000).default(''),
  /** Whether words narrow it as well: which, the log does not hold. */
  hasWords: z.boolean().default(false),
  rows: z.number().int().min(0).max(1_000_000),
});
export type SavedList = z.infer<typeof SavedListSchema>;
