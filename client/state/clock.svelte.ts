import { createSubscriber } from 'svelte/reactivity';

const TICK_MS = 15_000;

/** The present for relative times: texts that read `now` follow it four times a minute, while they are on the screen. */
class ScreenClock {
  #subscribe = createSubscriber((update) => {
    const timer = setInterval(update, TICK_MS);
    return () => clearInterval(timer);
  });

  get now(): number {
    this.#subscribe();
    return Date.now();
  }
}

export const clock = new ScreenClock();
