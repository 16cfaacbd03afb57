import { isBackwards, kept, termsOf } from '@svodka/shared/filter/terms';
import type { CounterpartyDoc } from '../counterparties/counterparty.schema.ts';
import { termsOfCounterparty } from '../counterparties/counterparty-terms.ts';
import { sameTerms } from '../entries/entry.ts';
import type { ProjectDoc } from '../orders/projects/project.schema.ts';
import { termsOfProject } from '../orders/projects/project-terms.ts';
import { type MigrationStep, rewriteInBatches, type StepRun } from '../platform/mongo/migration-step.ts';
import { endsOf, Vocabulary, type WordDoc } from '../platform/mongo/vocabulary.ts';
import type { EventDoc } from './event.schema.ts';
import { ownCounterparties } from './event-fields.ts';
import { termsOfEvent } from './event-terms.ts';

const BATCH = 1_000;

/** A comment, as far as these steps look at it. */
type Comment = Termed & { eventId: string; body: string; createdAt: Date; deletedAt: Date | null };
type Termed = { _id: string; version: number; terms?: string[] };

/** Gives each document of a collection its terms, and the vocabulary their words, also where nothing else changes. */
async function retell<D extends Termed>(
  step: StepRun,
  collection: string,
  tell: (docs: D[]) => Promise<Partial<D>[]>,
): Promise<void> {
  const vocabulary = new Vocabulary(step);
  await rewriteInBatches<D>(step, collection, {}, async (docs) => {
    const told = await tell(docs);
    await vocabulary.learn(told.flatMap(({ terms }) => terms ?? []));
    return told.map((changes, i) => {
      const isSame = sameTerms(changes.terms ?? [], docs[i]?.terms ?? []);
      return isSame && Object.keys(changes).length === 1 ? null : changes;
    });
  });
}

async function byIds<D extends { _id: string }>(
  { db }: StepRun,
  collection: string,
  ids: (string | null)[],
): Promise<Map<string, D>> {
  const wanted = [...new Set(ids.filter((id): id is string => id !== null))];
  const docs = await db
    .collection<{ _id: string }>(collection)
    .find({ _id: { $in: wanted } })
    .toArray();
  return new Map(docs.map((doc) => [doc._id, doc as D]));
}

/** Data of before there was one search: each kind takes words from the one before it. */
export const SEARCH_STEPS: MigrationStep[] = [
  {
    number: 10,
    name: 'counterparties are found by their phones in any form',
    run: (step) =>
      retell<CounterpartyDoc>(step, 'counterparties', async (docs) =>
        docs.map((doc) => ({ terms: termsOfCounterparty(doc) })),
      ),
  },
  {
    number: 11,
    name: 'orders are found by their customers',
    run: (step) =>
      retell<ProjectDoc>(step, 'projects', async (docs) => {
        const ids = docs.map(({ counterpartyId }) => counterpartyId);
        const customers = await byIds<CounterpartyDoc>(step, 'counterparties', ids);
        return docs.map((doc) => ({
          terms: termsOfProject(doc, customers.get(doc.counterpartyId ?? '') ?? null),
        }));
      }),
  },
  {
    number: 12,
    name: 'comments have words',
    run: (step) =>
      retell<Comment>(step, 'comments', async (docs) =>
        docs.map(({ body, deletedAt }) => ({ terms: deletedAt ? [] : termsOf(body) })),
      ),
  },
  {
    number: 13,
    name: 'events are found by order, customer, phones, amounts, fields and comments',
    run: (step) =>
      retell<EventDoc>(step, 'events', async (docs) => {
        const [projects, counterparties, said] = await Promise.all([
          byIds<ProjectDoc>(
            step,
            'projects',
            docs.map(({ projectId }) => projectId),
          ),
          byIds<CounterpartyDoc>(step, 'counterparties', docs.flatMap(ownCounterparties)),
          saidAbout(
            step,
            docs.filter(({ counters }) => counters.comments > 0),
          ),
        ]);
        return docs.map((doc) => {
          const commentTerms = said.get(doc._id);
          const surroundings = {
            project: projects.get(doc.projectId ?? '') ?? null,
            counterparties: ownCounterparties(doc).flatMap((id) => counterparties.get(id) ?? []),
          };
          const event = { ...doc, ...(commentTerms && { commentTerms }) };
          const terms = termsOfEvent(event, surroundings);
          const isKnown = !commentTerms || sameTerms(commentTerms, doc.commentTerms ?? []);
          return isKnown ? { terms } : { terms, commentTerms };
        });
      }),
  },
  {
    number: 25,
    name: 'phones are found by digits from the middle',
    run: giveEnds,
  },
];

/** To the phones of the vocabulary; all that has them stays as it is. */
async function giveEnds(step: StepRun): Promise<void> {
  const words = step.db.collection<WordDoc>('words');
  for (let after = step.resumeAt ?? ''; ; ) {
    const batch = await words
      .find({ _id: { $gt: after } }, { projection: { _id: 1 } })
      .sort({ _id: 1 })
      .limit(BATCH)
      .toArray();
    const phones = batch.filter(({ _id }) => isBackwards(_id));
    if (phones.length > 0)
      await words.bulkWrite(
        phones.map(({ _id }) => ({
          updateOne: { filter: { _id }, update: { $set: { ends: endsOf(_id) } } },
        })),
        { ordered: false },
      );
    after = batch.at(-1)?._id ?? after;
    await step.reached(after, phones.length);
    if (batch.length < BATCH) return;
  }
}

/** The words of the comments of events, newest first, as the discussion gives them. */
async function saidAbout({ db }: StepRun, events: EventDoc[]): Promise<Map<string, string[]>> {
  const comments = await db
    .collection<Comment>('comments')
    .find({ eventId: { $in: events.map(({ _id }) => _id) }, deletedAt: null })
    .sort({ createdAt: -1, _id: -1 })
    .toArray();
  return new Map(
    events.map(({ _id }) => [
      _id,
      kept(comments.filter(({ eventId }) => eventId === _id).flatMap(({ terms = [] }) => terms)),
    ]),
  );
}
