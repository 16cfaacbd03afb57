import { later } from '../later/parts.ts';

export const eventForm = later(() => import('./EventForm.svelte'));
/** How what does not fit together in an order is settled. */
export const settle = later(() => import('../event-look/Settle.svelte'));
/** What is asked before an event is taken over, handed on or put off. */
export const holdDialog = later(() => import('./HoldDialog.svelte'));
/** What people say at an event, and where they write it. */
export const thread = later(() => import('./Thread.svelte'));
export const composerPart = later(() => import('./Composer.svelte'));
/** What somebody has said to a customer becomes a promise. */
export const promiseDialog = later(() => import('./PromiseDialog.svelte'));
/** The openings of a measurement sheet. */
export const sheet = later(() => import('./Sheet.svelte'));
/** Whom it was told, and why. */
export const toldOf = later(() => import('./ToldOf.svelte'));
/** What was changed in it, and what it said at a moment. */
export const revisionList = later(() => import('./Revisions.svelte'));
