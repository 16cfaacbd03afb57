import { type UserCreate, UserCreateSchema } from '@svodka/shared/contracts/new-user';
import { type Role, type User, type UserEdit, UserEditSchema } from '@svodka/shared/contracts/user';
import { ask } from '../../api/rest.ts';
import { RecordDraft } from '../../state/record-draft.svelte.ts';

/** A person as the form holds them: texts where the contract has null. */
export type UserFields = {
  login: string;
  name: string;
  roles: Role[];
  department: string;
  isHead: boolean;
  email: string;
  locale: User['locale'];
  tz: string;
  /** Who thinks of the first password; for new people only. */
  way: 'made' | 'own';
  password: string;
};

export function fieldsOf(user: User | null, defaults: { locale: User['locale']; tz: string }): UserFields {
  return {
    login: user?.login ?? '',
    name: user?.name ?? '',
    roles: user?.roles ?? [],
    department: user?.departmentId ?? '',
    isHead: user?.isHead ?? false,
    email: user?.email ?? '',
    locale: user?.locale ?? defaults.locale,
    tz: user?.tz ?? defaults.tz,
    way: 'made',
    password: '',
  };
}

const TO_BODY = {
  login: 'login',
  name: 'name',
  roles: 'roles',
  department: 'departmentId',
  isHead: 'isHead',
  email: 'email',
  locale: 'locale',
  tz: 'tz',
} as const;

function bodyOf(fields: UserFields, names: (keyof UserFields)[]): Record<string, unknown> {
  const body: Record<string, unknown> = {};
  for (const name of names) {
    if (!(name in TO_BODY)) continue;
    const value = fields[name];
    const key = TO_BODY[name as keyof typeof TO_BODY];
    body[key] = key === 'departmentId' || key === 'email' ? String(value).trim() || null : value;
  }
  return body;
}

/** What a create gives back: the password only when the server made it. */
export type Made = { user: User; password?: string };

/** Sends the form: a new person whole, of a known one what was changed. Null: refused, the draft says why. */
export async function saveUser(draft: RecordDraft<UserFields>, user: User | null): Promise<Made | null> {
  const { values } = draft;
  if (user) {
    const saved = await draft.save<UserEdit, User>({
      schema: UserEditSchema,
      body: bodyOf(values, draft.changed),
      send: (edit) => ask('PATCH /users/:id', { id: user.id, body: edit }),
    });
    return saved && { user: saved };
  }
  return draft.create<UserCreate, Made>({
    schema: UserCreateSchema,
    body: {
      ...bodyOf(values, Object.keys(TO_BODY) as (keyof UserFields)[]),
      ...(values.way === 'own' && { password: values.password }),
    },
    send: (create) => ask('POST /users', { body: { ...create, id: draft.id } }),
  });
}
