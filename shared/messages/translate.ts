import { IntlMessageFormat } from 'intl-messageformat';
import type { Locale } from '../contracts/common.ts';
import { firstRu } from './first.ru.ts';
import { isolated } from './isolate.ts';
import type { Catalogue, MessageKey } from './ru.ts';

export type MessageParams = Record<string, string | number | boolean | Date | null | undefined>;

type Texts = Partial<Catalogue>;

/** What the first screen says in Russian is always there; the rest of it and other languages are learnt. */
const known: Partial<Record<Locale, Texts>> & { ru: Texts } = { ru: firstRu };

/** Makes texts of a language known, from then on and for all. */
export function learn(locale: Locale, texts: Texts): void {
  known[locale] = { ...known[locale], ...texts };
}

export const isKnown = (locale: Locale): boolean => locale in known;

const compiled: Record<Locale, Map<string, IntlMessageFormat>> = { ru: new Map(), en: new Map() };

/**
 * The one place where text is translated. Messages are ICU MessageFormat, so plurals follow each language's rules.
 * @param key checked at compile time against the catalogue; shown itself where its text was not fetched
 */
export function translate(locale: Locale, key: MessageKey, params?: MessageParams): string {
  const text = (known[locale] ?? known.ru)[key] ?? key;
  if (!text.includes('{')) return text;
  let message = compiled[locale].get(key);
  if (!message) {
    message = new IntlMessageFormat(text, locale, undefined, { ignoreTag: true });
    compiled[locale].set(key, message);
  }
  return String(message.format(params && isolatedTexts(params)));
}

/** Texts of people and data turn no word of ours around. */
function isolatedTexts(params: MessageParams): MessageParams {
  const texts = Object.entries(params).filter(([, value]) => typeof value === 'string');
  if (texts.length === 0) return params;
  return {
    ...params,
    ...Object.fromEntries(texts.map(([name, value]) => [name, isolated(value as string)])),
  };
}

/** What is known in a language of the messages whose keys begin so. */
export const textsOf = (locale: Locale, beginning: string): [MessageKey, string][] =>
  (Object.entries(known[locale] ?? {}) as [MessageKey, string][]).filter(([key]) =>
    key.startsWith(beginning),
  );

/** Whether a computed key (such as `type.${code}`) has a message. */
export function isMessageKey(key: string): key is MessageKey {
  return Object.hasOwn(known.ru, key);
}
