import { Injectable } from '@nestjs/common';
import type { Id } from '@svodka/shared/contracts/id';
import { ChangeBus } from '../changes/change-bus.ts';
import { Clock } from '../platform/clock.ts';
import type { SessionDoc, UserDoc } from './user.schema.ts';

export type Authenticated = { session: SessionDoc; user: UserDoc };

/** How long a look into the store may serve further requests, ms: while the change log is heard, and while it is not. */
const LASTS_MS = { heard: 60_000, unheard: 1_000 };
const MOST = 2_000;

/**
 * Who was found behind a token, so that a busy page or script costs two reads a minute and not two a request. A
 * change of a person or session is forgotten: at once for writes of this process, which are rare and forget all, with
 * the change stream for those of others, and after a second where the stream is down or late.
 */
@Injectable()
export class RecentSignIns {
  readonly #found = new Map<string, Authenticated & { at: number }>();
  #age = 0;

  constructor(
    private readonly clock: Clock,
    private readonly bus: ChangeBus,
  ) {}

  get(tokenHash: string): Authenticated | undefined {
    const found = this.#found.get(tokenHash);
    const lastsMs = LASTS_MS[this.bus.isFresh ? 'heard' : 'unheard'];
    return found && Math.abs(this.clock.now().getTime() - found.at) < lastsMs ? found : undefined;
  }

  /** Rises with each `forget`. Taken before the store is read, so that what was read before a change is not kept after it. */
  get age(): number {
    return this.#age;
  }

  remember(tokenHash: string, { session, user }: Authenticated, age: number): void {
    if (age !== this.#age) return;
    if (this.#found.size >= MOST) this.#found.clear();
    this.#found.set(tokenHash, { session, user, at: this.clock.now().getTime() });
  }

  forget(): void {
    this.#age++;
    this.#found.clear();
  }

  /** What stands on one person or session: of hundreds of pages one notes every second or so that it is used. */
  forgetOf(id: Id): void {
    this.#age++;
    for (const [hash, { session, user }] of this.#found)
      if (session._id === id || user._id === id) this.#found.delete(hash);
  }
}
