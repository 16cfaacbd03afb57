import type { Connection } from './sockets.service.ts';

type Guest = { conn: Connection; address: string };

const PER_ADDRESS = 100;
const IN_ALL = 1_000;

/**
 * Connections that nobody has signed in on yet. Whoever means to sign in does it within a moment; when the room is
 * full, the one that has waited longest goes, so that lines held open for nothing keep nobody out.
 */
export class WaitingRoom {
  /** In the order of arrival. */
  readonly #guests = new Map<Connection, Guest>();
  readonly #byAddress = new Map<string, Set<Guest>>();

  constructor(private readonly sizes = { perAddress: PER_ADDRESS, inAll: IN_ALL }) {}

  enter(conn: Connection, address: string): void {
    const guest = { conn, address };
    const mine = this.#byAddress.get(address) ?? new Set();
    this.#byAddress.set(address, mine.add(guest));
    this.#guests.set(conn, guest);
    conn.once('close', () => this.leave(conn));
    if (mine.size > this.sizes.perAddress) this.#turnOut(mine.values().next().value);
    else if (this.#guests.size > this.sizes.inAll) this.#turnOut(this.#guests.values().next().value);
  }

  leave(conn: Connection): void {
    const guest = this.#guests.get(conn);
    if (!guest) return;
    this.#guests.delete(conn);
    const mine = this.#byAddress.get(guest.address);
    mine?.delete(guest);
    if (mine?.size === 0) this.#byAddress.delete(guest.address);
  }

  #turnOut(guest: Guest | undefined): void {
    if (!guest) return;
    this.leave(guest.conn);
    guest.conn.transport.socket?.terminate();
  }
}
