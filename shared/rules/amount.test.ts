import { parseAmount } from './amount.ts';

describe(parseAmount, () => {
  it.each([
    ['184300.00', 18_430_000],
    ['184300', 18_430_000],
    ['1 234,50 ₽', 123_450],
    ['1\u00a0234,5', 123_450],
    ['1.234.567,50', 123_456_750],
    ['1,234,567.50', 123_456_750],
    ['1.234,50', 123_450],
    ['-5 000 руб.', -500_000],
    ['0', 0],
    ['0,07', 7],
  ])('reads «%s»', (text, kopecks) => expect(parseAmount(text)).toBe(kopecks));

  it.each(['', 'много', '1,234', '1.234', '12,345,6', '1 2 3 x', '--5', '1,2,3', '99999999999999999'])(
    'does not guess «%s»',
    (text) => expect(parseAmount(text)).toBeNull(),
  );
});
