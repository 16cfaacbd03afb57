import { join } from 'node:path';
import type { Connection } from 'mongoose';
import { openStoreInProcess } from '../../embedded-mongo/in-process.ts';
import type { AppConfig } from '../config/config.ts';
import { findStore } from '../data-directory/data-directory.ts';
import { EXIT } from '../data-directory/exit.ts';
import { connectMongo } from './mongo.ts';

/**
 * The data for a command that looks at it: of a running Svodka, of its data directory while it is stopped, or of the
 * replica set of MONGODB_URI. Ends the process when the latter does not answer.
 */
export async function openBeside(
  config: AppConfig,
): Promise<{ connection: Connection; close(): Promise<void> }> {
  const running = config.mongodbUri ?? (await findStore(config.dataDir))?.uri;
  // A store that was killed leaves its address behind.
  const connection = running && (await connectMongo(running).catch(() => null));
  if (connection) return { connection, close: () => connection.close() };
  if (config.mongodbUri !== null) {
    console.error('The store at MONGODB_URI does not answer.');
    process.exit(EXIT.unavailable);
  }
  const store = await openStoreInProcess({ dir: join(config.dataDir, 'store') });
  const own = await connectMongo(store.uri);
  return {
    connection: own,
    close: async () => {
      await own.close();
      await store.close();
    },
  };
}
