import { later } from '../later/parts.ts';

/** Where the first words about it are written. */
export const talkDialog = later(() => import('./TalkDialog.svelte'));
export const dossierDialog = later(() => import('./DossierDialog.svelte'));
