import { type MigrationStep, rewriteInBatches } from '../../platform/mongo/migration-step.ts';
import { NO_LINE } from './chain-input.ts';
import type { ProjectDoc } from './project.schema.ts';

export const LINE_STEPS: MigrationStep[] = [
  {
    number: 20,
    name: 'the status of an order follows from its events; one that was picked holds until they say more',
    run: (step) =>
      rewriteInBatches<ProjectDoc>(step, 'projects', {}, (docs) =>
        docs.map(({ line, status }) =>
          line ? null : { line: NO_LINE, ...(status !== 'request' && { picked: status }) },
        ),
      ),
  },
];
