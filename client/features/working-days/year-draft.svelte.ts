// What a person has changed of a year of working days and not saved, day by day, so that it lies over whatever the year
// is by now: kept like any form, and sent anew over what somebody else has saved meanwhile.
import type { WorkingDays, YearDays } from '@svodka/shared/contracts/working-days';
import { type CalendarYear, publishedYear } from '@svodka/shared/rules/orders/calendar-ru';
import { type DayKind, kindIn } from '@svodka/shared/rules/orders/day-kind';
import { withKind } from '@svodka/shared/rules/orders/year-days';
import { ApiError, ask } from '../../api/rest.ts';
import { draftOf, keepDraft } from '../../state/drafts.ts';
import { t } from '../../state/i18n.svelte.ts';
import { outbox } from '../../state/outbox.svelte.ts';
import { toasts } from '../../state/toasts.svelte.ts';
import { workingDays } from '../../state/working-days.svelte.ts';

/** Of one day: what it was when it was pressed or last looked at, and what it shall be. */
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

  /** Makes a day the next kind of day. What somebody else has made of it meanwhile is not looked at by that. */
  turn(day: string): void {
    const from = this.#edits[day]?.from ?? kindIn(this.#base, day);
    this.#put({ ...this.#edits, [day]: { from, to: NEXT[kindIn(this.days, day)] } });
  }

  drop(): void {
    this.#put({});
  }

  /** Decides disputed days: leaves them as somebody else has made them, or makes them one's own all the same. */
  decide(days: readonly Disputed[], side: 'theirs' | 'mine'): void {
    const edits = { ...this.#edits };
    for (const { day, theirs, mine } of days)
      if (side === 'mine') edits[day] = { from: theirs, to: mine };
      else delete edits[day];
    this.#put(edits);
  }

  #put(edits: Edits): void {
    this.#pressed = { year: this.year, edits };
    keepDraft(this.#name, Object.keys(edits).length > 0 ? edits : null);
  }

  save(): Promise<void> {
    return this.#attempt(async () => {
      const { year } = this;
      let before: YearDays | null = null;
      for (let tries = 1; this.dirty; tries++) {
        if (this.disputed.length > 0) return lookFirst();
        try {
          before = this.stored?.isOwn ? plain(this.stored) : null;
          await send(year, this.days);
        } catch (error) {
          const current = currentOf(error);
          if (!current) throw error;
          workingDays.put(current);
          // What nobody else has touched goes over it at once; the rest a person has to see first.
          if (tries < TRIES && this.year === year) continue;
          return lookFirst();
        }
        break;
      }
      // What was pressed on the way stays.
      if (this.year === year) this.#put(this.#edits);
      else keepDraft(`workdays.${year}`, null);
      offerUndo(year, before, t('screens.saved'));
    });
  }

  /** Gives the year back as it was published; what it was is one press away for a while. */
  reset(): Promise<void> {
    return this.#attempt(async () => {
      const { year, stored } = this;
      if (!stored) return;
      await send(year, null);
      offerUndo(year, plain(stored), t('workdays.reset.done', { year: `${year}` }));
    });
  }

  async #attempt(what: () => Promise<void>): Promise<void> {
    if (this.busy) return;
    this.busy = true;
    try {
      await what();
    } catch (error) {
      fail(error);
    } finally {
      this.busy = false;
    }
  }
}

/** @param version upon which it is written; the one that is known otherwise */
async function send(year: number, days: CalendarYear | null, version = versionOf(year)): Promise<void> {
  workingDays.put(await ask('PATCH /working-days', { body: { year, version, days: days && plain(days) } }));
}

const versionOf = (year: number) => workingDays.years?.find((each) => each.year === year)?.version ?? 0;

/** Says that a year was written. The toast and the key that takes back anything make it what it was, while nobody has built on it. */
function offerUndo(year: number, before: YearDays | null, title: string): void {
  const written = versionOf(year);
  const key = `workdays ${year}`;
  const undo = async (): Promise<void> => {
    toasts.closeKey(key);
    try {
      await send(year, before, written);
      toasts.show({ key, title: t('workdays.undone', { year: `${year}` }), tone: 'ok' });
    } catch (error) {
      if (!currentOf(error)) forget = outbox.mayUndo(undo);
      fail(error);
    }
  };
  let forget = outbox.mayUndo(undo);
  toasts.show({
    key,
    title,
    text: t('workdays.saved', { year: `${year}` }),
    tone: 'ok',
    actions: [{ label: t('app.undo'), run: () => void (forget() && undo()) }],
  });
}

const lookFirst = () =>
  void toasts.show({ key: 'workdays look', title: t('workdays.look'), tone: 'critical' });

function fail(error: unknown): void {
  const current = currentOf(error);
  if (current) {
    workingDays.put(current);
    toasts.show({ title: t('workdays.overtaken'), tone: 'critical' });
  } else toasts.fail(error);
}

/** The calendar as it is, where somebody else was faster. */
const currentOf = (error: unknown): WorkingDays | null =>
  error instanceof ApiError && error.code === 'conflict' ? ((error.current as WorkingDays) ?? null) : null;
