import type { Document } from 'bson';
import { Filter, NOTHING, openExecution } from '../index/execution.ts';
import type { Collection } from '../storage/catalog.ts';
import type { Found } from '../storage/records.ts';
import type { Context } from './command.ts';
import { sortFound } from './sorting.ts';

export interface Selection {
  filter: Filter;
  sort?: Document;
  hint?: unknown;
}

/** How often a search that was interrupted by other writes starts over before it goes through in one stretch. */
const PATIENCE = 3;

/**
 * Finds the one document that an update, delete or findAndModify is about, in the state that all earlier
 * statements leave, and acts on it in the same synchronous stretch: a promise in between would let another
 * statement find the same document first.
 */
export async function actOnMatch<T>(
  context: Context,
  collection: Collection,
  { filter, sort, hint }: Selection,
  act: (found: Found | undefined) => T,
): Promise<T> {
  const { engine, operation } = context;
  for (let attempt = 0; ; attempt++) {
    const run = openExecution(engine.store.latest, engine.records, collection, filter, {
      hint,
      limited: true,
      ...(sort && { sort }),
    });
    const kept: Found[] = [];
    const began = collection.writes;
    try {
      for (let step = run.step(); step !== undefined; step = run.step()) {
        if (step !== NOTHING) {
          if (run.plan.sorted) {
            if (collection.writes === began) return act(step);
            break;
          }
          kept.push(step);
        }
        if (operation.spent && attempt < PATIENCE) {
          run.pause();
          await operation.breathe();
        }
      }
    } finally {
      run.pause();
    }
    // Others wrote while this search let them: what it saw may be gone, what it missed may be there.
    if (collection.writes !== began) continue;
    return act(kept.length === 0 || !sort ? kept[0] : sortFound(kept, sort)[0]);
  }
}

/** Records that match now, for statements on many documents; each is looked at again before it is changed. */
export async function findAllForWrite(
  context: Context,
  collection: Collection,
  { filter, hint }: Selection,
): Promise<number[]> {
  const { engine, operation } = context;
  const run = openExecution(engine.store.latest, engine.records, collection, filter, { hint });
  const records: number[] = [];
  try {
    for (let step = run.step(); step !== undefined; step = run.step()) {
      if (step !== NOTHING) records.push(step.record);
      if (operation.spent) {
        run.pause();
        await operation.breathe();
      }
    }
  } finally {
    run.pause();
  }
  return records;
}
