import { z } from 'zod';
import { LineSchema, LocaleSchema, MomentSchema, TextSchema } from './common.ts';
import { EmailSchema } from './email.ts';
import { IdSchema } from './id.ts';
import type { EventType } from './modules.ts';
import type { MilestoneCode } from './order-codes.ts';

/** Of what a customer may be told by letter; of which of these is chosen for each order. Letters: `customer.news.*`. */
export const CUSTOMER_TYPES = [
  'measure.scheduled',
  'measure.done',
  'contract.signed',
  'payment.prepaid',
  'payment.final',
  'production.launched',
  'items.complete',
  'shipment.out',
  'install.confirmed',
  'work.rescheduled',
  'install.done',
  'act.signed',
] as const satisfies readonly EventType[];
export type CustomerType = (typeof CUSTOMER_TYPES)[number];

export const isCustomerType = (type: string): type is CustomerType =>
  (CUSTOMER_TYPES as readonly string[]).includes(type);

/** `told` of an order: none by default. */
export const ToldSchema = z.array(z.enum(CUSTOMER_TYPES)).max(CUSTOMER_TYPES.length);

const consent = {
  /** By which way letters may come. */
  channel: z.literal('mail'),
  email: EmailSchema,
  locale: LocaleSchema,
  /** To what they have agreed, and how: «по телефону 14 марта», a clause of the contract. */
  text: LineSchema(500),
};

/** Body of `POST /api/counterparties/:id/consent`. */
export const ConsentGiveSchema = z.strictObject(consent);
export type ConsentGive = z.infer<typeof ConsentGiveSchema>;

/** That a counterparty has agreed to letters, as somebody wrote it down; and how it ended. */
export const ConsentSchema = z.strictObject({
  ...consent,
  at: MomentSchema,
  by: IdSchema.nullable(),
  /** `by` null: the customer, by a letter or the page. */
  withdrawn: z.strictObject({ at: MomentSchema, by: IdSchema.nullable() }).nullable(),
});
export type Consent = z.infer<typeof ConsentSchema>;

/** The consent that holds: the newest, while nobody has withdrawn it. */
export function consentOf({ consents = [] }: { consents?: readonly Consent[] | undefined }): Consent | null {
  const last = consents.at(-1);
  return last && !last.withdrawn ? last : null;
}

/** What the words of a letter may name, each in braces: it is public, and there is nothing else to name. */
export const LETTER_FIELDS = ['number', 'news', 'day', 'installation', 'company'] as const;
export type LetterField = (typeof LETTER_FIELDS)[number];

const letterWords = {
  subject: LineSchema(200),
  text: TextSchema(2_000).pipe(z.string().trim().min(1)),
};
const letterKind = { kind: z.enum(CUSTOMER_TYPES), locale: LocaleSchema };

/** How a letter of a kind is worded. A line that names what there is nothing to say of is left out. */
export const LetterWordsSchema = z.strictObject({ ...letterKind, ...letterWords });
export type LetterWords = z.infer<typeof LetterWordsSchema>;
export const LetterWordingSchema = LetterWordsSchema.extend({
  /** As they are while nobody has worded them otherwise. */
  usual: z.strictObject(letterWords),
});
export type LetterWording = z.infer<typeof LetterWordingSchema>;

/** How long a link to the status page may hold, days. */
export const LINK_DAYS = { least: 1, usual: 90, most: 365 } as const;

/** A link to the status page of one order. Its token is told once, and kept as a hash. */
export const CustomerLinkSchema = z.strictObject({
  id: IdSchema,
  madeAt: MomentSchema,
  /** Null: it went with a letter. */
  madeBy: IdSchema.nullable(),
  expiresAt: MomentSchema,
  revokedAt: MomentSchema.nullable(),
  /** The last day on which it was opened. */
  openedOn: z.iso.date().nullable(),
});
export type CustomerLink = z.infer<typeof CustomerLinkSchema>;

export const LinkMakeSchema = z.strictObject({
  id: IdSchema.optional(),
  days: z.number().int().min(LINK_DAYS.least).max(LINK_DAYS.most).default(LINK_DAYS.usual),
});
/** Null: all links of the order. */
export const LinkRevokeSchema = z.strictObject({ linkId: IdSchema.nullable() });

/** How promises to customers were kept, by who gave them; of a counterparty, or of all that the reader sees. */
export const PromisesQuerySchema = z.strictObject({ counterpartyId: IdSchema.optional() });
const count = z.number().int();
export const PromisesSchema = z.strictObject({
  people: z.array(z.strictObject({ userId: IdSchema, open: count, kept: count, broken: count })),
  /** False: only the newest were counted. */
  isWhole: z.boolean(),
});
export type Promises = z.infer<typeof PromisesSchema>;

// What a customer may know. Letters and the page are written from these types and nothing else: they name no person
// and no sum, and no text of staff but what was written to the customer.

/** Milestones that a customer hears of; what the warehouse of materials does is the house's own. */
export const PUBLIC_MILESTONES = [
  'measure',
  'contract',
  'prepay',
  'launch',
  'ready',
  'ship',
  'install',
  'act',
  'payment',
] as const satisfies readonly MilestoneCode[];
export type PublicMilestoneCode = (typeof PUBLIC_MILESTONES)[number];

export type PublicMilestone = {
  code: PublicMilestoneCode;
  state: 'done' | 'next' | 'later';
  /** `2026-12-05`: when it was done, or is to be. */
  on: string | null;
  /** The customer was told this day. */
  isPromised: boolean;
};

export type PublicOrder = {
  number: string;
  state: 'active' | 'paused' | 'cancelled' | 'done';
  milestones: PublicMilestone[];
  /** The day of the installation, while it is to come; `on` null: which day that will be is not settled. */
  installation: Pick<PublicMilestone, 'on' | 'isPromised'> | null;
};

/** A file of an event that the customer may see too. */
export type PublicDocument = { id: string; name: string; size: number };

/** A comment that somebody has written to the customer too: its words, and nothing of who wrote them. */
export type PublicWords = { at: Date; text: string };

/** What there is news of. */
export type PublicNews = { type: CustomerType; on: string; order: PublicOrder };
