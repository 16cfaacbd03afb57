import { ACCOUNT_ROUTES } from './accounts.ts';
import { AUDIT_ROUTES } from './audit.ts';
import { COUNTERPARTY_ROUTES } from './counterparties.ts';
import { CREW_ROUTES } from './crews.ts';
import { CUSTOMER_ROUTES } from './customers.ts';
import { DISCUSSION_ROUTES } from './discussion.ts';
import { DOSSIER_ROUTES } from './dossiers.ts';
import { EVENT_ROUTES } from './events.ts';
import { FILE_ROUTES } from './files.ts';
import { IMPORT_ROUTES } from './imports.ts';
import { NOTICE_ROUTES } from './notices.ts';
import { ORDER_ROUTES } from './orders.ts';
import { PLATFORM_ROUTES } from './platform.ts';
import { REFS_ROUTES } from './refs.ts';
import type { AnswerOf, AskedOf, GivenOf, RouteSpec } from './route.ts';
import { RULE_ROUTES } from './rules.ts';
import { SEARCH_ROUTES } from './search.ts';
import { SHIFT_ROUTES } from './shifts.ts';
import { SOURCE_ROUTES } from './sources.ts';
import { VIEW_ROUTES } from './views.ts';
import { WORKING_DAYS_ROUTES } from './working-days.ts';

/** The whole REST interface, said once: server, page, tests and the OpenAPI document are held to it. */
export const ROUTES = {
  ...PLATFORM_ROUTES,
  ...ACCOUNT_ROUTES,
  ...REFS_ROUTES,
  ...ORDER_ROUTES,
  ...COUNTERPARTY_ROUTES,
  ...CREW_ROUTES,
  ...CUSTOMER_ROUTES,
  ...EVENT_ROUTES,
  ...DISCUSSION_ROUTES,
  ...FILE_ROUTES,
  ...DOSSIER_ROUTES,
  ...NOTICE_ROUTES,
  ...RULE_ROUTES,
  ...IMPORT_ROUTES,
  ...AUDIT_ROUTES,
  ...SOURCE_ROUTES,
  ...SEARCH_ROUTES,
  ...SHIFT_ROUTES,
  ...VIEW_ROUTES,
  ...WORKING_DAYS_ROUTES,
};

type Routes = typeof ROUTES;
/** Such as `GET /views`. */
export type RouteKey = keyof Routes;
export const specOf = (route: RouteKey): RouteSpec => ROUTES[route];

export type AskedBy<R extends RouteKey> = AskedOf<R, Routes[R]>;
export type Given<R extends RouteKey> = GivenOf<R, Routes[R]>;
export type Answer<R extends RouteKey> = AnswerOf<Routes[R]>;
