import type { INestApplicationContext } from '@nestjs/common';
import { consentOf } from '@svodka/shared/contracts/customer';
import { AppError } from '@svodka/shared/contracts/errors';
import type { Id } from '@svodka/shared/contracts/id';
import { asks } from '@svodka/shared/contracts/modules';
import { DateTime } from 'luxon';
import { actorOf } from '../accounts/actor.ts';
import type { UserDoc } from '../accounts/user.schema.ts';
import { UsersService } from '../accounts/users.service.ts';
import { CounterpartiesService } from '../counterparties/counterparties.service.ts';
import { CounterpartyImporter } from '../counterparties/counterparty-importer.service.ts';
import { CommentsService } from '../discussion/comments.service.ts';
import { EventImporter, type ImportedEvent } from '../events/event-importer.service.ts';
import { EventsService } from '../events/events.service.ts';
import { ProjectsService } from '../orders/projects/projects.service.ts';
import { derivedId } from '../platform/mongo/derived-id.ts';
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
  /** Things that were not there before. */
  added: number;
  /** Path of what one customer sees of their order. */
  page: string | null;
};

/** The fourteen people. Whoever is not there yet is made; the others sign in as they did, unless they are given the password anew. */
export async function hire(
  app: INestApplicationContext,
  password: string,
  { anew }: { anew: boolean },
): Promise<{ people: People; known: number }> {
  const users = app.get(UsersService);
  const there = new Map((await users.all()).map((user) => [user.login, user]));
  const people: People = new Map();
  let known = 0;
  for (const user of USERS) {
    const before = there.get(user.login);
    if (before && anew) await users.resetPassword(before._id, password);
    const email = `${user.login}@demo.invalid`;
    const { user: one } = before
      ? { user: before }
      : await users.create({ ...user, email, locale: 'ru', password });
    people.set(user.login, one);
    if (before) known++;
  }
  return { people, known };
}

/** When the filling began; whoever goes on with it writes the same company. */
export const begunAt = (people: People): Date => personOf(people, USERS[0]?.login ?? '').createdAt;

/** Made again, it is the same one. */
const demoId = (seed: number, what: string, place: number): Id =>
  derivedId(new Date(0), 'demo', String(seed), what, String(place));

/** Events of one stretch of time are written at its end: so long a stretch at most, and so many events. */
const STRETCH_MS = 12 * 3_600_000;
const AT_ONCE = 250;
const TELL_EVERY = 1_000;

/**
 * Nine months of a window company, the same for the same seed and moment. Everything is written as if at its own time,
 * and once: what an earlier run has written stays, so that one that was ended half way is gone on with.
 * @param tell is given a line whenever a part is done
 * @returns null when other orders stand there under its numbers: of another seed, or of an earlier version
 */
