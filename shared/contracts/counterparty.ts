import { z } from 'zod';
import { EmailSchema, LineSchema, TextSchema } from './common.ts';
import { type Id, IdSchema } from './id.ts';
import { PhoneSchema } from './phone.ts';
import { InnSchema, KppSchema, OgrnSchema } from './requisites.ts';

export const COUNTERPARTY_KINDS = ['person', 'org'] as const;
export const COUNTERPARTY_CATEGORIES = ['customer', 'supplier', 'dealer', 'office', 'special'] as const;

/** Somebody who speaks for a counterparty. */
export type Contact = { name: string; role: string; phones: string[]; emails: string[] };

export type Counterparty = {
  id: Id;
  /** Human number such as `C-0107`. */
  number: string;
  kind: (typeof COUNTERPARTY_KINDS)[number];
  name: string;
  categories: (typeof COUNTERPARTY_CATEGORIES)[number][];
  inn: string | null;
  kpp: string | null;
  ogrn: string | null;
  /** `+79161234567`. */
  phones: string[];
  emails: string[];
  contacts: Contact[];
  managerId: Id | null;
  note: string;
  createdAt: string;
  version: number;
};

const ContactSchema = z.strictObject({
  name: LineSchema(120),
  role: z.string().trim().max(120).default(''),
  phones: z.array(PhoneSchema).max(5).default([]),
  emails: z.array(EmailSchema).max(5).default([]),
});

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

export const CounterpartyCreateSchema = z.strictObject({
  id: IdSchema.optional(),
  kind: counterparty.kind.default('person'),
  name: counterparty.name,
  categories: counterparty.categories.default(['customer']),
  inn: counterparty.inn.default(null),
  kpp: counterparty.kpp.default(null),
  ogrn: counterparty.ogrn.default(null),
  phones: counterparty.phones.default([]),
  emails: counterparty.emails.default([]),
  contacts: counterparty.contacts.default([]),
  managerId: counterparty.managerId.default(null),
  note: counterparty.note.default(''),
});
export type CounterpartyCreate = z.infer<typeof CounterpartyCreateSchema>;
export const CounterpartyEditSchema = z
  .strictObject(counterparty)
  .partial()
  .refine((edit) => Object.keys(edit).length > 0, { error: 'empty' });
export type CounterpartyEdit = z.infer<typeof CounterpartyEditSchema>;
