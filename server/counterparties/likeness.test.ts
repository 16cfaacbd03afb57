import { alikeBy, kindByName, likenessOf, plainName } from './likeness.ts';

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
