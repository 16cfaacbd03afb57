import { alikeBy, areTwoPeople, kindByName, likenessOf, Named, plainName } from './likeness.ts';

const keysOf = (name: string) => likenessOf({ name, kind: kindByName(name), inn: null, phones: [] });

describe('the form of a firm', () => {
  it.each([
    'ООО Берёзка',
    'Общество с ограниченной ответственностью «Берёзка»',
    'ОБЩЕСТВО С ОГРАНИЧЕННОЙ\u00a0ОТВЕТСТВЕННОСТЬЮ "БЕРЕЗКА"',
    'Берёзка, общество с ограниченной ответственностью',
    'OOO «Берёзка»',
    'О.О.О. «Берёзка»',
    'О. О. О. «Берёзка»',
    'O.O.O. Берёзка',
    'ОOО Берёзка',
    '000 «Берёзка»',
  ])('is no part of the name, and says whose it is: «%s»', (name) => {
    expect(kindByName(name)).toBe('org');
    expect(plainName(name)).toBe(plainName('ООО «Берёзка»'));
    expect(alikeBy(keysOf(name), keysOf('ООО «Берёзка»'))).toEqual(['name']);
  });

  it.each([
    ['Акционерное общество «Свет»', 'АО «Свет»'],
    ['AO «Свет»', 'АО «Свет»'],
    ['Публичное акционерное общество «Свет»', 'ПАО Свет'],
    ['PAO Свет', 'ПАО Свет'],
    ['ПAO Свет', 'ПАО Свет'],
    ['Закрытое акционерное общество «Свет»', 'ЗАО Свет'],
    ['З.А.О. Свет', 'ЗАО Свет'],
    ['Товарищество собственников жилья «Дом»', 'ТСЖ «Дом»'],
    ['Управляющая компания «Уют»', 'УК Уют'],
  ])('is read from «%s»', (name, short) => {
    expect([kindByName(name), plainName(name)]).toEqual(['org', plainName(short)]);
  });

  it('makes no firm of an entrepreneur or of anybody’s initials', () => {
    for (const name of [
      'Индивидуальный предприниматель Сорокин Пётр',
      'ИП Сорокин Пётр',
      'Сорокин И.П.',
      'Сорокин А. О.',
      'И.П. Сорокин',
      'Общество любителей кошек',
    ])
      expect([name, kindByName(name)]).toEqual([name, 'person']);
    expect(plainName('Индивидуальный предприниматель Сорокин Пётр')).toBe(plainName('ИП Сорокин Пётр'));
    expect(plainName('Сорокин И.П.')).toBe('сорокин и п');
    expect(plainName('Сорокин И. П. и О.')).toBe('сорокин и п и о');
  });

  it('is the name where there is no other', () => {
    expect(plainName('ООО')).toBe('ооо');
    expect(plainName('Ao Tea')).toBe('ao tea');
  });
});

describe(Named, () => {
  const among = (...names: string[]) => {
    const named = new Named<string>();
    for (const name of names) named.add(name, name);
    return named;
  };

  it('knows a firm however it is written, but by no other form', () => {
    const named = among('ООО «Свет»', 'АО «Свет»', 'ИП Сорокин');
    expect(
      ['Свет, ООО', 'Акционерное общество "СВЕТ"', 'ПАО Свет', 'ООО Сорокин', 'Сорокин'].map((name) =>
        named.get(name),
      ),
    ).toEqual(['ООО «Свет»', 'АО «Свет»', undefined, undefined, 'ИП Сорокин']);
  });

  it('takes for it what has no form, before that what has the same', () => {
    expect(among('Свет').get('ООО «Свет»')).toBe('Свет');
    expect(among('Свет', 'АО «Свет»').get('АО Свет')).toBe('АО «Свет»');
    expect(among('УК «Уют»').get('ООО «УК Уют»')).toBe('УК «Уют»');
    expect(among('АО «УК Уют»').get('ООО «УК Уют»')).toBeUndefined();
  });
});

describe('two people of one surname', () => {
  const both = (one: string, other: string) => [
    areTwoPeople({ name: one }, { name: other }),
    areTwoPeople({ name: other }, { name: one }),
  ];

  it.each([
    ['Кузьмин Нина В.', 'Кузьмин Наталья Т.'],
    ['Кузьмин Н. В.', 'Кузьмин Нина Т.'],
    ['Кузьмина Анна Петровна', 'Кузьмина Анна Павловна'],
    ['ИП Сорокин Пётр', 'Сорокин Павел'],
  ])('are told apart: «%s» and «%s»', (one, other) => {
    expect(both(one, other)).toEqual([true, true]);
    const keys = [one, other].map(keysOf) as [string[], string[]];
    expect(alikeBy(...keys, true)).toEqual([]);
  });

  it('does not take a firm without its form for people', () => {
    const firm = (name: string) => ({ name, kind: 'org' as const });
    expect(areTwoPeople(firm('Свет Альфа'), firm('Свет Абсолют'))).toBe(false);
  });

  it.each([
    ['Кузьмин Нина В.', 'Кузьмин Н. В.'],
    ['Кузьмин Нина', 'Кузьмин Нина Валерьевна'],
    ['Кузьмин Н.', 'Кузьмин Наталья Т.'],
    ['Кузьмина Наталия', 'Кузьмина Наталья'],
    ['ООО «Свет плюс»', 'ООО «Свет минус»'],
    ['Сорокин', 'Сорокин Пётр'],
    ['Орлов Дима', 'Орлов Дмитрий'],
    ['Орлов Юра', 'Орлов Юрий'],
    ['Орлова Наташа', 'Орлова Наталья'],
    ['Орлова Соня', 'Орлова Софья'],
    ['Орлов Илюша', 'Орлов Илья'],
    ['Кузнецов Ал.', 'Кузнецов Алексей'],
    ['Иванов ПА', 'Иванов Пётр Андреевич'],
    ['Иванов Пётр дача', 'Иванов Пётр Сергеевич'],
  ])('may be one: «%s» and «%s»', (one, other) => {
    expect(both(one, other)).toEqual([false, false]);
  });
});
