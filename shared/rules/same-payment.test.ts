import { isSamePayment, sameMoneyTypes, type ToldPayment } from './same-payment.ts';

const paid = (more: Partial<ToldPayment> = {}): ToldPayment => ({
  type: 'payment.received',
  day: '2026-03-13',
  amountKop: 9_497_600,
  ...more,
});

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
    ['without a sum', { amountKop: undefined }, { amountKop: undefined }, false],
  ] as const)('%s', (_, one, other, isSame) => {
    expect(isSamePayment(paid(one), paid(other))).toBe(isSame);
    expect(isSamePayment(paid(other), paid(one))).toBe(isSame);
  });
});

describe(sameMoneyTypes, () => {
  it('knows kinds of money only', () => {
    expect(sameMoneyTypes('payment.final')).toContain('payment.received');
    expect(sameMoneyTypes('invoice.issued')).toEqual(['invoice.issued']);
    expect(sameMoneyTypes('note.free')).toEqual([]);
  });
});
