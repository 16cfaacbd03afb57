import { deskRu } from './desk.ru.ts';
import { domainRu } from './domain.ru.ts';
import { filterRu } from './filter.ru.ts';
import { shellRu } from './shell.ru.ts';
import { viewsRu } from './views.ru.ts';

/** What the first screen says. A page carries these; `test/operations/weight.test.ts` holds the border. */
export const firstRu = { ...domainRu, ...shellRu, ...deskRu, ...viewsRu, ...filterRu };
