import { session } from './session.svelte.ts';

type Choice = { folded: boolean; sound: boolean };
const NONE: Choice = { folded: false, sound: false };

const keyOf = (userId: string) => `svodka.lane.${userId}`;

function remembered(userId: string): Choice {
  try {
    const { folded, sound } = JSON.parse(localStorage.getItem(keyOf(userId)) ?? '{}');
    return { folded: folded === true, sound: sound === true };
  } catch {
    return NONE;
  }
}

/** How each person at this browser wants the lane of what is urgent: folded away or not, with a sound or without. */
class LaneChoice {
  #changed = $state.raw<Record<string, Choice>>({});
  #stored = $derived(session.user ? remembered(session.user.id) : NONE);

  get folded(): boolean {
    return this.#present.folded;
  }

  get sound(): boolean {
    return this.#present.sound;
  }

  choose(part: Partial<Choice>): void {
    const id = session.user?.id;
    if (!id) return;
    const choice = { ...this.#present, ...part };
    this.#changed = { ...this.#changed, [id]: choice };
    try {
      localStorage.setItem(keyOf(id), JSON.stringify(choice));
    } catch {
      // Storage is switched off; the choice lasts as long as the page.
    }
  }

  get #present(): Choice {
    return this.#changed[session.user?.id ?? ''] ?? this.#stored;
  }
}

export const laneChoice = new LaneChoice();
