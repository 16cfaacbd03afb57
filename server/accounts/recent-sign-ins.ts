import { Injectable } from '@nestjs/common';
import { Clock } from '../platform/clock.ts';
import type { SessionDoc, UserDoc } from './user.schema.ts';

export type Authenticated = { session: SessionDoc; user: UserDoc };

/** How long a look into the store may serve further requests, ms. */
const LASTS_MS = 1_000;
const MOST = 2_000;

/**
 * Who was found behind a token within the last second, so that a busy page or script costs two reads a second and not
 * two a request. Any change of a person or session forgets all of it: at once for writes of this process, with the
 * change stream for those of others, and after a second where the stream is down. Changes are rare; requests are not.
 */
@Injectable()
export class RecentSignIns {
  readonly #found = new Map<string, Authenticated & { at: number }>();
  #age = 0;

  constructor(private readonly clock: Clock) {}

  get(tokenHash: string): Authenticated | undefined {
    const found = this.#found.get(tokenHash);
    return found && Math.abs(this.clock.now().getTime() - found.at) < LASTS_MS ? found : undefined;
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
}
