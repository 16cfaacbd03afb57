import type { Locale } from '../contracts/common.ts';
import { type EventType, isMachineType } from '../contracts/modules.ts';
import { titleAnew, wordAnew } from './said-anew.ts';
import { isMessageKey, type MessageParams, translate } from './translate.ts';

type Titled = { type: EventType; title: string; payload?: Readonly<Record<string, unknown>> | undefined };

type Says = (payload: Readonly<Record<string, unknown>>, locale: Locale, today?: string) => string | null;

/** What each machine says of itself, from what it keeps beside the words; null: it keeps something else. */
const SAID: Partial<Record<EventType, Says>> = {
  'deadline.approaching': deadline(),
  'deadline.due': deadline(),
  'deadline.overdue': deadline('past'),
  'mail.sent': news('customer.event.sent'),
  'link.opened': (_, locale) => said(locale, 'customer.event.opened'),
  'contradiction.found': ({ wrong, milestone, needs }, locale) =>
    wrongIn(locale, { wrong, milestone, needs }),
  'order.discussed': (_, locale) => wordOf(locale, 'type', 'order.discussed'),
  'mail.undeliverable': ({ fields }, locale) => {
    const { name, email } = (fields ?? {}) as { name?: unknown; email?: unknown };
    return said(locale, 'mail.undeliverable.title', { name: String(name), email: String(email) });
  },
  'shift.handover': (payload, locale) =>
    payload.giver === undefined ? null : said(locale, 'shift.event', payload as MessageParams),
  'module.silent': ({ fields }, locale) => {
    const { module, table } = (fields ?? {}) as { module?: unknown; table?: unknown };
    if (typeof table === 'string') return said(locale, 'sources.silent.table', { table });
    const name = wordOf(locale, 'module', module);
    return name && said(locale, 'sources.silent.title', { module: name });
  },
};

function news(key: string) {
  return ({ fields }: Readonly<Record<string, unknown>>, locale: Locale) => {
    const name = wordOf(locale, 'type', (fields as { kind?: unknown } | undefined)?.kind);
    return name && said(locale, key, { kind: name });
  };
}

/** Whoever reads it later is told a date; that it is today, or past, only who says what day it is. */
function deadline(always?: 'past'): Says {
  return (payload, locale, today) => {
    const name = wordOf(locale, 'milestone', payload.milestone);
    const { startOn } = payload;
    if (!name || typeof startOn !== 'string') return null;
    const day = startOn
      .split('-')
      .reverse()
      .join(locale === 'ru' ? '.' : '/');
    const when = !today || startOn > today ? 'on' : startOn === today ? 'today' : 'past';
    return said(locale, `deadline.title.${always ?? when}`, { milestone: name, day });
  };
}

/** What does not fit together in an order, in words. */
export function wrongIn(
  locale: Locale,
  { wrong, milestone, needs }: { wrong: unknown; milestone?: unknown; needs?: unknown },
  fact = '',
): string | null {
  const needed = wordOf(locale, 'milestone', needs) ?? '';
  return said(locale, `chain.wrong.${String(wrong)}`, {
    milestone: wordOf(locale, 'milestone', milestone) ?? '',
    needs: needed.charAt(0).toLocaleLowerCase(locale) + needed.slice(1),
    fact,
  });
}

const said = (locale: Locale, key: string, params?: MessageParams): string | null =>
  isMessageKey(key) ? translate(locale, key, params) : null;
const wordOf = (locale: Locale, of: string, code: unknown) => said(locale, `${of}.${String(code)}`);

/**
 * What an event is called for a reader. What a person wrote stands as it is; what the product has said is said anew in the
 * reader's language, from its codes or from its sentence: what is stored as its title is for the search only.
 * @param today the day where the reader is, for words that are read at once: letters and toasts
 */
export function titleIn(locale: Locale, { type, title, payload = {} }: Titled, today?: string): string {
  return SAID[type]?.(payload, locale, today) ?? titleAnew(locale, type, title);
}

/** What an event carries beside the fields of its type. What a machine keeps for its title only is in the title. */
export function freeFields(
  locale: Locale,
  { type, payload = {} }: Titled,
): [label: string, value: unknown][] {
  const all = Object.entries((payload.fields ?? {}) as Record<string, unknown>).filter(
    ([, value]) => value !== null && value !== '',
  );
  if (!SAID[type]) return all.map(([name, value]) => [wordAnew(locale, 'field', name), value]);
  return all.flatMap(([name, value]) => {
    const label = wordOf(locale, 'payload', name);
    return label ? [[label, value] as [string, unknown]] : [];
  });
}

/** What was to follow an event and did not; null: nothing was named. */
export const awaitedIn = (locale: Locale, awaits: readonly EventType[]): string | null =>
  awaits.length === 0
    ? null
    : translate(locale, 'notice.awaited', {
        what: awaits
          .map((type) =>
            translate(locale, 'notice.awaited.type', { type: translate(locale, `type.${type}`) }),
          )
          .join(', '),
      });

const firstWord = (text: string) => /[\p{L}\p{N}]+/u.exec(text)?.[0].toLocaleLowerCase();

/** Whether a title and the name of a type begin with one word: «предоплата» need not be said twice. */
export const beginAlike = (a: string, b: string): boolean => firstWord(a) === firstWord(b);

/** Type and title in one line, unless the title begins as the type does, or a machine wrote it: then it has said so. */
export function whatIn(locale: Locale, event: Titled, today?: string): string {
  const { type } = event;
  const title = titleIn(locale, event, today);
  const name = translate(locale, `type.${type}`);
  const names = (['ru', 'en'] as const).map((each) => translate(each, `type.${type}`));
  if (names.includes(title)) return name;
  const repeats = names.some((each) => beginAlike(each, title));
  return type === 'note.free' || isMachineType(type) || repeats ? title : `${name}: ${title}`;
}
