import { router } from '../../state/router.svelte.ts';

/**
 * The id after `/first/`; empty on the list itself. Null elsewhere: a screen that is about to go sees the next address
 * already, and its id is not one of its own.
 */
export function recordAt(first: string): string | null {
  const [, head, id = ''] = router.path.split('/');
  return head === first ? id : null;
}
