import type { AppSocket } from './socket-types.ts';
import type { Connection, Sockets } from './sockets.service.ts';

const MAX_PACKETS = 500;
const MAX_BYTES = 1024 * 1024;
const EVERY_MS = 250;
/** Beyond this many bytes there is no second look: one answer alone is never so long. */
const FLOOD_BYTES = 4 * MAX_BYTES;

/** What a socket has been sent and has not yet taken. */
export function backlogOf(socket: AppSocket): { packets: number; bytes: number } {
  const { writeBuffer, transport } = socket.conn as unknown as Connection;
  let bytes = transport.socket?.bufferedAmount ?? 0;
  for (const { data } of writeBuffer) if (typeof data === 'string') bytes += data.length;
  return { packets: writeBuffer.length, bytes };
}

/**
 * Cuts readers that do not keep up (F16). Socket.IO would queue for them without end. A reader is looked at twice,
 * because a long answer is over the limit for a moment on any line.
 * @returns stops the watch
 */
export function watchSlowReaders(sockets: Sockets, everyMs = EVERY_MS): () => void {
  const suspects = new WeakSet<AppSocket>();
  const timer = setInterval(() => {
    for (const socket of sockets.all()) {
      const { packets, bytes } = backlogOf(socket);
      if (packets <= MAX_PACKETS && bytes <= MAX_BYTES) suspects.delete(socket);
      else if (suspects.has(socket) || packets > 4 * MAX_PACKETS || bytes > FLOOD_BYTES)
        sockets.cut(socket, 'slow');
      else suspects.add(socket);
    }
  }, everyMs);
  timer.unref();
  return () => clearInterval(timer);
}
