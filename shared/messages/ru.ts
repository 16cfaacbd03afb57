import { firstRu } from './first.ru.ts';
import { laterRu } from './later.ru.ts';

/** One file per feature and language; Russian defines the keys. */
export const ru = { ...firstRu, ...laterRu };

export type MessageKey = keyof typeof ru;
export type Catalogue = Record<MessageKey, string>;
