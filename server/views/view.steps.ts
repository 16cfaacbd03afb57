import { isDeepStrictEqual } from 'node:util';
import type { Filter } from '@svodka/shared/filter/ast';
import { OPEN } from '@svodka/shared/rules/status';
import { type MigrationStep, rewriteInBatches } from '../platform/mongo/migration-step.ts';
import type { ViewDoc } from './view.schema.ts';

const UNRESOLVED: Filter = { not: { field: 'status', in: ['resolved'] } };

/** The same filter, in which «not resolved» is «open»: before anything was recorded the two were one. */
function renewed(filter: Filter): Filter {
  if (isDeepStrictEqual(filter, UNRESOLVED)) return OPEN;
  if ('and' in filter) return { and: filter.and.map(renewed) };
  if ('or' in filter) return { or: filter.or.map(renewed) };
  if ('not' in filter) return { not: renewed(filter.not) };
  return filter;
}

export const VIEWS_STEPS: MigrationStep[] = [
  {
    number: 3,
    name: 'saved feeds of what is not resolved show what is open',
    run: (step) =>
      rewriteInBatches<ViewDoc>(step, 'views', {}, (docs) =>
        docs.map((doc) => {
          const filter = renewed(doc.filter);
          return isDeepStrictEqual(filter, doc.filter) ? null : { filter };
        }),
      ),
  },
];
