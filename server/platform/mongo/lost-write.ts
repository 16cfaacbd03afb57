// Mends one thing of the driver (7.8): a command that meets its socket just after it was destroyed, and before that was
// told, would wait for a `drain` that never comes. Without this a request that was about to write when the store's
// process died was never answered, and held its place in the pool.
import type { Socket } from 'node:net';
// @ts-expect-error Not part of what the package declares, so a version without it must be noticed at once.
import connection from 'mongodb/lib/cmap/connection.js';
import { mongo } from 'mongoose';

type Line = { socket: Socket };
type Write = (this: Line, ...given: unknown[]) => Promise<void>;

const { Connection } = connection as { Connection: { prototype: { writeCommand: Write } } };
const write = Connection.prototype.writeCommand;
if (typeof write !== 'function') throw new Error('the driver writes its commands elsewhere than before');

Connection.prototype.writeCommand = function (...given) {
  const { socket } = this;
  return new Promise((resolve, reject) => {
    const lost = () => reject(new mongo.MongoNetworkError('the line ended before a command was written'));
    socket.once('close', lost);
    write
      .apply(this, given)
      .finally(() => socket.off('close', lost))
      .then(resolve, reject);
  });
};
