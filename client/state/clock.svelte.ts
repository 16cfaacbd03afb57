import { createSubscriber } from 'svelte/reactivity';
import { whenDated } from '../api/rest.ts';
import { t } from './i18n.svelte.ts';
import { toasts } from './toasts.svelte.ts';

const TICK_MS = 15_000;
/** By more than an answer takes only a wrong clock differs, ms. */
const WRONG_MS = 120_000;

/**
 * The present for relative times: texts that read `now` follow it four times a minute, while they are on the screen. A
 * device whose clock is wrong has the server's, and says so once.
 */
class ScreenClock {
  #offMs = $state(0);
  #subscribe = createSubscriber((update) => {
    const timer = setInterval(update, TICK_MS);
    return () => clearInterval(timer);
  });

  constructor() {
    whenDated((at) => {
      const off = at - Date.now();
      const isWrong = Math.abs(off) > WRONG_MS;
      if (isWrong && !this.#offMs)
        toasts.show({ key: 'clock', title: t('clock.wrong'), text: t('clock.wrong.text'), lastsMs: null });
      if (isWrong !== (this.#offMs !== 0) || Math.abs(off - this.#offMs) > WRONG_MS)
        this.#offMs = isWrong ? off : 0;
    });
  }

  get now(): number {
    this.#subscribe();
    return Date.now() + this.#offMs;
  }
}

export const clock = new ScreenClock();
