import { ProjectCreateSchema, ProjectEditSchema } from './directory.ts';
import { numberKey, orderNumber, orderWords } from './order-number.ts';

describe(orderNumber, () => {
  it.each([
    ['№ 449', '449'],
    ['№449', '449'],
    ['№\u00a0449', '449'],
    [' № № 449 ', '449'],
    ['N 449', '449'],
    ['No. 449', '449'],
    ['No.449', '449'],
    ['n 2025-0318', '2025-0318'],
    ['№ П-12', 'П-12'],
    ['Т  12', 'Т 12'],
    ['４７９', '479'],
    ['٤٧٩', '479'],
    ['№ ４７９／１', '479/1'],
    ['Т№5', 'Т№5'],
  ])('takes the sign off: «%s»', (said, number) => {
    expect(orderNumber(said)).toBe(number);
  });

  it.each(['449', 'N449', 'N-449', 'N', 'Nord 5', 'Н 449', 'No-12', 'NORD'])('leaves «%s»', (number) => {
    expect(orderNumber(number)).toBe(number);
  });
});

describe(numberKey, () => {
  it.each([
    'зк-55/1',
    'ЗК - 55/1',
    'ЗК -55 / 1',
    'ЗK-55/1',
    'ЗК–55/1',
    'ЗК—55/1',
    'ЗК‑55/1',
    'ЗК−55/1',
    '№ ЗК-55/1',
    'заказ ЗК-55/1',
    'Заказ № ЗК-55/1',
    'зак. ЗК-55/1',
    'order зк-55/1',
    'ЗК-55/1\u00a0',
    'ЗК-５５／１',
    'ЗК-٥٥/١',
    'ЗＫ－55/1',
  ])('is one for one order however it is written: «%s»', (written) => {
    expect(numberKey(written)).toBe(numberKey('ЗК-55/1'));
  });

  it.each([
    ['ТБ-1', 'ТВ-1'],
    ['ЗК-55/1', 'ЗК-055/1'],
    ['ЗК-55/1', 'ЗК55/1'],
    ['ЗК-55/1', 'ЗК-55-1'],
    ['ЗК-55/1', 'ЗК-55/11'],
    ['П-0012', 'П-12'],
    ['55 1', '551'],
    ['55 1', '55-1'],
    ['2-ЗК', '2-3К'],
    ['5¹', '51'],
  ])('tells «%s» from «%s»', (one, other) => {
    expect(numberKey(one)).not.toBe(numberKey(other));
  });

  it('leaves a word that stands before no number, and the number itself', () => {
    expect(numberKey('Заказ Иванова')).toBe(numberKey('ЗАКАЗ  ИВАНОВА'));
    expect(numberKey('заказ')).not.toBe('');
    expect(numberKey('Т  12')).toBe(numberKey('т 12'));
  });
});

describe('the number of an order that is entered', () => {
  it('is without its sign, and one that is nothing but the sign is none', () => {
    expect(ProjectCreateSchema.parse({ number: '№ 449' })).toMatchObject({ number: '449' });
    expect(ProjectEditSchema.parse({ number: 'N 449' })).toEqual({ number: '449' });
    expect(ProjectCreateSchema.safeParse({ number: '№' }).success).toBe(false);
  });
});

describe(orderWords, () => {
  it('drops what says of a number that it is an order’s', () => {
    for (const typed of [
      'заказ 443',
      'Заказа №443',
      'зак. 443',
      'зак.443',
      'order 443',
      ' ORD 443',
      '№ 443',
      '№443',
      '443',
    ])
      expect([typed, orderWords(typed)]).toEqual([typed, '443']);
    for (const typed of ['заказ ЗК-55/1', 'Заказ № ЗК-55/1', 'order ЗК-55/1'])
      expect([typed, orderWords(typed)]).toEqual([typed, 'ЗК-55/1']);
    expect(orderWords('заказ 443 северин')).toBe('443 северин');
  });

  it('leaves other words', () => {
    for (const typed of ['заказчик 443', 'заказ северин', 'орден 443', 'заказ', 'ordinal 443', '443 заказ'])
      expect(orderWords(typed)).toBe(typed);
  });
});
