import { once } from 'node:events';
import { chmodSync } from 'node:fs';
import { createServer, type Server } from 'node:net';
import { ConnectionState } from '../commands/connection-state.ts';
import { Credentials, MECHANISM, newPassword, USER } from '../commands/credentials.ts';
import { SET_NAME } from '../commands/handshake.ts';
import type { Engine } from '../engine.ts';
import { Connection } from './connection.ts';

/** Where the store listens: a socket file, or a port of the loopback interface. */
export type Listen = { socket: string } | { port: number };

/** Connections at once. A driver's pool has at most 100 of them for each client. */
const MAX_CONNECTIONS = 1_000;

/** The listening end of the store. */
export class WireServer {
  readonly #server: Server;
  readonly #connections = new Set<Connection>();
  #address = '';
  #ids = 0;

  #credentials: Credentials | undefined;

  constructor(engine: Engine) {
    this.#server = createServer((socket) => {
      const state = new ConnectionState(++this.#ids, this.#address, this.#credentials);
      const connection = new Connection(socket, engine, state);
      this.#connections.add(connection);
      socket.once('close', () => this.#connections.delete(connection));
    });
    this.#server.maxConnections = MAX_CONNECTIONS;
  }

  /**
   * Starts listening. On the loopback interface, which every user of the machine reaches, a password is asked for.
   * @param password the one to ask for there; a new one when it is missing
   * @returns the connection string, without a database
   */
  async listen(where: Listen, password = newPassword()): Promise<string> {
    if ('socket' in where) {
      this.#server.listen(where.socket);
      await once(this.#server, 'listening');
      chmodSync(where.socket, 0o600);
      this.#address = where.socket;
      return `mongodb://${encodeURIComponent(where.socket)}/?replicaSet=${SET_NAME}`;
    }
    this.#credentials = new Credentials(password);
    this.#server.listen(where.port, '127.0.0.1');
    await once(this.#server, 'listening');
    const address = this.#server.address();
    const port = typeof address === 'object' && address ? address.port : where.port;
    this.#address = `127.0.0.1:${port}`;
    return `mongodb://${USER}:${password}@${this.#address}/?replicaSet=${SET_NAME}&authSource=admin&authMechanism=${MECHANISM}`;
  }

  async close(): Promise<void> {
    const closed = new Promise<void>((resolve) => this.#server.close(() => resolve()));
    for (const connection of this.#connections) connection.close();
    await closed;
  }
}
