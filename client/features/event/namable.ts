import { ROLES } from '@svodka/shared/contracts/user';
import { finder } from '@svodka/shared/filter/search';
import { wordsOf } from '@svodka/shared/filter/terms';
import type { Answer } from '@svodka/shared/routes/all';
import { ask } from '../../api/rest.ts';
import { i18n, t } from '../../state/i18n.svelte.ts';
import type { Group, Person } from './mentions.ts';

type User = Answer<'GET /users'>['items'][number];
/** Who can be named, and whom at once: the roles and departments that have anybody in them. */
export type Namable = { people: readonly User[]; groups: readonly Group[] };

const PAGE = 200;
const FRESH_MS = 60_000;
let known: { at: number; locale: string; all: Promise<Namable> } | null = null;

/** As people stand now: read once a while, and not with every letter that somebody types. */
export function namable(): Promise<Namable> {
  const now = performance.now();
  if (known && now - known.at < FRESH_MS && known.locale === i18n.locale) return known.all;
  const all = read();
  known = { at: now, locale: i18n.locale, all };
  all.catch(() => {
    known = null;
  });
  return all;
}

/** Those who are found by what was typed, as everywhere; by their login too, where it is told. */
export function peopleNamed(people: readonly (Person & { login?: string })[], typed: string): Person[] {
  const isFound = finder(typed);
  return people.filter(({ name, login = '' }) => isFound(wordsOf(`${name} ${login}`)));
}

async function read(): Promise<Namable> {
  const all: User[] = [];
  for (let after: string | null | undefined; after !== null; ) {
    const page: Answer<'GET /users'> = await ask('GET /users', {
      query: { limit: PAGE, ...(after && { after }) },
    });
    all.push(...page.items);
    after = page.next;
  }
  const people = all.filter(({ disabledAt }) => !disabledAt);
  const departments = [...new Set(people.flatMap(({ departmentId }) => departmentId ?? []))].sort();
  const groups = [
    ...departments.map((department) => ({
      department,
      name: department,
      memberIds: people.filter((each) => each.departmentId === department).map(({ id }) => id),
    })),
    ...ROLES.map((role) => ({
      role,
      name: t(`role.${role}`),
      memberIds: people.filter(({ roles }) => roles.includes(role)).map(({ id }) => id),
    })),
  ].filter(({ memberIds }) => memberIds.length > 0);
  return { people, groups };
}
