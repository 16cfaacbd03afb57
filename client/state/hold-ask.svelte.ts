// What a person has to be asked before an event is taken over, handed on or put off. The desk shows the question.
import type { SvodkaEvent } from '@svodka/shared/contracts/event';

export type HoldKind = 'claim' | 'hand' | 'snooze';

class HoldAsk {
  #asked = $state.raw<{ kind: HoldKind; event: SvodkaEvent } | null>(null);

  get asked() {
    return this.#asked;
  }

  open(kind: HoldKind, event: SvodkaEvent): void {
    this.#asked = { kind, event };
  }

  close(): void {
    this.#asked = null;
  }
}

export const holdAsk = new HoldAsk();
