import type { Locale } from '@svodka/shared/contracts/common';
import { shortZone } from '@svodka/shared/messages/zone-name';

/** Whose clock and language a text is for. `zone` is an IANA name. */
export type Viewer = { locale: Locale; zone: string };

const formats = new Map<string, Intl.DateTimeFormat>();

function format(viewer: Viewer, name: string, options: Intl.DateTimeFormatOptions): Intl.DateTimeFormat {
  const key = `${viewer.locale} ${viewer.zone} ${name}`;
  let made = formats.get(key);
  if (!made) {
    const locale = viewer.locale === 'en' ? 'en-GB' : 'ru';
    made = new Intl.DateTimeFormat(locale, { timeZone: viewer.zone, ...options });
    formats.set(key, made);
  }
  return made;
}

const DAY_MS = 86_400_000;

/** The calendar day of an instant in the viewer's zone: `2026-03-14`. */
export function dayOf(at: number | string | Date, viewer: Viewer): string {
  const key = `${viewer.zone} day`;
  let made = formats.get(key);
  if (!made) {
    // Sweden writes dates in this very form, and one text is made sooner than a list of parts.
    const options = { year: 'numeric', month: '2-digit', day: '2-digit' } as const;
    made = new Intl.DateTimeFormat('sv', { timeZone: viewer.zone, ...options });
    formats.set(key, made);
  }
  return made.format(new Date(at)).padStart(10, '0');
}

/** Midnight in UTC of a calendar day, whatever its year: `Date.parse` knows four digits only. */
function midnight(day: string): Date {
  const [year = 0, month = 1, date = 1] = day.split('-').map(Number);
  const at = new Date(0);
  at.setUTCFullYear(year, month - 1, date);
  return at;
}

/** Whole days from one calendar day to another; negative when `day` is earlier. */
export function daysBetween(from: string, day: string): number {
  return Math.round((midnight(day).getTime() - midnight(from).getTime()) / DAY_MS);
}

/** «10:42» */
export function clockTime(at: number | string | Date, viewer: Viewer): string {
  return format(viewer, 'clock', { hour: '2-digit', minute: '2-digit', hourCycle: 'h23' }).format(
    new Date(at),
  );
}

const relatives = new Map<Locale, Intl.RelativeTimeFormat>();

function relative({ locale }: Viewer): Intl.RelativeTimeFormat {
  let made = relatives.get(locale);
  if (!made) {
    made = new Intl.RelativeTimeFormat(locale, { numeric: 'auto' });
    relatives.set(locale, made);
  }
  return made;
}

const capital = (text: string) => text.charAt(0).toLocaleUpperCase() + text.slice(1);

/** «сегодня», «вчера», «завтра»; undefined for other days. Code days are `2026-03-14`. */
export function nearDay(day: string, today: string, viewer: Viewer): string | undefined {
  const days = daysBetween(today, day);
  return Math.abs(days) <= 1 ? relative(viewer).format(days, 'day') : undefined;
}

/** A calendar day on its own: «26 мар.», with the year when it is not this one. */
export function shortDay(day: string, today: string, viewer: Viewer): string {
  const sameYear = day.slice(0, 4) === today.slice(0, 4);
  return format(
    { ...viewer, zone: 'UTC' },
    sameYear ? 'short' : 'short-year',
    sameYear ? { day: 'numeric', month: 'short' } : { day: 'numeric', month: 'short', year: 'numeric' },
  )
    .format(midnight(day))
    .replace(/ г\.$/, '');
}

/** A calendar day where there is room for five characters: «26.11», `26/11`. */
export function tinyDay(day: string, viewer: Viewer): string {
  return format({ ...viewer, zone: 'UTC' }, 'tiny', { day: '2-digit', month: '2-digit' }).format(
    new Date(`${day}T00:00Z`),
  );
}

