import { later } from '../later/parts.ts';

export const eventForm = later(() => import('./EventForm.svelte'));
/** The openings of a measurement sheet. */
export const sheet = later(() => import('./Sheet.svelte'));
