// What waits to be sent. Each entry is kept in the person's own storage until the server has answered, goes under a
// key of its own, so that sending it twice is harmless, and in the order in which it was made. What the server refuses
// for good stays, with its reason, until its author repeats, changes or drops it.
import type { ErrorBody } from '@svodka/shared/contracts/errors';
import { type Id, newId } from '@svodka/shared/contracts/id';
import { live, retryDelay } from '../api/live.ts';
import { ApiError } from '../api/rest.ts';
import { type Answer, type Deed, eventIdOf, perform } from './deeds.ts';
import { isFragile, listOwn, ownSettled, readOwnAnew, whenOwnChanges, writeOwn } from './own-storage.ts';
import { session } from './session.svelte.ts';

export type Entry = {
  /** Its Idempotency-Key; sorts by the moment it was made. */
  id: Id;
  deed: Deed;
  /** Why the server has refused it for good. */
  refusal?: ErrorBody['error'];
};

/** What became of the first attempt. */
export type Outcome =
  | { state: 'done'; answer: Answer }
  | { state: 'refused'; error: ApiError }
  | { state: 'waiting' };

const NAME = 'out.';
/** A form waits no longer for the first attempt, ms. */
const FIRST_MS = 5_000;
/** A server that breaks over one entry again and again must not keep back the rest. */
const BREAKS_MOST = 4;

/** Whether the same request may succeed later without anybody's doing. */
export function isForNow(error: ApiError): boolean {
  return (
    error.network ||
    ['unavailable', 'rate-limited', 'insufficient-storage', 'unauthenticated'].includes(error.code)
  );
}

export class Queue {
  #entries = $state.raw<readonly Entry[]>([]);
  #person: Id | null = null;
  #inFlight = $state<Id | null>(null);
  #attempt = $state(0);
  #online = $state(live.state === 'online');
  #breaks = new Map<Id, number>();
  /** What was put in this tab; the others' is sent from here as well. */
  #own = new Set<Id>();
  #sending = false;
  #lastMs = 0;
  #timer: ReturnType<typeof setTimeout> | undefined;
  #firsts = new Map<Id, (outcome: Outcome) => void>();
  #onDone = new Set<(entry: Entry, answer: Answer) => void>();
  #onRefused = new Set<(entry: Entry, error: ApiError) => void>();
  #onChange = new Set<() => void>();

  readonly #offs: (() => void)[];

