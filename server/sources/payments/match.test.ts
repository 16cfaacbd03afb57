import { matchPayment, type NamedOrder, payersOf } from './match.ts';

const order = (number: string, counterpartyId: string | null): NamedOrder => ({
  _id: `id-${number}`,
  number,
  counterpartyId,
});

describe(payersOf, () => {
  const [a, b] = [
    { _id: 'a', inn: '7701234560', kpp: '770101001' },
    { _id: 'b', inn: '7701234560', kpp: '781401001' },
  ];
  const paid = { inn: '7701234560', kpp: null };
  it('goes by the tax number, among several by account, then by branch; without a number by account', () => {
    expect(payersOf(paid, [a], undefined)).toEqual({ known: 'a', all: ['a'] });
    expect(payersOf(paid, [a], 'x')).toEqual({ known: 'a', all: ['a'] });
    expect(payersOf(paid, [a, b], 'b')).toEqual({ known: 'b', all: ['a', 'b'] });
    expect(payersOf({ ...paid, kpp: '781401001' }, [a, b], undefined)).toMatchObject({ known: 'b' });
    expect(payersOf(paid, [a, b], undefined)).toEqual({ known: null, all: ['a', 'b'] });
    expect(payersOf({ inn: null, kpp: null }, [], 'x')).toEqual({ known: 'x', all: ['x'] });
    expect(payersOf({ inn: null, kpp: null }, [], undefined)).toEqual({ known: null, all: [] });
  });
});

describe(matchPayment, () => {
  const [mine, second, theirs, nobodys] = [
    order('1', 'a'),
    order('2', 'a'),
    order('3', 'b'),
    order('4', null),
  ];
  const none = { known: null, all: [] };
  const known = { known: 'a', all: ['a'] };
  const either = { known: null, all: ['a', 'x'] };
  /** Of two records of one tax number this account is the other one's. */
  const record = { known: 'x', all: ['a', 'x'] };
  it.each([
    ['an order of the payer', { named: [mine] }, known, 'payer', mine],
    ['of several named the one that is the payer’s', { named: [theirs, mine] }, known, 'payer', mine],
    ['two of the payer’s', { named: [mine, second] }, known, 'several', null],
    ['the payer’s in one list with another’s', { called: [[mine, theirs]] }, known, 'several', null],
    ['the payer’s beside a number of another kind', { called: [[mine], [theirs]] }, known, 'payer', mine],
    [
      'the payer’s beside bare digits of the payer’s',
      { called: [[mine]], bare: [second] },
      known,
      'several',
      null,
    ],
    ['the payer’s beside bare digits', { called: [[mine]], bare: [theirs] }, known, 'payer', mine],
    ['an order by its name, of a payer who is not known', { called: [[theirs]] }, none, 'number', theirs],
    ['two by name, of a payer who is not known', { called: [[mine, theirs]] }, none, 'several', null],
    ['two of one customer', { called: [[mine]], named: [mine, second] }, none, 'several', null],
    ['one and the bill of another', { called: [[mine]], named: [mine, theirs] }, none, 'number', mine],
    ['a number that may be that of a bill', { named: [theirs] }, none, 'unsure', null],
    ['a number that may be that of a bill, of another', { named: [theirs] }, known, 'foreign', null],
    ['a number that may be that of a bill, of nobody', { named: [nobodys] }, known, 'unsure', null],
    ['an order that is not here', { unknown: ['О-9999'] }, known, 'unknown', null],
    [
      'an order that is not here beside one that is',
      { called: [[mine]], unknown: ['5'] },
      known,
      'payer',
      mine,
    ],
    ['an order of nobody', { called: [[nobodys]] }, known, 'number', nobodys],
    ['an order of another', { called: [[theirs]] }, known, 'foreign', null],
    ['an order of one of several who may pay', { named: [mine] }, either, 'payer', mine],
    ['an order of none of several who may pay', { called: [[theirs]] }, either, 'foreign', null],
    ['an order of the record whose account it is not', { named: [mine] }, record, 'payer', mine],
    ['nothing', {}, known, 'unnamed', null],
  ] as const)(
    '%s',
    (_, {
      called = [],
      named = called.flat(),
      bare = [],
      unknown = [],
    }: Partial<Said>, payers, match, to) => {
      const matched = matchPayment({ named, called, bare, unknown }, payers, () => false);
      expect([matched.match, matched.order]).toEqual([match, to]);
    },
  );

  it('is not taken from a stranger, and tells who of several it is', () => {
    const said = { named: [theirs], called: [[theirs]], bare: [], unknown: [] };
    expect(matchPayment({ ...said, called: [] }, none, () => true)).toMatchObject({ match: 'foreign' });
    expect(matchPayment(said, none, () => true)).toMatchObject({ match: 'foreign', order: null });
    expect(matchPayment({ ...said, named: [mine] }, either, () => true)).toMatchObject({ payer: 'a' });
    expect(matchPayment(said, either, () => true)).toMatchObject({ payer: null });
  });
});

type Said = Parameters<typeof matchPayment>[0];
