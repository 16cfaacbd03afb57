import { dayOf, shortDay } from '../../format/time.ts';
import { clock } from '../../state/clock.svelte.ts';
import { i18n } from '../../state/i18n.svelte.ts';

/** The day of a moment, as short as it is clear. */
export const dayWords = (at: string): string =>
  shortDay(dayOf(at, i18n.viewer), dayOf(clock.now, i18n.viewer), i18n.viewer);
