import { ROLES } from '@svodka/shared/contracts/user';
import type { Answer } from '@svodka/shared/routes/all';
import { ask } from '../../api/rest.ts';
import { i18n, t } from '../../state/i18n.svelte.ts';
import type { Group } from './mentions.ts';

const PAGE = 200;
const FRESH_MS = 60_000;
let known: { at: number; locale: string; groups: Promise<Group[]> } | null = null;

/** Who can be named at once: the roles and departments that have anybody in them, as people stand now. */
export function groupsOf(): Promise<Group[]> {
  const now = performance.now();
  if (known && now - known.at < FRESH_MS && known.locale === i18n.locale) return known.groups;
  const groups = read();
  known = { at: now, locale: i18n.locale, groups };
  groups.catch(() => {
    known = null;
  });
  return groups;
}

async function read(): Promise<Group[]> {
  const all: Answer<'GET /users'>['items'] = [];
  for (let after: string | null | undefined; after !== null; ) {
    const page: Answer<'GET /users'> = await ask('GET /users', {
      query: { limit: PAGE, ...(after && { after }) },
    });
    all.push(...page.items);
    after = page.next;
  }
  const people = all.filter(({ disabledAt }) => !disabledAt);
  const departments = [...new Set(people.flatMap(({ departmentId }) => departmentId ?? []))].sort();
  return [
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
}