/** Heading of a day in a list: «Сегодня, 14 марта», «Вчера», «Вторник, 12 марта», «12 марта 2025». */
export function dayHeading(day: string, now: number, viewer: Viewer): string {
  const today = dayOf(now, viewer);
  const days = daysBetween(today, day);
  const utc = { ...viewer, zone: 'UTC' };
  const date = midnight(day);
  const long = format(utc, 'long', { day: 'numeric', month: 'long' }).format(date);
  if (days === 0) return capital(`${relative(viewer).format(0, 'day')}, ${long}`);
  if (days === -1) return capital(relative(viewer).format(-1, 'day'));
  if (day.slice(0, 4) !== today.slice(0, 4)) {
    return format(utc, 'long-year', { day: 'numeric', month: 'long', year: 'numeric' })
      .format(date)
      .replace(/ г\.$/, '');
  }
  if (Math.abs(days) < 7)
    return capital(`${format(utc, 'weekday', { weekday: 'long' }).format(date)}, ${long}`);
  return long;
}

/** Up to a day «5 минут назад», then «12 мар., 18:20». */
export function ago(at: number | string | Date, now: number, viewer: Viewer): string {
  const seconds = Math.round((new Date(at).getTime() - now) / 1000);
  const past = Math.abs(seconds);
  if (past < 45) return relative(viewer).format(0, 'second');
  if (past < 3600) return relative(viewer).format(Math.round(seconds / 60), 'minute');
  if (past < 86_400 / 2) return relative(viewer).format(Math.round(seconds / 3600), 'hour');
  return dayAndTime(at, now, viewer);
}

/** «вчера 16:10», «сегодня 09:00», «12 мар. 18:20». */
export function dayAndTime(at: number | string | Date, now: number, viewer: Viewer): string {
  const today = dayOf(now, viewer);
  const day = dayOf(at, viewer);
  return `${nearDay(day, today, viewer) ?? shortDay(day, today, viewer)} ${clockTime(at, viewer)}`;
}

/** The whole truth, for a hint on hover: «14 марта 2026 г. в 10:42:07 МСК». */
export function exactTime(at: number | string | Date, viewer: Viewer): string {
  const time = format(viewer, 'exact', {
    day: 'numeric',
    month: 'long',
    year: 'numeric',
    hour: '2-digit',
    minute: '2-digit',
    second: '2-digit',
    hourCycle: 'h23',
  }).format(new Date(at));
  return `${time} ${shortZone(new Date(at), viewer.zone, viewer.locale)}`;
}

/** A length of time in one unit: «40 мин», «3 ч», «2 дня». Never «0»: less than a minute is one. */
export function span(ms: number, viewer: Viewer): string {
  const minutes = Math.max(1, Math.floor(ms / 60_000));
  const [value, unit] =
    minutes < 60
      ? [minutes, 'minute']
      : minutes < 24 * 60
        ? [Math.floor(minutes / 60), 'hour']
        : [Math.floor(minutes / 1440), 'day'];
  return new Intl.NumberFormat(viewer.locale, {
    style: 'unit',
    unit: unit as string,
    unitDisplay: unit === 'day' ? 'long' : 'short',
  })
    .format(value as number)
    .replace(' ', '\u00a0');
}

/** How long something took: 214000 → «3:34», with hours «1:02:05». */
export function duration(ms: number): string {
  const total = Math.round(ms / 1000);
  const two = (value: number) => String(value).padStart(2, '0');
  const hours = Math.floor(total / 3600);
  const minutes = Math.floor(total / 60) % 60;
  return hours > 0 ? `${hours}:${two(minutes)}:${two(total % 60)}` : `${minutes}:${two(total % 60)}`;
}

/** A wall time of the viewer's zone as an instant; what is no time as it is, for whoever checks it to say so. */
export function instantOf(local: string, viewer: Viewer): string {
  let at = Date.parse(`${local}:00Z`);
  if (Number.isNaN(at)) return local;
  const wanted = at;
  // The zone's offset at about that time, then once more for times near a change of the clocks.
  for (let i = 0; i < 2; i++) at += wanted - Date.parse(`${localInput(at, viewer)}:00Z`);
  return new Date(at).toISOString();
}

/** An instant as `<input type="datetime-local">` wants it, in the viewer's zone: `2026-03-14T18:00`. */
export function localInput(at: number | string | Date, viewer: Viewer): string {
  return `${dayOf(at, viewer)}T${clockTime(at, viewer)}`;
}
