import type { INestApplicationContext } from '@nestjs/common';
import { AppError } from '@svodka/shared/contracts/errors';
import type { Due } from '@svodka/shared/contracts/event';
import { newId } from '@svodka/shared/contracts/id';
import { asks } from '@svodka/shared/contracts/modules';
import type { ProjectStatus } from '@svodka/shared/contracts/orders';
import { ALL } from '@svodka/shared/filter/ast';
import { DateTime } from 'luxon';
import { actorOf } from '../accounts/actor.ts';
import type { UserDoc } from '../accounts/user.schema.ts';
import { UsersService } from '../accounts/users.service.ts';
import { CounterpartiesService } from '../counterparties/counterparties.service.ts';
import { ProjectsService } from '../directory/projects.service.ts';
import { CommentsService } from '../discussion/comments.service.ts';
import type { ImportedEvent } from '../events/event-importer.service.ts';
import { EventsService } from '../events/events.service.ts';
import { address, counterparties, USERS } from './company.ts';
import { formCrews, planWork } from './crews.ts';
import { Random } from './random.ts';
import { type Scene, storyOf } from './story.ts';

const ORDERS = 180;
const MONTHS = 9;
/** How many days from now an order of a status is installed at the earliest. */
const INSTALLED_IN_DAYS: Partial<Record<ProjectStatus, number>> = {
  supply: 9,
  production: 5,
  ready: 1,
  shipment: -2,
  installation: -3,
};
const CONNECTED = 'ПрофСтрой 4';

export type People = Map<string, UserDoc>;
export type Filled = {
  users: number;
  counterparties: number;
  projects: number;
  events: number;
  comments: number;
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

/** So many events are written between two lines that say how far it is. */
const AT_ONCE = 500;

/**
 * Nine months of a window company, the same for the same seed and day.
 * @param tell is given a line whenever a part is done
 */
export async function fill(
  app: INestApplicationContext,
  people: People,
  seed: number,
  tell: (line: string) => void = () => {},
): Promise<Filled> {
  const random = new Random(seed);
  const now = DateTime.now().setZone('Europe/Moscow');
  const head = actorOf(people.get('nina') as UserDoc);
  const managers = USERS.filter(({ roles }) => roles.includes('manager')).map(
    ({ login }) => people.get(login) as UserDoc,
  );

  const parties = [];
  for (const party of counterparties(random)) {
    const managerId = random.pick(managers)._id;
    parties.push(await app.get(CounterpartiesService).create(head, { ...party, managerId }));
  }

  const crews = await formCrews(app, head, now);
  const scenes: Scene[] = [];
  for (let i = 0; i < ORDERS; i++) {
    const party = random.pick(parties);
    const dealer = party.categories.includes('dealer');
    const start = now
      // One in five is about to be installed, so that the weeks about today have work for every crew.
      .minus({ days: random.chance(0.2) ? random.int(13, 28) : random.int(1, MONTHS * 30) })
      .set({ hour: random.int(9, 17), minute: random.int(0, 59) });
    const order = {
      projectId: newId(start.toMillis()),
      counterpartyId: party._id,
      number: String(200 + i),
      dealer,
      amountKop: random.int(40, dealer ? 1800 : 600) * 100_000 + random.int(0, 9) * 10_000,
      items: random.int(1, dealer ? 30 : 8),
      start: DateTime.min(start, now.minus({ hours: 6 })),
    };
    const story = storyOf(order, now, random);
    await app.get(ProjectsService).create(head, {
      id: order.projectId,
      number: order.number,
      counterpartyId: party._id,
      objectAddress: address(random),
      managerId: random.pick(managers)._id,
      appointedIds: random.chance(0.3)
        ? [(people.get(random.pick(['ilya', 'elena', 'irina'])) as UserDoc)._id]
        : [],
      template: order.dealer ? 'dealer' : 'private',
      amountKop: order.amountKop,
      note: '',
    });
    scenes.push(...story.scenes);
    const soonest = dealer ? undefined : INSTALLED_IN_DAYS[story.status];
    if (soonest !== undefined) {
      const named = story.scenes.find(({ event }) => event.type === 'crew.assigned')?.event.payload?.crew;
      const crew = crews.find(({ name }) => name === named) ?? random.pick(crews);
      const wanted = now.plus({ days: soonest });
      for (const event of planWork(order, crew, { now, wanted, random }))
        scenes.push({ event, by: 'nina', resolved: false });
    }
  }

  scenes.sort((a, b) => (a.event.occurredAt ?? '').localeCompare(b.event.occurredAt ?? ''));
  tell(`  ${parties.length} counterparties, ${ORDERS} orders`);
  const drafts = scenes.map<ImportedEvent>(({ event, by, resolved }, i) => ({
    type: event.type,
    title: event.title,
    body: event.body ?? '',
    importance: event.importance ?? 'normal',
    occurredAt: new Date(event.occurredAt ?? now.toMillis()),
    due: (event.due as Due | undefined) ?? null,
    projectId: event.projectId ?? null,
    counterpartyIds: event.counterpartyIds ?? [],
    author: by ? { userId: (people.get(by) as UserDoc)._id, name: '' } : { userId: null, name: CONNECTED },
    status: resolved && asks(event.type) ? 'resolved' : null,
    payload: event.payload ?? {},
    externalId: `demo-${seed}-${i}`,
  }));
  const batchId = newId();
  let created = 0;
  for (let from = 0; from < drafts.length; from += AT_ONCE) {
    const written = await app
      .get(EventsService)
      .createMany(head, drafts.slice(from, from + AT_ONCE), { batchId });
    created += written.created;
    tell(`  ${Math.min(from + AT_ONCE, drafts.length)} of ${drafts.length} events`);
  }
  const comments = await discuss(app, people, random);
  return { users: people.size, counterparties: parties.length, projects: ORDERS, events: created, comments };
}

const TALK = [
  ['vera', 'Клиент просит перенести на утро, успеваем?'],
  ['anna', 'Да, бригада свободна с 9:00.'],
  ['elena', 'Договор у клиента, подпишет сегодня.'],
  ['maxim', 'Проверил склад: не хватает одного подоконника.'],
  ['ilya', 'По кухне ширина 1470 и 1468, берём меньшую.'],
  ['denis', 'Принял, резервирую профиль.'],
] as const;

/** A few words under the newest events. */
async function discuss(app: INestApplicationContext, people: People, random: Random): Promise<number> {
  const reader = people.get('anna') as UserDoc;
  const events = app.get(EventsService);
  const { docs } = await events.list(actorOf(reader), ALL, { zone: reader.tz, limit: 60 });
  let written = 0;
  for (const event of docs) {
    for (const [login, body] of random.chance(0.35) ? [random.pick(TALK), random.pick(TALK)] : []) {
      const author = people.get(login) as UserDoc;
      try {
        await app.get(CommentsService).create(actorOf(author), event._id, { body, mentionIds: [] });
        written++;
      } catch (error) {
        // A manager or measurer who may not see this event says nothing under it.
        if (!(error instanceof AppError && error.code === 'not-found')) throw error;
      }
    }
  }
  return written;
}
