// Brings the database to what this program expects, at each start, before any room is made.
//
// Order: collections (with images where the change stream needs them), then the numbered steps that are not done yet,
// then the indexes, so that a step can clear the way for a unique one. One node does it, under a lease; the others
// wait, and then find everything done. Everything may be killed at any instant: collections and indexes ask for a
// state, not for a change, and a step goes on from the place that it kept last.
import type { Connection, mongo } from 'mongoose';
import { EXIT, StartError } from '../data-directory/exit.ts';
import type { Logger } from '../logger/logger.ts';
import type { CollectionPlan } from './collection-plan.ts';
import { ensureIndexes } from './ensure-indexes.ts';
import type { MigrationStep } from './migration-step.ts';
import {
  FIRST_VERSION,
  LeaseLost,
  type SchemaDocument,
  SchemaLease,
  schemaCollection,
} from './schema-document.ts';

const EXISTS = 48;
/** A node that died holds up the next start for so long, at most. */
const LEASE_MS = 10_000;
const TELL_EVERY_MS = 5_000;

export type MigrateOptions = {
  steps?: readonly MigrationStep[];
  logger?: Logger;
  leaseMs?: number;
};

/** @throws StartError when a newer program has been here: nothing was changed */
export async function migrate(
  connection: Connection,
  plans: readonly CollectionPlan[],
  { steps = [], logger, leaseMs = LEASE_MS }: MigrateOptions = {},
): Promise<void> {
  const { db } = connection;
  if (!db) throw new Error('not connected');
  const inOrder = [...steps].sort((one, other) => one.number - other.number);
  const known = inOrder.at(-1)?.number ?? FIRST_VERSION;
  for (;;) {
    refuseNewer(await schemaCollection(db).findOne({ _id: 'schema' }), known);
    const lease = await SchemaLease.take(db, leaseMs, () =>
      logger?.info('another node brings the data up to date; this one waits'),
    );
    try {
      // Read again: whoever had the lease before may have been newer than this program.
      refuseNewer(await schemaCollection(db).findOne({ _id: 'schema' }), known);
      await ensureCollections(db, plans);
      for (const step of inOrder) await runStep(db, lease, step, logger);
      for (const { collection, indexes } of plans) {
        const replaced = await ensureIndexes(db.collection(collection), indexes);
        if (replaced.length > 0) logger?.info('indexes were replaced', { collection, replaced });
      }
      return;
    } catch (error) {
      if (!(error instanceof LeaseLost)) throw error;
    } finally {
      // A store that is away keeps it until it runs out.
      await lease.release().catch(() => {});
    }
  }
}

function refuseNewer(found: SchemaDocument | null, known: number): void {
  if (found && found.version > known)
    throw new StartError(
      `The database is of version ${found.version}, and this program knows ${known}: start a newer Svodka. Nothing was changed.`,
      EXIT.badData,
    );
}

async function ensureCollections(db: mongo.Db, plans: readonly CollectionPlan[]): Promise<void> {
  const existing = new Map(
    (await db.listCollections().toArray()).map((info) => [
      info.name,
      'options' in info ? info.options : undefined,
    ]),
  );
  for (const { collection, images } of plans) {
    const changeStreamPreAndPostImages = { enabled: true };
    if (!existing.has(collection)) {
      await db
        .createCollection(collection, images ? { changeStreamPreAndPostImages } : {})
        .catch((error: { code?: number }) => {
          if (error.code !== EXISTS) throw error;
        });
    } else if (images && !existing.get(collection)?.changeStreamPreAndPostImages?.enabled) {
      await db.command({ collMod: collection, changeStreamPreAndPostImages });
    }
  }
}

async function runStep(
  db: mongo.Db,
  lease: SchemaLease,
  { number, name, run }: MigrationStep,
  logger: Logger | undefined,
): Promise<void> {
  const schema = await schemaCollection(db).findOne({ _id: 'schema' });
  if (schema?.steps?.some((done) => done.number === number)) return;
  const kept = schema?.running?.number === number ? schema.running : null;
  let changed = kept?.changed ?? 0;
  // The version rises first: from the first changed document on, an older program must not start on this data.
  const running = { number, place: kept?.place ?? null, changed };
  await lease.write({ $max: { version: number }, $set: { running } });
  const startedAt = performance.now();
  let toldAt = startedAt;
  await run({
    db,
    resumeAt: running.place,
    async reached(place, more) {
      changed += more;
      await lease.write({ $set: { running: { number, place, changed } } });
      if (performance.now() - toldAt < TELL_EVERY_MS) return;
      toldAt = performance.now();
      logger?.info('the data is being brought up to date', { step: number, name, changed });
    },
  });
  await lease.write({
    $set: { running: null },
    $push: { steps: { number, name, finishedAt: new Date(), changed } },
  });
  if (changed > 0)
    logger?.info('the data was brought up to date', {
      step: number,
      name,
      changed,
      ms: Math.round(performance.now() - startedAt),
    });
}
