import type { ChainOf } from '@svodka/shared/rules/orders/chain';
import { deriveLine } from '@svodka/shared/rules/orders/line';
import type { LineDoc, ProjectDoc } from './project.schema.ts';

type Card = Pick<
  ProjectDoc,
  'template' | 'tz' | 'createdAt' | 'amountKop' | 'chainEdits' | 'statusOverride' | 'prior'
>;

/** What an order's own card says to its chain. */
export const cardOf = ({
  template = 'private',
  tz,
  createdAt,
  amountKop,
  chainEdits = [],
  statusOverride,
  prior = [],
}: Card): Omit<ChainOf, 'now' | 'events'> => ({
  template,
  zone: tz,
  createdAt,
  amountKop,
  edits: chainEdits,
  setStatus: statusOverride?.status ?? null,
  prior,
});

/** The line of an order of which nothing has been told yet. */
export const lineAtBirth = (card: Card, now: Date): LineDoc => ({
  ...deriveLine({ ...cardOf(card), now, events: [] }),
  version: 1,
});

/** The line of an order that is to be derived, by whoever looks for lines of older rules. */
export const NO_LINE: LineDoc = {
  version: 0,
  rules: 0,
  staleAt: null,
  isWhole: true,
  deadlines: [],
  found: [],
  plans: [],
  quietAt: null,
  keys: {
    slip: 0,
    debt: 0,
    on: '9999-12-31',
    stage: 0,
    template: 'private',
    flags: [],
    at: null,
    owed: null,
    overdue: [],
    blocked: [],
    done: [],
    days: [],
  },
  stages: 1,
  undated: [],
  milestones: [],
  status: 'request',
  flags: [],
  target: null,
  next: null,
  isLate: false,
  why: [],
  risk: 0,
  items: { done: 0, total: null },
  money: null,
  lastFact: null,
};
