/**
 * The two message kinds that a current driver sends, as the wire protocol defines them
 * (https://www.mongodb.com/docs/manual/reference/mongodb-wire-protocol/): OP_MSG for everything, and OP_QUERY
 * on `<db>.$cmd` for the first handshake only.
 */
import type { Document } from 'bson';
import { decode, documentsOfArray, elements } from '../bson/raw.ts';
import { MongoError } from '../errors.ts';

export const MAX_MESSAGE_BYTES = 48_000_000;
const HEADER_BYTES = 16;
const OP_REPLY = 1;
const OP_QUERY = 2004;
const OP_MSG = 2013;
const FLAG_CHECKSUM = 1;
const FLAG_MORE_TO_COME = 2;

/** Arguments that carry documents to store or statements to run; they are kept as bytes. */
const SEQUENCES = new Set(['documents', 'updates', 'deletes']);

export interface Request {
  id: number;
  /** True for the handshake's OP_QUERY, which is answered by OP_REPLY. */
  legacy: boolean;
  /** The sender wants no reply (`w: 0`, endSessions at close). */
  silent: boolean;
  /** Name of the command: the first field of the body. */
  name: string;
  body: Document;
  /** Documents of `documents`, `updates` or `deletes`, in whichever of the two forms they came. */
  sequences: Map<string, Buffer[]>;
}

/** A message that breaks the protocol: the connection is closed, there is nobody to answer. */
export class ProtocolError extends Error {
  override name = 'ProtocolError';
}

/** Takes whole messages off a growing buffer of received bytes. */
export class MessageReader {
  #parts: Buffer[] = [];
  #length = 0;

  push(part: Buffer): void {
    this.#parts.push(part);
    this.#length += part.length;
  }

  /** @throws ProtocolError when the announced length cannot be */
  next(): Buffer | undefined {
    if (this.#length < HEADER_BYTES) return undefined;
    if ((this.#parts[0] as Buffer).length < HEADER_BYTES) this.#join();
    const size = (this.#parts[0] as Buffer).readInt32LE(0);
    if (size < HEADER_BYTES || size > MAX_MESSAGE_BYTES) throw new ProtocolError(`message of ${size} bytes`);
    if (this.#length < size) return undefined;
    if ((this.#parts[0] as Buffer).length < size) this.#join();
    const first = this.#parts[0] as Buffer;
    const message = first.subarray(0, size);
    if (first.length === size) this.#parts.shift();
    else this.#parts[0] = first.subarray(size);
    this.#length -= size;
    return message;
  }

  #join(): void {
    this.#parts = [Buffer.concat(this.#parts)];
  }
}

/** @throws ProtocolError, or MongoError when the body itself is wrong */
export function parseMessage(message: Buffer): Request {
  const id = message.readInt32LE(4);
  const opCode = message.readInt32LE(12);
  if (opCode === OP_QUERY) return parseQuery(id, message);
  if (opCode !== OP_MSG) throw new ProtocolError(`operation ${opCode}`);
  const flags = message.readUInt32LE(16);
  if (flags & 0xffff & ~(FLAG_CHECKSUM | FLAG_MORE_TO_COME)) throw new ProtocolError(`flags ${flags}`);
  // exhaustAllowed (65536) allows a stream of hello replies; allowed is not asked for, so the monitor polls.
  const end = flags & FLAG_CHECKSUM ? message.length - 4 : message.length;
  let at = 20;
  let body: Buffer | undefined;
  const sequences = new Map<string, Buffer[]>();
  while (at < end) {
    const kind = message[at++];
    const size = at + 4 <= end ? message.readInt32LE(at) : 0;
    if (size < 5 || at + size > end) throw new ProtocolError('section length');
    if (kind === 0) {
      if (body) throw new ProtocolError('two bodies');
      body = message.subarray(at, at + size);
    } else if (kind === 1) {
      readSequence(message.subarray(at + 4, at + size), sequences);
    } else {
      throw new ProtocolError(`section kind ${kind}`);
    }
    at += size;
  }
  if (!body) throw new ProtocolError('no body');
  return {
    id,
    legacy: false,
    silent: (flags & FLAG_MORE_TO_COME) !== 0,
    ...readBody(body, sequences),
    sequences,
  };
}

function readSequence(section: Buffer, sequences: Map<string, Buffer[]>): void {
  const nameEnd = section.indexOf(0);
  if (nameEnd < 0) throw new ProtocolError('sequence name');
  const documents: Buffer[] = [];
  let at = nameEnd + 1;
  while (at < section.length) {
    const size = at + 4 <= section.length ? section.readInt32LE(at) : 0;
    if (size < 5 || at + size > section.length) throw new ProtocolError('sequence document length');
    documents.push(section.subarray(at, at + size));
    at += size;
  }
  sequences.set(section.toString('latin1', 0, nameEnd), documents);
}

/** Decodes the body, except for the arrays of documents, which stay bytes. */
function readBody(body: Buffer, sequences: Map<string, Buffer[]>): { name: string; body: Document } {
  let name: string | undefined;
  let cut: { start: number; end: number } | undefined;
  for (const element of elements(body)) {
    name ??= element.name;
    if (element.type !== 0x04 || !SEQUENCES.has(element.name) || name === 'aggregate') continue;
    sequences.set(element.name, documentsOfArray(body.subarray(element.value, element.end)));
    cut = element;
  }
  if (name === undefined) throw new MongoError('FailedToParse', 'the command is empty');
  if (!cut) return { name, body: decode(body) };
  const rest = Buffer.concat([body.subarray(0, cut.start), body.subarray(cut.end)]);
  rest.writeInt32LE(rest.length, 0);
  return { name, body: decode(rest) };
}

function parseQuery(id: number, message: Buffer): Request {
  const nameEnd = message.indexOf(0, 20);
  if (nameEnd < 0 || nameEnd + 9 > message.length) throw new ProtocolError('query');
  const namespace = message.toString('latin1', 20, nameEnd);
  if (!namespace.endsWith('.$cmd')) throw new ProtocolError('only the handshake may use OP_QUERY');
  const start = nameEnd + 9;
  const size = message.readInt32LE(start);
  if (size < 5 || start + size > message.length) throw new ProtocolError('query document length');
  const body = decode(message.subarray(start, start + size));
  const name = Object.keys(body)[0];
  if (name === undefined) throw new ProtocolError('empty query');
  if (!('$db' in body)) body.$db = namespace.slice(0, -5);
  return { id, legacy: true, silent: false, name, body, sequences: new Map() };
}

/** One OP_MSG reply with a body only: drivers do not accept document sequences in replies. */
export function composeReply(requestId: number, replyTo: number, body: Buffer): Buffer[] {
  const head = Buffer.alloc(21);
  head.writeInt32LE(head.length + body.length, 0);
  head.writeInt32LE(requestId, 4);
  head.writeInt32LE(replyTo, 8);
  head.writeInt32LE(OP_MSG, 12);
  return [head, body];
}

/** One OP_REPLY with a single document, for the handshake. */
export function composeLegacyReply(requestId: number, replyTo: number, body: Buffer): Buffer[] {
  const head = Buffer.alloc(36);
  head.writeInt32LE(head.length + body.length, 0);
  head.writeInt32LE(requestId, 4);
  head.writeInt32LE(replyTo, 8);
  head.writeInt32LE(OP_REPLY, 12);
  head.writeInt32LE(8, 16);
  head.writeInt32LE(1, 32);
  return [head, body];
}
