import type { Locale } from '../contracts/common.ts';
import { en } from './en.ts';
import { type Catalogue, ru } from './ru.ts';
import { learn } from './translate.ts';

// Whoever speaks to people of both languages at once takes its words from here; a page fetches what it needs when it
// needs it.
learn('ru', ru);
learn('en', en);

export type { MessageKey } from './ru.ts';
export { isMessageKey, type MessageParams, translate } from './translate.ts';
export const catalogues: Record<Locale, Catalogue> = { ru, en };
