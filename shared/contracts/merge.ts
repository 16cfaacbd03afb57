import { z } from 'zod';
import { MomentSchema } from './common.ts';
import { CounterpartyEditSchema, CounterpartySchema } from './counterparty.ts';
import { DirectoryQuerySchema } from './directory.ts';
import { IdSchema } from './id.ts';
import { RefsSchema } from './refs.ts';

/** In what two counterparties are alike. */
export const LIKENESSES = ['inn', 'phone', 'name'] as const;
export type Likeness = (typeof LIKENESSES)[number];

/** Somebody who may stand in the list twice. */
const TwinSchema = z.strictObject({ counterparty: CounterpartySchema, by: z.array(z.enum(LIKENESSES)) });
export type Twin = z.output<typeof TwinSchema>;
/** One that was merged into another. */
const MergedSchema = CounterpartySchema.pick({ id: true, number: true, name: true }).extend({
  at: MomentSchema,
  by: IdSchema.nullable(),
});
export type Merged = z.output<typeof MergedSchema>;
export const TwinsSchema = z.strictObject({
  twins: z.array(TwinSchema),
  merged: z.array(MergedSchema),
  refs: RefsSchema,
});
export type Twins = z.output<typeof TwinsSchema>;

/** `alike`: which of those on the page may stand in the list twice is told too. */
export const CounterpartiesQuerySchema = DirectoryQuerySchema.extend({ alike: z.literal('true').optional() });

/** Asked for one that there is, or for what is being typed. */
export const TwinsQuerySchema = z.strictObject({
  id: IdSchema.optional(),
  kind: CounterpartyEditSchema.shape.kind.unwrap().default('person'),
  name: z.string().max(200).default(''),
  inn: z.string().max(20).default(''),
  phone: z.string().max(60).default(''),
});
export type TwinsQuery = z.infer<typeof TwinsQuerySchema>;

/** `values`: what the one that stays says afterwards, where that differs from what it says now. */
export const MergeSchema = z.strictObject({
  from: IdSchema,
  /** What both were when the values were chosen. */
  versions: z.strictObject({ into: z.number().int().min(1), from: z.number().int().min(1) }),
  values: CounterpartyEditSchema.or(z.strictObject({})).default({}),
});
export type Merge = z.infer<typeof MergeSchema>;
