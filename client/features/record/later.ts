import { later } from '../later/parts.ts';

export const dossierDialog = later(() => import('./DossierDialog.svelte'));
