import { matchPayment, payerOf } from './match.ts';

const order = (number: string, counterpartyId: string | null) => ({
  _id: `id-${number}`,
  number,
  counterpartyId,
});
const called =
  (...numbers: string[]) =>
  (number: string) =>
    numbers.includes(number);

describe(payerOf, () => {
  const [a, b] = [
    { _id: 'a', inn: '7701234560', kpp: '770101001' },
    { _id: 'b', inn: '7701234560', kpp: '781401001' },
  ];
  const paid = { inn: '7701234560', kpp: null };
  it('goes by the tax number, among several by account, then by branch; without a number by account', () => {
    expect(payerOf(paid, [a], undefined)).toBe('a');
    expect(payerOf(paid, [a], 'x')).toBe('a');
    expect(payerOf(paid, [a, b], 'b')).toBe('b');
    expect(payerOf({ ...paid, kpp: '781401001' }, [a, b], undefined)).toBe('b');
    expect(payerOf(paid, [a, b], undefined)).toBeNull();
    expect(payerOf({ inn: null, kpp: null }, [], 'x')).toBe('x');
    expect(payerOf({ inn: null, kpp: null }, [], undefined)).toBeNull();
  });
});

describe(matchPayment, () => {
  it.each([
    ['an order of the payer', [order('1', 'a')], 'a', [], 'payer', 'id-1'],
    [
      'of several named the one that is the payer’s',
      [order('1', 'b'), order('2', 'a')],
      'a',
      [],
      'payer',
      'id-2',
    ],
    ['two of the payer’s', [order('1', 'a'), order('2', 'a')], 'a', ['1', '2'], 'several', null],
    ['an order by its name, of a payer who is not known', [order('1', 'b')], null, ['1'], 'number', 'id-1'],
    ['a number that may be that of a bill', [order('1', 'b')], null, [], 'foreign', null],
    ['an order of nobody', [order('1', null)], 'a', ['1'], 'number', 'id-1'],
    ['an order of another', [order('1', 'b')], 'a', ['1'], 'foreign', null],
    ['nothing', [], 'a', [], 'unnamed', null],
  ] as const)('%s', (_, named, payer, names, match, id) => {
    const matched = matchPayment(named, payer, called(...names));
    expect([matched.match, matched.order?._id ?? null]).toEqual([match, id]);
  });
});
