import mongoose, { type Connection } from 'mongoose';
import './lost-write.ts';

/** Injection token of the connected mongoose `Connection`. */
export const MONGO = Symbol('MONGO');

/** How long a request waits for a lost store before it is refused with `unavailable`, ms. */
const SELECTION_MS = 4_000;

/**
 * How long a store may keep a heartbeat waiting before the driver gives it up and cuts every line to it at once, ms. A
 * store of our own on this machine is given up by the end of its process, which closes its lines; while that lives, it
 * is slow, and each request has a patience of its own (http/store-patience.ts).
 */
const HEARTBEAT_PATIENCE_MS = { ours: 20_000, another: 4_000 };
const isOurs = (uri: string) => /[?&]replicaSet=embedded\b/.test(uri);

const NAMES_DATABASE = /^mongodb(\+srv)?:\/\/[^/]+\/[^?]/;

/**
 * Connects. Acknowledged means on disk and with the majority; indexes come from the migrations only; nothing is
 * queued while the store is away, because a refused write is honest and a hanging one is not.
 */
export async function connectMongo(uri: string): Promise<Connection> {
  const connection = mongoose.createConnection(uri, {
    serverSelectionTimeoutMS: SELECTION_MS,
    connectTimeoutMS: HEARTBEAT_PATIENCE_MS[isOurs(uri) ? 'ours' : 'another'],
    heartbeatFrequencyMS: 1_000,
    maxPoolSize: 40,
    autoIndex: false,
    autoCreate: false,
    bufferCommands: false,
    writeConcern: { w: 'majority', journal: true },
    ...(NAMES_DATABASE.test(uri) ? {} : { dbName: 'svodka' }),
  });
  return connection.asPromise();
}
