// Who may do what: one readable table, and every cell of it is tried. A route that is not in the table fails.
import { ModulesContainer } from '@nestjs/core';
import type { Counterparty } from '@svodka/shared/contracts/counterparty';
import type { Project } from '@svodka/shared/contracts/directory';
import type { SvodkaEvent } from '@svodka/shared/contracts/event';
import { newId } from '@svodka/shared/contracts/id';
import type { EventType } from '@svodka/shared/contracts/modules';
import { moduleOf } from '@svodka/shared/contracts/modules';
import { createTestApp, type TestApp } from '../test/support/app.ts';
import type { Client } from '../test/support/client.ts';
import { makeCounterparty, makeEvent, makeProject, nextSerial } from '../test/support/factories.ts';
import { attach } from '../test/support/files.ts';
import { until } from '../test/support/until.ts';
import { Random } from './demo/random.ts';
import { syntheticCall } from './demo/recordings.ts';
import { routeTable } from './platform/http/route-table.ts';

/**
 * The callers, in the order of the table's columns. `manager` manages the order and its customer; `appointed` is a
 * manager too, and appointed to the order; `outsider` is the manager of another order of the same customer.
 */
const CALLERS = [
  'administrator',
  'dispatcher',
  'finance',
  'orders',
  'measurer',
  'manager',
  'appointed',
  'outsider',
] as const;
type Caller = (typeof CALLERS)[number];

/** Who has a second role beside the outsider's: what they may follows from the columns of both. */
const SECOND = ['finance', 'orders', 'measurer'] as const;

/**
 * What each caller is answered: `+` it is done, `-` 403, `.` 404, and nothing else.
 *
 * A line is: route, what of (a thing of the order below, made anew for each cell), with which body.
 */
