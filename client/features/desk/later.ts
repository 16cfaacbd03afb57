import { later } from '../later/parts.ts';

/** The events of a feed as a file. */
export const saveEvents = later(() => import('./SaveEvents.svelte'));
/** What can be done to the chosen rows together. */
export const bulkBar = later(() => import('./BulkBar.svelte'));
/** The values of a field, to choose among. */
export const clausePicker = later(() => import('./ClausePicker.svelte'));
export const viewDialog = later(() => import('./ViewDialog.svelte'));
/** A filter as text, for who would rather write it. */
export const filterText = later(() => import('./FilterText.svelte'));
/** What a search that finds nothing may have meant. */
export const nearWords = later(() => import('./NearWords.svelte'));
/** The alarm of what is urgent. */
export const alarm = later(() => import('../../state/alarm-sound.ts'));
