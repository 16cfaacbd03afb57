import type { FindingKind, ImportFinding } from '@svodka/shared/contracts/import';
import { ask } from '../../api/rest.ts';
import { refs } from '../../state/refs.svelte.ts';

const PAGE = 50;

/** What a comparison found, of one kind, a page at a time. */
export class Findings {
  readonly #id: string;
  readonly kind: FindingKind;
  items = $state.raw<ImportFinding[]>([]);
  next = $state<string | null>(null);
  state = $state<'loading' | 'ready' | 'failed'>('loading');
  failure = $state.raw<unknown>(null);

  constructor(id: string, kind: FindingKind) {
    this.#id = id;
    this.kind = kind;
    void this.more();
  }

  async more(): Promise<void> {
    this.state = 'loading';
    try {
      const query = { kind: this.kind, after: this.next, limit: PAGE };
      const page = await ask('GET /imports/:id/findings', { id: this.#id, query });
      refs.add(page.refs);
      this.items = [...this.items, ...page.items];
      this.next = page.next;
      this.state = 'ready';
    } catch (error) {
      this.failure = error;
      this.state = 'failed';
    }
  }

  /** One of them is as it has just become. */
  put(changed: ImportFinding): void {
    this.items = this.items.map((one) => (one.line === changed.line ? changed : one));
  }
}