const TABLE = `
                                                     adm dis fin ord mea man app out

GET    /api/session                                   +   +   +   +   +   +   +   +
PATCH  /api/session/user             locale           +   +   +   +   +   +   +   +
GET    /api/session/calendar                          +   +   +   +   +   +   +   +
GET    /api/sessions                                  +   +   +   +   +   +   +   +
DELETE /api/sessions/:id      session                 .   .   .   .   .   .   .   .
GET    /api/openapi.json                              +   +   +   +   +   +   +   +
GET    /api/refs                                      +   +   +   +   +   +   +   +
GET    /api/search/nearby                             +   +   +   +   +   +   +   +
GET    /api/users                                     +   +   +   +   +   +   +   +
POST   /api/users                    person           +   -   -   -   -   -   -   -
PATCH  /api/users/:id         user   name             +   -   -   -   -   -   -   -
PATCH  /api/users/:id         user   roles            +   -   -   -   -   -   -   -
POST   /api/users/:id/password user  none             +   -   -   -   -   -   -   -

GET    /api/projects                                  +   +   +   +   +   +   +   +
GET    /api/projects/count                            +   +   +   +   +   +   +   +
GET    /api/projects/:id      order                   +   +   +   +   +   +   +   .
POST   /api/projects                 order-plain      +   +   -   +   -   +   +   +
POST   /api/projects                 order-numbered   +   +   -   +   -   -   -   -
POST   /api/projects                 order-of-self    +   +   -   -   -   +   +   +
POST   /api/projects                 order-of-other   +   +   -   +   -   -   -   -
POST   /api/projects                 order-appoints   +   +   -   -   -   +   +   +
POST   /api/projects                 order-of-other-appoints + + - -   -   -   -   -
POST   /api/projects                 order-for-stranger +  +   -   +   -  400 400 400
PATCH  /api/projects/:id      order  note             +   +   -   +   -   +   +   .
PATCH  /api/projects/:id      order  sum              +   +   -   +   -   +   +   .
PATCH  /api/projects/:id      order  number           +   +   -   +   -   -   -   .
PATCH  /api/projects/:id      order  manager-self     +   +   -   -   -   +   -   .
PATCH  /api/projects/:id      order  manager-other    +   +   -   -   -   +   -   .
PATCH  /api/projects/:id      order  manager-none     +   +   -   -   -   +   -   .
PATCH  /api/projects/:id      order  appoint-self     +   +   -   -   -   +   +   .
PATCH  /api/projects/:id      order  appoint-other    +   +   -   -   -   +   -   .
PATCH  /api/projects/:id      order  appoint-none     +   +   -   -   -   +   -   .

GET    /api/projects/:id/chain order                  +   +   +   +   +   +   +   .
POST   /api/projects/:id/status order status          +   +   -   +   -   +   +   .
GET    /api/projects/:id/dossier order                +   +   +   +   +   +   +   .
POST   /api/projects/:id/milestones order skip        +   +   -   +   -   +   +   .
GET    /api/projects/:id/history order                +   +   +   +   +   +   +   .
GET    /api/counterparties/:id/history stranger       +   +   +   +   +   .   .   .
GET    /api/audit                                     +   -   -   -   -   -   -   -
POST   /api/audit/saved-lists        saved            +   +   +   +   +   +   +   +
GET    /api/counterparties                            +   +   +   +   +   +   +   +
GET    /api/counterparties/count                      +   +   +   +   +   +   +   +
GET    /api/counterparties/alike                      +   +   +   +   +   +   +   +
GET    /api/counterparties/:id customer               +   +   +   +   +   +   +   +
GET    /api/counterparties/:id stranger               +   +   +   +   +   .   .   .
GET    /api/counterparties/:id/money customer         +   +   +   +   +   +   +   +
GET    /api/counterparties/:id/money stranger         +   +   +   +   +   .   .   .
POST   /api/counterparties           customer-plain   +   +   -   +   -   +   +   +
POST   /api/counterparties           customer-of-self +   +   -   -   -   +   +   +
POST   /api/counterparties           customer-of-other +  +   -   +   -   -   -   -
GET    /api/counterparties/:id/dossier stranger       +   +   +   +   +   .   .   .
PATCH  /api/counterparties/:id customer note          +   +   -   +   -   +   +   +
PATCH  /api/counterparties/:id customer manager-self  +   +   -   -   -   +   -   -
PATCH  /api/counterparties/:id customer manager-other +   +   -   -   -   +   -   -
PATCH  /api/counterparties/:id stranger phones        +   +   -   +   -   .   .   .
PATCH  /api/counterparties/:id stranger manager-self  +   +   -   -   -   .   .   .

GET    /api/letter-words                              +   -   -   -   -   -   -   -
POST   /api/letter-words             letter           +   -   -   -   -   -   -   -
POST   /api/letter-words/preview     letter           +   -   -   -   -   -   -   -
GET    /api/letter-words/looks                        +   -   -   -   -   -   -   -
GET    /api/promises                                  +   +   +   +   +   +   +   +
GET    /api/projects/:id/links order                  +   +   +   +   +   +   +   .
POST   /api/projects/:id/links order link             +   +   -   +   -   +   +   .
POST   /api/projects/:id/links/revoke order links     +   +   -   +   -   +   +   .
POST   /api/counterparties/:id/consent customer consent +  +   -   +   -   +   +   +
POST   /api/counterparties/:id/consent stranger consent +  +   -   +   -   .   .   .
DELETE /api/counterparties/:id/consent customer       +   +   -   +   -   +   +   +
DELETE /api/counterparties/:id/consent stranger       +   +   -   +   -   .   .   .

GET    /api/crews                                     +   +   +   +   +   +   +   +
GET    /api/crews/:id         crew                    +   +   +   +   +   +   +   +
GET    /api/crews/:id/history crew                    +   +   +   +   +   +   +   +
POST   /api/crews                    crew             +   +   -   -   -   -   -   -
PATCH  /api/crews/:id         crew   capacity         +   +   -   -   -   -   -   -
GET    /api/working-days                              +   +   +   +   +   +   +   +
PATCH  /api/working-days             workingDays      +   -   -   -   -   -   -   -
GET    /api/installations                             +   +   +   +   +   +   +   +
GET    /api/milestones                                +   +   +   +   +   +   +   +
GET    /api/projects/:id/work/preview planned         +   +   -   -   -   +   +   .
POST   /api/projects/:id/work planned move            +   +   -   -   -   +   +   .

POST   /api/events                   note             +   +   +   +   +   +   +   +
POST   /api/events                   payment          +   +   +   -   -   -   -   -
POST   /api/events                   contract         +   +   -   +   -   +   +   +
POST   /api/events                   sheet            +   +   -   -   +   +   +   +
POST   /api/events                   launch           +   +   -   -   -   +   +   +
POST   /api/events                   contract-there   +   +   -   +   -   +   +  400
POST   /api/events                   launch-there     +   +   -   -   -   +   +  400
POST   /api/events                   work-there       +   +   -   -   -   +   +  400
POST   /api/events                   call-of-stranger +   +   -   -   -  400 400 400
POST   /api/events                   deadline         -   -   -   -   -   -   -   -
POST   /api/events                   silent-module    -   -   -   -   -   -   -   -
POST   /api/events                   books-of-finance +   +   +   -   -   -   -   -
POST   /api/events                   books-of-measure +   +   -   -   +   -   -   -

GET    /api/events                                    +   +   +   +   +   +   +   +
GET    /api/events/values                             +   +   +   +   +   +   +   +
GET    /api/events/count                              +   +   +   +   +   +   +   +
GET    /api/events/:id        payment                 +   +   +   .   .   +   +   .
GET    /api/events/:id        contract                +   +   .   +   .   +   +   .
GET    /api/events/:id        call                    +   +   .   .   .   +   .   .
GET    /api/events/:id        machine                 +   +   .   .   .   +   +   .
GET    /api/events/:id/revisions payment              +   +   +   .   .   +   +   .
GET    /api/events/:id/comments  payment              +   +   +   .   .   +   +   .
PATCH  /api/events/:id        payment title           +   +   +   .   .   -   -   .
PATCH  /api/events/:id        contract title          +   +   .   +   .   +   +   .
PATCH  /api/events/:id        machine title           -   -   .   .   .   -   -   .
DELETE /api/events/:id        payment                 +   +   +   .   .   -   -   .
DELETE /api/events/:id        contract                +   +   .   +   .   +   +   .
DELETE /api/events/:id        machine                 +   +   .   .   .   -   -   .
POST   /api/events/:id/restore  deleted-payment       +   +   +   .   .   -   -   .
POST   /api/events/:id/undo     payment               409 409 409  .   .  409 409  .
POST   /api/events/:id/resolve  payment               +   +   +   .   .   +   +   .
POST   /api/events/:id/resolve  machine               +   +   .   .   .   +   +   .
POST   /api/events/:id/reopen   payment               +   +   +   .   .   +   +   .
POST   /api/events/:id/open     payment               +   +   +   .   .   +   +   .
POST   /api/events/:id/record   payment               +   +   +   .   .   +   +   .
POST   /api/events/bulk              many             +   +   +   +   +   +   +   +
POST   /api/events/next              none             +   +   +   +   +   +   +   +
POST   /api/events/:id/claim    late none              +   +   +   .   .   +   +   .
POST   /api/events/:id/release  late                  +   +   +   .   .   +   +   .
POST   /api/events/:id/snooze   late     until        +   +   +   .   .   +   +   .
POST   /api/events/:id/wake     late                  +   +   +   .   .   +   +   .
POST   /api/events/:id/comments payment words         +   +   +   .   .   +   +   .
POST   /api/events/:id/comments sheet public-words    +   +   .   .   -   +   +   .
POST   /api/events/:id/comments payment public-words  +   +   -   .   .   +   +   .
GET    /api/events/:id/blind  payment                 +   +   +   .   .   +   +   .
GET    /api/comments                                  +   +   +   +   +   +   +   +
PATCH  /api/comments/:id      comment words           -   +   -   .   .   -   -   .
DELETE /api/comments/:id      comment                 +   +   -   .   .   -   -   .
GET    /api/comments/:id/history comment              +   +   +   .   .   +   +   .
POST   /api/comments/:id/reactions comment sign       +   +   +   .   .   +   +   .
POST   /api/comments/:id/restore gone-comment         -   +   -   .   .   -   -   .
POST   /api/events/:id/read   payment comment-of      .   .   .   .   .   .   .   .
POST   /api/events/:id/follow payment follow          +   +   +   .   .   +   +   .
GET    /api/projects/:id/discussion order             +   +   .   +   .   +   +   .
POST   /api/projects/:id/discussion order words       +   +   .   +   .   +   +   .
GET    /api/counterparties/:id/discussion stranger    +   +   .   +   .   .   .   .
POST   /api/counterparties/:id/discussion stranger words + +  .   +   .   .   .   .

GET    /api/files/:id         file                    +   +   +   .   .   +   +   .
DELETE /api/files/:id         file                    +   +   +   .   .   -   -   .
DELETE /api/files/:id         comment-file            -   +   -   .   .   -   -   .
DELETE /api/files/:id         order-file              +   +   .   +   .   +   +   .
POST   /api/files/:id/restore taken-file              +   +   +   .   .   -   -   .

GET    /api/shifts                                    +   +   -   -   -   +   +   +
GET    /api/shifts/note                               +   +   -   -   -   +   +   +
POST   /api/shifts                   shift            +   +   -   -   -   +   +   +
GET    /api/shifts/:id        nothing                 .   .   -   -   -   .   .   .
POST   /api/shifts/:id/rows   nothing accept          .   .   -   -   -   .   .   .
POST   /api/page-faults              fault            +   +   +   +   +   +   +   +
GET    /api/views                                     +   +   +   +   +   +   +   +
POST   /api/views                    view             +   +   +   +   +   +   +   +
PATCH  /api/views/:id         view   name             .   .   .   .   .   .   .   .
DELETE /api/views/:id         view                    .   .   .   .   .   .   .   .
GET    /api/notices                                   +   +   +   +   +   +   +   +
POST   /api/notices/seen             all              +   +   +   +   +   +   +   +
POST   /api/notices/snooze           put-off          +   +   +   +   +   +   +   +
GET    /api/me/notifications                          +   +   +   +   +   +   +   +
PATCH  /api/me/notifications         quiet            +   +   +   +   +   +   +   +
GET    /api/rules                                     +   +   +   +   +   +   +   +
POST   /api/rules                    rule             +   -   -   -   -   +   +   +
POST   /api/rules/preview            rule             +   -   -   -   -   +   +   +
GET    /api/events/:id/told   payment                 +   +   +   .   .   +   +   .
GET    /api/notices/:id/why   nothing                 .   .   .   .   .   .   .   .
PATCH  /api/rules/:id         rule   rule-off         +   -   -   -   -   -   -   -
PATCH  /api/rules/:id         own-rule rule-off       +   -   -   -   -   +   .   .
DELETE /api/rules/:id         rule                    +   -   -   -   -   -   -   -
DELETE /api/rules/:id         own-rule                +   -   -   -   -   +   .   .
POST   /api/rules/:id/restore rule                    +   -   -   -   -   -   -   -
POST   /api/rules/:id/mute    rule   mute             +   +   +   +   +   +   +   +
POST   /api/rules/:id/mute    own-rule mute           +   .   .   .   .   +   .   .
GET    /api/me/push                                   +   +   +   +   +   +   +   +
POST   /api/me/push                  browser          +   +   +   +   +   +   +   +
DELETE /api/me/push                                   +   +   +   +   +   +   +   +

GET    /api/imports                                   +   +   -   -   -   -   -   -
GET    /api/imports/presets                           +   +   -   -   -   -   -   -
GET    /api/imports/:id       nothing                 .   .   -   -   -   -   -   -
GET    /api/imports/:id/errors nothing                .   .   -   -   -   -   -   -
POST   /api/imports/:id/cancel nothing                .   .   -   -   -   -   -   -
POST   /api/imports/:id/undo   nothing                .   .   -   -   -   -   -   -
GET    /api/proposals                                 +   +   +   +   +   +   +   +
GET    /api/modules                                   +   +   +   +   +   +   +   +
GET    /api/sources                                   +   +   -   -   -   -   -   -
PATCH  /api/sources                  source           +   -   -   -   -   -   -   -
GET    /api/sources/files                             +   +   -   -   -   -   -   -
POST   /api/sources/files            file-deed        .   -   -   -   -   -   -   -
POST   /api/sources/tokens           token            +   -   -   -   -   -   -   -
DELETE /api/sources/tokens/:id nothing                .   -   -   -   -   -   -   -
GET    /api/sources/errors                            +   +   -   -   -   -   -   -
POST   /api/sources/errors/:id/retry nothing          .   -   -   -   -   -   -   -
DELETE /api/sources/errors/:id nothing                .   -   -   -   -   -   -   -
GET    /api/sources/payments                          +   +   +   -   -   -   -   -
POST   /api/sources/payments/:id/undo nothing         .   .   .   -   -   -   -   -
GET    /api/tables                                    +   +   -   -   -   -   -   -
GET    /api/tables/:id        nothing                 .   .   -   -   -   -   -   -
POST   /api/tables                   table            +   -   -   -   -   -   -   -
PATCH  /api/tables/:id        nothing name            .   -   -   -   -   -   -   -
DELETE /api/tables/:id        nothing                 .   -   -   -   -   -   -   -
GET    /api/projects/:id/confidential order           +   +   -   -   -   +   -   .
GET    /api/ingest                                   401 401 401 401 401 401 401 401
GET    /api/deliveries                                +   +   -   -   -   -   -   -
POST   /api/deliveries/held          held             +   +   -   -   -   -   -   -
POST   /api/deliveries/:id/discard nothing            .   .   -   -   -   -   -   -
GET    /api/deliveries/:id    nothing                 .   .   -   -   -   -   -   -
GET    /api/deliveries/:id/letter nothing             .   .   -   -   -   -   -   -
POST   /api/deliveries/trial         trial            409 409 -   -   -   -   -   -
POST   /api/deliveries/:id/retry nothing              .   .   -   -   -   -   -   -
`;

