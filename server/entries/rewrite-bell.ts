import { Injectable } from '@nestjs/common';

/** Rung when an entry was marked for rewriting its events, so that the rewriting need not wait for its next look. */
@Injectable()
export class RewriteBell {
  readonly #listeners: (() => void)[] = [];

  onRing(listener: () => void): void {
    this.#listeners.push(listener);
  }

  ring(): void {
    for (const listener of this.#listeners) listener();
  }
}
