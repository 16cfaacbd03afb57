import type { Locale } from '../contracts/common.ts';
import { domainEn } from './domain.en.ts';
import { domainRu } from './domain.ru.ts';

/** One file per feature and language; Russian defines the keys, English must have each of them. */
const ru = { ...domainRu };
const en: Record<keyof typeof ru, string> = { ...domainEn };

export type MessageKey = keyof typeof ru;
export const catalogues: Record<Locale, Record<MessageKey, string>> = { ru, en };