/** Tried elsewhere: they take no JSON, end the session of the caller, or are open to everybody. */
const ELSEWHERE = [
  'GET /api/health',
  'GET /api/ready',
  'POST /api/session',
  'DELETE /api/session',
  'DELETE /api/sessions',
  'POST /api/session/password',
  'POST /api/session/calendar',
  'DELETE /api/session/calendar',
  'POST /api/imports',
  'POST /api/imports/:id/dialect',
  'POST /api/imports/:id/preview',
  'POST /api/imports/:id/start',
  // Of cards: `sources/import-cards.test.ts`.
  'POST /api/imports/:id/check',
  'POST /api/imports/:id/choices',
  'GET /api/imports/:id/findings',
  'POST /api/ingest',
  // Signed, not signed in: `test/security/calls.test.ts`.
  'POST /api/ingest/calls',
  'POST /api/sources/payments',
  // Of an upload one's own: `files/files.test.ts`.
  'POST /api/files',
  'GET /api/files/:id/upload',
  'POST /api/files/:id/upload',
  'DELETE /api/files/:id/upload',
  // Of a recording: `files/recordings.test.ts`.
  'PATCH /api/files/:id',
  'GET /api/files/:id/thumbnail',
  'POST /api/tables/look',
  'POST /api/tables/:id/dumps',
  // Of two at once: `counterparties/merges.test.ts`.
  'POST /api/counterparties/:id/merge',
  'DELETE /api/counterparties/:id/merge',
];

