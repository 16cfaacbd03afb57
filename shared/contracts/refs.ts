import { z } from 'zod';
import { IdSchema } from './id.ts';

// What a row shows of the things that it names by id. Sent beside rows; names are never copied into events.

export const ProjectRefSchema = z.strictObject({
  id: IdSchema,
  number: z.string(),
  objectAddress: z.string(),
  counterpartyId: IdSchema.nullable(),
});
export type ProjectRef = z.infer<typeof ProjectRefSchema>;
export const CounterpartyRefSchema = z.strictObject({
  id: IdSchema,
  number: z.string(),
  name: z.string(),
  kind: z.enum(['person', 'org']),
  /** It was merged into this one, which stands where it was named. */
  mergedInto: IdSchema.optional(),
});
export type CounterpartyRef = z.infer<typeof CounterpartyRefSchema>;
export const UserRefSchema = z.strictObject({ id: IdSchema, name: z.string(), disabled: z.boolean() });
export type UserRef = z.infer<typeof UserRefSchema>;
export const RefsSchema = z.strictObject({
  projects: z.array(ProjectRefSchema),
  counterparties: z.array(CounterpartyRefSchema),
  users: z.array(UserRefSchema),
});
export type Refs = z.infer<typeof RefsSchema>;

const IdsOfSchema = z
  .string()
  .max(8_000)
  .transform((text) => text.split(',').filter(Boolean))
  .pipe(z.array(IdSchema).max(200))
  .optional();
/** Query of `GET /api/refs`: ids with commas between them. */
export const RefsQuerySchema = z.strictObject({
  projects: IdsOfSchema,
  counterparties: IdsOfSchema,
  users: IdsOfSchema,
});
