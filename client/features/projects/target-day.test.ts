import type { OrderLine } from '@svodka/shared/contracts/orders';
import { render } from '@testing-library/svelte';
import { clock } from '../../state/clock.svelte.ts';
import { owedWords } from './chain-words.ts';
import TargetDay from './TargetDay.svelte';

const thisYear = new Date(clock.now).getUTCFullYear();
const lineOf = (on: string, slipWd: number) =>
  ({
    target: { code: 'install', on, slipWd, baselineSlipWd: 0, isDone: false },
    isLate: slipWd > 0,
    why: [],
  }) as unknown as OrderLine;

describe('the day that a customer waits for, in a row of a list', () => {
  const said = (on: string, slipWd = 0) => {
    const { container, unmount } = render(TargetDay, { line: lineOf(on, slipWd) });
    const text = container.textContent?.replace(/\s+/g, ' ').trim();
    unmount();
    return text;
  };

  it('has no year within half a year, and two digits of it beyond', () => {
    const soon = new Date(clock.now + 150 * 86_400_000).toISOString().slice(0, 10);
    expect(said(soon)).not.toMatch(/\d{4}|\d\.\d/);
    expect(said(`${thisYear + 2}-01-04`, 7)).toBe(`04.01.${(thisYear + 2) % 100} +7`);
    expect(said(`${thisYear - 1}-12-28`)).toMatch(/^28\.12\.\d\d$/);
  });

  it('keeps the delay apart from the day, so that it is never cut with it', () => {
    const { container } = render(TargetDay, { line: lineOf(`${thisYear}-12-21`, 7) });
    expect(container.querySelector('.slip')?.textContent).toBe('+7');
    expect(container.querySelector('.on')?.textContent).not.toContain('+');
  });

  it('has sums in roubles, as those that are begun', () => {
    expect(owedWords(123_456_750)?.replace(/\s/g, ' ')).toBe('1 234 568 ₽');
    expect([owedWords(0), owedWords(-5), owedWords(null)]).toEqual(['', '', '']);
  });
});
