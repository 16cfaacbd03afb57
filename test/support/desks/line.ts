import { once } from 'node:events';
import { type AddressInfo, connect, createServer, type Server, type Socket } from 'node:net';
import { setTimeout as pause } from 'node:timers/promises';

/** A line to a server that can be cut, made deaf or slow, and led to another server. */
export class Line {
  /** `deaf`: what is asked arrives, and no answer comes back. */
  #state: 'whole' | 'deaf' | 'cut' = 'whole';
  readonly #sockets = new Set<Socket>();

  private constructor(
    readonly server: Server,
    private to: string,
    /** How long each piece takes on its way down, ms: connections overtake one another. */
    private readonly delayMs: () => number,
  ) {
    server.on('connection', (near) => this.#carry(near));
  }

  static async open(to: string, delayMs: () => number): Promise<Line> {
    const server = createServer().listen(0, '127.0.0.1');
    await once(server, 'listening');
    return new Line(server, to, delayMs);
  }

  get url(): string {
    return `http://127.0.0.1:${(this.server.address() as AddressInfo).port}`;
  }

  cut(): void {
    this.#state = 'cut';
    this.#drop();
  }

  deafen(): void {
    this.#state = 'deaf';
  }

  /** What was lost on a deaf line stays lost. */
  mend(): void {
    if (this.#state === 'deaf') this.#drop();
    this.#state = 'whole';
  }

  /** From now on to another server. */
  lead(to: string): void {
    this.to = to;
    this.#drop();
  }

  async close(): Promise<void> {
    this.#drop();
    this.server.close();
    await once(this.server, 'close');
  }

  #drop(): void {
    for (const socket of this.#sockets) socket.destroy();
  }

  #carry(near: Socket): void {
    if (this.#state === 'cut') {
      near.destroy();
      return;
    }
    const { hostname, port } = new URL(this.to);
    const far = connect(Number(port), hostname);
    for (const [socket, other] of [
      [near, far],
      [far, near],
    ] as const) {
      this.#sockets.add(socket);
      socket.on('error', () => {});
      socket.on('close', () => {
        this.#sockets.delete(socket);
        other.destroy();
      });
    }
    near.on('data', (piece) => far.write(piece));
    let before: Promise<unknown> = Promise.resolve();
    far.on('data', (piece) => {
      if (this.#state !== 'whole') return;
      const ms = this.delayMs();
      before = before.then(() => pause(ms)).then(() => near.write(piece));
    });
  }
}
