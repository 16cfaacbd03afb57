import type { Locale } from '../contracts/common.ts';
import { deskEn } from './desk.en.ts';
import { deskRu } from './desk.ru.ts';
import { domainEn } from './domain.en.ts';
import { domainRu } from './domain.ru.ts';
import { errorsEn } from './errors.en.ts';
import { errorsRu } from './errors.ru.ts';
import { filterEn } from './filter.en.ts';
import { filterRu } from './filter.ru.ts';
import { mailEn } from './mail.en.ts';
import { mailRu } from './mail.ru.ts';
import { screensEn } from './screens.en.ts';
import { screensRu } from './screens.ru.ts';
import { viewsEn } from './views.en.ts';
import { viewsRu } from './views.ru.ts';

/** One file per feature and language; Russian defines the keys, English must have each of them. */
const ru = { ...domainRu, ...mailRu, ...errorsRu, ...deskRu, ...viewsRu, ...filterRu, ...screensRu };
const en: Record<keyof typeof ru, string> = {
  ...domainEn,
  ...mailEn,
  ...errorsEn,
  ...deskEn,
  ...viewsEn,
  ...filterEn,
  ...screensEn,
};

export type MessageKey = keyof typeof ru;
export const catalogues: Record<Locale, Record<MessageKey, string>> = { ru, en };
