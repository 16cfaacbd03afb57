import { z } from 'zod';
import { MomentSchema, TextSchema } from './common.ts';
import { InstallationSchema } from './crews.ts';
import { SvodkaEventSchema } from './event.ts';
import { IdSchema } from './id.ts';
import { RefsSchema } from './refs.ts';

/** What a note of handover has, in the order in which it is read; an event stands in the first that it belongs to. */
export const SHIFT_BLOCKS = ['held', 'critical', 'promises', 'waiting', 'silent', 'installs'] as const;
export type ShiftBlock = (typeof SHIFT_BLOCKS)[number];

/** `blind`: who takes over may not see it, so it stays with who gives. */
export const ROW_STATES = ['waiting', 'accepted', 'returned', 'blind'] as const;
export type ShiftRowState = (typeof ROW_STATES)[number];

/** One thing that is handed over: an event, or the installation of an order. Neither: its reader may not see it. */
export const ShiftRowSchema = z.strictObject({
  key: z.string(),
  block: z.enum(SHIFT_BLOCKS),
  eventId: IdSchema.nullable(),
  install: z.strictObject({ projectId: IdSchema, stage: z.number().int() }).nullable(),
  /** Who was asked in a comment and has not answered. */
  whomId: IdSchema.nullable(),
  state: z.enum(ROW_STATES),
  /** Why it is returned. */
  word: z.string(),
  at: MomentSchema.nullable(),
});
export type ShiftRow = z.infer<typeof ShiftRowSchema>;

export const countOf = (rows: readonly ShiftRow[], is: ShiftRowState): number =>
  rows.filter(({ state }) => state === is).length;

const note = {
  rows: z.array(ShiftRowSchema),
  /** Blocks of which there is more than a note holds. */
  cut: z.array(z.enum(SHIFT_BLOCKS)),
  /** The days whose installations are told. */
  days: z.strictObject({ from: z.iso.date(), to: z.iso.date() }),
};

/** What a person adds to each block, and to the whole. */
export const ShiftWordsSchema = z.partialRecord(z.enum([...SHIFT_BLOCKS, 'all']), TextSchema(2_000));
export type ShiftWords = z.infer<typeof ShiftWordsSchema>;

const head = {
  id: IdSchema,
  fromId: IdSchema,
  /** Null: whoever accepts first. */
  toId: IdSchema.nullable(),
  at: MomentSchema,
  /** `replaced`: who gave it has given another since. */
  state: z.enum(['given', 'done', 'replaced']),
  doneAt: MomentSchema.nullable(),
};
export const ShiftSchema = z.strictObject({
  ...head,
  ...note,
  words: ShiftWordsSchema,
  version: z.number().int(),
});
export type Shift = z.infer<typeof ShiftSchema>;

/** What the rows name, as it is now and as the reader may see it. */
const around = {
  events: z.array(SvodkaEventSchema),
  installs: z.array(InstallationSchema),
  refs: RefsSchema,
};
export const ShiftViewSchema = z.strictObject({ shift: ShiftSchema, ...around });
export type ShiftView = z.infer<typeof ShiftViewSchema>;
export const ShiftNoteSchema = z.strictObject({ ...note, ...around });
export type ShiftNote = z.infer<typeof ShiftNoteSchema>;

export const ShiftListSchema = z.strictObject({
  items: z.array(
    z.strictObject({
      ...head,
      rows: z.number().int(),
      accepted: z.number().int(),
      returned: z.number().int(),
    }),
  ),
  refs: RefsSchema,
});
export type ShiftLine = z.infer<typeof ShiftListSchema>['items'][number];

export const ShiftGiveSchema = z.strictObject({
  id: IdSchema,
  toId: IdSchema.nullable(),
  words: ShiftWordsSchema,
});
export type ShiftGive = z.infer<typeof ShiftGiveSchema>;

/** `keys`: of these rows; else of all that wait. A row is returned with a word. */
export const ShiftActSchema = z
  .strictObject({
    as: z.enum(['accepted', 'returned']),
    keys: z.array(z.string().max(100)).min(1).max(500).optional(),
    word: TextSchema(500).default(''),
  })
  .refine(({ as, word }) => as === 'accepted' || word.trim() !== '', { error: 'required', path: ['word'] });
export type ShiftAct = z.infer<typeof ShiftActSchema>;
