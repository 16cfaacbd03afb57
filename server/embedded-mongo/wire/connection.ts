import type { Socket } from 'node:net';
import { encode } from '../bson/raw.ts';
import type { ConnectionState } from '../commands/connection-state.ts';
import { dispatch } from '../commands/dispatch.ts';
import type { Engine } from '../engine.ts';
import { codeNameOf, MongoError } from '../errors.ts';
import { composeLegacyReply, composeReply, MessageReader, parseMessage, type Request } from './message.ts';

/** Requests of one connection that wait or run; a client that sends more without reading is cut. */
const MAX_PENDING = 200;

/**
 * One client connection: reads messages, runs them one after another, writes replies. When the socket closes,
 * whatever still runs for it (a getMore that waits for changes, above all) is ended.
 */
export class Connection {
  readonly #socket: Socket;
  readonly #engine: Engine;
  readonly #state: ConnectionState;
  readonly #reader = new MessageReader();
  readonly #queue: Request[] = [];
  #busy = false;
  #replies = 0;

  constructor(socket: Socket, engine: Engine, state: ConnectionState) {
    this.#socket = socket;
    this.#engine = engine;
    this.#state = state;
    socket.setNoDelay(true);
    socket.on('data', (part) => this.#receive(part));
    socket.on('close', () => this.#end());
    // 'close' follows; the reason of a client's going is no news.
    socket.on('error', () => {});
  }

  close(): void {
    this.#socket.destroy();
  }

  #receive(part: Buffer): void {
    try {
      this.#reader.push(part);
      for (let message = this.#reader.next(); message; message = this.#reader.next()) this.#accept(message);
    } catch (error) {
      this.#engine.logger.warn?.('a connection broke the protocol and was closed', { error });
      this.#socket.destroy();
    }
  }

  #accept(message: Buffer): void {
    try {
      this.#queue.push(parseMessage(message));
    } catch (error) {
      // A wrong body has a sender who wants to hear of it; a wrong frame has not.
      if (!(error instanceof MongoError) && !(error instanceof Error && error.name.startsWith('BSON')))
        throw error;
      const code = error instanceof MongoError ? error.code : 22;
      const body = encode({ ok: 0, errmsg: error.message, code, codeName: codeNameOf(code) });
      this.#write(composeReply(++this.#replies, message.readInt32LE(4), body));
      return;
    }
    if (this.#queue.length > MAX_PENDING) throw new Error('too many requests wait on one connection');
    if (!this.#busy) void this.#work();
  }

  async #work(): Promise<void> {
    this.#busy = true;
    for (let request = this.#queue.shift(); request; request = this.#queue.shift()) {
      const body = await dispatch({ engine: this.#engine, connection: this.#state, request });
      if (this.#socket.destroyed) break;
      if (request.silent) continue;
      const compose = request.legacy ? composeLegacyReply : composeReply;
      const flowing = this.#write(compose(++this.#replies, request.id, body));
      if (!flowing) await this.#drained();
    }
    this.#busy = false;
  }

  #write(parts: Buffer[]): boolean {
    if (this.#socket.destroyed) return true;
    this.#socket.cork();
    let flowing = true;
    for (const part of parts) flowing = this.#socket.write(part);
    this.#socket.uncork();
    return flowing;
  }

  /** A client that does not read gets no further answer computed. */
  #drained(): Promise<void> {
    return new Promise((resolve) => {
      const go = () => {
        this.#socket.off('drain', go).off('close', go);
        resolve();
      };
      this.#socket.once('drain', go).once('close', go);
    });
  }

  #end(): void {
    this.#queue.length = 0;
    for (const operation of this.#state.running) {
      operation.end(new MongoError('ClientMarkedKilled', 'the client has gone'));
    }
  }
}
