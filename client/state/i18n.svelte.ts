import type { Locale } from '@svodka/shared/contracts/common';
import type { MessageKey } from '@svodka/shared/messages/ru';
import {
  isKnown,
  isMessageKey,
  learn,
  type MessageParams,
  translate,
} from '@svodka/shared/messages/translate';
import { speak } from '../api/rest.ts';
import type { Viewer } from '../format/time.ts';

const STORED = 'svodka.locale';

function remembered(): Locale {
  try {
    return localStorage.getItem(STORED) === 'en' ? 'en' : 'ru';
  } catch {
    return 'ru';
  }
}

/** Language and time zone of the person at the screen. The profile has the last word; before sign-in, this browser. */
class I18n {
  /** When the words of this browser's language are there. */
  ready: Promise<void> = Promise.resolve();
  #wanted: Locale = 'ru';
  #locale = $state<Locale>('ru');
  #zone = $state(Intl.DateTimeFormat().resolvedOptions().timeZone);
  #viewer = $derived<Viewer>({ locale: this.#locale, zone: this.#zone });

  constructor() {
    this.setLocale(remembered());
  }

  get locale(): Locale {
    return this.#locale;
  }

  /** What the functions of `format/` take. */
  get viewer(): Viewer {
    return this.#viewer;
  }

  /** The words of a language are fetched when it is first spoken; until then the screen keeps the one it has. */
  setLocale(locale: Locale): void {
    this.#wanted = locale;
    if (isKnown(locale)) this.#speak(locale);
    else this.ready = this.#fetch(locale);
  }

  async #fetch(locale: Locale): Promise<void> {
    try {
      const [{ en }, { saidRu }] = await Promise.all([
        import('@svodka/shared/messages/en'),
        import('@svodka/shared/messages/said.ru'),
      ]);
      learn('en', en);
      learn('ru', saidRu);
      if (this.#wanted === locale) this.#speak(locale);
    } catch {
      // Without a connection the screen stays as it is.
    }
  }

  #speak(locale: Locale): void {
    this.#locale = locale;
    speak(locale);
    document.documentElement.lang = locale;
    try {
      localStorage.setItem(STORED, locale);
    } catch {
      // Storage is switched off; the profile still remembers.
    }
  }

  setZone(zone: string): void {
    this.#zone = zone;
  }
}

export const i18n = new I18n();

let rest: Promise<void> | null = null;

/**
 * `part` of a screen, with the texts that the first screen goes without. Asked for again after a failure.
 * In Russian; another language is fetched whole.
 */
export async function withTexts<T>(part: Promise<T>): Promise<T> {
  rest ??= import('@svodka/shared/messages/later.ru').then(
    ({ laterRu }) => learn('ru', laterRu),
    (error: unknown) => {
      rest = null;
      throw error;
    },
  );
  const [it] = await Promise.all([part, rest]);
  return it;
}

/** The text of a message in the language of the screen; a screen that calls it is redrawn when that changes. */
export function t(key: MessageKey, params?: MessageParams): string {
  return translate(i18n.locale, key, params);
}

/** For keys made from data, such as `type.${code}`: the message, or `fallback` where there is none. */
export function label(key: string, fallback = key): string {
  return isMessageKey(key) ? t(key) : fallback;
}
