import type { Page } from '@svodka/shared/contracts/common';

const PAGE = 50;
type Fetch<T> = (ask: { after: string | null; limit: number }) => Promise<Page<T>>;

/** Rows of an import that a person should look at, a page at a time. */
export class RowPages<T extends { line: number }> {
  readonly #fetch: Fetch<T>;
  items = $state.raw<T[]>([]);
  next = $state<string | null>(null);
  state = $state<'loading' | 'ready' | 'failed'>('loading');
  failure = $state.raw<unknown>(null);

  constructor(fetch: Fetch<T>) {
    this.#fetch = fetch;
    void this.more();
  }

  async more(): Promise<void> {
    this.state = 'loading';
    try {
      const { items, next } = await this.#fetch({ after: this.next, limit: PAGE });
      this.items = [...this.items, ...items];
      this.next = next;
      this.state = 'ready';
    } catch (error) {
      this.failure = error;
      this.state = 'failed';
    }
  }

  /** One of them is as it has just become. */
  put(changed: T): void {
    this.items = this.items.map((one) => (one.line === changed.line ? changed : one));
  }
}
