import { shortened } from './shortened.ts';

describe(shortened, () => {
  it('leaves the beginning that a word has in every case', () => {
    expect(shortened('Вишняковой')).toBe('вишняков');
    expect(shortened('заказ Северину')).toBe('заказ северин');
    for (const word of ['стекло', 'стекла', 'стеклу', 'стеклом', 'стекле'])
      expect(shortened(word)).toBe('стекл');
  });

  it('leaves short words, numbers and what has no ending', () => {
    for (const words of ['окна', '443', 'северин', 'window', '']) expect(shortened(words)).toBeNull();
  });
});
