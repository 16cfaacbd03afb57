// How high a row of events is, known before it is drawn: by its width and its title, and by nothing that changes while
// one reads, so that a comment that comes in moves no row.

import type { Locale } from '@svodka/shared/contracts/common';
import type { SvodkaEvent } from '@svodka/shared/contracts/event';
import { titleIn } from '@svodka/shared/messages/machine-title';

/** One line. */
const ROW_PX = 40;
/** Two lines: the title, and below it whose it is. */
const COMPACT_PX = 60;
/** A title of two lines. */
const TALL_PX = 82;
/** What stands beside a title in two lines: the sign, the time, who is at it, how many comments. */
const BESIDE_PX = 164;
/** Open ones are bold, and a row that is dealt with stays as high as it was. */
const FONT = '600 13.5px "Golos Text Variable"';
/** A letter, where nothing can be measured yet; one line too many is less harm than words that are cut. */
const LETTER_PX = 7.6;
let canvas: CanvasRenderingContext2D | null = null;

/** Of a title in one line, px. Before letters and digits are there, others would be measured. */
function widthOf(title: string): number {
  const isThere = document.fonts?.check(FONT, 'Я1');
  if (isThere) canvas ??= document.createElement('canvas').getContext('2d');
  if (!isThere || !canvas) return title.length * LETTER_PX;
  canvas.font = FONT;
  return canvas.measureText(title).width;
}

/**
 * The heights of rows, asked for thousands of times and worked out once each.
 * @param width of rows of two lines, for a list that is too narrow for one; null: of one line
 */
export function rowHeights(width: number | null, locale: Locale) {
  const worked = new WeakMap<SvodkaEvent, number>();
  /** Of a row whose title fits into its line. */
  const least = width === null ? ROW_PX : COMPACT_PX;
  function of(event: SvodkaEvent): number {
    if (!width) return least;
    let px = worked.get(event);
    if (px === undefined) {
      px = widthOf(titleIn(locale, event)) > width - BESIDE_PX ? TALL_PX : least;
      worked.set(event, px);
    }
    return px;
  }
  return { least, of };
}
