import { bornStatus } from '@svodka/shared/rules/status';
import { type MigrationStep, rewriteInBatches, type StepRun } from '../platform/mongo/migration-step.ts';
import { type EventDoc, type OldRevisionDoc, REVISIONS_INSIDE } from './event.schema.ts';
import { timedFields } from './event-fields.ts';

/** Those whose status a person has changed at some time. */
async function touched({ db }: StepRun, docs: EventDoc[]): Promise<Set<string>> {
  const inside = docs.filter(({ revisions }) => revisions.some(({ changes }) => 'status' in changes));
  const long = docs.filter(({ rev }) => rev > REVISIONS_INSIDE);
  const old = await db.collection<OldRevisionDoc>('event_revisions').distinct('eventId', {
    eventId: { $in: long.map(({ _id }) => _id) },
    'changes.status': { $exists: true },
  });
  return new Set([...inside.map(({ _id }) => _id), ...old]);
}

export const EVENTS_STEPS: MigrationStep[] = [
  {
    number: 2,
    name: 'facts that ask nothing of anybody are recorded, not open',
    run: (step) => {
      const now = new Date();
      return rewriteInBatches<EventDoc>(step, 'events', { status: 'open' }, async (docs) => {
        const byHand = await touched(step, docs);
        return docs.map((doc) => {
          const { type, dueAt, recordedAt } = doc;
          const isImported = doc.source?.batchId !== undefined;
          const status = bornStatus({ type, dueAt, recordedAt, isImported });
          if (status === doc.status || byHand.has(doc._id)) return null;
          return { status, ...timedFields({ ...doc, status }, now) };
        });
      });
    },
  },
];
