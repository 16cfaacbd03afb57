import type { Id } from '@svodka/shared/contracts/id';
import type { ProjectRef } from '@svodka/shared/contracts/refs';
import { ask } from '../../api/rest.ts';
import { t } from '../../state/i18n.svelte.ts';
import { refs } from '../../state/refs.svelte.ts';
import type { Choice } from '../../ui/combobox.ts';

const MOST = 20;

/** Projects whose number, address or customer begins with the words typed. */
export async function searchProjects(typed: string, signal: AbortSignal): Promise<Choice[]> {
  const page = await ask('GET /projects', {
    query: { search: typed, limit: MOST },
    signal,
  });
  refs.add(page.refs);
  refs.add({ projects: page.items, counterparties: [], users: [] });
  return page.items.map((project) => ({
    value: project.id,
    label: `№ ${project.number}`,
    note: aboutProject(project),
  }));
}

export async function searchCounterparties(typed: string, signal: AbortSignal): Promise<Choice[]> {
  const page = await ask('GET /counterparties', { query: { search: typed, limit: MOST }, signal });
  refs.add({ projects: [], counterparties: page.items, users: [] });
  return page.items.map((each) => ({ value: each.id, label: each.name, note: each.number }));
}

export async function searchUsers(typed: string, signal: AbortSignal): Promise<Choice[]> {
  const page = await ask('GET /users', { query: { search: typed, limit: MOST }, signal });
  return page.items.map((user) => ({
    value: user.id,
    label: user.name,
    note: user.roles.map((role) => t(`role.${role}`)).join(', '),
  }));
}

export function projectChoice(id: Id | null): Choice | null {
  if (!id) return null;
  const project = refs.project(id);
  const words = project && [`№ ${project.number}`, aboutProject(project)].filter(Boolean).join(' · ');
  return { value: id, label: words ?? '…' };
}

/** Whose order it is, and where: a number alone tells nobody whether it is the right one. */
function aboutProject({
  counterpartyId,
  objectAddress,
}: Pick<ProjectRef, 'counterpartyId' | 'objectAddress'>): string {
  return [refs.counterparty(counterpartyId)?.name, objectAddress].filter(Boolean).join(' · ');
}
