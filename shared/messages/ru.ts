import { crewsRu } from './crews.ru.ts';
import { deskRu } from './desk.ru.ts';
import { domainRu } from './domain.ru.ts';
import { errorsRu } from './errors.ru.ts';
import { filterRu } from './filter.ru.ts';
import { mailRu } from './mail.ru.ts';
import { ordersRu } from './orders.ru.ts';
import { screensRu } from './screens.ru.ts';
import { sourcesRu } from './sources.ru.ts';
import { viewsRu } from './views.ru.ts';

/** One file per feature and language; Russian defines the keys. */
export const ru = {
  ...domainRu,
  ...mailRu,
  ...ordersRu,
  ...crewsRu,
  ...errorsRu,
  ...deskRu,
  ...viewsRu,
  ...filterRu,
  ...screensRu,
  ...sourcesRu,
};

export type MessageKey = keyof typeof ru;
export type Catalogue = Record<MessageKey, string>;
