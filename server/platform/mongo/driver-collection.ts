import type { Connection, mongo } from 'mongoose';

/** The driver's own collection, for bulk writes and for documents that are complete already. */
export function driverCollection<T extends object>(
  connection: Pick<Connection, 'db'>,
  name: string,
): mongo.Collection<T> {
  if (!connection.db) throw new Error('not connected');
  return connection.db.collection<T>(name);
}
