import { z } from 'zod';
import { InstantSchema } from './common.ts';
import { EventEditSchema } from './event.ts';
import { IdSchema } from './id.ts';
import { RefsSchema } from './refs.ts';

/** So many events one request takes; whoever has more sends slice after slice. */
export const BULK_MOST = 100;

/** So many important events does one person make at once, and so many a second afterwards: phones ring for them. */
export const LOUD = { perSecond: 2, burst: 100 };

/** What is done to each of many events. `undo`: what was done under that key, where nobody has built on it since. */
export const BulkActSchema = z.discriminatedUnion('kind', [
  z.strictObject({ kind: z.literal('resolve') }),
  z.strictObject({ kind: z.literal('claim'), to: IdSchema.optional() }),
  z.strictObject({ kind: z.literal('snooze'), until: InstantSchema }),
  z.strictObject({
    kind: z.literal('edit'),
    edit: z
      .strictObject({
        projectId: EventEditSchema.shape.projectId,
        importance: EventEditSchema.shape.importance,
        due: EventEditSchema.shape.due,
      })
      .refine((edit) => Object.values(edit).some((value) => value !== undefined), { error: 'required' }),
  }),
  z.strictObject({ kind: z.literal('undo'), key: z.string().min(1).max(200) }),
]);
export type BulkAct = z.infer<typeof BulkActSchema>;

/** Body of `POST /api/events/bulk`. `dry`: nothing is written, it is told what would be. */
export const BulkSchema = z
  .strictObject({
    act: BulkActSchema,
    ids: z.array(IdSchema).min(1).max(BULK_MOST).optional(),
    /** What is looked through, page by page: only to be told; what is done is named by ids. */
    filter: z.string().max(4_000).optional(),
    after: z.string().max(500).optional(),
    dry: z.boolean().default(false),
  })
  .refine(
    ({ ids, filter, dry }) => (ids === undefined) !== (filter === undefined) && (ids !== undefined || dry),
    {
      error: 'required',
      path: ['ids'],
    },
  );
export type Bulk = z.infer<typeof BulkSchema>;

export const BulkDoneSchema = z.strictObject({
  /** Done, or of a dry run what would be. */
  ids: z.array(IdSchema),
  /** `reason`: a code of `reason.*`. What it is about and who holds it: as far as whoever asks may see the event. */
  refused: z.array(
    z.strictObject({
      id: IdSchema,
      title: z.string(),
      reason: z.string(),
      projectId: IdSchema.nullable(),
      counterpartyIds: z.array(IdSchema),
      holderId: IdSchema.nullable(),
    }),
  ),
  /** Who else was at what is taken from them by resolving it, once for each event. */
  holders: z.array(IdSchema),
  next: z.string().nullable(),
  refs: RefsSchema,
});
export type BulkDone = z.infer<typeof BulkDoneSchema>;
