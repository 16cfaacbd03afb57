import type { ImportTarget } from '@svodka/shared/contracts/import';
import { label } from '../../state/i18n.svelte.ts';

/** What a column becomes, in words; fields of events have theirs already. */
export const targetLabel = (target: ImportTarget | string): string =>
  label(target.startsWith('payload.') ? target : `import.target.${target}`, target);