type Person = Awaited<ReturnType<TestApp['signIn']>>;
type Line = { method: 'GET'; path: string; thing: string | null; body: string | null; cells: string[] };

function lines(): Line[] {
  return TABLE.trim()
    .split('\n')
    .slice(1)
    .filter((line) => line.trim())
    .map((line) => {
      const words = line.trim().split(/\s+/);
      const cells = words.splice(-CALLERS.length);
      const [method, path, ...rest] = words as ['GET', string, ...string[]];
      const [thing = null] = path.includes(':id') ? rest.splice(0, 1) : [];
      return { method, path, thing, body: rest[0] ?? null, cells };
    });
}

let app: TestApp;
let people: Record<Caller, Person>;
let doubles: Record<(typeof SECOND)[number], Person>;
let other: Person;
let target: Person;
/** What bodies name: the ordinary order, and counterparties of which no manager in the table knows anything. */
let theirs: { project: Project; stranger: Counterparty; caller: Counterparty };

beforeAll(async () => {
  app = await createTestApp();
  const roles = (caller: Caller) => (caller === 'appointed' || caller === 'outsider' ? 'manager' : caller);
  const made = await Promise.all(
    CALLERS.map(async (caller) => [caller, await app.signIn({ roles: [roles(caller)] })] as const),
  );
  people = Object.fromEntries(made) as typeof people;
  const second = await Promise.all(
    SECOND.map(async (role) => [role, await app.signIn({ roles: ['manager', role] })] as const),
  );
  doubles = Object.fromEntries(second) as typeof doubles;
  [other, target] = [await app.signIn({ roles: ['manager'] }), await app.signIn({ roles: ['measurer'] })];
  theirs = {
    project: (await ordinaryOrder()).project,
    stranger: await customerOf(other),
    caller: await customerOf(other),
  };
}, 60_000);
afterAll(() => app?.close());

const customerOf = (manager: Person): Promise<Counterparty> =>
  makeCounterparty(people.dispatcher, {
    managerId: manager.user.id,
    phones: ['+79160000000'],
    note: 'тайна',
  });

/** The order of the table, its customer, and another manager's order of the same customer. */
async function order(): Promise<{ project: Project; customer: Counterparty }> {
  const customer = await customerOf(people.manager);
  const project = await makeProject(people.dispatcher, {
    counterpartyId: customer.id,
    managerId: people.manager.user.id,
    appointedIds: [people.appointed.user.id],
  });
  await makeProject(people.dispatcher, {
    counterpartyId: customer.id,
    managerId: people.outsider.user.id,
    appointedIds: SECOND.map((role) => doubles[role].user.id),
  });
  return { project, customer };
}

const RULE = {
  name: 'Замер',
  filter: 'type:measure.done',
  trigger: { on: 'occurred' },
  recipients: [{ to: 'manager' }],
};
const MACHINE: EventType = 'module.silent';

let ordinary: ReturnType<typeof order> | undefined;

/** The one whose events and comments are tried: nothing that is tried with them changes who sees it. */
function ordinaryOrder(): ReturnType<typeof order> {
  ordinary ??= order();
  return ordinary;
}

