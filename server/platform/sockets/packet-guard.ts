import { TokenBucket } from '../limits/token-bucket.ts';
import type { Connection } from './sockets.service.ts';

/** Packets of any kind, after sign-in: far above what the guard of messages answers, so that only a flood meets it. */
const PACKETS = { perSecond: 60, burst: 600 };
/** Before sign-in there is the question to be let in, and an answer to a ping or two. */
const PACKETS_BEFORE = 5;

/**
 * Looks at what comes in before Socket.IO takes it apart, because a CONNECT costs a look into the store and two
 * thousand of them fit into one chunk: one CONNECT per connection and nothing else before its answer. Whoever sends
 * something else is no client of ours, and is hung up on without a word.
 * Call before Socket.IO listens to the connection.
 */
export function guardPackets(conn: Connection, isAdmitted: () => boolean): void {
  const packets = new TokenBucket(PACKETS);
  let asked = false;
  let before = 0;
  conn.on('packet', ({ type, data }) => {
    const isConnect = type === 'message' && typeof data === 'string' && data.startsWith('0');
    const isFine = isAdmitted()
      ? packets.take() && !isConnect
      : ++before <= PACKETS_BEFORE && (type !== 'message' || (isConnect && !asked));
    if (isConnect) asked = true;
    if (isFine) return;
    conn.removeAllListeners('data'); // the rest of the chunk is on its way already
    conn.transport.socket?.terminate();
  });
}
