import { mentionBefore, mentionedIn, pieces } from './mentions.ts';
import { peopleNamed } from './namable.ts';

const anna = { id: 'a', name: 'Анна' };
const annaK = { id: 'k', name: 'Анна Ковалёва' };

describe('mentions', () => {
  it('finds the name that is being typed', () => {
    expect(mentionBefore('Привет, @Ан', 11)).toEqual({ from: 8, typed: 'Ан' });
    expect(mentionBefore('@', 1)).toEqual({ from: 0, typed: '' });
    expect(mentionBefore('@Анна Ков', 9)).toEqual({ from: 0, typed: 'Анна Ков' });
  });

  it('finds people as a search does: by any word of the name, in either layout, by a login that is known', () => {
    const petrova = { id: 'p', name: 'Мария Иванова-Петрова', login: 'masha' };
    const people = [anna, annaK, petrova];
    const named = (typed: string) => peopleNamed(people, typed).map(({ id }) => id);
    expect(named('')).toEqual(['a', 'k', 'p']);
    expect(named('Ков Ан')).toEqual(['k']);
    expect(named('ковалев')).toEqual(['k']);
    expect(named('Петр')).toEqual(['p']);
    expect(named('gtnh')).toEqual(['p']);
    expect(named('masha')).toEqual(['p']);
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
