import type { Document } from 'bson';
import type { Engine } from '../engine.ts';
import type { Request } from '../wire/message.ts';
import { Arguments } from './arguments.ts';
import type { ConnectionState } from './connection-state.ts';
import type { Operation } from './operation.ts';

/** What a command has to work with. */
export interface Context {
  engine: Engine;
  connection: ConnectionState;
  request: Request;
  db: string;
  operation: Operation;
}

/** The `cursor` document of a reply: its fields, then its documents, encoded, under `name`. */
export interface CursorReply {
  fields: Document;
  name: 'firstBatch' | 'nextBatch';
  documents: readonly Buffer[];
}

/** A reply is fields or a cursor. `ok` and times are added by the caller. */
export type Reply = { fields: Document; cursor?: undefined } | { cursor: CursorReply };

export type Handler = (context: Context) => Promise<Reply> | Reply;

export interface Command {
  name: string;
  handle: Handler;
  /** May run before and without anything else, also as OP_QUERY. */
  handshake?: boolean;
  /** Only on the `admin` database. */
  adminOnly?: boolean;
  /** Takes a `txnNumber` as a retryable write. */
  retryable?: boolean;
}

export const args = ({ request }: Context, ...known: readonly string[]): Arguments =>
  new Arguments(request.name, request.body, [request.name, ...known]);
