import { later } from '../later/parts.ts';

export const eventForm = later(() => import('./EventForm.svelte'));
/** How what does not fit together in an order is settled. */
export const settle = later(() => import('../event-look/Settle.svelte'));
/** The openings of a measurement sheet. */
export const sheet = later(() => import('./Sheet.svelte'));
