import fc from 'fast-check';
import { outlineOf, SQUARE_MM, skewOf, skewOfOpening } from './openings.ts';

const seed = Number(process.env.OPENINGS_SEED ?? Date.now() % 1_000_000);
const mm = fc.integer({ min: 1, max: 20_000 });
const opening = fc.record({ widthMm: fc.tuple(mm, mm), heightMm: fc.tuple(mm, mm) });

describe('openings', () => {
  it('are out of square beyond ten millimetres', () => {
    expect([skewOf([1400, 1410]), skewOf([1410, 1399]), skewOf([1400, Number.NaN])]).toEqual([0, 11, 0]);
    expect(skewOfOpening({ widthMm: [1400, 1388], heightMm: [1500, 1525] })).toBe(25);
  });

  it(`have a sketch that leans where they do, in its box, and the right way (seed ${seed})`, () => {
    fc.assert(
      fc.property(opening, (each) => {
        const { corners, half } = outlineOf(each);
        const [upperLeft, upperRight, lowerRight, lowerLeft] = corners;
        expect(Math.max(...half)).toBe(1);
        for (const [x, y] of corners)
          expect([Math.abs(x) <= half[0], Math.abs(y) <= half[1]]).toEqual([true, true]);
        const wider = Math.sign(upperRight[0] - upperLeft[0] - (lowerRight[0] - lowerLeft[0]));
        const higher = Math.sign(lowerLeft[1] - upperLeft[1] - (lowerRight[1] - upperRight[1]));
        const said = ([one, other]: readonly [number, number]) =>
          Math.abs(one - other) > SQUARE_MM ? Math.sign(one - other) : 0;
        // Two slants beyond what is drawn of them lean equally far, and still the right way.
        expect([wider, higher]).toEqual([said(each.widthMm), said(each.heightMm)]);
      }),
      { seed, numRuns: 500 },
    );
  });
});
