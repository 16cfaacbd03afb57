/**
 * SCRAM-SHA-256 (RFC 5802, RFC 7677; `saslStart` and `saslContinue` as MongoDB's authentication specification has
 * them) for the one user that a store on the loopback interface knows. A store on a private socket needs none:
 * the socket's directory lets only its own user in.
 */
import { randomBytes, timingSafeEqual } from 'node:crypto';
import { Binary, type Document } from 'bson';
import { MongoError } from '../errors.ts';
import { args, type Command, type Context } from './command.ts';
import type { ConnectionState } from './connection-state.ts';
import { hmac, ITERATIONS, MECHANISM, sha256, USER } from './credentials.ts';

const failed = () => new MongoError('AuthenticationFailed', 'Authentication failed.');

function attributes(text: string): Map<string, string> {
  return new Map(text.split(',').map((part) => [part.slice(0, 1), part.slice(2)]));
}

function payloadOf(value: unknown): string {
  if (!(value instanceof Binary)) throw failed();
  return Buffer.from(value.buffer.subarray(0, value.position)).toString('utf8');
}

const answer = (payload: string, done: boolean): Document => ({
  conversationId: 1,
  done,
  payload: new Binary(Buffer.from(payload)),
});

/** Answers a client's first message. @throws MongoError 18, 334 */
export function startConversation(connection: ConnectionState, request: Document): Document {
  const { credentials } = connection;
  if (!credentials || request.mechanism !== MECHANISM) {
    throw new MongoError(
      334,
      `Received authentication for mechanism ${String(request.mechanism)} which is not enabled`,
    );
  }
  const payload = payloadOf(request.payload);
  if (!payload.startsWith('n,,')) throw failed();
  const clientFirst = payload.slice(3);
  const given = attributes(clientFirst);
  if (given.get('n') !== USER || !given.get('r')) throw failed();
  const nonce = given.get('r') + randomBytes(24).toString('base64');
  const serverFirst = `r=${nonce},s=${credentials.salt.toString('base64')},i=${ITERATIONS}`;
  const skipEmptyExchange = request.options?.skipEmptyExchange === true;
  connection.conversation = { clientFirst, serverFirst, nonce, skipEmptyExchange, verified: false };
  return answer(serverFirst, false);
}

function continueConversation(connection: ConnectionState, request: Document): Document {
  const { credentials, conversation } = connection;
  if (!credentials || !conversation) throw failed();
  if (conversation.verified) {
    connection.authenticated = true;
    connection.conversation = undefined;
    return answer('', true);
  }
  const payload = payloadOf(request.payload);
  const given = attributes(payload);
  const proof = Buffer.from(given.get('p') ?? '', 'base64');
  if (given.get('c') !== 'biws' || given.get('r') !== conversation.nonce || proof.length !== 32)
    throw failed();
  const withoutProof = payload.slice(0, payload.lastIndexOf(',p='));
  const message = `${conversation.clientFirst},${conversation.serverFirst},${withoutProof}`;
  const signature = hmac(credentials.storedKey, message);
  const clientKey = Buffer.from(signature.map((byte, i) => byte ^ (proof[i] as number)));
  if (!timingSafeEqual(sha256(clientKey), credentials.storedKey)) throw failed();
  conversation.verified = true;
  const done = conversation.skipEmptyExchange;
  connection.authenticated = done;
  if (done) connection.conversation = undefined;
  return answer(`v=${hmac(credentials.serverKey, message).toString('base64')}`, done);
}

const SASL = ['mechanism', 'payload', 'autoAuthorize', 'options', 'conversationId'];

function sasl(run: (connection: ConnectionState, request: Document) => Document) {
  return (context: Context) => {
    args(context, ...SASL);
    try {
      return { fields: run(context.connection, context.request.body) };
    } catch (error) {
      context.connection.conversation = undefined;
      throw error;
    }
  };
}

export const authenticationCommands: Command[] = [
  { name: 'saslStart', handle: sasl(startConversation), handshake: true },
  { name: 'saslContinue', handle: sasl(continueConversation), handshake: true },
];
