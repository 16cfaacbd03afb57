import { LETTER_FIELDS } from '@svodka/shared/contracts/customer';
import { checkWords, filled } from './letter-words.ts';

const VALUES = { number: '318', news: 'готово', day: 'пт', installation: null, company: '{number}' };

describe('the words of a letter (K9)', () => {
  it('say what they name, once, and leave out a line that has nothing to say', () => {
    const words = 'Заказ {number}: {news}\nМонтаж: {installation}\n{company}';
    expect(filled(words, VALUES)).toBe('Заказ 318: готово\n{number}');
  });

  it.each([
    ['{total}', 0, 'letter-field'],
    ['а {} б', 2, 'letter-field'],
    ['{number} {', 9, 'letter-brace'],
    ['а }', 2, 'letter-brace'],
    ['{ number }', 0, 'letter-field'],
    ['{constructor}', 0, 'letter-field'],
  ])('are refused where they name something else: %s', (words, position, reason) => {
    const details = [{ field: 'text', reason, position, expected: [...LETTER_FIELDS] }];
    expect(() => checkWords('text', words)).toThrow(
      expect.objectContaining({ details: [expect.objectContaining(details[0])] }),
    );
  });
});
