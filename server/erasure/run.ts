// Erasing as a command does it: over a data directory that nobody serves, or on a replica set.
import { createReadStream } from 'node:fs';
import { readdir, rm, stat } from 'node:fs/promises';
import { join } from 'node:path';
import type { Connection } from 'mongoose';
import type { CounterpartyDoc } from '../counterparties/counterparty.schema.ts';
import { openStoreInProcess } from '../embedded-mongo/in-process.ts';
import { rewriteStore } from '../embedded-mongo/rewrite.ts';
import { DATA_FILE } from '../embedded-mongo/storage/store.ts';
import type { DataDirectory } from '../platform/data-directory/data-directory.ts';
import { connectMongo } from '../platform/mongo/mongo.ts';
import { type Erased, erase } from './erase.ts';
import type { Identifiers } from './identifiers.ts';
import { erasedIn, noteErased } from './list.ts';
import { findSubject, type Subject, SubjectError } from './subject.ts';

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

/** @throws SubjectError */
export async function subjectOf(connection: Connection, asked: string): Promise<Subject> {
  if (!connection.db) throw new Error('the connection is not open');
  const busy = await connection.db.collection('imports').findOne({ state: { $nin: ENDED } });
  if (busy)
    throw new SubjectError(
      `The import of ${JSON.stringify(busy.fileName)} has not ended, and its file may name them. End it or throw it away first.`,
    );
  return findSubject(connection.db, asked);
}

/** Erases somebody, and notes that it was done. */
export async function eraseOne(
  connection: Connection,
  dataDir: string,
  subject: Subject,
  at: Date,
): Promise<Erased> {
  await noteErased(
    dataDir,
    subject.cards.map(({ _id }) => ({ card: _id, at: at.toISOString() })),
  );
  return erase(connection, subject, at);
}

/** Those of the list whose data are there again, since an older copy was put back. */
export async function eraseAgain(connection: Connection, dataDir: string): Promise<Subject[]> {
  const again: Subject[] = [];
  for (const { card, at } of await erasedIn(dataDir)) {
    const found = await connection.db?.collection<CounterpartyDoc>('counterparties').findOne({ _id: card });
    if (!found || found.erasedAt || again.some(({ cards }) => cards.some(({ _id }) => _id === card)))
      continue;
    const subject = await subjectOf(connection, card);
    await eraseOne(connection, dataDir, subject, new Date(at));
    again.push(subject);
  }
  return again;
}

/**
 * Writes the store anew, so that nothing of what was removed is left in the file, and throws away what was there, stores
 * that a restore had put aside among it. Counts what of them the new file still has.
 */
export async function leaveNoByte(
  data: DataDirectory,
  known: readonly Identifiers[],
): Promise<{ bytes: number; found: number }> {
  await data.replaceStore((directory) => rewriteStore(data.storePath, directory));
  for (const name of await readdir(data.path))
    if (name.startsWith('replaced-')) await rm(join(data.path, name), { recursive: true });
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
