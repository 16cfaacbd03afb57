import fc from 'fast-check';
import { moneyTerms, termsOf, wordsOf } from './terms.ts';

describe(wordsOf, () => {
  it.each([
    ['Замёрзшая ПАНЕЛЬ П-44, заказ № 318', ['замерзшая', 'панель', 'п', '44', 'заказ', '318']],
    ['Предоплата 70 % — 184 300 ₽', ['предоплата', '70', '184', '300']],
    ['ООО «Гранит-Строй»', ['ооо', 'гранит', 'строй']],
    ['café cafe\u0301', ['café']],
    ['Ёлка ёлка', ['елка']],
    ['— … !', []],
    ['', []],
  ])('of %s', (text, words) => {
    expect(wordsOf(text)).toEqual(words);
  });

  it('cuts long words, also between surrogates', () => {
    expect(wordsOf('х'.repeat(50))).toEqual(['х'.repeat(40)]);
    expect(wordsOf('𝒳'.repeat(50))[0]).toBe('𝒳'.repeat(40));
  });

  it('gives words that fold to themselves', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary' }), (text) => {
        for (const word of wordsOf(text)) expect(wordsOf(word)).toEqual([word]);
      }),
      { numRuns: 2_000 },
    );
  });
});

describe(termsOf, () => {
  it('collects the words of several texts, each once, and not without end', () => {
    expect(termsOf('Панель П-44', null, undefined, 'панель 318')).toEqual(['панель', 'п', '44', '318']);
    expect(termsOf(Array.from({ length: 400 }, (_, i) => `w${i}`).join(' '))).toHaveLength(300);
  });
});

describe(moneyTerms, () => {
  it.each([
    [10_413_000, ['104130', '104', '130']],
    [-18_430_050, ['184300', '184', '300', '50']],
    [99, ['0', '99']],
    [50_000, ['500']],
  ])('of %d kopecks', (kopecks, terms) => expect(moneyTerms(kopecks)).toEqual(terms));
});
