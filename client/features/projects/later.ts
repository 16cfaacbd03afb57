import { later } from '../later/parts.ts';

/** The table of orders as a file. */
export const saveOrders = later(() => import('./SaveOrders.svelte'));