  constructor() {
    this.#offs = [
      live.onState((state) => {
        this.#online = state === 'online';
        if (state === 'online') this.#soon(0);
      }),
      session.onEntered((user) => this.#belongTo(user.id)),
      whenOwnChanges(() => this.#read()),
    ];
    addEventListener('online', () => this.#soon(0));
    addEventListener('beforeunload', (event) => {
      // What storage keeps goes on after a reload.
      if (isFragile() && this.#entries.length > 0) event.preventDefault();
    });
  }

  /** Sends nothing more: the page ends. */
  close(): void {
    this.#person = null;
    clearTimeout(this.#timer);
    for (const off of this.#offs) off();
  }

  /** Oldest first. */
  get entries(): readonly Entry[] {
    return this.#entries;
  }

  /** How many wait for the connection. */
  get waiting(): number {
    const waiting = this.#entries.filter(({ refusal }) => !refusal).length;
    return this.#online && this.#attempt === 0 ? 0 : waiting;
  }

  #refusedOf = $derived(new Set(this.refused.map(({ deed }) => eventIdOf(deed))));

  /** Whether something that was done to the event was refused, and its author has not decided what of it. */
  isRefused(eventId: Id): boolean {
    return this.#refusedOf.has(eventId);
  }

  get refused(): readonly Entry[] {
    return this.#entries.filter(({ refusal }) => refusal);
  }

  /** Of one event, oldest first. */
  of(eventId: Id): Entry[] {
    return this.#entries.filter(({ deed }) => eventIdOf(deed) === eventId);
  }

  isSending(id: Id): boolean {
    return this.#inFlight === id;
  }

  /** Whether it was put in this tab, since the page was opened. */
  isOwn(id: Id): boolean {
    return this.#own.has(id);
  }

  onDone(listener: (entry: Entry, answer: Answer) => void): () => void {
    this.#onDone.add(listener);
    return () => this.#onDone.delete(listener);
  }

  onRefused(listener: (entry: Entry, error: ApiError) => void): () => void {
    this.#onRefused.add(listener);
    return () => this.#onRefused.delete(listener);
  }

  /** Called when entries come and go: also those that another tab has written or sent. */
  onChange(listener: () => void): () => void {
    this.#onChange.add(listener);
    return () => this.#onChange.delete(listener);
  }

  put(deed: Deed, id: Id = this.#nextId()): Entry {
    const entry: Entry = { id, deed };
    this.#own.add(id);
    this.#keep(entry);
    this.#soon(0);
    return entry;
  }

  /** Puts it, and tells what became of the first attempt: a form stands open until then. */
  async send(deed: Deed, id?: Id): Promise<Outcome> {
    const entry = this.put(deed, id);
    return new Promise((resolve) => {
      this.#firsts.set(entry.id, resolve);
      setTimeout(() => this.#tell(entry.id, { state: 'waiting' }), FIRST_MS);
    });
  }

  /** Sends a refused one again, just as it is. */
  again(id: Id): void {
    const entry = this.#find(id);
    if (!entry) return;
    this.#breaks.delete(id);
    this.#keep({ id, deed: entry.deed });
    this.#soon(0);
  }

  /** Takes it back. False: it is on its way, or gone. */
  drop(id: Id): boolean {
    const entry = this.#find(id);
    if (!entry || (this.#inFlight === id && !entry.refusal)) return false;
    this.#remove(id);
    return true;
  }

  /** Later than every one before, also within a millisecond. */
  #nextId(): Id {
    this.#lastMs = Math.max(Date.now(), this.#lastMs + 1);
    return newId(this.#lastMs);
  }

  #find(id: Id): Entry | undefined {
    return this.#entries.find((entry) => entry.id === id);
  }

  #belongTo(person: Id): void {
    if (this.#person !== person) {
      this.#person = person;
      this.#read();
    }
    this.#soon(0);
  }

  #read(): void {
    if (!this.#person) return;
    this.#entries = [...listOwn<Entry>(this.#person, NAME).values()];
    this.#changed();
  }

  #keep(entry: Entry): void {
    if (this.#person) writeOwn(this.#person, NAME + entry.id, entry);
    this.#entries = [...this.#entries.filter(({ id }) => id !== entry.id), entry].sort((a, b) =>
      a.id < b.id ? -1 : 1,
    );
    this.#changed();
  }

  #remove(id: Id): void {
    if (this.#person) writeOwn(this.#person, NAME + id, null);
    this.#entries = this.#entries.filter((entry) => entry.id !== id);
    this.#own.delete(id);
    this.#changed();
  }

  #changed(): void {
    for (const listener of this.#onChange) listener();
  }

  #soon(ms: number): void {
    clearTimeout(this.#timer);
    this.#timer = setTimeout(() => void this.#send(), ms);
  }

  /** One tab at a time, where the browser can tell; where it cannot, the keys make a second sending harmless. */
  async #send(): Promise<void> {
    const person = this.#person;
    // Until its author is signed in it waits; what one person has done, another one must not send.
    if (this.#sending || !person || session.user?.id !== person) return;
    this.#sending = true;
    try {
      // The next tab finds in the database what this one has sent.
      const work = () => this.#sendAll(person).finally(ownSettled);
      await (navigator.locks ? navigator.locks.request(`svodka.outbox.${person}`, work) : work());
    } finally {
      this.#sending = false;
    }
    // Put when the last one had been looked for, and not heard of while this was still settling.
    if (this.#attempt === 0 && this.#entries.some(({ refusal }) => !refusal)) this.#soon(0);
  }

  async #sendAll(person: Id): Promise<void> {
    while (session.user?.id === person && this.#person === person) {
      const next = this.#entries.find(({ refusal }) => !refusal);
      if (!next) {
        this.#attempt = 0;
        return;
      }
      // Another tab may have sent it while this one waited for its turn.
      const entry = await readOwnAnew<Entry>(person, NAME + next.id);
      if (!entry) {
        this.#remove(next.id);
        this.#tell(next.id, { state: 'done', answer: {} });
        continue;
      }
      if (!(await this.#sendOne(entry))) return;
    }
  }

  /** False: it, and what stands behind it, has to wait. */
  async #sendOne(entry: Entry): Promise<boolean> {
    this.#inFlight = entry.id;
    try {
      const answer = await perform(entry.deed, entry.id);
      this.#attempt = 0;
      this.#follow(entry, answer);
      for (const listener of this.#onDone) listener(entry, answer);
      this.#remove(entry.id);
      this.#tell(entry.id, { state: 'done', answer });
      return true;
    } catch (thrown) {
      const error = thrown instanceof ApiError ? thrown : new ApiError({ code: 'internal', message: '' });
      const breaks = (this.#breaks.get(entry.id) ?? 0) + 1;
      if (isForNow(error) || (error.code === 'internal' && breaks < BREAKS_MOST)) {
        if (error.code === 'internal') this.#breaks.set(entry.id, breaks);
        this.#attempt++;
        // What stands behind it waits as well.
        for (const id of [...this.#firsts.keys()]) this.#tell(id, { state: 'waiting' });
        // Signing in calls again.
        if (error.code !== 'unauthenticated')
          this.#soon(Math.max(retryDelay(this.#attempt), (error.retryAfter ?? 0) * 1000));
        return false;
      }
      this.#attempt = 0;
      this.#keep({ id: entry.id, deed: entry.deed, refusal: error.body });
      for (const listener of this.#onRefused) listener(entry, error);
      this.#tell(entry.id, { state: 'refused', error });
      return true;
    } finally {
      this.#inFlight = null;
    }
  }

  #tell(id: Id, outcome: Outcome): void {
    this.#firsts.get(id)?.(outcome);
    this.#firsts.delete(id);
  }

  /** Edits of the same event that were made upon this one are guarded by what it has become. */
  #follow({ id: sent }: Entry, { event }: Answer): void {
    if (!event) return;
    for (const { id, deed, refusal } of this.#entries) {
      if (id === sent || refusal || deed.kind !== 'edit' || deed.event.id !== event.id) continue;
      if (deed.event.rev === event.rev - 1)
        this.#keep({ id, deed: { ...deed, event: { ...deed.event, rev: event.rev } } });
    }
  }
}

export const queue = new Queue();