export async function fill(
  app: INestApplicationContext,
  clock: DemoClock,
  people: People,
  seed: number,
  tell: (line: string) => void = () => {},
): Promise<Filled | null> {
  const company = scenario(seed, begunAt(people));
  const partyIds = company.parties.map((_, i) => demoId(seed, 'party', i));
  const orders = await app.get(ProjectsService).ofNumbers(company.orders.map(({ number }) => number));
  const before = (await app.get(CounterpartiesService).byIds(partyIds)).length;
  if (orders.size > 0 && before < partyIds.length) return null;
  let added = partyIds.length - before + company.orders.length - orders.size;
  try {
    const parties = await keepParties(app, clock, people, company, partyIds);
    await agree(app, clock, people, parties);
    const known = new Map([...orders].map(([number, { _id }]) => [number, _id]));
    const projects = await keepOrders(app, clock, people, company, { parties, known });
    tell(`  ${parties.length} counterparties, ${projects.length} orders`);
    clock.setTo(null);
    const formed = await formCrews(app, headOf(people), DateTime.fromJSDate(clock.now(), { zone: ZONE }));
    const crews = new Map(formed.map(({ id, name }) => [name, id]));
    const writer = new Writer(app, clock, people, { parties, projects, crews }, seed);
    const { ids: events, written } = await writer.write(company.scenes, tell);
    const comments = await discuss(app, clock, people, company.comments, { events, seed });
    const writerOf = ({ by }: Scene) => (by ? actorOf(personOf(people, by)) : headOf(people));
    const page = await showOrders(app, clock, people, projects);
    const files = await attachPapers(app, clock, company, { events, writerOf });
    added += written + comments + files;
    return {
      users: people.size,
      counterparties: parties.length,
      projects: projects.length,
      events: events.size,
      comments,
      files,
      added,
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
  ids: readonly Id[],
): Promise<readonly Id[]> {
  clock.setTo(scenes[0]?.at.minus({ days: 1 }).toJSDate() ?? null);
  const creates = parties.map((party, i) => ({
    ...party,
    id: ids[i] as Id,
    managerId: personOf(people, managers[i] ?? '')._id,
  }));
  await app.get(CounterpartyImporter).makeMany(headOf(people), creates);
  return ids;
}

async function keepOrders(
  app: INestApplicationContext,
  clock: DemoClock,
  people: People,
  company: Scenario,
  { parties, known }: { parties: readonly Id[]; known: ReadonlyMap<string, Id> },
): Promise<Id[]> {
  const ids: Id[] = [];
  const cards = await app.get(CounterpartiesService).byIds(parties);
  const agreed = new Set(cards.flatMap((card) => (consentOf(card) ? [card._id] : [])));
  for (const order of company.orders) {
    const there = known.get(order.number);
    if (there) {
      ids.push(there);
      continue;
    }
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
  readonly #batchId: Id;

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
  ) {
    this.#batchId = demoId(seed, 'batch', 0);
  }

  /** @returns the event of each scene, and how many were not there before */
  async write(
    scenes: readonly Scene[],
    tell: (line: string) => void,
  ): Promise<{ ids: Map<Scene, Id>; written: number }> {
    const importer = this.app.get(EventImporter);
    const before = await this.app.get(EventsService).countOfBatch(this.#batchId);
    const keys = new Map(scenes.map((scene, i) => [`demo-${this.seed}-${i}`, scene]));
    const drafts = [...keys].map(([externalId, scene]) => this.#draft(scene, externalId));
    // They were written in their order: where an earlier run ended, this one goes on, a piece of it once more.
    const whole = before === drafts.length ? drafts.length : Math.max(0, before - AT_ONCE);
    let written = 0;
    for (let from = whole, told = TELL_EVERY; from < drafts.length; ) {
      const first = drafts[from]?.occurredAt.getTime() ?? 0;
      let to = from;
      while (
        to < drafts.length &&
        to < from + AT_ONCE &&
        (drafts[to]?.occurredAt.getTime() ?? 0) < first + STRETCH_MS
      )
        to++;
      this.clock.setTo(drafts[to - 1]?.occurredAt ?? null);
      const part = drafts.slice(from, to);
      const { created } = await importer.write(headOf(this.people), part, { batchId: this.#batchId });
      written += created;
      from = to;
      if (from < told) continue;
      tell(`  ${from} of ${drafts.length} events`);
      told += TELL_EVERY;
    }
    return { ids: await this.#idsOf(keys), written };
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
  { events, seed }: { events: ReadonlyMap<Scene, Id>; seed: number },
): Promise<number> {
  const ids = comments.map((_, i) => demoId(seed, 'comment', i));
  const known = new Set((await app.get(CommentsService).byIds(ids)).map(({ _id }) => _id));
  let written = 0;
  for (const [i, { scene, by, body, at }] of comments.entries()) {
    const eventId = events.get(scene);
    const id = ids[i] as Id;
    if (!eventId || known.has(id)) continue;
    clock.setTo(at.toJSDate());
    try {
      await app
        .get(CommentsService)
        .create(actorOf(personOf(people, by)), eventId, { id, body, mentionIds: [], groups: [] });
      written++;
    } catch (error) {
      // Whoever may not see this event says nothing under it.
      if (!(error instanceof AppError && error.code === 'not-found')) throw error;
    }
  }
  return written;
}
