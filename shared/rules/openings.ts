import type { Opening } from '../contracts/payload.ts';

/** Beyond so many millimetres an opening is visibly out of square. */
export const SQUARE_MM = 10;

/** By how much two sizes of one side differ, where that matters; 0: they do not. NaN, as of an empty field, never does. */
export function skewOf([one, other]: readonly [number, number]): number {
  const by = Math.abs(one - other);
  return by > SQUARE_MM ? by : 0;
}

/** By how much an opening is out of square at most; 0: it is not. */
export const skewOfOpening = ({ widthMm, heightMm }: Pick<Opening, 'widthMm' | 'heightMm'>): number =>
  Math.max(skewOf(widthMm), skewOf(heightMm));

/** Two sizes as a person writes them: one where they are the same. */
export const sizesText = ([one, other]: readonly [number, number]): string =>
  one === other ? String(one) : `${one} / ${other}`;

type Point = readonly [x: number, y: number];
export type Outline = {
  /** From the upper left corner on, clockwise. */
  corners: readonly [Point, Point, Point, Point];
  /** Half the width and height of the box around it, and of the opening if it were square. */
  half: Point;
};

/** So much larger than life a slant is drawn, and no further than this share of the side. */
const SLANT = { times: 8, most: 0.14 };
/** However long and low an opening is, its sketch is a quadrangle that has room for its sizes. */
const SLIMMEST = 0.42;

/**
 * The sketch of an opening around 0, its longer side 2 long. A slant of a few millimetres in two metres would not be
 * seen: those that matter are drawn larger than life.
 */
export function outlineOf({ widthMm, heightMm }: Pick<Opening, 'widthMm' | 'heightMm'>): Outline {
  const [width, height] = [Math.max(...widthMm), Math.max(...heightMm)];
  const long = Math.max(width, height);
  const half: Point = [Math.max(SLIMMEST, width / long), Math.max(SLIMMEST, height / long)];
  const share = (pair: readonly [number, number], which: 0 | 1): number => {
    const less = Math.max(...pair) - pair[which];
    return skewOf(pair) > 0 ? 1 - Math.min(SLANT.most, (SLANT.times * less) / Math.max(...pair)) : 1;
  };
  const [top, bottom] = [half[0] * share(widthMm, 0), half[0] * share(widthMm, 1)];
  const [left, right] = [half[1] * share(heightMm, 0), half[1] * share(heightMm, 1)];
  return {
    corners: [
      [-top, -left],
      [top, -right],
      [bottom, right],
      [-bottom, left],
    ],
    half,
  };
}
