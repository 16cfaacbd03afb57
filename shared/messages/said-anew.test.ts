import { catalogues } from './catalogue.ts';
import { freeFields, titleIn, whatIn } from './machine-title.ts';
import { saidRu } from './said.ru.ts';
import { titleAnew, wordAnew } from './said-anew.ts';
import { translate } from './translate.ts';

const KEYS = Object.keys(saidRu) as (keyof typeof saidRu)[];
const TITLES = KEYS.filter((key) => key.startsWith('said.title.'));
const values = {
  number: '+7 912 243-87-15',
  payer: 'ООО «Ромашка» (Пермь)',
  table: 'Заказы — цех',
  from: '03.12.2026',
  to: '$1 → готово',
  crew: 'Бригада Ли, Юг',
  stage: 2,
  text: 'Когда монтаж?',
};

describe(titleAnew, () => {
  it.each(TITLES)('says %s in the language of the reader, and the same again in Russian', (key) => {
    const stored = translate('ru', key, values);
    expect(titleAnew('en', 'call.in', stored)).toBe(translate('en', key, values));
    expect(titleAnew('ru', 'note.free', stored)).toBe(stored);
  });

  it('has plain names only between braces, and the same in both languages', () => {
    const inBraces = (text: string) => (text.match(/\{[^}]*\}?/g) ?? []).sort();
    for (const key of KEYS) {
      expect(inBraces(catalogues.ru[key]).filter((part) => !/^\{\w+\}$/.test(part))).toEqual([]);
      expect([key, inBraces(catalogues.en[key])]).toEqual([key, inBraces(catalogues.ru[key])]);
    }
  });

  it('says the words within a sentence, too', () => {
    expect(titleAnew('en', 'call.in', 'Входящий звонок: номер скрыт')).toBe('Incoming call: hidden number');
    const planned = 'Монтаж запланирован на 04.12.2026, бригада не назначена (этап 2)';
    expect(titleAnew('en', 'work.planned', planned)).toBe(
      'Installation planned for 04.12.2026, no crew assigned (stage 2)',
    );
  });

  it('says what the form has named by the type, with all that it has added', () => {
    const name = (locale: 'ru' | 'en') => translate(locale, 'type.payment.prepaid');
    for (const rest of ['', ' 70 %', ' 70 % — 184 300 ₽', ' — 184 300 ₽'])
      expect(titleIn('en', { type: 'payment.prepaid', title: name('ru') + rest })).toBe(name('en') + rest);
  });

  it.each([1, 2, 5, 21])('says how many openings a sheet has: %i', (count) => {
    const sheet = (locale: 'ru' | 'en') =>
      `${translate(locale, 'type.measure.sheet')}: ${translate(locale, 'opening.count', { count })}`;
    expect(titleIn('en', { type: 'measure.sheet', title: sheet('ru') })).toBe(sheet('en'));
  });

  it('leaves what a person wrote as it is', () => {
    for (const title of [
      'Предоплата внесена вчера',
      'Клиент: статус неизвестен → уточнить',
      'Телефония',
      'Было',
    ])
      expect(titleIn('en', { type: 'payment.prepaid', title })).toBe(title);
    expect(whatIn('en', { type: 'note.free', title: 'Ждём звонка' })).toBe('Ждём звонка');
  });
});

describe(wordAnew, () => {
  it('says labels and authors of the product, and no others', () => {
    expect(wordAnew('en', 'by', 'Телефония')).toBe('Telephony');
    expect(wordAnew('en', 'by', 'Мария')).toBe('Мария');
    expect(wordAnew('ru', 'by', 'Телефония')).toBe('Телефония');
    const payload = { fields: { Было: 'Замер', Этаж: 3 } };
    expect(freeFields('en', { type: 'note.free', title: '', payload })).toEqual([
      ['Before', 'Замер'],
      ['Этаж', 3],
    ]);
  });
});
