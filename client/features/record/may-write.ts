import type { Project } from '@svodka/shared/contracts/directory';
import { type Action, mayOfProject } from '@svodka/shared/rules/permissions';
import { session } from '../../state/session.svelte.ts';

/** Of an order: by a right of one role nothing may be done to what only another role sees. */
export const mayOf = (action: Action, project: Project): boolean =>
  session.actor !== null && mayOfProject(session.actor, action, project);

/** Of a counterparty its answer does not tell whose orders name it: the server says so to who has two roles. */
export const mayWrite = (record: object): boolean =>
  'appointedIds' in record ? mayOf('directory.write', record as Project) : session.may('directory.write');
