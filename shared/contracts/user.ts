import { z } from 'zod';
import { LineSchema, LocaleSchema, MomentSchema, patchOf, ZoneSchema } from './common.ts';
import { EmailSchema } from './email.ts';
import { IdSchema } from './id.ts';

/** finance, orders and measurer are the staff roles: each sees and enters events of its own modules. */
export const ROLES = ['administrator', 'dispatcher', 'manager', 'finance', 'orders', 'measurer'] as const;
export type Role = (typeof ROLES)[number];

/** Departments are short codes or names that the company chooses; equality is what counts. */
const DepartmentSchema = LineSchema(60);

export const LoginSchema = z
  .string()
  .trim()
  .toLowerCase()
  .regex(/^[\p{L}\p{N}._-]{2,40}$/u, { error: 'login' });

/** 8 to 200 characters of any kind; the server also refuses the most common ones. */
export const PasswordSchema = z.string().min(8).max(200);

export const USER_FIELDS = {
  name: LineSchema(120),
  roles: z.array(z.enum(ROLES)).min(1).max(ROLES.length),
  departmentId: DepartmentSchema.nullable(),
  email: EmailSchema.nullable(),
  tz: ZoneSchema,
  locale: LocaleSchema,
};

export const UserSchema = z.strictObject({
  id: IdSchema,
  login: LoginSchema,
  ...USER_FIELDS,
  disabledAt: MomentSchema.nullable(),
  /** Leads the department: rules may name its head. Absent: does not. */
  isHead: z.boolean().optional(),
  version: z.number().int(),
});
export type User = z.infer<typeof UserSchema>;

/** A colleague as everybody sees them. */
const ColleagueSchema = UserSchema.pick({
  id: true,
  name: true,
  roles: true,
  departmentId: true,
  disabledAt: true,
});
export type Colleague = z.infer<typeof ColleagueSchema>;

/** A person as the directory shows them: to those who manage users, all of them. */
export const DirectoryUserSchema = z.strictObject({
  ...UserSchema.partial().shape,
  ...ColleagueSchema.shape,
});

export const UserEditSchema = patchOf({ ...USER_FIELDS, isHead: z.boolean(), disabled: z.boolean() });
export type UserEdit = z.infer<typeof UserEditSchema>;

/** What a person may change of themselves; another e-mail address takes their password (`current`) too. */
export const ProfileEditSchema = patchOf({
  locale: USER_FIELDS.locale,
  tz: USER_FIELDS.tz,
  email: USER_FIELDS.email,
  current: z.string().max(200),
});
export type ProfileEdit = z.infer<typeof ProfileEditSchema>;

/** `POST /api/users/:id/password`; absent: the server makes one and returns it once. Ends the user's sessions. */
export const PasswordResetSchema = z.strictObject({ password: PasswordSchema.optional() });
export const PasswordChangeSchema = z.strictObject({
  current: z.string().max(200),
  password: PasswordSchema,
});
export type PasswordChange = z.infer<typeof PasswordChangeSchema>;

/** `POST /api/session`. With `token: true` the session comes as a bearer token in the body, for scripts. */
export const SignInSchema = z.strictObject({
  login: z.string().max(200),
  password: z.string().max(200),
  token: z.boolean().default(false),
});
export type SignIn = z.infer<typeof SignInSchema>;

/** Answer of `GET` and `POST /api/session`. */
export const SessionSchema = z.strictObject({
  user: UserSchema,
  expiresAt: MomentSchema,
  token: z.string().optional(),
  server: z.strictObject({
    version: z.string(),
    /** The app is reached over plain http beyond loopback: the screen says so. */
    insecure: z.boolean(),
    /** No SMTP_URL: mail is kept and readable in «Почта». */
    mailKept: z.boolean(),
    /** What links in letters begin with, where nobody outside of this machine or its network can open it; else null. */
    localLinks: z.string().nullable(),
    /** How far the clock of this node's machine is ahead of the store's, by which everything goes, ms. */
    clockOffMs: z.number(),
    /** The embedded store, or a MongoDB given by MONGODB_URI. */
    store: z.enum(['embedded', 'mongodb']),
  }),
});
export type Session = z.infer<typeof SessionSchema>;

/** One of a person's own sign-ins, as `GET /api/sessions` lists them: the latest used first. */
export const OwnSessionSchema = z.strictObject({
  id: IdSchema,
  /** The one that asks. */
  isHere: z.boolean(),
  kind: z.enum(['cookie', 'bearer']),
  /** Browser and system, or a program; null: not known. */
  device: z.string().nullable(),
  address: z.string().nullable(),
  createdAt: MomentSchema,
  /** To within ten minutes. */
  usedAt: MomentSchema,
});
export type OwnSession = z.infer<typeof OwnSessionSchema>;