/** A new thing of its kind. @returns its id */
async function make(thing: string): Promise<string> {
  if (thing === 'nothing') return newId();
  if (thing === 'user') return target.user.id;
  if (thing === 'session')
    return (await other.get<{ items: { id: string }[] }>('/api/sessions')).items[0]?.id ?? '';
  if (thing === 'view') {
    const view = { name: 'Моя', filter: { field: 'module', in: ['calls'] }, icon: 'star' };
    return (await other.post<{ view?: { id: string }; id: string }>('/api/views', view)).id;
  }
  if (thing === 'crew')
    return (await people.dispatcher.post<{ id: string }>('/api/crews', { name: `Бригада ${nextSerial()}` }))
      .id;
  if (thing === 'rule' || thing === 'own-rule')
    return (await (thing === 'rule' ? app.admin : people.manager).post<{ id: string }>('/api/rules', RULE))
      .id;
  if (thing === 'stranger') return (await customerOf(other)).id;
  const isApart = ['order', 'planned', 'customer', 'order-file'].includes(thing);
  const { project, customer } = await (isApart ? order() : ordinaryOrder());
  if (thing === 'order') return project.id;
  if (thing === 'order-file')
    return (await attach(people.dispatcher, { kind: 'project', id: project.id }, 'договор')).id;
  if (thing === 'planned') {
    await makeEvent(people.dispatcher, {
      type: 'install.confirmed',
      projectId: project.id,
      payload: { startOn: '2026-12-01' },
    });
    return project.id;
  }
  if (thing === 'customer') return customer.id;
  if (thing === 'call')
    return (await makeEvent(people.dispatcher, { type: 'call.in', counterpartyIds: [customer.id] })).id;
  if (thing === 'sheet')
    return (await makeEvent(people.measurer, { type: 'measure.sheet', projectId: project.id })).id;
  if (thing === 'contract')
    return (await makeEvent(people.orders, { type: 'contract.signed', projectId: project.id })).id;
  const payment = await makeEvent(people.finance, {
    type: thing === 'late' ? 'payment.overdue' : 'payment.received',
    projectId: project.id,
    payload: { amountKop: 100 },
  });
  if (thing === 'machine') {
    await app.connection.db
      ?.collection<{ _id: string }>('events')
      .updateOne(
        { _id: payment.id },
        { $set: { type: MACHINE, module: moduleOf(MACHINE), author: { userId: null, name: '' } } },
      );
  }
  if (thing === 'deleted-payment') await people.finance.delete(`/api/events/${payment.id}`);
  if (thing.endsWith('file') && !thing.startsWith('comment')) {
    const file = await attach(people.finance, { kind: 'event', id: payment.id }, 'платёжка');
    if (thing === 'taken-file') await people.finance.delete(`/api/files/${file.id}`);
    return file.id;
  }
  if (thing.startsWith('comment') || thing === 'gone-comment') {
    const path = `/api/events/${payment.id}/comments`;
    const { id } = await people.dispatcher.post<{ id: string }>(path, { body: 'Слова' });
    if (thing === 'gone-comment') await people.dispatcher.delete(`/api/comments/${id}`);
    return thing.endsWith('comment')
      ? id
      : (await attach(people.dispatcher, { kind: 'comment', id }, 'снимок')).id;
  }
  return payment.id;
}

const typed = (type: EventType, payload = {}) => ({ type, title: 'Так', payload });
const inBooks = (module: string) => ({
  type: 'note.free',
  title: 'Из книг',
  source: { module, externalId: newId() },
});

const kept = new Map<string, Promise<string>>();

/** What nobody changes: who reads it, and who is refused, find the same one. A write that goes through has its own. */
function thingFor(line: Line, cell: string | undefined): Promise<string> | string {
  const { thing } = line;
  if (!thing) return '';
  if (line.method !== 'GET' && cell !== '-' && cell !== '.') return make(thing);
  const known = kept.get(thing) ?? make(thing);
  kept.set(thing, known);
  return known;
}

/** What is sent, as `me` would send it. */
const BODIES: Record<string, (me: Person, thing: string | null) => unknown> = {
  none: () => ({}),
  sign: () => ({ kind: 'agree', on: true }),
  // Of another event: read by nobody here.
  'comment-of': () => ({ commentId: newId() }),
  follow: () => ({ follows: true }),
  many: () => ({ act: { kind: 'resolve' }, ids: [newId()] }),
  locale: () => ({ locale: 'ru' }),
  person: () => ({ login: `p${nextSerial()}x`, name: 'Новый', roles: ['measurer'] }),
  name: () => ({ name: 'Иначе' }),
  roles: () => ({ roles: ['measurer'] }),
  note: (_me, thing) => (thing ? { note: 'x' } : typed('note.free')),
  number: () => ({ number: `R-${newId()}` }),
  sum: () => ({ amountKop: 777, note: 'x' }),
  phones: () => ({ phones: ['+79165550000'], emails: ['x@example.com'] }),
  'order-plain': () => ({ objectAddress: 'Лесная, 1' }),
  'order-numbered': () => ({ number: `R-${newId()}` }),
  'order-of-self': (me) => ({ managerId: me.user.id }),
  'order-of-other': () => ({ managerId: other.user.id }),
  'order-appoints': () => ({ appointedIds: [other.user.id] }),
  'order-of-other-appoints': () => ({ managerId: other.user.id, appointedIds: [other.user.id] }),
  'order-for-stranger': () => ({ counterpartyId: theirs.stranger.id }),
  'manager-self': (me) => ({ managerId: me.user.id }),
  'manager-other': () => ({ managerId: other.user.id }),
  'manager-none': () => ({ managerId: null }),
  'appoint-self': (me) => ({ appointedIds: [me.user.id] }),
  'appoint-other': () => ({ appointedIds: [other.user.id] }),
  'appoint-none': () => ({ appointedIds: [] }),
  'customer-plain': () => ({ name: 'Новый заказчик' }),
  'customer-of-self': (me) => ({ name: 'Новый заказчик', managerId: me.user.id }),
  'customer-of-other': () => ({ name: 'Новый заказчик', managerId: other.user.id }),
  link: () => ({ days: 30 }),
  links: () => ({ linkId: null }),
  consent: () => ({ channel: 'mail', email: 'a@b.example', locale: 'ru', text: 'по телефону' }),
  crew: () => ({ name: `Бригада ${nextSerial()}` }),
  // Of a year of its own each time: nobody has set it yet.
  workingDays: () => ({ year: 2030 + (nextSerial() % 70), version: 0, days: null }),
  table: () => ({ name: 'Заказы', mapping: { kind: 'orders', key: 'ZNUMB', columns: { MSUMM: 'paid' } } }),
  move: () => ({ startOn: '2026-12-03', finishOn: '2026-12-03', crew: null, reason: 'клиент просит' }),
  capacity: () => ({ capacity: 2 }),
  status: () => ({ status: 'ready', reason: 'Так' }),
  skip: () => ({ code: 'measure', kind: 'skip', reason: 'Так' }),
  payment: () => typed('payment.received', { amountKop: 1 }),
  contract: () => typed('contract.signed'),
  sheet: () => typed('measure.sheet'),
  launch: () => typed('production.launched'),
  'contract-there': () => ({ ...typed('contract.signed'), projectId: theirs.project.id }),
  'launch-there': () => ({ ...typed('production.launched'), projectId: theirs.project.id }),
  'work-there': () => ({
    ...typed('work.planned', { startOn: '2026-12-03' }),
    projectId: theirs.project.id,
  }),
  'call-of-stranger': () => ({ ...typed('call.in'), counterpartyIds: [theirs.caller.id] }),
  'public-words': () => ({ body: `Слова ${nextSerial()}`, mentionIds: [], isPublic: true }),
  deadline: () => typed('deadline.overdue'),
  'silent-module': () => typed('module.silent'),
  'books-of-finance': () => inBooks('finance'),
  'books-of-measure': () => inBooks('measure'),
  until: () => ({ until: new Date(Date.now() + 3_600_000).toISOString() }),
  title: () => ({ title: `Иначе ${nextSerial()}` }),
  words: () => ({ body: `Слова ${nextSerial()}`, mentionIds: [] }),
  view: () => ({ name: `Лента ${nextSerial()}`, filter: { field: 'module', in: ['calls'] }, icon: 'star' }),
  fault: () => ({ part: 'row', error: 'TypeError' }),
  all: () => ({ all: true }),
  quiet: () => ({ quiet: null }),
  'put-off': () => ({ ids: [newId()], until: new Date(Date.now() + 60_000).toISOString() }),
  rule: () => RULE,
  'rule-off': () => ({ state: 'off' }),
  mute: () => ({ isMuted: true }),
  browser: () => ({
    endpoint: 'https://push.example/send/1',
    keys: {
      p256dh: 'BNcRdreALRFXTkOOUHK1EtK2wtaz5Ry4YfYCA_0QTpQtUbVlUls0VJXg7A8u-Ts1XbjhazAkj7I99e8QcYP7DkM',
      auth: 'tBHItJI5svbpez7KI4CCXg',
    },
  }),
  held: () => ({ as: 'send' }),
  saved: () => ({ list: 'counterparties', rows: 3 }),
  shift: () => ({ id: newId(), toId: null, words: {} }),
  accept: () => ({ as: 'accepted' }),
  trial: () => ({ channel: 'mail' }),
  letter: () => ({ kind: 'act.signed', locale: 'ru', subject: '{number}', text: '{news}' }),
  source: () => ({ module: 'calls', expectMin: null }),
  token: () => ({ module: 'calls', name: 'АТС' }),
  'file-deed': () => ({ source: 'payments', name: 'выписка.txt', deed: 'retry' }),
};

