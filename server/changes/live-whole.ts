import type { ChangeListener } from './change.ts';
import type { ChangeBus } from './change-bus.ts';

/**
 * What is made of whole small collections (all rules, all people), kept while the change log says that none of their
 * documents is another. The law is that of `LiveDocuments`.
 */
export class LiveWhole<T> implements ChangeListener {
  #kept: { value: T } | null = null;
  #age = 0;

  constructor(
    readonly collections: readonly string[],
    private readonly bus: Pick<ChangeBus, 'isFresh'>,
    private readonly read: () => Promise<T>,
  ) {}

  async get(): Promise<T> {
    if (this.#kept && this.bus.isFresh) return this.#kept.value;
    const age = this.#age;
    const value = await this.read();
    if (age === this.#age) this.#kept = { value };
    return value;
  }

  /** Call when this process has written to it. */
  forget(): void {
    this.#age++;
    this.#kept = null;
  }

  see(): void {
    this.forget();
  }

  doubt(): void {
    this.forget();
  }
}
