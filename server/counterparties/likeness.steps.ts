import { isDeepStrictEqual } from 'node:util';
import { e164 } from '@svodka/shared/contracts/phone';
import { type MigrationStep, rewriteInBatches } from '../platform/mongo/migration-step.ts';
import type { CounterpartyDoc } from './counterparty.schema.ts';
import { likenessOf } from './likeness.ts';

export const LIKENESS_STEPS: MigrationStep[] = [
  {
    number: 21,
    name: 'counterparties have phones in one form, and say by what a second card would be known',
    run: (step) =>
      rewriteInBatches<CounterpartyDoc>(step, 'counterparties', { alike: { $exists: false } }, (docs) =>
        docs.map((doc) => {
          // What is no phone stays as it was written, for a person to mend.
          const phones = [...new Set(doc.phones.map((phone) => e164(phone) ?? phone))];
          return { phones, alike: likenessOf({ ...doc, phones }) };
        }),
      ),
  },
  {
    number: 27,
    name: 'counterparties are alike whichever way the form of the firm is written',
    run: (step) =>
      rewriteInBatches<CounterpartyDoc>(step, 'counterparties', {}, (docs) =>
        docs.map((doc) => {
          const alike = likenessOf(doc);
          return isDeepStrictEqual(alike, doc.alike) ? null : { alike };
        }),
      ),
  },
];