const signOf = (status: number): string =>
  status < 300 ? '+' : ({ 403: '-', 404: '.' }[status] ?? String(status));

/** What some routes ask for in their address. */
const QUERIES: Record<string, string> = {
  '/api/events/:id/blind': `?ids=${newId()}`,
  '/api/comments': '?search=слово',
  '/api/search/nearby': '?words=слово',
  '/api/letter-words/looks': '?kind=act.signed&locale=ru&subject=a&text=b',
  '/api/installations': '?from=2026-12-01&to=2026-12-14',
  '/api/projects/:id/dossier': '?from=2026-12-01&to=2026-12-14',
  '/api/counterparties/:id/dossier': '?from=2026-12-01&to=2026-12-14',
  '/api/milestones': '?from=2026-12-01&to=2026-12-14',
  '/api/projects/:id/work/preview': '?startOn=2026-12-03&finishOn=2026-12-03',
  '/api/events/values': '?field=module',
  '/api/proposals': `?ids=${newId()}`,
};

const send = (client: Client, line: Line, id: string, body: unknown) =>
  client.send(
    line.method,
    line.path.replace(':id', id) + (QUERIES[line.path] ?? ''),
    body,
    line.method === ('PATCH' as string) && line.path.startsWith('/api/events') ? { 'If-Match': '1' } : {},
  );

async function answerTo(me: Person, line: Line, id: string): Promise<string> {
  const body = line.body ? BODIES[line.body]?.(me, line.thing) : undefined;
  // Of eight lists at once four wait, and on a busy machine longer than they may: that says nothing of rights.
  const { status } = await until(async () => {
    const answer = await send(me, line, id, body);
    return answer.status !== 429 && answer;
  });
  return signOf(status);
}

describe('the table of rights', () => {
  it('holds every route', () => {
    const named = new Set([...lines().map(({ method, path }) => `${method} ${path}`), ...ELSEWHERE]);
    const routes = routeTable(app.app.get(ModulesContainer)).map(({ method, path }) => `${method} ${path}`);
    expect(routes.filter((route) => !named.has(route))).toEqual([]);
    expect([...named].filter((route) => !routes.includes(route))).toEqual([]);
  });

  it.each(
    lines().map((line) => [`${line.method} ${line.path} ${line.thing ?? ''} ${line.body ?? ''}`, line]),
  )('%s', async (_name, line) => {
    const answers = await Promise.all(
      CALLERS.map(async (caller, i) => answerTo(people[caller], line, await thingFor(line, line.cells[i]))),
    );
    expect(Object.fromEntries(CALLERS.map((caller, i) => [caller, answers[i]]))).toEqual(
      Object.fromEntries(CALLERS.map((caller, i) => [caller, line.cells[i]])),
    );
  });

  // A right of one role must not meet what only the other one sees: whoever has both may what one of them alone may.
  it.each(
    lines().map((line) => [`${line.method} ${line.path} ${line.thing ?? ''} ${line.body ?? ''}`, line]),
  )('for two roles: %s', async (_name, line) => {
    const cellOf = (caller: Caller) => line.cells[CALLERS.indexOf(caller)] ?? '';
    const answers = await Promise.all(
      SECOND.map(async (role) => {
        const alone = [cellOf('outsider'), cellOf(role)];
        const isTheirs = alone.includes('+');
        const sign = await answerTo(doubles[role], line, await thingFor(line, isTheirs ? '+' : '-'));
        return { role, sign, isAsAlone: isTheirs ? sign === '+' : [...alone, '-'].includes(sign) };
      }),
    );
    expect(answers.filter(({ isAsAlone }) => !isAsAlone)).toEqual([]);
  });

  it('is closed to whoever is not signed in, or is disabled, in every line', async () => {
    const gone = await app.signIn({ roles: ['administrator'] });
    await app.admin.patch(`/api/users/${gone.user.id}`, { disabled: true });
    for (const line of lines()) {
      const body = line.body ? BODIES[line.body]?.(other, line.thing) : undefined;
      for (const client of [app.client(), gone]) {
        const { status } = await send(client, line, newId(), body);
        expect([line.method, line.path, status]).toEqual([line.method, line.path, 401]);
      }
    }
  });
});

