import { seeded } from '../../test/support/seeded.ts';
import { spanOf } from './range.ts';

describe(spanOf.name, () => {
  it.each([
    ['bytes=0-0', { start: 0, end: 1 }],
    ['bytes=2-', { start: 2, end: 10 }],
    ['bytes=2-99', { start: 2, end: 10 }],
    ['bytes=-3', { start: 7, end: 10 }],
    ['bytes=-30', { start: 0, end: 10 }],
    ['bytes=9-9', { start: 9, end: 10 }],
  ])('reads %s of ten bytes', (header, span) => {
    expect(spanOf(header, 10)).toEqual(span);
  });

  it.each(['bytes=10-', 'bytes=10-12', 'bytes=-0', 'bytes=99999-'])('finds nothing at %s', (header) => {
    expect(spanOf(header, 10)).toBeUndefined();
  });

  it.each([undefined, '', 'bytes=', 'bytes=-', 'bytes=5-2', 'bytes=0-1,4-5', 'items=0-1', 'bytes=a-b'])(
    'takes %s for no range',
    (header) => {
      expect(spanOf(header, 10)).toBeNull();
    },
  );

  it('never goes beyond the end, whatever is asked', () => {
    const random = seeded(7);
    const number = () => (random() < 0.2 ? '' : String(Math.floor(random() * 40)));
    for (let i = 0; i < 2_000; i++) {
      const length = Math.floor(random() * 20);
      const span = spanOf(`bytes=${number()}-${number()}`, length);
      if (!span) continue;
      expect(span.start).toBeGreaterThanOrEqual(0);
      expect(span.end).toBeGreaterThan(span.start);
      expect(span.end).toBeLessThanOrEqual(length);
    }
  });
});
