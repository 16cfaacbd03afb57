import { later } from '../later/parts.ts';

export const keySheet = later(() => import('./KeySheet.svelte'));
