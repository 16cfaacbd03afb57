import { isId } from '@svodka/shared/contracts/id';
import type { Names } from '@svodka/shared/filter/fields';
import { importNames } from './import-names.ts';
import { refs } from './refs.svelte.ts';

/** What the ids in a filter are called, as far as that is known. */
export const names: Names = (kind, id) => {
  // Typed by its name, and not looked up yet.
  if (!isId(id)) return kind === 'project' ? `№\u00a0${id}` : id;
  if (kind === 'project') {
    const project = refs.project(id);
    return project && `№\u00a0${project.number}`;
  }
  if (kind === 'counterparty') return refs.counterparty(id)?.name;
  if (kind === 'batch') return importNames.name(id);
  return kind === 'user' ? refs.user(id)?.name : undefined;
};