describe('who has two roles', () => {
  /** A manager who measures too, of no order here; what is not theirs, and an order of their own. */
  async function both() {
    const [{ project, customer }, stranger] = [await ordinaryOrder(), await customerOf(other)];
    const me = await app.signIn({ roles: ['manager', 'measurer'] });
    const own = await makeProject(people.dispatcher, { managerId: me.user.id });
    return { me, project, customer, stranger, own };
  }

  it('sees the line of an order that is not theirs, and learns nothing of its sum by guessing', async () => {
    const { me } = await both();
    const project = await makeProject(people.dispatcher, {
      managerId: people.manager.user.id,
      amountKop: 500,
    });
    await people.dispatcher.patch(`/api/projects/${project.id}`, { note: 'тайна' });
    expect(await me.get(`/api/projects/${project.id}`)).toMatchObject({ amountKop: null, note: '' });
    for (const amountKop of [500, 501]) {
      const { status } = await me.send(
        'PATCH',
        `/api/projects/${project.id}`,
        { amountKop },
        { 'If-Match': '1' },
      );
      expect([amountKop, status]).toEqual([amountKop, 403]);
    }
  });

  it('makes nobody else’s customer their own by an order', async () => {
    const { me, stranger, own } = await both();
    const edit = { counterpartyId: stranger.id };
    expect((await me.send('PATCH', `/api/projects/${own.id}`, edit)).status).toBe(400);
    expect(await me.get(`/api/counterparties/${stranger.id}`)).toMatchObject({ phones: [], note: '' });
  });

  it('takes no event of theirs to it, nor a counterparty that is not theirs', async () => {
    const { me, project, stranger, own } = await both();
    const contract = await makeEvent(me, { type: 'contract.signed', projectId: own.id });
    const sheet = await makeEvent(me, { type: 'measure.sheet', projectId: own.id });
    const move = async (id: string, edit: object) =>
      (await me.send('PATCH', `/api/events/${id}`, edit, { 'If-Match': '1' })).status;
    expect(await move(contract.id, { projectId: project.id })).toBe(400);
    expect(await move(contract.id, { counterpartyIds: [stranger.id] })).toBe(400);
    // As measurers do.
    expect(await move(sheet.id, { projectId: project.id })).toBe(200);
    const many = { act: { kind: 'edit', edit: { projectId: project.id } }, ids: [contract.id] };
    expect(await me.post('/api/events/bulk', many)).toMatchObject({ ids: [] });
    // A call is given to an order by its number, as far as its writer may do that.
    const known = await makeCounterparty(people.dispatcher, { phones: ['+79165557788'] });
    await makeProject(people.dispatcher, { counterpartyId: known.id });
    const call = await makeEvent(me, { type: 'call.in', payload: { from: '+79165557788' } });
    expect(call).toMatchObject({ projectId: null, counterpartyIds: [] });
  });

  it('puts no file to its card, and merges nothing of it', async () => {
    const { me, project, stranger } = await both();
    for (const owner of [
      { kind: 'project', id: project.id },
      { kind: 'counterparty', id: stranger.id },
    ]) {
      const upload = { owner, name: 'файл.txt', size: 3 };
      expect([owner.kind, (await me.send('POST', '/api/files', upload)).status]).toEqual([owner.kind, 403]);
    }
    const twin = await customerOf(other);
    const merge = { from: twin.id, versions: { into: 1, from: 1 }, values: {} };
    expect((await me.send('POST', `/api/counterparties/${stranger.id}/merge`, merge)).status).toBe(403);
    await people.dispatcher.post(`/api/counterparties/${stranger.id}/merge`, merge);
    expect((await me.send('DELETE', `/api/counterparties/${twin.id}/merge`)).status).toBe(403);
  });

  const wave = syntheticCall(1, new Random(1));
  const inDays = (days: number) => new Date(Date.now() + days * 86_400_000).toISOString().slice(0, 10);
  it('hears no recording of an event that only the role without that right sees', async () => {
    const { me, project, own } = await both();
    const [there, here] = [
      await makeEvent(people.measurer, { type: 'measure.sheet', projectId: project.id }),
      await makeEvent(people.measurer, { type: 'measure.sheet', projectId: own.id }),
    ];
    const hears = async (eventId: string) => {
      const recording = { basis: 'contract', until: inDays(100) } as const;
      const owner = { kind: 'event', id: eventId } as const;
      const file = await attach(people.measurer, owner, wave, 'разговор.wav', { recording });
      return (await me.send('GET', `/api/files/${file.id}`)).status;
    };
    expect([await hears(there.id), await hears(here.id)]).toEqual([403, 200]);
  });
});

