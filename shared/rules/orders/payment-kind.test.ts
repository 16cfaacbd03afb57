import { paymentKind } from './payment-kind.ts';

const order = {
  template: 'private',
  contractKop: 10_000_000,
  milestones: [
    { code: 'prepay', state: 'planned' },
    { code: 'launch', state: 'planned' },
  ],
  paidKop: 0,
} as const;

describe(paymentKind, () => {
  it.each([
    ['the first money', {}, 'payment.prepaid'],
    ['what is still missing of it', { paidKop: 6_999_999 }, 'payment.prepaid'],
    ['money of which no contract says a share', { contractKop: null, paidKop: 1 }, 'payment.prepaid'],
    ['what comes after it, by the sums', { paidKop: 7_000_000 }, 'payment.received'],
    [
      'what comes after it, by the chain',
      { contractKop: null, milestones: [{ code: 'prepay', state: 'done' }] },
      'payment.received',
    ],
    [
      'money for what is in production',
      {
        milestones: [
          { code: 'prepay', state: 'overdue' },
          { code: 'launch', state: 'done' },
        ],
      },
      'payment.received',
    ],
    [
      'money for what was left out',
      { milestones: [{ code: 'prepay', state: 'skipped' }] },
      'payment.received',
    ],
    ['money for a claim, which has no prepayment', { milestones: [] }, 'payment.received'],
  ] as const)('tells %s', (_, change, kind) => {
    expect(paymentKind({ ...order, ...change })).toBe(kind);
  });
});
