import { later } from '../later/parts.ts';

/** The list of counterparties as a file. */
export const saveParties = later(() => import('./SaveParties.svelte'));
export const mergeDialog = later(() => import('./MergeDialog.svelte'));
