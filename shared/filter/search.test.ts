import fc from 'fast-check';
import { chunksOf, finder } from './search.ts';
import { moneyTerms, ofCard, phoneTerms, termsOf } from './terms.ts';

const finds = (text: string, ...of: string[]) => finder(text)(of);

describe('a search', () => {
  const call = [...termsOf('Звонок: Тихонов С. А., замёрзшая створка П-44'), ...phoneTerms('+79167183051')];
  const order = [...termsOf('318', 'ул. Лесная, 83', 'C-0053', 'ООО «Окна-Юг»'), ...moneyTerms(10_413_000)];

  it.each([
    '+7 916 718-30-51',
    '89167183051',
    '8 (916) 718-30-51',
    '718-30-51',
    '718 30 51',
    '7183051',
    '3051',
    '9167183051',
    '8 916 718 30 51',
    '+7(916)7183051',
    '89167',
    '+7 9167',
    '+7 916',
    '8 916 718',
    '8 (916',
    '916 718',
    '718-30',
    '18-30-5',
    '67183',
    '67 183',
    '167 18',
    '183 05',
    '916 718-30',
    '(916) 718 3',
    '916',
  ])('finds a phone typed as %s', (typed) => {
    expect(finds(typed, ...call)).toBe(true);
    expect(finds(`тихонов ${typed}`, ...call)).toBe(true);
    expect(finds(typed, ...termsOf('другое'), ...phoneTerms('+79250000000'))).toBe(false);
  });

  it.each(['+7 916 718-30-51', '8(916)7183051', '718-30-51'])(
    'finds a phone that a text has as %s',
    (written) => {
      const terms = termsOf(`Перезвонить: ${written}, после 18:00`);
      for (const typed of ['3051', '7183051', '718-30-51']) expect(finds(typed, ...terms)).toBe(true);
    },
  );

  it.each(['тихонов', 'ихон', 'ТИХ', 'nb[jyjd', 'nb[', 'замерз', 'створк', 'п-44', 'G-44', 'творк тихо'])(
    'finds words by their beginning, from inside and in the other layout: %s',
    (typed) => expect(finds(typed, ...call)).toBe(true),
  );

  it('finds of a phone no piece that is too short, and of no other number the middle', () => {
    expect(finds('7183', ...call)).toBe(false);
    expect(finds('17-18', ...call)).toBe(false);
    expect(finds('04130', ...order)).toBe(false);
    const card = phoneTerms('+79167183051').map(ofCard);
    expect(finder('718-30')(card)).toBe(true);
    expect(finder('718-30', { openly: true })(card)).toBe(false);
  });

  it.each(['тихонова', 'лод', 'ов', 'nb[jyjdf', 'панель'])('finds nothing by %s', (typed) =>
    expect(finds(typed, ...call)).toBe(false),
  );

  it.each([
    '№ 318',
    '318',
    'C-0053',
    'с-0053',
    'c-53',
    '0053',
    'Лесная 83',
    'лесная, 83',
    'окна-юг',
    'юг',
    '104130',
    '104 130',
    '104 130 ₽',
    '#318',
  ])('finds an order by %s', (typed) => expect(finds(typed, ...order)).toBe(true));

  it('finds two numbers where the first might begin a phone', () => {
    expect(finds('904 318', ...termsOf('Включён в накладную 904', '№ 318'))).toBe(true);
    expect(finds('904 318', ...termsOf('Включён в накладную 904'))).toBe(false);
    expect(finds('916 618 ₽', ...moneyTerms(91_661_800))).toBe(true);
  });

  it('finds an amount that a text has with spaces, or with another space', () => {
    for (const written of ['104 130 ₽', '104\u00a0130', '104\u202f130,50'])
      expect(finds('104130', ...termsOf(`оплата ${written}`))).toBe(true);
  });

  it.each(['104 130 руб', '104 130 руб.', '104 130 рублей', '104130р', '104130 ₽', '104\u00a0130\u202fр.'])(
    'finds an amount with its currency: %s',
    (typed) => {
      expect(finds(typed, ...order)).toBe(true);
      expect(finds(typed, ...moneyTerms(10_413_100))).toBe(false);
    },
  );

  it.each(['tel:+79167183051', 'тел. 8 916 718-30-51', 'TEL:+7-916-718-30-51'])(
    'finds a phone as it is copied from a page: %s',
    (typed) => expect(finds(typed, ...call)).toBe(true),
  );

  it('finds a word with Latin letters among its Cyrillic ones, whichever side has them', () => {
    const [right, mixed] = ['Ромашка', 'Р\u006fм\u0061шка'];
    for (const typed of [right, mixed, 'Р\u006fм'])
      for (const stored of [right, mixed]) expect(finds(typed, ...termsOf(stored))).toBe(true);
    // As it was kept before: by its own letters.
    expect(finds(mixed, mixed.toLowerCase())).toBe(true);
    expect(finds('Ромw', ...termsOf(right))).toBe(false);
  });

  it('asks for nothing without letters or digits', () => {
    expect(finds('— №', 'x')).toBe(true);
    expect(finds('')).toBe(true);
  });

  it('reads its own pieces as they are', () => {
    const typed = fc.oneof(
      fc.string({ unit: 'binary' }),
      fc.stringMatching(/^[0-9 +()-]{0,30}$/),
      fc.stringMatching(/^[а-яa-z[\]0-9 -]{0,20}$/),
    );
    fc.assert(
      fc.property(typed, (text) => {
        for (const piece of chunksOf(text)) expect(chunksOf(piece)).toEqual([piece]);
      }),
      { numRuns: 3_000 },
    );
  });
});
