// The law of the derivation: whatever is written to events in whatever order, and whatever dies meanwhile, every order
// ends with the line that a naive recomputation from its final events gives. The seed is printed; LINES_SEED repeats.
import { newId } from '@svodka/shared/contracts/id';
import { moduleOf } from '@svodka/shared/contracts/modules';
import type { OrderLine } from '@svodka/shared/contracts/orders';
import { FACT_TYPES } from '@svodka/shared/rules/orders/fills';
import { deriveLine, RULES } from '@svodka/shared/rules/orders/line';
import type { Connection, mongo } from 'mongoose';
import { openTestStore, type TestStore } from '../../test/support/app.ts';
import { FakeClock } from '../../test/support/fake-clock.ts';
import { seeded } from '../../test/support/seeded.ts';
import { until } from '../../test/support/until.ts';
import type { EventDoc } from '../events/event.schema.ts';
import { untouched } from '../events/event-fields.ts';
import { loadConfig } from '../platform/config/config.ts';
import { Logger } from '../platform/logger/logger.ts';
import { driverCollection } from '../platform/mongo/driver-collection.ts';
import { connectMongo } from '../platform/mongo/mongo.ts';
import { type Running, startServer } from '../start.ts';
import { LineFollower, POSITION_ID } from './line-follower.ts';
import { cardOf } from './projects/chain-input.ts';
import type { ProjectDoc } from './projects/project.schema.ts';

const seed = Number(process.env.LINES_SEED ?? Date.now() % 1_000_000);
const ORDERS = 12;
const DAY = 86_400_000;

