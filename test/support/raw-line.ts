import { once } from 'node:events';
import { connect, type Socket } from 'node:net';

/** A frame of text as a browser sends it: masked, here by zeros. */
function frameOf(text: string): Buffer {
  const body = Buffer.from(text);
  const long = body.length > 125;
  const head = Buffer.alloc(long ? 8 : 6);
  head[0] = 0x81;
  head[1] = 0x80 | (long ? 126 : body.length);
  if (long) head.writeUInt16BE(body.length, 2);
  return Buffer.concat([head, body]);
}

/** A websocket line byte by byte, for what no client would send. */
export class RawLine {
  /** All that came back, the answer to the upgrade first. */
  received = '';
  isClosed = false;

  private constructor(readonly socket: Socket) {
    socket.on('data', (chunk: Buffer) => (this.received += chunk.toString('latin1')));
    socket.on('error', () => {});
    socket.on('close', () => (this.isClosed = true));
  }

  /** Opens and waits for the first bytes of the answer. */
  static async open(url: string, headers: Record<string, string> = {}): Promise<RawLine> {
    const { hostname, port } = new URL(url);
    const line = new RawLine(connect(Number(port), hostname));
    await once(line.socket, 'connect');
    line.socket.write(
      [
        'GET /socket.io/?EIO=4&transport=websocket HTTP/1.1',
        `Host: ${hostname}:${port}`,
        'Connection: Upgrade',
        'Upgrade: websocket',
        'Sec-WebSocket-Version: 13',
        `Sec-WebSocket-Key: ${Buffer.alloc(16).toString('base64')}`,
        ...Object.entries(headers).map(([name, value]) => `${name}: ${value}`),
        '',
        '',
      ].join('\r\n'),
    );
    await Promise.race([once(line.socket, 'data'), once(line.socket, 'close')]);
    return line;
  }

  /** Status of the answer to the upgrade. */
  get status(): number {
    return Number(/^HTTP\/1\.1 (\d+)/.exec(this.received)?.[1] ?? 0);
  }

  /** All in one chunk. */
  send(...texts: string[]): void {
    this.socket.write(Buffer.concat(texts.map(frameOf)));
  }

  close(): void {
    this.socket.destroy();
  }
}
