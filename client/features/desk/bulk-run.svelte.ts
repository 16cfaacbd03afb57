import type { BulkAct, BulkDone } from '@svodka/shared/contracts/bulk';
import { BULK_MOST } from '@svodka/shared/contracts/bulk';
import { type Id, newId } from '@svodka/shared/contracts/id';
import { ApiError, ask } from '../../api/rest.ts';
import { errorText } from '../../state/error-text.ts';
import { refs } from '../../state/refs.svelte.ts';

/** What it is done to: the chosen rows, or everything that matches. */
export type BulkSource = { ids: readonly Id[] } | { filter: string };

/** So many are taken at once; the rest is a second time. */
const MOST = 5_000;
/** How long it waits where the server takes no more for a while, ms. */
const PAUSE_MS = 5_000;
/** Refused for a while only. */
const LATER = 'rate-limited';

/** Nothing of it was done: the server asks for patience. */
function notNow(error: unknown): null {
  if (error instanceof ApiError && error.code === LATER) return null;
  throw error;
}

/**
 * One act upon many events: first it is told what would be refused, then it is done slice by slice under one key, by
 * which it is all undone. A slice whose answer was lost is sent again, and done once. What the server refuses only
 * because it is too much at once is waited for.
 */
export class BulkRun {
  readonly key = newId();
  #state = $state<'asking' | 'told' | 'doing' | 'done' | 'failed'>('asking');
  #ids = $state.raw<Id[]>([]);
  #refused = $state.raw<BulkDone['refused']>([]);
  #holders = $state.raw<readonly Id[]>([]);
  /** What is still to be done, in its order. */
  #rest = $state.raw<readonly Id[]>([]);
  #done = $state.raw<readonly Id[]>([]);
  #lost = $state.raw<BulkDone['refused']>([]);
  /** Sent and not answered yet. */
  #sent = $state.raw<readonly Id[]>([]);
  #isWaiting = $state(false);
  #wake = () => {};
  readonly #pauseMs: number;
  #failure = $state('');
  #hasMore = $state(false);
  #isTold = $state(false);
  #isLeft = false;

  constructor(
    readonly act: BulkAct,
    readonly source: BulkSource,
    { pauseMs = PAUSE_MS } = {},
  ) {
    this.#pauseMs = pauseMs;
    void this.#attempt(() => this.#look());
  }

  get state() {
    return this.#state;
  }

  /** Those that it is to be done to. */
  get ids(): readonly Id[] {
    return this.#ids;
  }

  /** What was foretold to be refused. */
  get refused(): BulkDone['refused'] {
    return this.#refused;
  }

  get done(): readonly Id[] {
    return this.#done;
  }

  /** What was refused when it came to it. */
  get lost(): BulkDone['refused'] {
    return this.#lost;
  }

