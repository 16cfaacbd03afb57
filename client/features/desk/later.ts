import { later } from '../later/parts.ts';

export const viewDialog = later(() => import('./ViewDialog.svelte'));
