import type { INestApplicationContext } from '@nestjs/common';
import { consentOf } from '@svodka/shared/contracts/customer';
import { AppError } from '@svodka/shared/contracts/errors';
import { type Id, newId } from '@svodka/shared/contracts/id';
import { asks } from '@svodka/shared/contracts/modules';
import { DateTime } from 'luxon';
import { actorOf } from '../accounts/actor.ts';
import type { UserDoc } from '../accounts/user.schema.ts';
import { UsersService } from '../accounts/users.service.ts';
import { CounterpartiesService } from '../counterparties/counterparties.service.ts';
import { CommentsService } from '../discussion/comments.service.ts';
import { EventImporter, type ImportedEvent } from '../events/event-importer.service.ts';
import { EventsService } from '../events/events.service.ts';
import { ProjectsService } from '../orders/projects/projects.service.ts';
import { attachPapers } from './attach.ts';
import type { DemoClock } from './clock.ts';
import { type People, USERS } from './company.ts';
import { formCrews } from './crews.ts';
import { agree, showOrders, TOLD } from './customers.ts';
import { ZONE } from './days.ts';
import { registeredAt, type Said, type Scenario, scenario } from './scenario.ts';
import type { Scene } from './story.ts';

const CONNECTED = 'ПрофСтрой 4';

export type Filled = {
  users: number;
  counterparties: number;
  projects: number;
  events: number;
  comments: number;
  files: number;
  /** Path of what one customer sees of their order. */
  page: string | null;
};

/** Makes the fourteen people. @returns null when they are there already: the company was filled before */
export async function hire(app: INestApplicationContext, password: string): Promise<People | null> {
  const users = app.get(UsersService);
  const people: People = new Map();
  for (const user of USERS) {
    try {
      const email = `${user.login}@demo.invalid`;
      const created = await users.create({ ...user, email, locale: 'ru', password });
      people.set(user.login, created.user);
    } catch (error) {
      if (error instanceof AppError && error.code === 'conflict') return null;
      throw error;
    }
  }
  return people;
}

/** Events of one stretch of time are written at its end: so long a stretch at most, and so many events. */
const STRETCH_MS = 12 * 3_600_000;
const AT_ONCE = 250;
const TELL_EVERY = 1_000;

/**
 * Nine months of a window company, the same for the same seed and moment. Everything is written as if at its own time.
 * @param tell is given a line whenever a part is done
 */
export async function fill(
  app: INestApplicationContext,
  clock: DemoClock,
  people: People,
  seed: number,
  tell: (line: string) => void = () => {},
): Promise<Filled> {
  const company = scenario(seed, clock.now());
  try {
    const parties = await keepParties(app, clock, people, company);
    await agree(app, clock, people, parties);
    const projects = await keepOrders(app, clock, people, company, parties);
    tell(`  ${parties.length} counterparties, ${projects.length} orders`);
    clock.setTo(null);
    const formed = await formCrews(app, headOf(people), DateTime.fromJSDate(clock.now(), { zone: ZONE }));
    const crews = new Map(formed.map(({ id, name }) => [name, id]));
    const writer = new Writer(app, clock, people, { parties, projects, crews }, seed);
    const events = await writer.write(company.scenes, tell);
    const comments = await discuss(app, clock, people, company.comments, events);
    const writerOf = ({ by }: Scene) => (by ? actorOf(personOf(people, by)) : headOf(people));
    const page = await showOrders(app, clock, people, projects);
    const files = await attachPapers(app, clock, company, { events, writerOf });
    return {
      users: people.size,
      counterparties: parties.length,
      projects: projects.length,
      events: events.size,
      comments,
      files,
      page,
    };
  } finally {
    clock.setTo(null);
  }
}

const personOf = (people: People, login: string): UserDoc => people.get(login) as UserDoc;
const headOf = (people: People) => actorOf(personOf(people, 'nina'));

async function keepParties(
  app: INestApplicationContext,
  clock: DemoClock,
  people: People,
  { parties, managers, scenes }: Scenario,
): Promise<Id[]> {
  const ids: Id[] = [];
  clock.setTo(scenes[0]?.at.minus({ days: 1 }).toJSDate() ?? null);
  for (const [i, party] of parties.entries()) {
    const managerId = personOf(people, managers[i] ?? '')._id;
    ids.push((await app.get(CounterpartiesService).create(headOf(people), { ...party, managerId }))._id);
  }
  return ids;
}

