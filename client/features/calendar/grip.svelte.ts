// What is being carried to another day or crew, by the mouse or by keys, and where it is over just now. A drop only
// chooses the place: why it is moved is asked before anything is written.
import type { Installation } from '@svodka/shared/contracts/crews';
import { movedTo } from '@svodka/shared/rules/orders/work';
import { daysAfter } from '@svodka/shared/rules/orders/working-days';
import type { Place } from './calendar-state.svelte.ts';
import { isUndated } from './undated.ts';

export type Grip = { item: Installation; startOn: string; crew: string | null; by: 'mouse' | 'keys' };

class Carrying {
  #grip = $state.raw<Grip | null>(null);

  get grip(): Grip | null {
    return this.#grip;
  }

  take(item: Installation, by: Grip['by']): void {
    this.#grip = { item, startOn: item.startOn, crew: item.crew, by };
  }

  /** Over another day or crew; what is not said stays. A work that has a crew is not left without one. */
  over({ startOn, crew }: { startOn?: string | undefined; crew?: string | null | undefined }): void {
    const grip = this.#grip;
    if (!grip) return;
    const next = {
      ...grip,
      startOn: startOn ?? grip.startOn,
      crew: crew === undefined || (crew === null && grip.item.crew !== null) ? grip.crew : crew,
    };
    if (next.startOn !== grip.startOn || next.crew !== grip.crew) this.#grip = next;
  }

  step(days: number): void {
    if (this.#grip) this.over({ startOn: daysAfter(this.#grip.startOn, days) });
  }

  letGo(): void {
    this.#grip = null;
  }

  /** Ends the carrying. @returns where it was dropped; null: where it was taken */
  drop(): { item: Installation; place: Place } | null {
    const grip = this.#grip;
    this.#grip = null;
    if (!grip) return null;
    const { item, startOn, crew } = grip;
    if (startOn === item.startOn && crew === item.crew && !isUndated(item)) return null;
    return { item, place: { ...movedTo(item, startOn), crew } };
  }
}

export const carrying = new Carrying();
