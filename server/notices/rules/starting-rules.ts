import type { Recipient, RuleCode, RuleState, Trigger } from '@svodka/shared/contracts/notice-rule';
import { derivedId } from '../../platform/mongo/derived-id.ts';
import type { RuleDoc } from './rule.schema.ts';

type Start = {
  filter: string;
  orders?: string;
  trigger?: Trigger;
  recipients?: Recipient[];
  state?: RuleState;
};

const OCCURRED: Trigger = { on: 'occurred' };
const TEAM: Recipient[] = [{ to: 'manager' }, { to: 'appointed', role: null }];
const PROMISED: Recipient[] = [{ to: 'keeper' }, { to: 'author' }];

/** What a company begins with. The texts are canonical (`rules.test.ts`). */
const STARTS: Record<RuleCode, Start> = {
  important: { filter: 'has:project importance>=high' },
  critical: { filter: 'has:project importance:critical' },
  'materials-reserved': { filter: 'has:project type:material.reserved' },
  prepaid: { filter: 'has:project type:payment.prepaid' },
  launched: { filter: 'has:project type:production.launched' },
  'goods-complete': { filter: 'has:project type:items.complete' },
  milestones: { filter: 'has:project type:deadline.*' },
  approaching: { filter: 'has:project', trigger: { on: 'approaching', lead: null } },
  due: { filter: 'has:project', trigger: { on: 'due' } },
  overdue: { filter: 'has:project', trigger: { on: 'overdue', every: null } },
  'install-tomorrow': {
    filter: 'has:project type:work.planned,work.rescheduled,install.confirmed',
    trigger: { on: 'approaching', lead: { n: 1, unit: 'workingDays' } },
  },
  'install-failed': { filter: 'has:project type:install.failed' },
  'payment-overdue': { filter: 'has:project type:payment.overdue' },
  complaint: { filter: 'has:project type:complaint.opened' },
  'missed-call': {
    filter: 'type:call.missed status:open',
    trigger: { on: 'absent', awaits: 'call.out', within: { n: 30, unit: 'minutes' } },
    recipients: [{ to: 'manager' }, { to: 'role', role: 'dispatcher' }],
  },
  // Who is to keep it, and who has promised, also where no order is named.
  'promise-given': { filter: 'type:call.promise', recipients: [{ to: 'keeper' }] },
  'promise-due': {
    filter: 'type:call.promise status:open',
    trigger: { on: 'due' },
    recipients: PROMISED,
  },
  'promise-broken': {
    filter: 'type:call.promise status:open',
    trigger: { on: 'overdue', every: null },
    recipients: PROMISED,
  },
  'not-launched': {
    filter: 'has:project type:payment.prepaid',
    trigger: { on: 'absent', awaits: 'production.launched', within: { n: 3, unit: 'workingDays' } },
    state: 'off',
  },
  'shift-given': { filter: 'type:shift.handover', recipients: [{ to: 'keeper' }] },
  'shift-over': {
    filter: 'type:shift.handover status:resolved',
    trigger: { on: 'changed', field: 'status' },
    recipients: [{ to: 'author' }],
  },
  // Somebody is written to in vain, and only they could not be told of it by letter.
  undeliverable: { filter: 'type:mail.undeliverable', recipients: [{ to: 'role', role: 'administrator' }] },
};

const BEGINNING = new Date(0);
export const startingId = (code: RuleCode): string => derivedId(BEGINNING, 'rule', code);

export function startingRules(now: Date): RuleDoc[] {
  return (Object.entries(STARTS) as [RuleCode, Start][]).map(
    ([code, { filter, orders = null, trigger = OCCURRED, recipients = TEAM, state = 'on' }]) => ({
      _id: startingId(code),
      code,
      name: null,
      state,
      filter,
      orders,
      trigger,
      recipients,
      channels: ['inbox', 'mail', 'push'],
      delayMinutes: 0,
      digest: 'person',
      passesQuiet: code === 'critical',
      escalation: null,
      ownerId: null,
      createdBy: null,
      updatedAt: now,
      // What was told without them before is told by them again, under the same ids.
      since: BEGINNING,
      mutedBy: [],
      removedAt: null,
      version: 1,
    }),
  );
}
