import type { WorkingDays, WorkingYear } from '@svodka/shared/contracts/working-days';
import type { DayKind } from '@svodka/shared/rules/orders/day-kind';
import { dayKind, putInForce } from '@svodka/shared/rules/orders/working-days';
import { live } from '../api/live.ts';
import { ask } from '../api/rest.ts';

/** The working calendar of the company: read when the first screen of days asks, followed from then on. */
class WorkingDaysState {
  #years = $state.raw<readonly WorkingYear[] | null>(null);
  #isAsked = false;

  /** Null: not known yet; days are counted as they were published meanwhile. */
  get years(): readonly WorkingYear[] | null {
    this.want();
    return this.#years;
  }

  /** Whether a day's year was published or set; else only what the law fixes of it is known. */
  knows(day: string): boolean {
    return this.years === null || this.years.some(({ year }) => year === Number(day.slice(0, 4)));
  }

  kindOf(day: string): DayKind {
    // Drawn again when the calendar is another one.
    void this.years;
    return dayKind(day);
  }

  want(): void {
    if (this.#isAsked) return;
    this.#isAsked = true;
    // Not while something is being drawn: whoever asks is in the middle of it.
    queueMicrotask(() => {
      live.on('working-days.changed', () => void this.read());
      live.onState((state) => state === 'online' && void this.read());
      void this.read();
    });
  }

  async read(): Promise<void> {
    // Without an answer the published days are counted; a line that is back asks again.
    await ask('GET /working-days').then(
      (answer) => this.put(answer),
      () => undefined,
    );
  }

  put({ years }: WorkingDays): void {
    putInForce(Object.fromEntries(years.map((each) => [each.year, each])));
    this.#years = years;
  }
}

export const workingDays = new WorkingDaysState();
