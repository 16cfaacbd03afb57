import { bytesOf } from './broadcast.ts';
import type { AppSocket } from './socket-types.ts';
import type { Connection, Sockets } from './sockets.service.ts';

const MAX_PACKETS = 500;
const MAX_BYTES = 1024 * 1024;
const EVERY_MS = 250;
/** Beyond this many bytes there is no second look: one answer alone is never so long. */
const FLOOD_BYTES = 4 * MAX_BYTES;
/** After so many bytes a reader is asked whether they have arrived. */
const ASK_AFTER_BYTES = 64 * 1024;
/** How long the answer may take with more than `MAX_BYTES` on their way, ms. */
const ANSWER_MS = 4_000;

/** What is used of a websocket of `ws`. */
type Line = {
  bufferedAmount: number;
  readyState: number;
  OPEN: number;
  ping(): void;
  on(name: 'pong', listener: () => void): void;
  _socket?: { bytesWritten: number } | null;
};

/** What a reader has been written, and how much of it is known to have arrived, bytes since the line was opened. */
type Account = { arrived: number; asked: { at: number; written: number } | null };

/** What a socket has been sent and this process still holds. */
export function backlogOf(socket: AppSocket): { packets: number; bytes: number } {
  const { writeBuffer, transport } = socket.conn as unknown as Connection;
  let bytes = transport.socket?.bufferedAmount ?? 0;
  for (const { data, options } of writeBuffer)
    bytes += bytesOf(options) || (typeof data === 'string' ? data.length : 0);
  return { packets: writeBuffer.length, bytes };
}

/**
 * Cuts readers that do not keep up (F16). Socket.IO would queue for them without end. A reader is looked at twice,
 * because a long answer is over the limit for a moment on any line.
 *
 * The kernels on both ends take megabytes before anything stays with us, so what is unread is counted by the reader's
 * answers: a ping goes out behind what was written, and its pong says that all of that was read. Browsers answer by
 * themselves.
 * @returns stops the watch
 */
export function watchSlowReaders(sockets: Sockets): () => void {
  const suspects = new WeakSet<AppSocket>();
  const accounts = new WeakMap<Line, Account>();
  const timer = setInterval(() => {
    for (const socket of sockets.all()) {
      const { packets, bytes } = backlogOf(socket);
      const line = (socket.conn as unknown as { transport: { socket?: Line } }).transport.socket;
      if (line && isDeaf(line, accounts)) sockets.cut(socket, 'slow');
      else if (packets <= MAX_PACKETS && bytes <= MAX_BYTES) suspects.delete(socket);
      else if (suspects.has(socket) || packets > 4 * MAX_PACKETS || bytes > FLOOD_BYTES)
        sockets.cut(socket, 'slow');
      else suspects.add(socket);
    }
  }, EVERY_MS);
  timer.unref();
  return () => clearInterval(timer);
}

/** Asks a reader where that is due. @returns whether it has left too much unread for too long */
function isDeaf(line: Line, accounts: WeakMap<Line, Account>): boolean {
  const written = line._socket?.bytesWritten ?? 0;
  let account = accounts.get(line);
  if (!account) {
    const fresh: Account = { arrived: 0, asked: null };
    account = fresh;
    accounts.set(line, fresh);
    line.on('pong', () => {
      fresh.arrived = fresh.asked?.written ?? fresh.arrived;
      fresh.asked = null;
    });
  }
  const { arrived, asked } = account;
  if (asked) return performance.now() - asked.at > ANSWER_MS && written - arrived > MAX_BYTES;
  if (written - arrived > ASK_AFTER_BYTES && line.readyState === line.OPEN) {
    account.asked = { at: performance.now(), written };
    line.ping();
  }
  return false;
}