describe('what staff see of the directory', () => {
  const HIDDEN = { amountKop: null, note: '' };
  const whole = { amountKop: 26_300, note: 'тайна заказа' };
  const card = { inn: '7701234560', phones: ['+79165551234'], emails: ['k@example.com'], note: 'тайна' };
  let project: Project;
  let customer: Counterparty;

  beforeAll(async () => {
    customer = await makeCounterparty(people.dispatcher, { ...card, name: 'Скрытова Анна' });
    project = await makeProject(people.dispatcher, { ...whole, counterpartyId: customer.id });
  });

  it.each([
    ['dispatcher', whole, card],
    ['orders', whole, card],
    ['finance', { ...whole, note: '' }, { ...card, phones: [], emails: [], note: '' }],
    ['measurer', HIDDEN, { inn: null, phones: [], emails: [], note: '' }],
  ] as const)('as %s', async (caller, ofOrder, ofCustomer) => {
    const me = people[caller];
    const seen = [
      await me.get(`/api/projects/${project.id}`),
      (await me.get<{ items: Project[] }>(`/api/projects?ids=${project.id}`)).items[0],
    ];
    for (const each of seen) expect(each).toMatchObject({ number: project.number, ...ofOrder });
    const cards = [
      await me.get(`/api/counterparties/${customer.id}`),
      (await me.get<{ items: Counterparty[] }>(`/api/counterparties?ids=${customer.id}`)).items[0],
    ];
    for (const each of cards) expect(each).toMatchObject({ name: customer.name, ...ofCustomer });
  });

  it('is whole where they are appointed', async () => {
    await people.dispatcher.patch(`/api/projects/${project.id}`, {
      appointedIds: [people.measurer.user.id],
    });
    expect(await people.measurer.get(`/api/projects/${project.id}`)).toMatchObject(whole);
    expect(await people.measurer.get(`/api/counterparties/${customer.id}`)).toMatchObject(card);
    await people.dispatcher.patch(`/api/projects/${project.id}`, { appointedIds: [] });
  });

  it('cannot be searched where it cannot be seen', async () => {
    const found = async (me: Person, search: string) =>
      (await me.get<{ items: Counterparty[] }>(`/api/counterparties?search=${encodeURIComponent(search)}`))
        .items.length;
    for (const secret of ['9165551234', '7701234560', 'k example'])
      expect([secret, await found(people.measurer, secret)]).toEqual([secret, 0]);
    expect(await found(people.measurer, 'скрытова')).toBe(1);
    expect(await found(people.finance, '7701234560')).toBe(1);
    expect(await found(people.orders, '9165551234')).toBe(1);
  });
});

describe('a name that is taken out of sight', () => {
  it('is not told by any answer: the thing is made, apart', async () => {
    const { outsider, manager, measurer } = people;
    const foreign = {
      event: await makeEvent(people.dispatcher, {}),
      project: await makeProject(people.dispatcher, { managerId: manager.user.id }),
      customer: await customerOf(other),
    };
    const tries: [Person, string, string, unknown][] = [
      [measurer, '/api/events', foreign.event.id, { id: foreign.event.id, ...typed('note.free') }],
      [outsider, '/api/projects', foreign.project.id, { id: foreign.project.id }],
      [outsider, '/api/counterparties', foreign.customer.id, { id: foreign.customer.id, name: 'Мой' }],
    ];
    for (const [me, path, taken, body] of tries) {
      const [first, again] = [
        await me.send<Project & { event?: SvodkaEvent }>('POST', path, body),
        await me.send<Project & { event?: SvodkaEvent }>('POST', path, body),
      ];
      const idOf = (answer: typeof first) => (answer.body.event ?? answer.body).id;
      expect([path, first.status]).toEqual([path, 201]);
      expect(idOf(first)).not.toBe(taken);
      expect([path, idOf(again)]).toEqual([path, idOf(first)]);
    }
  });

  it('of a source belongs to the module, and import keys are apart', async () => {
    const source = { module: 'finance', externalId: `ПП-${nextSerial()}` };
    expect(
      (await people.measurer.send('POST', '/api/events', { ...typed('note.free'), source })).status,
    ).toBe(403);
    const forged = { ...typed('note.free'), source: { ...source, batchId: newId() } };
    expect((await people.finance.send('POST', '/api/events', forged)).error?.details).toMatchObject([
      { field: 'source.batchId' },
    ]);
    await people.finance.post('/api/events', { ...typed('payment.received', { amountKop: 1 }), source });
    const { EventImporter } = await import('./events/event-importer.service.ts');
    const draft = {
      ...typed('payment.received', { amountKop: 1 }),
      body: '',
      importance: 'normal' as const,
      occurredAt: new Date(),
      due: null,
      projectId: null,
      counterpartyIds: [],
      author: null,
      status: null,
      externalId: source.externalId,
    };
    const { id, roles, departmentId } = people.dispatcher.user;
    const actor = { id, roles, departmentId };
    expect(await app.app.get(EventImporter).write(actor, [draft], { batchId: newId() })).toMatchObject({
      created: 1,
      existing: 0,
    });
  });
});

describe('names', () => {
  it('of orders and customers out of sight stand in no history, list or notice', async () => {
    const { dispatcher, manager, outsider } = people;
    const hidden = await makeCounterparty(dispatcher, { name: 'Невидимый Заказчик' });
    const before = await makeProject(dispatcher, {
      managerId: outsider.user.id,
      objectAddress: 'Тайная, 1',
      counterpartyId: hidden.id,
    });
    const after = await makeProject(dispatcher, { managerId: manager.user.id });
    const event = await makeEvent(dispatcher, { projectId: before.id, counterpartyIds: [hidden.id] });
    await dispatcher.patch(`/api/events/${event.id}`, { projectId: after.id }, { 'If-Match': '1' });
    await dispatcher.post(`/api/events/${event.id}/comments`, {
      body: 'Посмотри',
      mentionIds: [manager.user.id],
    });
    const answers = [
      await manager.get(`/api/events/${event.id}/revisions`),
      await manager.get(`/api/events/${event.id}`),
      await manager.get('/api/events?limit=200'),
      await manager.get('/api/notices'),
      await manager.get(`/api/refs?projects=${before.id}&counterparties=${hidden.id}`),
    ];
    for (const answer of answers) {
      expect(JSON.stringify(answer)).not.toMatch(/Невидимый|Тайная/);
      expect(JSON.stringify(answer)).not.toContain(`"number":"${before.number}"`);
    }
    const whole = await dispatcher.get(`/api/events/${event.id}/revisions`);
    expect(JSON.stringify(whole)).toMatch(/Тайная/);
  });
});
