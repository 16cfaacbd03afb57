import { later } from '../later/parts.ts';

export const eventForm = later(() => import('./EventForm.svelte'));
