import {
  daysAround,
  isPartOf,
  isSamePayment,
  sameMoneyTypes,
  type ToldPayment,
  toldPayment,
} from './same-payment.ts';

const paid = (more: Partial<ToldPayment> = {}): ToldPayment => ({
  type: 'payment.received',
  day: '2026-03-13',
  amountKop: 9_497_600,
  ...more,
});

const OF_BANK = { isOfBank: true, key: 'bank:x' } as const;

describe(isSamePayment, () => {
  it.each([
    ['told as another kind of payment', { type: 'payment.prepaid' }, {}, true],
    ['a refund of as much', { type: 'payment.refunded' }, {}, false],
    ['of another sum', { amountKop: 9_497_601 }, {}, false],
    ['over a weekend', { day: '2026-03-16' }, {}, true],
    ['a week later', { day: '2026-03-20' }, {}, false],
    ['a week later under its number', { day: '2026-03-20', docNo: '№ 055' }, { docNo: '55' }, true],
    ['of one number a season later', { day: '2026-06-20', docNo: '55' }, { docNo: '55' }, false],
    ['of another number on the same day', { docNo: '55' }, { docNo: '1182' }, true],
    ['of another number on the next day', { docNo: '55', day: '2026-03-14' }, { docNo: '1182' }, false],
    ['twice of a bank', { isOfBank: true }, { isOfBank: true }, false],
    ['twice in a bank’s file', { ...OF_BANK, docNo: '55' }, { ...OF_BANK, docNo: '55' }, true],
    ['twice in a bank’s file without a number', OF_BANK, OF_BANK, false],
    ['of a bank and of a person', { isOfBank: true }, { isOfBank: false }, true],
    ['that a table has told weeks after', {}, { isOfTable: true, day: '2026-04-27' }, true],
    ['that a table has told two months after', {}, { isOfTable: true, day: '2026-04-28' }, false],
    ['that a table has told a weekend before', {}, { isOfTable: true, day: '2026-03-10' }, true],
    ['that a table has told a week before', {}, { isOfTable: true, day: '2026-03-06' }, false],
    ['under a number, that a table has told', { docNo: '55' }, { isOfTable: true, day: '2026-04-01' }, true],
    ['of two tables', { isOfTable: true }, { isOfTable: true }, false],
    ['that lay behind the order', {}, { isOfTable: true, isAll: true, day: '2027-03-13' }, true],
    ['that came since', {}, { isOfTable: true, isAll: true, day: '2026-03-01' }, false],
    ['without a sum', { amountKop: undefined }, { amountKop: undefined }, false],
  ] as const)('%s', (_, one, other, isSame) => {
    expect(isSamePayment(paid(one), paid(other))).toBe(isSame);
    expect(isSamePayment(paid(other), paid(one))).toBe(isSame);
  });
});

describe(isPartOf, () => {
  const table = paid({ isOfTable: true, day: '2026-03-20' });
  it.each([
    ['as much as is left', {}, 9_497_600, true],
    ['more than is left', {}, 9_497_599, false],
    ['on the day of the table', { day: '2026-03-20' }, 9_497_600, false],
    ['long before', { day: '2026-01-20' }, 9_497_600, false],
    ['a refund', { type: 'payment.refunded' }, 9_497_600, false],
  ] as const)('%s', (_, payment, leftKop, isPart) => {
    expect(isPartOf(table, paid(payment), leftKop)).toBe(isPart);
  });
});

describe(sameMoneyTypes, () => {
  it('knows kinds of money only', () => {
    expect(sameMoneyTypes('payment.final')).toContain('payment.received');
    expect(sameMoneyTypes('invoice.issued')).toEqual(['invoice.issued']);
    expect(sameMoneyTypes('note.free')).toEqual([]);
  });
});

describe(toldPayment, () => {
  it('says what an event says of it, and whether a bank did', () => {
    const event = { type: 'payment.received', payload: { amountKop: 5, docNo: '7' } } as const;
    expect(toldPayment(event, '2026-03-13')).toMatchObject({ amountKop: 5, docNo: '7', isOfBank: false });
    expect(toldPayment({ ...event, source: { externalId: 'bank:x' } }, '2026-03-13').isOfBank).toBe(true);
    expect(toldPayment({ ...event, source: { externalId: 'bank:x:2' } }, '2026-03-13').key).toBe('bank:x');
    expect(toldPayment({ ...event, source: { externalId: 'table:x' } }, '2026-03-13').isOfTable).toBe(true);
    expect(daysAround('2026-03-13')).toEqual({ from: '2026-01-27', to: '2026-04-27' });
  });
});
