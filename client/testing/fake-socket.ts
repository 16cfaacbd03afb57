import { jest } from '@jest/globals';

type Handler = (fact: unknown) => void;
type Asked = { event: string; body: Record<string, unknown>; answer: (result: object) => Promise<void> };

/** What `io()` gives, played by the test: it sees what was asked, answers, and tells. */
export class FakeSocket {
  connected = false;
  asked: Asked[] = [];
  #handlers = new Map<string, Handler[]>();
  #any: ((event: string, fact: unknown) => void)[] = [];

  on(event: string, handler: Handler): this {
    this.#handlers.set(event, [...(this.#handlers.get(event) ?? []), handler]);
    return this;
  }

  onAny(handler: (event: string, fact: unknown) => void): this {
    this.#any.push(handler);
    return this;
  }

  removeAllListeners(): this {
    this.#handlers.clear();
    this.#any = [];
    return this;
  }

  connect(): this {
    return this;
  }

  disconnect(): this {
    this.connected = false;
    return this;
  }

  timeout(): this {
    return this;
  }

  emitWithAck(event: string, body: Record<string, unknown>): Promise<unknown> {
    return new Promise((resolve) => {
      const answer = async (result: object) => {
        resolve({ ok: true, ...result });
        await settled();
      };
      this.asked.push({ event, body, answer });
    });
  }

  /** The last thing that was asked of this kind. */
  last(event: string): Asked {
    const found = this.asked.findLast((each) => each.event === event);
    if (!found) throw new Error(`nothing was asked by ${event}`);
    return found;
  }

  async open(): Promise<void> {
    this.connected = true;
    this.#fire('connect', undefined);
    await settled();
  }

  async drop(): Promise<void> {
    this.connected = false;
    this.#fire('disconnect', 'transport close');
    await settled();
  }

  async tell(event: string, fact: unknown): Promise<void> {
    this.#fire(event, fact);
    for (const handler of this.#any) handler(event, fact);
    await settled();
  }

  #fire(event: string, fact: unknown): void {
    for (const handler of this.#handlers.get(event) ?? []) handler(fact);
  }
}

/** Lets promises and one animation frame pass. */
export async function settled(): Promise<void> {
  await new Promise<void>((done) => requestAnimationFrame(() => setTimeout(done)));
}

/** Puts a played socket in place of socket.io-client, for modules that are imported afterwards. */
export function playSocket(): FakeSocket {
  const socket = new FakeSocket();
  jest.unstable_mockModule('socket.io-client', () => ({ io: () => socket }));
  return socket;
}