async function keepOrders(
  app: INestApplicationContext,
  clock: DemoClock,
  people: People,
  company: Scenario,
  parties: readonly Id[],
): Promise<Id[]> {
  const ids: Id[] = [];
  const cards = await app.get(CounterpartiesService).byIds(parties);
  const agreed = new Set(cards.flatMap((card) => (consentOf(card) ? [card._id] : [])));
  for (const order of company.orders) {
    clock.setTo(registeredAt(company, order).toJSDate());
    const project = await app.get(ProjectsService).create(headOf(people), {
      number: order.number,
      counterpartyId: parties[order.party] ?? null,
      objectAddress: order.address,
      managerId: personOf(people, order.manager)._id,
      appointedIds: order.appointed.map((login) => personOf(people, login)._id),
      template: order.template,
      amountKop: order.amountKop,
      note: '',
      told: agreed.has(parties[order.party] ?? '') ? TOLD : [],
    });
    ids.push(project._id);
  }
  return ids;
}

class Writer {
  readonly #batchId = newId();

  constructor(
    private readonly app: INestApplicationContext,
    private readonly clock: DemoClock,
    private readonly people: People,
    private readonly ids: {
      parties: readonly Id[];
      projects: readonly Id[];
      crews: ReadonlyMap<unknown, Id>;
    },
    private readonly seed: number,
  ) {}

  /** @returns the event of each scene */
  async write(scenes: readonly Scene[], tell: (line: string) => void): Promise<Map<Scene, Id>> {
    const importer = this.app.get(EventImporter);
    const keys = new Map(scenes.map((scene, i) => [`demo-${this.seed}-${i}`, scene]));
    const drafts = [...keys].map(([externalId, scene]) => this.#draft(scene, externalId));
    for (let from = 0, told = TELL_EVERY; from < drafts.length; ) {
      const first = drafts[from]?.occurredAt.getTime() ?? 0;
      let to = from;
      while (
        to < drafts.length &&
        to < from + AT_ONCE &&
        (drafts[to]?.occurredAt.getTime() ?? 0) < first + STRETCH_MS
      )
        to++;
      this.clock.setTo(drafts[to - 1]?.occurredAt ?? null);
      await importer.write(headOf(this.people), drafts.slice(from, to), { batchId: this.#batchId });
      from = to;
      if (from < told) continue;
      tell(`  ${from} of ${drafts.length} events`);
      told += TELL_EVERY;
    }
    return this.#idsOf(keys);
  }

  async #idsOf(keys: ReadonlyMap<string, Scene>): Promise<Map<Scene, Id>> {
    const ids = new Map<Scene, Id>();
    const filter = { field: 'batch' as const, in: [this.#batchId] };
    const events = this.app.get(EventsService);
    for (let after: string | undefined; ; ) {
      const page = await events.list(headOf(this.people), filter, { zone: ZONE, limit: 200, after });
      for (const { _id, source } of page.docs) {
        const scene = keys.get(source?.externalId ?? '');
        if (scene) ids.set(scene, _id);
      }
      if (!page.next) return ids;
      after = page.next;
    }
  }

  #draft(scene: Scene, externalId: string): ImportedEvent {
    const { at, by, order, parties, resolved, ...said } = scene;
    const crew = this.ids.crews.get(said.payload.crew);
    return {
      ...said,
      payload: crew ? { ...said.payload, crew } : said.payload,
      occurredAt: at.toJSDate(),
      projectId: order === null ? null : (this.ids.projects[order] ?? null),
      counterpartyIds: parties.flatMap((party) => this.ids.parties[party] ?? []),
      author: by ? { userId: personOf(this.people, by)._id, name: '' } : { userId: null, name: CONNECTED },
      status: resolved && asks(said.type) ? 'resolved' : null,
      externalId,
    };
  }
}

async function discuss(
  app: INestApplicationContext,
  clock: DemoClock,
  people: People,
  comments: readonly Said[],
  events: ReadonlyMap<Scene, Id>,
): Promise<number> {
  let written = 0;
  for (const { scene, by, body, at } of comments) {
    const eventId = events.get(scene);
    if (!eventId) continue;
    clock.setTo(at.toJSDate());
    try {
      await app
        .get(CommentsService)
        .create(actorOf(personOf(people, by)), eventId, { body, mentionIds: [], groups: [] });
      written++;
    } catch (error) {
      // Whoever may not see this event says nothing under it.
      if (!(error instanceof AppError && error.code === 'not-found')) throw error;
    }
  }
  return written;
}
