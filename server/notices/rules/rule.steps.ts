import type { Recipient } from '@svodka/shared/contracts/notice-rule';
import { type MigrationStep, rewriteInBatches } from '../../platform/mongo/migration-step.ts';
import { RULES, type RuleDoc } from './rule.schema.ts';

const AUTHOR: Recipient[] = [{ to: 'author' }];

export const RULE_STEPS: MigrationStep[] = [
  {
    number: 23,
    name: 'who is to keep a promise is told when it is due and when it is broken',
    run: (step) =>
      rewriteInBatches<RuleDoc>(
        step,
        RULES,
        { code: { $in: ['promise-due', 'promise-broken'] }, recipients: AUTHOR },
        (rules) => rules.map(() => ({ recipients: [{ to: 'keeper' }, ...AUTHOR] })),
      ),
  },
];
