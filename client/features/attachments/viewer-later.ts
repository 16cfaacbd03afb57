import { later } from '../later/parts.ts';

export const viewer = later(() => import('./Viewer.svelte'));
export const gallery = later(() => import('./Gallery.svelte'));
