import { z } from 'zod';
import { IdSchema } from './id.ts';
import { NOTICE_REASONS, type NoticeReason } from './notice.ts';

/** When letters of a kind go: each at once, gathered by the hour, gathered in the morning, or not at all. */
export const MAIL_PACES = ['now', 'hourly', 'morning', 'off'] as const;
export type MailPace = (typeof MAIL_PACES)[number];

export const TellingSchema = z.strictObject({ mail: z.enum(MAIL_PACES), push: z.boolean() });
export type Telling = z.infer<typeof TellingSchema>;

/** Wall time of a day, `22:00`. */
export const DayTimeSchema = z.string().regex(/^(?:[01]\d|2[0-3]):[0-5]\d$/, { error: 'time' });

/** From one wall time to another, over midnight where the second is the earlier. */
const SpanSchema = z
  .strictObject({ from: DayTimeSchema, to: DayTimeSchema })
  .refine(({ from, to }) => from !== to, { error: 'empty' });
/** Days as ISO numbers them, from Monday (1). */
const WorkSchema = z
  .strictObject({
    days: z.array(z.number().int().min(1).max(7)).min(1).max(7),
    from: DayTimeSchema,
    to: DayTimeSchema,
  })
  .refine(({ from, to }) => from < to, { error: 'order', path: ['to'] });

/** How one person wants to be told, in their own zone. What is left to wait is gathered into one letter. */
export const PreferencesSchema = z.strictObject({
  kinds: z.record(z.enum(NOTICE_REASONS), TellingSchema),
  /** Nothing leaves in this time of any day. */
  quiet: SpanSchema.nullable(),
  /** Nothing leaves outside of these hours of these days. */
  work: WorkSchema.nullable(),
  /** Orders that are told of in the inbox only. */
  muted: z.array(IdSchema).max(500),
});
export type Preferences = z.infer<typeof PreferencesSchema>;

/** `PATCH /api/me/notifications`. An order is muted and unmuted by itself, so that two pages do not undo each other. */
export const PreferencesEditSchema = z
  .strictObject({
    kinds: z.partialRecord(z.enum(NOTICE_REASONS), TellingSchema),
    quiet: SpanSchema.nullable(),
    work: WorkSchema.nullable(),
    mute: IdSchema,
    unmute: IdSchema,
  })
  .partial()
  .refine((body) => Object.keys(body).length > 0, { error: 'empty' });
export type PreferencesEdit = z.infer<typeof PreferencesEditSchema>;

/** What is stored of them: what a person has never touched is as it is for everybody. */
export type StoredPreferences = Partial<Omit<Preferences, 'kinds'>> & {
  kinds?: Partial<Record<NoticeReason, Telling>>;
};

const USUAL: Telling = { mail: 'now', push: true };

export const preferencesOf = ({ kinds = {}, quiet, work, muted }: StoredPreferences = {}): Preferences => ({
  kinds: Object.fromEntries(NOTICE_REASONS.map((reason) => [reason, kinds[reason] ?? USUAL])) as Record<
    NoticeReason,
    Telling
  >,
  quiet: quiet ?? null,
  work: work ?? null,
  muted: muted ?? [],
});

/** What a browser gives that may be pushed to. */
export const PushSubscriptionSchema = z.strictObject({
  endpoint: z.url({ protocol: /^https?$/ }).max(1_000),
  keys: z.strictObject({ p256dh: z.string().max(200), auth: z.string().max(100) }),
});
export type PushSubscriptionGiven = z.infer<typeof PushSubscriptionSchema>;
