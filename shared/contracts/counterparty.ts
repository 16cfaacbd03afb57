import { z } from 'zod';
import { createOf, LineSchema, MomentSchema, patchOf, TextSchema } from './common.ts';
import { ConsentSchema } from './customer.ts';
import { EmailSchema } from './email.ts';
import { AttachmentsSchema } from './file.ts';
import { IdSchema } from './id.ts';
import { PhoneSchema } from './phone.ts';
import { InnSchema, KppSchema, OgrnSchema } from './requisites.ts';

export const COUNTERPARTY_KINDS = ['person', 'org'] as const;
export const COUNTERPARTY_CATEGORIES = ['customer', 'supplier', 'dealer', 'office', 'special'] as const;

/** Somebody who speaks for a counterparty. */
const ContactSchema = z.strictObject({
  name: LineSchema(120),
  role: z.string().trim().max(120).default(''),
  phones: z.array(PhoneSchema).max(5).default([]),
  emails: z.array(EmailSchema).max(5).default([]),
});

export type Contact = z.infer<typeof ContactSchema>;

const counterparty = {
  kind: z.enum(COUNTERPARTY_KINDS),
  name: LineSchema(200),
  categories: z.array(z.enum(COUNTERPARTY_CATEGORIES)).max(COUNTERPARTY_CATEGORIES.length),
  inn: InnSchema.nullable(),
  kpp: KppSchema.nullable(),
  ogrn: OgrnSchema.nullable(),
  phones: z.array(PhoneSchema).max(10),
  emails: z.array(EmailSchema).max(10),
  contacts: z.array(ContactSchema).max(20),
  managerId: IdSchema.nullable(),
  note: TextSchema(4000),
};

export const CounterpartySchema = z.strictObject({
  id: IdSchema,
  /** Human number such as `C-0107`. */
  number: z.string(),
  ...counterparty,
  attachments: AttachmentsSchema,
  /** To letters, oldest first; the last one counts. Absent: nobody has asked yet. */
  consents: z.array(ConsentSchema).optional(),
  createdAt: MomentSchema,
  version: z.number().int(),
});
export type Counterparty = z.infer<typeof CounterpartySchema>;

/** What a new one is where nobody has said otherwise. */
export const NEW_COUNTERPARTY: Omit<z.output<z.ZodObject<typeof counterparty>>, 'name'> = {
  kind: 'person',
  categories: ['customer'],
  inn: null,
  kpp: null,
  ogrn: null,
  phones: [],
  emails: [],
  contacts: [],
  managerId: null,
  note: '',
};

export const CounterpartyCreateSchema = createOf(
  { id: IdSchema.optional(), ...counterparty },
  NEW_COUNTERPARTY,
);
export type CounterpartyCreate = z.infer<typeof CounterpartyCreateSchema>;
export const CounterpartyEditSchema = patchOf(counterparty);
export type CounterpartyEdit = z.infer<typeof CounterpartyEditSchema>;