  /** Those of `ids` that it has not been done to: refused, or not come to. */
  get left(): readonly Id[] {
    const done = new Set(this.#done);
    return this.#ids.filter((id) => !done.has(id));
  }

  /** The server takes no more for a moment. */
  get isWaiting(): boolean {
    return this.#isWaiting;
  }

  /** Who else is at what is taken from them, once for each event, as it was foretold. */
  get holders(): readonly Id[] {
    return this.#holders;
  }

  get reached(): number {
    return this.#ids.length - this.#rest.length;
  }

  /** Sent and not answered, when it broke off: it may have been done to these as well. */
  get unsure(): readonly Id[] {
    return this.#state === 'failed' ? this.#sent : [];
  }

  get failure(): string {
    return this.#failure;
  }

  /** More match than are taken at once. */
  get hasMore(): boolean {
    return this.#hasMore;
  }

  /** What comes of it is known, to the last of them: until then nothing is done. */
  get isTold(): boolean {
    return this.#isTold;
  }

  /** Does it, or goes on where it was broken off; what broke off before all was told is looked at anew. */
  async go(): Promise<void> {
    if (!this.#isTold) return this.#attempt(() => this.#look());
    this.#state = 'doing';
    await this.#attempt(async () => {
      while (this.#rest.length > 0 && !this.#isLeft) {
        const ids = this.#rest.slice(0, BULK_MOST);
        this.#sent = ids;
        const body = { act: this.act, ids: [...ids] };
        const answer = await ask('POST /events/bulk', { body, key: this.key }).catch(notNow);
        if (!answer) {
          this.#sent = [];
          if (!this.#isLeft) await this.#pause();
          continue;
        }
        const { ids: done, refused, refs: named } = answer;
        refs.add(named);
        const later = refused.filter(({ reason }) => reason === LATER).map(({ id }) => id);
        this.#sent = [];
        this.#done = [...this.#done, ...done];
        this.#lost = [...this.#lost, ...refused.filter(({ reason }) => reason !== LATER)];
        this.#rest = [...later, ...this.#rest.slice(ids.length)];
        if (later.length > 0 && !this.#isLeft) await this.#pause();
      }
      this.#state = 'done';
    });
  }

  /** Tries once more what was refused when it came to it. */
  again(): Promise<void> {
    this.#rest = this.#lost.map(({ id }) => id);
    this.#lost = [];
    return this.go();
  }

  /** Does no more than the slice that is on its way. */
  leave(): void {
    this.#isLeft = true;
    this.#wake();
  }

  async #pause(): Promise<void> {
    this.#isWaiting = true;
    await new Promise<void>((resolve) => {
      const timer = setTimeout(resolve, this.#pauseMs);
      this.#wake = () => {
        clearTimeout(timer);
        resolve();
      };
    });
    this.#isWaiting = false;
  }

  async #look(): Promise<void> {
    const { act, source } = this;
    this.#state = 'asking';
    this.#ids = [];
    this.#refused = [];
    this.#holders = [];
    this.#hasMore = false;
    const slices =
      'ids' in source
        ? Array.from({ length: Math.ceil(source.ids.length / BULK_MOST) }, (_, n) => ({
            ids: source.ids.slice(n * BULK_MOST, (n + 1) * BULK_MOST),
          }))
        : [{ filter: source.filter }];
    for (const slice of slices) {
      for (let after: string | null | undefined; after !== null && !this.#isLeft; ) {
        const body = { act, ...slice, ...(after && { after }), dry: true };
        const told: BulkDone = await ask('POST /events/bulk', { body });
        this.#ids = [...this.#ids, ...told.ids];
        this.#refused = [...this.#refused, ...told.refused];
        this.#holders = [...this.#holders, ...told.holders];
        refs.add(told.refs);
        after = told.next;
        if (after && this.#ids.length + this.#refused.length >= MOST) {
          this.#hasMore = true;
          after = null;
        }
      }
    }
    this.#rest = this.#ids;
    this.#isTold = true;
    this.#state = 'told';
  }

  async #attempt(work: () => Promise<void>): Promise<void> {
    try {
      this.#failure = '';
      await work();
    } catch (error) {
      this.#failure = errorText(error);
      this.#state = 'failed';
    }
  }
}

/** The way back from what was done under a key to these. */
export class BulkUndo {
  #rest: readonly Id[];
  #unsure: readonly Id[];
  #left = 0;

  /** @param unsure it may not have been done to these, no more of them than are sent at once */
  constructor(
    readonly key: Id,
    ids: readonly Id[],
    unsure: readonly Id[],
  ) {
    this.#rest = ids;
    this.#unsure = unsure;
  }

  /** Undoes it, or goes on where that broke off. @returns how many could not be undone */
  async go(): Promise<number> {
    while (this.#rest.length > 0) {
      this.#left += await this.#undo(this.#rest.slice(0, BULK_MOST));
      this.#rest = this.#rest.slice(BULK_MOST);
    }
    if (this.#unsure.length > 0) await this.#undo(this.#unsure);
    this.#unsure = [];
    return this.#left;
  }

  async #undo(ids: readonly Id[]): Promise<number> {
    const body = { act: { kind: 'undo' as const, key: this.key }, ids: [...ids] };
    return (await ask('POST /events/bulk', { body })).refused.length;
  }
}
