import type { Recipient, RuleCode } from '@svodka/shared/contracts/notice-rule';
import { type MigrationStep, rewriteInBatches } from '../../platform/mongo/migration-step.ts';
import { RULES, type RuleDoc } from './rule.schema.ts';

const AUTHOR: Recipient[] = [{ to: 'author' }];

/** What a rule of the starting set has told to these, it tells to those, unless somebody has written others. */
const readdress =
  (codes: readonly RuleCode[], from: Recipient[], to: Recipient[]): MigrationStep['run'] =>
  (step) =>
    rewriteInBatches<RuleDoc>(step, RULES, { code: { $in: codes }, recipients: from }, (rules) =>
      rules.map(() => ({ recipients: to })),
    );

export const RULE_STEPS: MigrationStep[] = [
  {
    number: 23,
    name: 'who is to keep a promise is told when it is due and when it is broken',
    run: readdress(['promise-due', 'promise-broken'], AUTHOR, [{ to: 'keeper' }, ...AUTHOR]),
  },
  {
    number: 24,
    name: 'whom a shift is given to is told as such, and not as the manager of an order',
    run: readdress(['shift-given'], [{ to: 'manager' }], [{ to: 'keeper' }]),
  },
];
