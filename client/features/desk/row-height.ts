// How high a row of events is, known before it is drawn: by its width, its title and whether it is a mere fact, and by
// nothing else that changes while one reads, so that neither a comment nor a claim nor what is dealt with moves a row.

import type { Locale } from '@svodka/shared/contracts/common';
import type { SvodkaEvent } from '@svodka/shared/contracts/event';
import { titleIn } from '@svodka/shared/messages/machine-title';
import { titleFont } from './title-font.svelte.ts';

/** One line. */
const ROW_PX = 40;
/** Two lines: the title, and below it whose it is. */
const COMPACT_PX = 60;
/** A title of two lines. */
const TALL_PX = 82;
/** What stands beside every title in two lines: the sign and the time. */
const BESIDE_PX = 106;
/** Who is at it, or who wrote it. */
const WHO_PX = 30;

/** Nobody takes a fact up, so that its author alone may stand beside it. One that is dealt with stays as it was. */
const isFact = ({ status }: SvodkaEvent) => status === 'recorded';
const besideOf = (event: SvodkaEvent) =>
  isFact(event) && !event.author.userId ? BESIDE_PX : BESIDE_PX + WHO_PX;

/**
 * The heights of rows, asked for thousands of times and worked out once each.
 * @param width of rows of two lines, for a list that is too narrow for one; null: of one line
 */
export function rowHeights(width: number | null, locale: Locale) {
  // What was worked out holds for the letters that were there.
  void titleFont.isThere;
  const worked = new WeakMap<SvodkaEvent, number>();
  /** Of a row whose title fits into its line. */
  const least = width === null ? ROW_PX : COMPACT_PX;
  function of(event: SvodkaEvent): number {
    if (!width) return least;
    let px = worked.get(event);
    if (px === undefined) {
      const title = titleFont.widthOf(titleIn(locale, event), !isFact(event));
      px = title > width - besideOf(event) ? TALL_PX : least;
      worked.set(event, px);
    }
    return px;
  }
  return { least, of };
}
