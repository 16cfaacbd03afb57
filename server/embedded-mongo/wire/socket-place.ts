import { randomBytes } from 'node:crypto';
import { mkdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Listen } from './server.ts';

/** Node cuts longer socket paths silently. */
const MAX_PATH_BYTES = 103;

export interface SocketPlace {
  listen: Listen;
  /** Removes the socket's directory. */
  clear(): void;
}

/**
 * A private place to listen at: a socket in a 0700 directory of its own, in lower case because the driver
 * lower-cases host names and a socket's path is one. Where that cannot be, a port of the loopback interface.
 */
export function privatePlace(): SocketPlace {
  // Where temporary files lie may be too long or have capitals (macOS); /tmp is neither.
  for (const parent of process.platform === 'win32' ? [] : [tmpdir(), '/tmp']) {
    const directory = join(parent, `em-${randomBytes(6).toString('hex')}`);
    const socket = join(directory, 's.sock');
    if (socket !== socket.toLowerCase() || Buffer.byteLength(socket) > MAX_PATH_BYTES) continue;
    try {
      mkdirSync(directory, { mode: 0o700 });
      return { listen: { socket }, clear: () => rmSync(directory, { recursive: true, force: true }) };
    } catch {
      // Not there or not writable: the next one, or the loopback interface, which is always there.
    }
  }
  return { listen: { port: 0 }, clear: () => {} };
}
