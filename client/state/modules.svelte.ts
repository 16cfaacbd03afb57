import type { ModuleState } from '@svodka/shared/contracts/ingest';
import { type EventType, type Module, moduleOf, WRITTEN_TYPES } from '@svodka/shared/contracts/modules';
import { SvelteMap } from 'svelte/reactivity';
import { live } from '../api/live.ts';
import { ask } from '../api/rest.ts';
import { session } from './session.svelte.ts';

/**
 * Which modules the company uses, and which is silent. One that nothing is known of is taken to be in use. What is off is
 * proposed nowhere: no form, list of values or suggestion names it. What was written stays, and is found by who asks for it.
 */
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

  /** Whether a code of a module or of a type is proposed. */
  isOffered(code: string): boolean {
    return this.isOn(code as Module) && this.isOn(moduleOf(code as EventType));
  }

  /** Types that are proposed where one is chosen. */
  get offered(): EventType[] {
    return WRITTEN_TYPES.filter((type) => this.isOffered(type));
  }

  /** Of these, what the person at the desk may write. */
  get written(): EventType[] {
    return this.offered.filter((type) => session.mayCreate(type));
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
