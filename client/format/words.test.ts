import { parseAmount } from '@svodka/shared/rules/amount';
import { initials } from './initials.ts';
import { formatMoney, formatNumber, moneyInput } from './number.ts';
import { personColor } from './person-color.ts';
import { formatPhone } from './phone.ts';

const THIN = '\u00a0';

describe('amounts', () => {
  it('group by no-break spaces and show kopecks only when there are any', () => {
    expect(formatMoney(18_430_000, 'ru')).toBe(`184${THIN}300${THIN}₽`);
    expect(formatMoney(18_430_050, 'ru')).toBe(`184${THIN}300,50${THIN}₽`);
    expect(formatMoney(18_430_000, 'en')).toBe('₽184,300');
    expect(formatNumber(12_408, 'ru')).toBe(`12${THIN}408`);
  });

  it.each([
    ['184 300,50 ₽', 18_430_050],
    ['184300.5', 18_430_050],
    [`1${THIN}000`, 100_000],
    ['-20', -2000],
    ['0', 0],
  ])('are read as they are typed: %s', (typed, kopecks) => {
    expect(parseAmount(typed)).toBe(kopecks);
  });

  it.each(['', 'много', '1,234', '12,345,6', '1e9', '--1'])('refuse what is none: «%s»', (typed) => {
    expect(parseAmount(typed)).toBeNull();
  });

  it('go into a field and come back', () => {
    for (const kopecks of [0, 1, 99, 100, 18_430_050, -2050])
      expect(parseAmount(moneyInput(kopecks))).toBe(kopecks);
  });
});

describe('people and phones', () => {
  it('have two letters', () => {
    expect(initials('Анна Ковалёва')).toBe('АК');
    expect(initials('admin')).toBe('AD');
    expect(initials('  ')).toBe('?');
  });

  it('keep their colour', () => {
    expect(personColor('a')).toBe(personColor('a'));
    expect(new Set(Array.from('abcdefghijklmnop', personColor)).size).toBeGreaterThan(5);
  });

  it('are written in groups when they are Russian', () => {
    expect(formatPhone('+79161234567')).toBe('+7 916 123-45-67');
    expect(formatPhone('89161234567')).toBe('+7 916 123-45-67');
    expect(formatPhone('102')).toBe('102');
  });
});
