import { later } from '../later/parts.ts';

export const mergeDialog = later(() => import('./MergeDialog.svelte'));
