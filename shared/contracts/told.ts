import { z } from 'zod';
import { MomentSchema } from './common.ts';
import { IdSchema } from './id.ts';
import { DELIVERY_STATES, NoticeSchema, SUPPRESSED, WAYS_OUT } from './notice.ts';
import { NoticeRuleSchema } from './notice-rule.ts';
import { RefsSchema } from './refs.ts';

/** Why nobody at all was told of an event; `no-people`: rules speak of it, and name nobody who is there. */
export const NOBODY_REASONS = ['imported', 'no-rule', 'no-people'] as const;

const WaySchema = z.strictObject({
  channel: z.enum(WAYS_OUT),
  state: z.enum(DELIVERY_STATES),
  /** A code; what a mail server answered is told in «Почта» only. */
  reason: z.string().nullable(),
  sentAt: MomentSchema.nullable(),
  /** When it goes, or is tried again. */
  nextAttemptAt: MomentSchema.nullable(),
});

/** `GET /api/events/:id/told`: whom, when, how; whom not, and why. */
export const ToldSchema = z.strictObject({
  items: z.array(
    NoticeSchema.pick({
      id: true,
      userId: true,
      reason: true,
      role: true,
      at: true,
      createdAt: true,
      seenAt: true,
      ruleIds: true,
    }).extend({
      suppressed: z.enum(SUPPRESSED).nullable(),
      letters: z.array(WaySchema),
    }),
  ),
  /** Of those rules that the reader may read, removed ones too. */
  rules: z.array(NoticeRuleSchema.pick({ id: true, code: true, name: true })),
  nobody: z.enum(NOBODY_REASONS).nullable(),
  /** Null: it is nothing that customers are written of. `letter` null: of this kind the order tells its customer nothing. */
  customer: z.strictObject({ counterpartyId: IdSchema.nullable(), letter: WaySchema.nullable() }).nullable(),
  refs: RefsSchema,
});
export type Told = z.infer<typeof ToldSchema>;

/** `GET /api/notices/:id/why`: the rules that made one's own notice, as they stand now. */
export const WhySchema = z.strictObject({
  rules: z.array(NoticeRuleSchema.extend({ isRemoved: z.boolean(), mayWrite: z.boolean() })),
});
export type Why = z.infer<typeof WhySchema>;
