import { type Document, ObjectId } from 'bson';
import { timestampOf } from '../changelog/entry.ts';
import { isDocument } from '../values/types.ts';
import { MAX_MESSAGE_BYTES } from '../wire/message.ts';
import { startConversation } from './authentication.ts';
import type { Command, Context } from './command.ts';
import { MECHANISM } from './credentials.ts';

/** Name of the replica set of one that the store presents itself as; it stands in the URI. */
export const SET_NAME = 'embedded';
/** What is spoken is a subset of this version's commands. */
export const VERSION = '7.0.0';
const WIRE_VERSION = 21;
export const MAX_WRITE_BATCH = 100_000;

const electionId = new ObjectId('7fffffff0000000000000001');

/**
 * Without `topologyVersion` the driver's monitor asks again every ten seconds instead of keeping a stream of
 * replies open: a set of one has no news but its own end, and that the driver learns from the closed socket.
 */
function hello({ engine, connection, request }: Context) {
  const { body } = request;
  if (body.client !== undefined) connection.client ??= body.client;
  const legacy = request.name !== 'hello';
  const address = connection.address;
  const fields: Document = {
    helloOk: true,
    [legacy ? 'ismaster' : 'isWritablePrimary']: true,
    secondary: false,
    setName: SET_NAME,
    setVersion: 1,
    hosts: [address],
    primary: address,
    me: address,
    electionId,
    lastWrite: { opTime: { ts: timestampOf(engine.log.committed), t: 1 }, lastWriteDate: new Date() },
    maxBsonObjectSize: 16 * 1024 * 1024,
    maxMessageSizeBytes: MAX_MESSAGE_BYTES,
    maxWriteBatchSize: MAX_WRITE_BATCH,
    localTime: new Date(),
    logicalSessionTimeoutMinutes: 30,
    connectionId: connection.id,
    minWireVersion: 0,
    maxWireVersion: WIRE_VERSION,
    readOnly: false,
  };
  if (connection.credentials) {
    if (body.saslSupportedMechs !== undefined) fields.saslSupportedMechs = [MECHANISM];
    const first = body.speculativeAuthenticate;
    // Guessed wrong, the client begins again with saslStart.
    if (isDocument(first) && first.mechanism === MECHANISM) {
      fields.speculativeAuthenticate = startConversation(connection, first);
    }
  }
  return { fields };
}

export const handshakeCommands: Command[] = [
  { name: 'hello', handle: hello, handshake: true },
  { name: 'ping', handle: () => ({ fields: {} }) },
  {
    name: 'buildInfo',
    handle: () => ({
      fields: {
        version: VERSION,
        versionArray: [...VERSION.split('.').map(Number), 0],
        gitVersion: 'embedded',
        modules: ['embedded'],
        maxBsonObjectSize: 16 * 1024 * 1024,
        storageEngines: ['lmdb'],
      },
    }),
  },
];
