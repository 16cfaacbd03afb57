// Apart from what else is said of people: no page but the one that makes them needs it.
import { z } from 'zod';
import { createOf } from './common.ts';
import { IdSchema } from './id.ts';
import { inPlainSigns } from './look-alikes.ts';
import { LoginSchema, PasswordSchema, USER_FIELDS } from './user.ts';

/** Whether all letters are of one alphabet, as far as any of them is Latin or Cyrillic: «аnna» is nobody's name. */
const isOfOneAlphabet = (text: string): boolean =>
  /^(?:[\p{sc=Latin}\P{L}]*|[\p{sc=Cyrillic}\P{L}]*|[^\p{sc=Latin}\p{sc=Cyrillic}]*)$/u.test(text);

/** Of somebody who is new: written so that nobody can be called what looks like somebody else. */
export const NewLoginSchema = z
  .string()
  .overwrite(inPlainSigns)
  .pipe(LoginSchema.refine(isOfOneAlphabet, { error: 'mixed-alphabets' }));

export const UserCreateSchema = createOf(
  {
    id: IdSchema.optional(),
    login: NewLoginSchema,
    ...USER_FIELDS,
    tz: USER_FIELDS.tz.optional(),
    isHead: z.boolean().optional(),
    /** Absent: the server makes one and returns it once. */
    password: PasswordSchema.optional(),
  },
  { departmentId: null, email: null, locale: 'ru' },
);
export type UserCreate = z.infer<typeof UserCreateSchema>;
