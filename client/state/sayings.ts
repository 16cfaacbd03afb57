// What every screen says of days, moments, numbers and money: in the language and zone of whoever looks, as of now.
import { counted, formatMoney, formatNumber } from '../format/number.ts';
import { dayAndTime, dayOf, shortDay } from '../format/time.ts';
import { clock } from './clock.svelte.ts';
import { i18n } from './i18n.svelte.ts';

type Moment = number | string | Date;

/** The calendar day of a moment. */
export const dayAt = (at: Moment): string => dayOf(at, i18n.viewer);
export const dayNow = (): string => dayAt(clock.now);
/** A calendar day: «26 мар.», with the year when it is not this one. */
export const dayWords = (day: string): string => shortDay(day, dayNow(), i18n.viewer);
/** «вчера 16:10», «12 мар. 18:20» */
export const momentWords = (at: Moment): string => dayAndTime(at, clock.now, i18n.viewer);
export const numberWords = (value: number): string => formatNumber(value, i18n.locale);
/** How many there are: «50+» where there are more. */
export const countWords = ({ n, exact }: { n: number; exact: boolean }): string =>
  counted(n, !exact, i18n.locale);
export const moneyWords = (kopecks: number): string => formatMoney(kopecks, i18n.locale);
