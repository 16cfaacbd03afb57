// Erasing as a command does it: over a data directory that nobody serves, or on a replica set.
import { createReadStream } from 'node:fs';
import { readdir, rm, stat, statfs } from 'node:fs/promises';
import { join } from 'node:path';
import type { Connection, mongo } from 'mongoose';
import type { CounterpartyDoc } from '../counterparties/counterparty.schema.ts';
import { openStoreInProcess } from '../embedded-mongo/in-process.ts';
import { rewriteStore } from '../embedded-mongo/rewrite.ts';
import { DATA_FILE } from '../embedded-mongo/storage/store.ts';
import type { DataDirectory } from '../platform/data-directory/data-directory.ts';
import { connectMongo } from '../platform/mongo/mongo.ts';
import { type Erased, erase } from './erase.ts';
import type { Identifiers } from './identifiers.ts';
import { erasedIn, noteErased } from './list.ts';
import { findSubject, type Subject, SubjectError, subjectOfCards } from './subject.ts';

/** What an import still reads holds whole rows. */
const ENDED = ['done', 'cancelled', 'failed', 'undone'];

/** The data of a directory, opened for as long as `work` takes. */
export async function withStore<T>(
  data: DataDirectory,
  work: (connection: Connection) => Promise<T>,
): Promise<T> {
  const store = await openStoreInProcess({ dir: data.storePath });
  try {
    const connection = await connectMongo(store.uri);
    try {
      return await work(connection);
    } finally {
      await connection.close();
    }
  } finally {
    await store.close();
  }
}

/** Stores that a restore has put aside: whoever is erased may stand in them. */
export async function putAside({ path }: DataDirectory): Promise<string[]> {
  const names = await readdir(path);
  return names.filter((name) => name.startsWith('replaced-')).map((name) => join(path, name));
}

/** Writing the store anew takes its size once more. @throws SubjectError */
export async function checkRoom(data: DataDirectory): Promise<void> {
  const { size } = await stat(join(data.storePath, DATA_FILE));
  const { bavail, bsize } = await statfs(data.path);
  if (bavail * bsize < size)
    throw new SubjectError(
      `The store is written anew for it: ${size} bytes of room are needed in ${data.path}.`,
    );
}

/** @throws SubjectError */
export async function subjectOf(connection: Connection, asked: string): Promise<Subject> {
  const { db } = connection;
  if (!db) throw new Error('the connection is not open');
  const busy = await db.collection('imports').findOne({ state: { $nin: ENDED } });
  if (busy)
    throw new SubjectError(
      `The import of ${JSON.stringify(busy.fileName)} has not ended, and its file may name them. End it or throw it away first.`,
    );
  const subject = await findSubject(db, asked);
  if (subject.sharedWith.length > 0)
    throw new SubjectError(
      `A phone, mail address or tax number of ${subject.cards[0]?.number} stands on other cards too: ${subject.sharedWith.join(', ')}. Merge them if they are one, or take it off first.`,
    );
  return subject;
}

/** Who was erased, when that was asked, and what it was. */
export type Done = { subject: Subject; at: Date; erased: Erased };

/** Erases somebody; `endErasure` is to follow. */
export async function beginErasure(
  connection: Connection,
  dataDir: string,
  subject: Subject,
  at: Date,
): Promise<Done> {
  const entries = subject.cards.map(({ _id }) => ({ card: _id, at: at.toISOString(), isDone: false }));
  await noteErased(dataDir, entries);
  return { subject, at, erased: await erase(connection, subject, at) };
}

/**
 * Those of the list whose data are there again, since an older copy was put back, or whose erasure was cut off. What was
 * asked of people the first time is not asked again: an import that had not ended then is thrown away, and what another
 * card has in common with them stays there.
 */
export async function eraseAgain(connection: Connection, dataDir: string): Promise<Done[]> {
  const { db } = connection;
  if (!db) throw new Error('the connection is not open');
  const counterparties = db.collection<CounterpartyDoc>('counterparties');
  const again: Done[] = [];
  const list = await erasedIn(dataDir);
  // What was erased at once is erased at once again: exactly these cards, whatever they stood for in the older copy.
  for (const at of new Set(list.map((one) => one.at))) {
    const entries = list.filter((one) => one.at === at);
    const found = await counterparties
      .find({ _id: { $in: entries.map(({ card }) => card) } }, { projection: { erasedAt: 1 } })
      .toArray();
    const isCutOff = entries.some(({ isDone }) => !isDone);
    if (found.length === 0 && isCutOff)
      await noteErased(
        dataDir,
        entries.map((one) => ({ ...one, isDone: true })),
      );
    if (found.length === 0 || (!isCutOff && found.every(({ erasedAt }) => erasedAt))) continue;
    const subject = await subjectOfCards(
      db,
      found.map(({ _id }) => _id),
    );
    again.push(await beginErasure(connection, dataDir, subject, new Date(at)));
  }
  if (again.length > 0) await throwAwayImports(db);
  return again;
}

async function throwAwayImports(db: mongo.Db): Promise<void> {
  await db
    .collection('imports')
    .updateMany(
      { state: { $nin: ENDED } },
      { $set: { state: 'cancelled', leaseUntil: null }, $inc: { version: 1 } },
    );
  for (const name of ['files', 'chunks']) await db.collection(`importFiles.${name}`).deleteMany({});
}

/**
 * Leaves no byte of those who were erased, and notes that it is done.
 * @param data null: a replica set keeps its own bytes
 * @param kept a store that was put aside, and has nobody in it who was erased
 * @returns what was looked through, and found; null: nothing was
 */
export async function endErasure(
  data: DataDirectory | null,
  dataDir: string,
  done: readonly Done[],
  kept: string | null = null,
): Promise<{ bytes: number; found: number } | null> {
  const known = done.map(({ subject }) => subject.identifiers);
  const looked = data && (await leaveNoByte(data, known, kept));
  const ids = new Set(done.flatMap(({ subject }) => subject.cards.map(({ _id }) => _id)));
  const list = await erasedIn(dataDir);
  await noteErased(
    dataDir,
    list.filter(({ card }) => ids.has(card)).map((one) => ({ ...one, isDone: true })),
  );
  // Whoever was cut off before has left nothing by which to look.
  return looked && known.some(({ isEmpty }) => !isEmpty) ? looked : null;
}

/**
 * Writes the store anew, so that nothing of what was removed is left in the file, and throws away what was there, stores
 * that a restore had put aside among it. Counts what of them the new file still has.
 */
async function leaveNoByte(
  data: DataDirectory,
  known: readonly Identifiers[],
  kept: string | null,
): Promise<{ bytes: number; found: number }> {
  await data.replaceStore((directory) => rewriteStore(data.storePath, directory));
  for (const path of await putAside(data)) if (path !== kept) await rm(path, { recursive: true });
  const path = join(data.storePath, DATA_FILE);
  let found = 0;
  const overlap = Math.max(1, ...known.map(({ longest }) => longest)) - 1;
  let rest = Buffer.alloc(0);
  for await (const chunk of createReadStream(path, {
    highWaterMark: 4 * 1024 * 1024,
  }) as AsyncIterable<Buffer>) {
    const bytes = Buffer.concat([rest, chunk]);
    const before = rest;
    for (const identifiers of known) found += identifiers.countIn(bytes) - identifiers.countIn(before);
    rest = bytes.subarray(Math.max(0, bytes.length - overlap));
  }
  return { bytes: (await stat(path)).size, found };
}
