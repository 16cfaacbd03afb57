import { z } from 'zod';

/**
 * The years that a time may lie in, whichever way it comes in. Beyond them lie slips («05.12.26» typed into a field of
 * four digits) and what programs write for «no date», and hardly anything reads such years the same way.
 */
export const FIRST_YEAR = 1990;
export const LAST_YEAR = 2100;

/** Whether an ISO date or instant, or a `Date`, lies in the years that times may have. An instant counts in UTC. */
export function isTimely(time: string | Date): boolean {
  const year = time instanceof Date ? time.getUTCFullYear() : Number(/^\d{4}(?=-)/.exec(time)?.[0]);
  return year >= FIRST_YEAR && year <= LAST_YEAR;
}

const Timely = z.string().refine(isTimely, { error: 'year' });

/** An instant as ISO 8601 with a zone; normalised to UTC with milliseconds. */
export const InstantSchema = z.iso
  .datetime({ offset: true })
  .transform((text) => new Date(text).toISOString())
  .pipe(Timely);

/** A calendar date, `2026-03-14`. */
export const CalendarDateSchema = z.iso.date().pipe(Timely);

/** Wall time to the minute, of a zone that is named elsewhere: `2026-03-14T18:00`. */
export const WallTimeSchema = z.iso.datetime({ local: true, precision: -1 }).pipe(Timely);

/** An IANA time zone that this machine knows, such as `Europe/Moscow`. */
export const ZoneSchema = z
  .string()
  .max(64)
  .refine(
    (zone) => {
      try {
        new Intl.DateTimeFormat('en', { timeZone: zone });
        return true;
      } catch {
        return false;
      }
    },
    { error: 'zone' },
  );

export const LocaleSchema = z.enum(['ru', 'en']);
export type Locale = z.infer<typeof LocaleSchema>;

/** Signs that nobody sees: without width, or turning the direction of what follows. Pasted text is full of them. */
const UNSEEN =
  /[\u00ad\u061c\u180e\u200b\u200e\u200f\u202a-\u202e\u2060-\u2064\u2066-\u206f\ufeff\ufff9-\ufffb]/g;
/** A letter, digit, mark or picture; the exceptions count as letters and are blank. */
const SEEN = /(?![\u115f\u1160\u17b4\u17b5\u2800\u3164\uffa0])[\p{L}\p{N}\p{P}\p{S}]/u;

/** Text as it is seen, without spaces at its ends. */
export const withoutUnseen = (text: string): string => text.replace(UNSEEN, '').trim();

/** At most so long, and then with a mark that something is missing; no sign is cut in two. */
export const shortened = (text: string, max: number): string =>
  text.length <= max ? text : `${text.slice(0, max - 1).replace(/[\ud800-\udbff]$/, '')}…`;

/** One line that a person typed: trimmed, without unseen signs and control characters, not empty to the eye. */
export const LineSchema = (max: number) =>
  z
    .string()
    .overwrite(withoutUnseen)
    .min(1)
    .max(max)
    // biome-ignore lint/suspicious/noControlCharactersInRegex: control characters are what is refused
    .regex(/^[^\u0000-\u001f\u007f-\u009f\u2028\u2029]*$/, { error: 'control-characters' })
    .refine((text) => text === '' || SEEN.test(text), { error: 'empty' });

/** Text of several lines; may be empty. NUL is refused because it ends strings in too many tools. */
export const TextSchema = (max: number) =>
  z
    .string()
    .max(max)
    .refine((text) => !text.includes('\u0000'), { error: 'control-characters' });

/** An instant as answers give it: `2026-11-27T09:00:00.000Z`. */
export const MomentSchema = z.iso.datetime();

/** A calendar shows a month and the ends of its weeks at most. */
const PERIOD_DAYS = 62;
const DAY_MS = 86_400_000;

/** Days from one to another, both included, in their order and not too many. */
export function refusePeriod({ from, to }: { from: string; to: string }, ctx: z.RefinementCtx): void {
  const days = (Date.parse(to) - Date.parse(from)) / DAY_MS;
  if (days >= 0 && days <= PERIOD_DAYS) return;
  ctx.addIssue({
    code: 'custom',
    message: days < 0 ? 'ends-before' : 'period-too-long',
    path: ['to'],
    input: to,
  });
}

/** A page of a keyset-paged list. `next` is opaque and null on the last page. */
export type Page<T> = { items: T[]; next: string | null };

/** A page as an answer. */
export const pageOf = <T extends z.ZodType>(item: T) =>
  z.strictObject({ items: z.array(item), next: z.string().nullable() });

/** Query of every paged list. */
export const PageQuerySchema = z.strictObject({
  after: z.string().max(500).optional(),
  limit: z.coerce.number().int().min(1).max(200).default(100),
});

/** The body that makes something of these fields: all of them, and what is there of those that are not sent. */
export function createOf<S extends z.core.$ZodLooseShape, K extends keyof S>(
  shape: S,
  defaults: { [N in K]: z.output<S[N]> },
) {
  const fields = Object.entries(shape).map(([name, schema]) => [
    name,
    Object.hasOwn(defaults, name) ? (schema as z.ZodType).default(defaults[name as K]) : schema,
  ]);
  type Shape = { [N in keyof S]: N extends K ? z.ZodDefault<S[N]> : S[N] };
  return z.strictObject(Object.fromEntries(fields) as Shape);
}

/** The body that changes some of these fields, at least one. */
export function patchOf<S extends z.core.$ZodLooseShape>(shape: S) {
  return z
    .strictObject(shape)
    .partial()
    .refine((body) => Object.keys(body).length > 0, { error: 'empty' });
}

/** How long a source may be silent, minutes. */
export const ExpectMinSchema = z.number().int().min(1).max(43_200);
