import type { IncomingMessage, Server } from 'node:http';
import type { Socket } from 'node:net';
import { Server as TlsServer } from 'node:tls';

/** How long a connection may take to its first whole request, and one with TLS to its handshake before, ms. */
export const FIRST_REQUEST_MS = 10_000;
/** More connections are refused: the process may not run out of files. */
const MOST_LINES = 10_000;

/** Hangs up on connections that are opened and say nothing, or a byte now and then. */
export function hangUpOnSilence(server: Server): void {
  const timers = new WeakMap<Socket, NodeJS.Timeout>();
  server.maxConnections = MOST_LINES;
  server.on(server instanceof TlsServer ? 'secureConnection' : 'connection', (socket: Socket) => {
    const timer = setTimeout(() => socket.destroy(), FIRST_REQUEST_MS);
    timer.unref();
    timers.set(socket, timer);
    socket.once('close', () => clearTimeout(timer));
  });
  const heard = ({ socket }: IncomingMessage) => clearTimeout(timers.get(socket));
  server.on('request', heard);
  server.on('upgrade', heard);
}
