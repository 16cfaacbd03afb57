import { later } from '../later/parts.ts';

export const recordFiles = later(() => import('./RecordFiles.svelte'));
