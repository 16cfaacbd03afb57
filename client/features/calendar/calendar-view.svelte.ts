// Which days a calendar shows, and how: both stand in the address.
import { i18n } from '../../state/i18n.svelte.ts';
import { router } from '../../state/router.svelte.ts';
import { dayWords } from '../../state/sayings.ts';
import { screen } from '../../state/screen.svelte.ts';
import { periodOf, stepped, type ViewName, weeksOf } from './calendar-days.ts';

const months = new Map<string, Intl.DateTimeFormat>();

export class CalendarView {
  readonly names: readonly ViewName[];
  readonly #path = router.path;
  readonly #todayOn: () => string;
  readonly #usual: { wide: ViewName; narrow: ViewName };

  /** @param usual what is shown where the address names none */
  constructor(
    names: readonly ViewName[],
    todayOn: () => string,
    usual: { wide: ViewName; narrow: ViewName },
  ) {
    this.names = names;
    this.#todayOn = todayOn;
    this.#usual = usual;
  }

  readonly asked = $derived.by(() => router.query.get('on') ?? '');
  readonly on = $derived.by(() => (/^\d{4}-\d{2}-\d{2}$/.test(this.asked) ? this.asked : this.#todayOn()));
  readonly usual = $derived.by(() => (screen.narrow ? this.#usual.narrow : this.#usual.wide));
  readonly name = $derived.by(
    () => this.names.find((name) => name === router.query.get('view')) ?? this.usual,
  );
  readonly weeks = $derived.by(() => weeksOf(this.name, this.on));
  readonly period = $derived.by(() => periodOf(this.weeks));

  /** «ноябрь 2026», «23 нояб. – 6 дек.» */
  readonly heading = $derived.by(() => {
    if (this.name === 'weeks' || this.name === 'week')
      return `${dayWords(this.period.from)} – ${dayWords(this.period.to)}`;
    const key = i18n.locale;
    const format =
      months.get(key) ?? new Intl.DateTimeFormat(key, { month: 'long', year: 'numeric', timeZone: 'UTC' });
    months.set(key, format);
    return format.format(new Date(`${this.on.slice(0, 7)}-01`)).replace(/ г\.$/, '');
  });

  see(name: ViewName, day: string | null = this.asked || null): void {
    const view = name === this.usual ? null : name;
    router.go(router.with({ view, on: day }), { replace: true });
  }

  /** Null: today. */
  show(day: string | null): void {
    router.go(router.with({ on: day }), { replace: true });
  }

  /** Shows a day that is not shown yet, unless somebody has left the calendar meanwhile. */
  reveal(day: string): void {
    if (router.path === this.#path && (day < this.period.from || day > this.period.to)) this.show(day);
  }

  step(by: 1 | -1): void {
    this.show(stepped(this.name, this.on, by));
  }
}
