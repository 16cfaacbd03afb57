import { orderWords } from './named-order.ts';

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
    expect(orderWords('заказ 443 северин')).toBe('443 северин');
  });

  it('leaves other words', () => {
    for (const typed of ['заказчик 443', 'заказ северин', 'орден 443', 'заказ', 'ordinal 443', '443 заказ'])
      expect(orderWords(typed)).toBe(typed);
  });
});
