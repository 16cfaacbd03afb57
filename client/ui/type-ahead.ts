import { inOtherLayout } from '@svodka/shared/filter/keyboard';
import { fold } from '@svodka/shared/filter/terms';

const PAUSE_MS = 800;
/**
 * Goes to a line of a list by its first letters, in whichever layout they are typed. Letters that follow each other
 * quickly are one beginning; where nothing begins so, the last one alone counts.
 */
export class TypeAhead {
  #typed = '';
  #at = 0;

  /**
   * @param texts of the lines
   * @param from where one stands now
   * @returns the line to go to; -1: none
   */
  next(letter: string, texts: readonly string[], from: number, now = performance.now()): number {
    this.#typed = now - this.#at < PAUSE_MS ? this.#typed + letter : letter;
    this.#at = now;
    const whole = this.#find(this.#typed, texts, this.#typed.length > 1 ? from - 1 : from);
    if (whole >= 0 || this.#typed.length === 1) return whole;
    this.#typed = letter;
    return this.#find(letter, texts, from);
  }

  #find(beginning: string, texts: readonly string[], after: number): number {
    const folded = texts.map((text) => fold(text.trim()));
    const order = folded.map((_, i) => (after + 1 + i + folded.length) % folded.length);
    const wanted = fold(beginning);
    for (const typed of [wanted, inOtherLayout(wanted)]) {
      const found = typed === null ? undefined : order.find((i) => folded[i]?.startsWith(typed));
      if (found !== undefined) return found;
    }
    return -1;
  }
}
