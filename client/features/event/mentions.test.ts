import { mentionBefore, mentionedIn, pieces } from './mentions.ts';

const anna = { id: 'a', name: 'Анна' };
const annaK = { id: 'k', name: 'Анна Ковалёва' };

describe('mentions', () => {
  it('finds the name that is being typed', () => {
    expect(mentionBefore('Привет, @Ан', 11)).toEqual({ from: 8, typed: 'Ан' });
    expect(mentionBefore('@', 1)).toEqual({ from: 0, typed: '' });
    expect(mentionBefore('@Анна Ков', 9)).toEqual({ from: 0, typed: 'Анна Ков' });
  });

  it('takes no address for a name', () => {
    expect(mentionBefore('kovaleva@example', 16)).toBeNull();
    expect(mentionBefore('@Анна по кухне', 14)).toBeNull();
    expect(mentionBefore('слова', 5)).toBeNull();
  });

  it('addresses only those whose names are still there', () => {
    expect(mentionedIn('@Анна Ковалёва, посмотрите', [annaK, { id: 'x', name: 'Илья' }])).toEqual(['k']);
  });

  it('splits at names, the longest first', () => {
    expect(pieces('да, @Анна Ковалёва и @Анна!', [anna, annaK])).toEqual([
      { text: 'да, ', mention: false },
      { text: '@Анна Ковалёва', mention: true },
      { text: ' и ', mention: false },
      { text: '@Анна', mention: true },
      { text: '!', mention: false },
    ]);
  });
});
