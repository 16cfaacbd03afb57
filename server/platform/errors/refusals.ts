import { Injectable } from '@nestjs/common';
import type { ErrorCode } from '@svodka/shared/contracts/errors';
import type { Id } from '@svodka/shared/contracts/id';

/** What somebody asked for and was not given. `route` is the pattern, or the name of a socket message. */
export type Refusal = {
  code: ErrorCode;
  route: string;
  id: string | null;
  userId: Id | null;
  about: Id | null;
  address: string | null;
};

/** Where the edges tell what they have refused, in one place, so that no service has to remember to. */
@Injectable()
export class Refusals {
  readonly #listeners: ((refusal: Refusal) => void)[] = [];

  onRefusal(listener: (refusal: Refusal) => void): void {
    this.#listeners.push(listener);
  }

  tell(refusal: Refusal): void {
    for (const listener of this.#listeners) listener(refusal);
  }
}
