import fc from 'fast-check';
import { decidingWords, termsOf, wordsOf } from './terms.ts';

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
  it('collects the words of several texts, each once, at most 200', () => {
    expect(termsOf('Панель П-44', null, undefined, 'панель 318')).toEqual(['панель', 'п', '44', '318']);
    expect(termsOf(Array.from({ length: 300 }, (_, i) => `w${i}`).join(' '))).toHaveLength(200);
  });
});

describe(decidingWords, () => {
  it('drops what another word begins with', () => {
    expect(decidingWords('панель па пан 318 31')).toEqual(['318', 'панель']);
  });
});
