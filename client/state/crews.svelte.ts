import { crewKey } from '@svodka/shared/contracts/crew-key';
import type { Crew } from '@svodka/shared/contracts/crews';
import { IdSchema } from '@svodka/shared/contracts/id';
import { live } from '../api/live.ts';
import { ask } from '../api/rest.ts';
import { refs } from './refs.svelte.ts';
import { whenBack } from './when-back.ts';

/** The crews of the company: few, so all of them are read when the first is asked for, and followed from then on. */
class Crews {
  #all = $state.raw<readonly Crew[]>([]);
  #state = $state<'idle' | 'loading' | 'ready' | 'failed'>('idle');
  #error = $state.raw<unknown>(null);
  #byName = $derived(new Map(this.#all.map((crew) => [crewKey(crew.name), crew])));
  #byId = $derived(new Map(this.#all.map((crew) => [crew.id, crew])));

  /** By name. */
  get items(): readonly Crew[] {
    this.want();
    return this.#all;
  }

  get active(): readonly Crew[] {
    return this.items.filter(({ isActive }) => isActive);
  }

  /** Who waits for them asks for them. */
  get state(): 'loading' | 'ready' | 'failed' {
    this.want();
    return this.#state === 'idle' ? 'loading' : this.#state;
  }

  get error(): unknown {
    return this.#error;
  }

  /** The crew that an event names by its id, or by its name. */
  named(text: string | null | undefined): Crew | undefined {
    if (!text) return undefined;
    this.want();
    return this.#byId.get(text) ?? this.#byName.get(crewKey(text));
  }

  /** What a crew is called that something names; an id that nobody knows yet says nothing. */
  nameOf(named: string): string {
    return this.named(named)?.name ?? (IdSchema.safeParse(named).success ? '…' : named);
  }

  /** Reads them, once. */
  want(): void {
    if (this.#state !== 'idle') return;
    // Not while something is being drawn: whoever asks is in the middle of it.
    queueMicrotask(() => {
      if (this.#state !== 'idle') return;
      this.#state = 'loading';
      live.on('crew.changed', (crew) => this.put(crew));
      live.onState((state) => state === 'online' && void this.read());
      whenBack(() => void this.read());
      void this.read();
    });
  }

  async read(): Promise<void> {
    try {
      const page = await ask('GET /crews');
      refs.add(page.refs);
      this.#all = page.items;
      this.#state = 'ready';
      this.#error = null;
    } catch (error) {
      this.#error = error;
      if (this.#all.length === 0) this.#state = 'failed';
    }
  }

  put(crew: Crew): void {
    const known = this.#all.find(({ id }) => id === crew.id);
    if (known && known.version >= crew.version) return;
    this.#all = [...this.#all.filter(({ id }) => id !== crew.id), crew].sort((a, b) =>
      crewKey(a.name) < crewKey(b.name) ? -1 : 1,
    );
  }
}

export const crews = new Crews();