describe(`${LineFollower.name} (seed ${seed})`, () => {
  const random = seeded(seed);
  const clock = new FakeClock();
  const pick = <T>(list: readonly T[]): T => list[Math.floor(random() * list.length)] as T;
  let store: TestStore;
  let connection: Connection;
  let server: Running;
  let projects: mongo.Collection<ProjectDoc>;
  let events: mongo.Collection<EventDoc>;
  let settings: mongo.Collection<{ _id: string }>;
  let ids: string[];

  const start = async () => {
    server = await startServer({
      config: loadConfig({ PORT: '0', LOG_LEVEL: 'fatal' }),
      logger: new Logger('fatal'),
      storeUri: store.uri,
      clock,
    });
  };
  const follower = () => server.app.get(LineFollower, { strict: false });

  beforeAll(async () => {
    store = await openTestStore();
    await start();
    connection = await connectMongo(store.uri);
    projects = driverCollection(connection, 'projects');
    events = driverCollection(connection, 'events');
    settings = driverCollection(connection, 'settings');
    ids = Array.from({ length: ORDERS }, () => newId());
    const now = clock.now();
    await projects.insertMany(
      ids.map((_id, i) => ({
        _id,
        number: `L-${i}`,
        counterpartyId: null,
        objectAddress: '',
        managerId: null,
        appointedIds: [],
        status: 'request' as const,
        template: pick(['private', 'dealer', 'facade', 'complaint'] as const),
        amountKop: pick([null, 10_000_000]),
        tz: 'Europe/Moscow',
        note: '',
        createdAt: new Date(now.getTime() - 90 * DAY),
        createdBy: null,
        version: 1,
        terms: [],
        // As an upgrade leaves it: of no rules yet.
        line: {
          ...deriveLine({ ...cardOf({ tz: 'UTC', createdAt: now, amountKop: null }), now, events: [] }),
          version: 1,
          rules: 0,
        },
      })),
    );
  });
  afterAll(async () => {
    await server?.stop();
    await connection?.close();
    await store?.close();
  });

  /** From all events that there are in the end, without any of what the derivation is made of. */
  async function oracle(project: ProjectDoc) {
    const all = await events.find({ projectId: project._id }).toArray();
    return deriveLine({
      ...cardOf(project),
      now: clock.now(),
      events: all.map((doc) => ({ ...doc, id: doc._id })),
    });
  }

  async function converge(): Promise<ProjectDoc[]> {
    let wrong = '';
    return until(
      async () => {
        const found = await projects.find().sort({ _id: 1 }).toArray();
        for (const project of found) {
          const { version: _, ...line } = project.line;
          try {
            expect(line).toEqual(await oracle(project));
          } catch (error) {
            wrong = `${project.number}: ${(error as Error).message}`;
            return null;
          }
        }
        return found;
      },
      { what: () => wrong },
    );
  }

  const fact = (): EventDoc => {
    const type = pick(FACT_TYPES);
    const occurredAt = new Date(clock.now().getTime() - Math.floor(random() * 80) * DAY);
    return {
      _id: newId(),
      type,
      module: moduleOf(type),
      title: '',
      body: '',
      importance: 'normal',
      occurredAt,
      recordedAt: clock.now(),
      dueAt: null,
      dueAllDay: false,
      dueZone: null,
      dueLocal: null,
      dueLeadMin: 0,
      dueState: 'none',
      projectId: pick(ids),
      counterpartyIds: [],
      itemIds: [],
      author: { userId: null, name: '' },
      source: null,
      payload: { amountKop: Math.floor(random() * 9_000_000), count: 2, total: 10, stage: pick([1, 1, 2]) },
      visibility: 'internal',
      departmentId: null,
      status: pick(['recorded', 'open', 'resolved'] as const),
      resolved: null,
      ...untouched(),
      terms: [],
      audienceIds: [],
      addedCounterpartyId: null,
      nextDueChangeAt: null,
    };
  };

  /** Something that happens to the events: written, written again by an import, edited, taken away, brought back, moved. */
  async function happen(known: string[]): Promise<void> {
    const chance = random();
    if (chance < 0.5 || known.length === 0) {
      const doc = fact();
      known.push(doc._id);
      await events.insertOne(doc);
      // An import that comes twice.
      if (random() < 0.2) await events.insertOne(doc).catch(() => undefined);
      return;
    }
    const set: Partial<EventDoc> =
      chance < 0.6
        ? { deletedAt: clock.now() }
        : chance < 0.7
          ? { deletedAt: null }
          : chance < 0.8
            ? { projectId: pick([...ids, null]) }
            : {
                payload: { amountKop: Math.floor(random() * 9_000_000) },
                status: pick(['open', 'resolved']),
              };
    await events.updateOne({ _id: pick(known) }, { $set: set, $inc: { version: 1 } });
  }

  it('ends where the final events lead, however they came and whatever stopped in between', async () => {
    const known: string[] = [];
    for (let round = 0; round < 3; round++) {
      for (let i = 0; i < 80; i++) await happen(known);
      // Not at a quiet moment: what was noted and not derived is lost with the process.
      await server.stop();
      await start();
      for (let i = 0; i < 40; i++) await happen(known);
      await converge();
    }
  }, 120_000);

  it('writes nothing when nothing has changed, told again or not', async () => {
    const before = await converge();
    await follower().noteAll();
    const versions = (docs: { line: OrderLine }[]) => docs.map(({ line }) => line.version);
    expect(versions(await projects.find().sort({ _id: 1 }).toArray())).toEqual(versions(before));
  });

  it('derives everything anew where its place is lost, and where the rules are others', async () => {
    await server.stop();
    await projects.updateMany({}, { $set: { 'line.risk': -1 } });
    await settings.deleteOne({ _id: POSITION_ID });
    await start();
    await converge();
    await projects.updateMany({}, { $set: { 'line.risk': -1, 'line.rules': RULES - 1 } });
    await follower().sweep();
    await converge();
    expect(await settings.findOne({ _id: POSITION_ID })).toBeTruthy();
  });

  it('says at midnight what has become late, by an index', async () => {
    clock.advance(DAY);
    await follower().sweep();
    await converge();
    const { executionStats, queryPlanner } = await projects
      .find(
        { 'line.staleAt': { $lte: clock.now() } },
        { sort: { 'line.staleAt': 1 }, projection: { _id: 1 } },
      )
      .explain('executionStats');
    expect(JSON.stringify(queryPlanner)).toContain('IXSCAN');
    expect(executionStats.totalDocsExamined).toBe(0);
  });
});
