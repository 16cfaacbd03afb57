import type { Project } from '@svodka/shared/contracts/directory';
import type {
  Cause,
  ChainContradiction,
  LineMilestone,
  Milestone,
  NamedFact,
  OrderChain,
  OrderLine,
} from '@svodka/shared/contracts/orders';
import { wrongIn } from '@svodka/shared/messages/machine-title';
import { offPlan } from '@svodka/shared/rules/orders/on-plan';
import { daysBetween, shortDay, tinyDay } from '../../format/time.ts';
import { i18n, t } from '../../state/i18n.svelte.ts';
import { dayNow, moneyWords, dayWords as sayDay } from '../../state/sayings.ts';
import { workingDays } from '../../state/working-days.svelte.ts';

/** «26 мар.»; nothing where there is no day. */
export const dayWords = (day: string | null): string => (day === null ? t('chain.none') : sayDay(day));

/** So many days ahead nobody takes a day for one of another year. */
const HALF_A_YEAR = 183;
/** Where there is little room: «4 янв.» of a day of this year or soon after it, else «04.01.29». */
export function briefDay(day: string): string {
  const today = dayNow();
  const ahead = daysBetween(today, day);
  if (day.slice(0, 4) === today.slice(0, 4) || (ahead > 0 && ahead <= HALF_A_YEAR))
    return shortDay(day, day, i18n.viewer);
  return `${tinyDay(day, i18n.viewer)}${i18n.locale === 'ru' ? '.' : '/'}${day.slice(2, 4)}`;
}

/** What is owed, in roubles that are begun: kopecks are told where an order is alone. */
export const owedWords = (kop: number | null | undefined): string =>
  kop && kop > 0 ? moneyWords(Math.ceil(kop / 100) * 100) : '';

/** The day that a customer waits for, and by how many working days it is late: «21 дек. +6». */
export const targetDay = ({ target, isLate }: OrderLine): string =>
  target ? `${dayWords(target.on)}${isLate ? ` +${target.slipWd}` : ''}` : '';

/** What an order's status is called, and that somebody has set it whatever its events say. */
export const statusWords = ({ status, statusOverride, line }: Project): string =>
  statusOverride && status !== line.status
    ? t('orders.status.byHand', { status: t(`project.status.${status}`) })
    : t(`project.status.${status}`);

const slipWords = (days: number): string =>
  days === 0 ? '' : t(days > 0 ? 'chain.slip.late' : 'chain.slip.early', { days: Math.abs(days) });

const lowered = (text: string): string => text.charAt(0).toLocaleLowerCase() + text.slice(1);
const factWords = ({ type, text, on }: NamedFact): string =>
  [text ? `${lowered(t(`type.${type}`))} (${text})` : lowered(t(`type.${type}`)), dayWords(on)].join(', ');

/** A cell in a few words: «Монтаж: просрочено, 26 мар., на 3 рабочих дня позже». */
export function shortOfCell(cell: LineMilestone | undefined): string {
  if (!cell) return '';
  const { code, state, slipWd } = cell;
  const on = cell.actualOn ?? cell.forecastOn;
  const details = [t(`milestone.state.${state}`), on === null ? '' : dayWords(on), slipWords(slipWd)];
  return `${t(`milestone.${code}`)}: ${details.filter(Boolean).join(', ')}`;
}

/** What is to be known of a milestone beside its cell. */
export function restOf({ state, waitsFor, code, forecastOn }: Milestone): string {
  if (state === 'done' || state === 'skipped') return '';
  const names = waitsFor.map((need) => lowered(t(`milestone.${need}`))).join(', ');
  return [
    forecastOn !== null && workingDays.kindOf(forecastOn) === 'short' ? t('chain.shortDay') : '',
    names ? t('chain.waitsFor', { names }) : t('chain.gate', { gate: t(`milestone.gate.${code}`) }),
  ]
    .filter(Boolean)
    .join('; ');
}

function causeWords({ code, kind, slipWd, fact }: Cause): string {
  const params = { milestone: t(`milestone.${code}`), days: slipWd };
  if (kind === 'waiting') return t('chain.cause.waiting', params);
  if (!fact) return t(kind === 'set' ? 'chain.cause.moved' : 'chain.cause', params);
  if (kind === 'late') return t('chain.cause.late', { ...params, day: dayWords(fact.on) });
  return t(kind === 'set' ? 'chain.cause.set' : 'chain.cause.fact', { ...params, fact: factWords(fact) });
}

/** What began it: «Готовность +3 дн.: дефицит, 12 мар.»; the rest of the chain only follows. */
export const causeOf = (why: readonly Cause[]): string => {
  const first = why.at(-1);
  return first ? causeWords(first) : '';
};

/** «Монтаж +3 дн. ← Готовность +3 дн.: дефицит (профиль), 12 мар.» */
export const whyWords = (why: readonly Cause[]): string => why.map(causeWords).join(' ← ');

export function wrongWords({ kind, code, needs, fact }: ChainContradiction): string {
  const because = fact ? `${t(`type.${fact.type}`)}, ${dayWords(fact.on)}` : '';
  return wrongIn(i18n.locale, { wrong: kind, milestone: code, needs }, because) ?? '';
}

/** Of an order of which nothing is late: that it is on plan, or what speaks against it. */
export function planWords(chain: OrderChain): string {
  const off = offPlan(chain);
  if (!off) return t('chain.onTime');
  if (off.kind === 'contradiction') return t('chain.offPlan');
  const days = { day: dayWords(off.on), forecast: dayWords(off.forecastOn) };
  return t(off.isDayOff ? 'chain.offPlan.dayOff' : 'chain.offPlan.later', days);
}
