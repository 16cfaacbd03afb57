import { setImmediate as turn } from 'node:timers/promises';
import type { ServerToClient } from '@svodka/shared/feed/socket';
import { broadcast } from './broadcast.ts';
import type { AppSocket } from './socket-types.ts';
import type { Sockets } from './sockets.service.ts';

/** Pages that are written to in one turn of the event loop. */
const AT_ONCE = 100;
/** After a telling there is none for so many times as long as it took, ms. */
const REST = { times: 10, mostMs: 2_000 };

/** What somebody is told: the message's fields, as JSON without brackets; null: nothing. */
type Said = (user: AppSocket['data']['user']) => string | null;

/**
 * News for every page, beside its rows, of what has gathered meanwhile. Pages that are told the same share one frame, and
 * are written to some at a time: a row that comes while a thousand pages are told must not wait for the last of them.
 */
export class GatheredNews {
  #timer: NodeJS.Timeout | null = null;
  #isTelling = false;
  #isAskedAgain = false;
  #restsUntil = 0;

  /** @param take what has gathered, which is then no longer news */
  constructor(
    private readonly sockets: Sockets,
    private readonly name: keyof ServerToClient,
    private readonly gatherMs: number,
    private readonly take: () => Said,
  ) {}

  /** Something has come. */
  soon(): void {
    if (this.#isTelling) this.#isAskedAgain = true;
    else {
      const ms = Math.max(this.gatherMs, this.#restsUntil - performance.now());
      this.#timer ??= setTimeout(() => void this.#tell(), ms).unref();
    }
  }

  stop(): void {
    if (this.#timer) clearTimeout(this.#timer);
    this.#timer = null;
  }

  async #tell(): Promise<void> {
    this.#timer = null;
    this.#isTelling = true;
    const began = performance.now();
    try {
      for (const [fields, pages] of this.#groups()) {
        for (let at = 0; at < pages.length; at += AT_ONCE) {
          broadcast(pages.slice(at, at + AT_ONCE), this.name, fields);
          if (at + AT_ONCE < pages.length) await turn();
        }
      }
    } finally {
      const now = performance.now();
      this.#restsUntil = now + Math.min(REST.mostMs, (now - began) * REST.times);
      this.#isTelling = false;
      if (this.#isAskedAgain) this.soon();
      this.#isAskedAgain = false;
    }
  }

  #groups(): Map<string, AppSocket[]> {
    const said = this.take();
    const groups = new Map<string, AppSocket[]>();
    for (const socket of this.sockets.all()) {
      const fields = said(socket.data.user);
      if (fields === null) continue;
      const group = groups.get(fields);
      if (group) group.push(socket);
      else groups.set(fields, [socket]);
    }
    return groups;
  }
}
