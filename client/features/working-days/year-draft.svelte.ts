// What a person has changed of a year of working days and not saved, day by day, so that it lies over whatever the year
// is by now: kept like any form, and sent anew over what somebody else has saved meanwhile.
import type { WorkingDays, YearDays } from '@svodka/shared/contracts/working-days';
import { type CalendarYear, publishedYear } from '@svodka/shared/rules/orders/calendar-ru';
import { type DayKind, kindIn } from '@svodka/shared/rules/orders/day-kind';
import { withKind } from '@svodka/shared/rules/orders/year-days';
import { ApiError, ask } from '../../api/rest.ts';
import { draftOf, keepDraft } from '../../state/drafts.ts';
import { t } from '../../state/i18n.svelte.ts';
import { toasts } from '../../state/toasts.svelte.ts';
import { workingDays } from '../../state/working-days.svelte.ts';

/** Of one day: what it was when it was pressed, and what it shall be. */
type Edit = { from: DayKind; to: DayKind };
/** By day: `2027-03-09`. */
type Edits = Readonly<Record<string, Edit>>;
export type Disputed = { day: string; theirs: DayKind; mine: DayKind };

const NEXT: Record<DayKind, DayKind> = { working: 'off', off: 'short', short: 'working' };
/** So often somebody else may be faster before the person has to look. */
const TRIES = 3;

const plain = ({ off, working, short }: CalendarYear): YearDays => ({
  off: [...off],
  working: [...working],
  short: [...short],
});

export class YearDraft {
  busy = $state(false);
  /** What was pressed since the year is shown; before that what is kept of an earlier time holds. */
  #pressed = $state.raw<{ year: number; edits: Edits } | null>(null);
  readonly #year: () => number;

  constructor(year: () => number) {
    this.#year = year;
  }

  readonly year = $derived.by(() => this.#year());
  readonly stored = $derived(workingDays.years?.find(({ year }) => year === this.year));
  readonly #base = $derived<CalendarYear>(this.stored ?? publishedYear(this.year));
  readonly #isAnew = $derived(this.#pressed?.year === this.year);
  /** Those that still change something. */
  readonly #edits = $derived.by<Edits>(() => {
    const all = this.#isAnew ? this.#pressed?.edits : draftOf<Edits>(this.#name);
    return Object.fromEntries(
      Object.entries(all ?? {}).filter(([day, { to }]) => to !== kindIn(this.#base, day)),
    );
  });
  readonly days = $derived<CalendarYear>(
    Object.entries(this.#edits).reduce<CalendarYear>(
      (days, [day, { to }]) => withKind(days, day, to),
      this.#base,
    ),
  );
  readonly dirty = $derived(Object.keys(this.#edits).length > 0);
  readonly restored = $derived(this.dirty && !this.#isAnew);
  /** The days that somebody else has made something else of meanwhile, in their order. */
  readonly disputed = $derived<readonly Disputed[]>(
    Object.entries(this.#edits)
      .map(([day, { from, to }]) => ({ day, from, theirs: kindIn(this.#base, day), mine: to }))
      .filter(({ from, theirs }) => theirs !== from)
      .sort((a, b) => (a.day < b.day ? -1 : 1)),
  );

  get #name(): string {
    return `workdays.${this.year}`;
  }

  /** Makes a day the next kind of day. */
  turn(day: string): void {
    const edit = { from: kindIn(this.#base, day), to: NEXT[kindIn(this.days, day)] };
    this.#put({ ...this.#edits, [day]: edit });
  }

  drop(): void {
    this.#put({});
  }

  /** Leaves the disputed days as somebody else has made them. */
  giveIn(): void {
    const theirs = new Set(this.disputed.map(({ day }) => day));
    this.#put(Object.fromEntries(Object.entries(this.#edits).filter(([day]) => !theirs.has(day))));
  }

  #put(edits: Edits): void {
    this.#pressed = { year: this.year, edits };
    keepDraft(this.#name, Object.keys(edits).length > 0 ? edits : null);
  }

  save(): Promise<void> {
    return this.#attempt(async () => {
      const { year } = this;
      for (let tries = 1; this.dirty; tries++) {
        try {
          await this.#send(year, this.days);
        } catch (error) {
          const current = currentOf(error);
          if (!current) throw error;
          workingDays.put(current);
          // What nobody else has touched goes over it at once; the rest a person has to see first.
          if (this.disputed.length === 0 && tries < TRIES && this.year === year) continue;
          toasts.show({ title: t('workdays.look'), tone: 'critical' });
          return;
        }
        break;
      }
      // What was pressed on the way stays.
      if (this.year === year) this.#put(this.#edits);
      else keepDraft(`workdays.${year}`, null);
      toasts.show({ title: t('screens.saved'), text: t('workdays.saved', { year: `${year}` }), tone: 'ok' });
    });
  }

  /** Gives the year back as it was published; what it was is one press away for a while. */
  reset(): Promise<void> {
    return this.#attempt(async () => {
      const { year, stored } = this;
      if (!stored) return;
      await this.#send(year, null);
      toasts.show({
        title: t('workdays.reset.done', { year: `${year}` }),
        text: t('workdays.saved', { year: `${year}` }),
        tone: 'ok',
        actions: [{ label: t('app.undo'), run: () => void this.#attempt(() => this.#send(year, stored)) }],
      });
    });
  }

  async #send(year: number, days: CalendarYear | null): Promise<void> {
    const version = workingDays.years?.find((each) => each.year === year)?.version ?? 0;
    const body = { year, version, days: days && plain(days) };
    workingDays.put(await ask('PATCH /working-days', { body }));
  }

  async #attempt(what: () => Promise<void>): Promise<void> {
    if (this.busy) return;
    this.busy = true;
    try {
      await what();
    } catch (error) {
      const current = currentOf(error);
      if (current) {
        workingDays.put(current);
        toasts.show({ title: t('workdays.overtaken'), tone: 'critical' });
      } else toasts.fail(error);
    } finally {
      this.busy = false;
    }
  }
}

/** The calendar as it is, where somebody else was faster. */
const currentOf = (error: unknown): WorkingDays | null =>
  error instanceof ApiError && error.code === 'conflict' ? ((error.current as WorkingDays) ?? null) : null;
