import mongoose, { type Connection } from 'mongoose';

/** Injection token of the connected mongoose `Connection`. */
export const MONGO = Symbol('MONGO');

/** How long a request waits for a lost store before it is refused with `unavailable`, ms. */
const SELECTION_MS = 4_000;

const NAMES_DATABASE = /^mongodb(\+srv)?:\/\/[^/]+\/[^?]/;

/**
 * Connects. Acknowledged means on disk and with the majority; indexes come from the migrations only; nothing is
 * queued while the store is away, because a refused write is honest and a hanging one is not.
 */
export async function connectMongo(uri: string): Promise<Connection> {
  const connection = mongoose.createConnection(uri, {
    serverSelectionTimeoutMS: SELECTION_MS,
    connectTimeoutMS: SELECTION_MS,
    heartbeatFrequencyMS: 2_000,
    maxPoolSize: 40,
    autoIndex: false,
    autoCreate: false,
    bufferCommands: false,
    writeConcern: { w: 'majority', journal: true },
    ...(NAMES_DATABASE.test(uri) ? {} : { dbName: 'svodka' }),
  });
  return connection.asPromise();
}
