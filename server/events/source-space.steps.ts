import type { MigrationStep } from '../platform/mongo/migration-step.ts';
import { rewriteInBatches } from '../platform/mongo/migration-step.ts';
import type { EventDoc } from './event.schema.ts';

/** Keys that people and connected modules gave are told from those of imports, which keep theirs. */
export const SOURCE_SPACE: MigrationStep = {
  number: 4,
  name: 'keys of sources are apart from keys of imports',
  run: (step) =>
    rewriteInBatches<EventDoc>(
      step,
      'events',
      { 'source.externalId': { $exists: true }, 'source.batchId': { $exists: false } },
      (events) =>
        events.map(({ source }) =>
          source && !source.space ? { source: { ...source, space: 'given' } } : null,
        ),
    ),
};
