import type { ModuleState } from '@svodka/shared/contracts/ingest';
import { type EventType, type Module, moduleOf } from '@svodka/shared/contracts/modules';
import { SvelteMap } from 'svelte/reactivity';
import { live } from '../api/live.ts';
import { ask } from '../api/rest.ts';
import { session } from './session.svelte.ts';

/** Which modules the company uses, and which is silent. One that nothing is known of is taken to be in use. */
class Modules {
  readonly #states = new SvelteMap<Module, ModuleState>();

  constructor() {
    live.onConnect(() => void this.#read());
    live.on('module.changed', (state) => this.#states.set(state.module, state));
  }

  isOn(module: Module): boolean {
    return this.#states.get(module)?.isOn ?? true;
  }

  /** Those that are waited for and say nothing, the longest silent first. */
  get silent(): { module: Module; since: string }[] {
    return [...this.#states.values()]
      .flatMap(({ module, silentSince }) => (silentSince ? [{ module, since: silentSince }] : []))
      .sort((a, b) => (a.since < b.since ? -1 : 1));
  }

  /** Whether the person at the desk may write such an event, of a module that is in use. */
  mayWrite(type: EventType): boolean {
    return session.mayCreate(type) && this.isOn(moduleOf(type));
  }

  async #read(): Promise<void> {
    try {
      const { items } = await ask('GET /modules');
      for (const state of items) this.#states.set(state.module, state);
    } catch {
      // The next connection asks again.
    }
  }
}

export const modules = new Modules();
