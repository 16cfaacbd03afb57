// One message to many sockets, written once. `emit` encodes anew for each room it is sent to; what changes for a feed is
// the same row for all feeds that show it, so its text is made once, and each feed's message begins with its own few
// fields and shares the rest. The text is that of Socket.IO's protocol: `4` message, `2` event, then JSON.
import type { ServerToClient } from '@svodka/shared/feed/socket';
import type { AppSocket } from './socket-types.ts';

/** A frame of a websocket as `ws` writes it: its header with what comes first, and the rest. */
type Written = [Buffer, Buffer];
type Conn = { write(data: string, options: { compress: boolean; wsPreEncodedFrame: Written }): void };

/** Bytes of a packet that was written here and still waits. */
export const bytesOf = (options: object | undefined): number =>
  (options as { wsPreEncodedFrame?: Buffer[] } | undefined)?.wsPreEncodedFrame?.reduce(
    (sum, { length }) => sum + length,
    0,
  ) ?? 0;

/** The end of a message that several begin differently: the fields of `body`. */
export function sharedEnd(body: string): Buffer {
  return Buffer.from(`${body}}]`);
}

/**
 * @param fields those that are the message's own, as JSON without brackets, with a comma when `end` has more
 * @param end of `sharedEnd`
 */
export function broadcast(
  to: Iterable<AppSocket>,
  name: keyof ServerToClient,
  fields: string,
  end: Buffer = NOTHING,
): void {
  const options = { compress: false, wsPreEncodedFrame: written(`42["${name}",{${fields}`, end) };
  for (const socket of to) {
    // Whoever is being cut hears no more (F14).
    if (socket.connected) (socket.conn as unknown as Conn).write('', options);
  }
}

const NOTHING = sharedEnd('');
const TEXT_AND_LAST = 0x81;

/** A frame of RFC 6455: text, whole, not masked, as servers send it. */
function written(begin: string, end: Buffer): Written {
  const own = Buffer.byteLength(begin);
  const length = own + end.length;
  const head = length < 126 ? 2 : length < 65_536 ? 4 : 10;
  const first = Buffer.allocUnsafe(head + own);
  first[0] = TEXT_AND_LAST;
  if (head === 2) first[1] = length;
  else if (head === 4) {
    first[1] = 126;
    first.writeUInt16BE(length, 2);
  } else {
    first[1] = 127;
    first.writeBigUInt64BE(BigInt(length), 2);
  }
  first.write(begin, head);
  return [first, end];
}
