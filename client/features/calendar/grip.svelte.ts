// What is being carried to another day or crew, by the mouse or by keys, and where it is over just now. A drop only
// chooses the place: why it is moved is asked before anything is written.
import type { Installation } from '@svodka/shared/contracts/crews';
import { daysAfter } from '@svodka/shared/rules/orders/working-days';
import type { Dated } from './dated.ts';

export type Grip<T> = { item: T; startOn: string; crew: string | null; by: 'mouse' | 'keys' };

export class Carrying<T extends Dated> {
  #grip = $state.raw<Grip<T> | null>(null);

  get grip(): Grip<T> | null {
    return this.#grip;
  }

  take(item: T, by: Grip<T>['by']): void {
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

  /** Ends the carrying. @returns where it was dropped */
  drop(): Grip<T> | null {
    const grip = this.#grip;
    this.#grip = null;
    return grip;
  }
}

/** Of the calendar of installations. */
export const carrying = new Carrying<Installation>();
