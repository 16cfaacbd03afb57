import { type AddressInfo, connect, createServer, type Socket } from 'node:net';
import type { Connection, mongo } from 'mongoose';
import mongoose from 'mongoose';
import { openTestStore, type TestStore } from '../../../test/support/app.ts';
import { seeded } from '../../../test/support/seeded.ts';
import { EXIT } from '../data-directory/exit.ts';
import type { CollectionPlan, IndexPlan } from './collection-plan.ts';
import { dropIndex, type MigrationStep, rewriteInBatches } from './migration-step.ts';
import { migrate } from './migrations.ts';
import { connectMongo } from './mongo.ts';

const seed = Number(process.env.MIGRATION_SEED ?? Date.now() % 1_000_000);
const KILLS = process.env.SVODKA_DEEP ? 60 : 6;
const LEASE_MS = 150;

const random = seeded(seed);

type Thing = { _id: string; version: number; words: string[]; size?: number; old?: string };

const PLANS: CollectionPlan[] = [
  {
    collection: 'things',
    images: true,
    indexes: [{ key: { size: 1 }, name: 'size' }, { key: { words: 1 } }],
  },
  { collection: 'others', images: false, indexes: [{ key: { place: 1 }, unique: true }] },
];

/** Three steps of different kinds; the second sees what the first made. */
const STEPS: MigrationStep[] = [
  {
    number: 2,
    name: 'things have words',
    run: (step) =>
      rewriteInBatches<Thing>(step, 'things', {}, (docs) =>
        docs.map(({ words, _id }) => (words.length > 0 ? null : { words: [`w${_id}`, 'all'] })),
      ),
  },
  {
    number: 3,
    name: 'nobody looks for things by their old name',
    run: (step) => dropIndex(step, 'things', 'old'),
  },
  {
    number: 5,
    name: 'things know how many words they have',
    run: (step) =>
      rewriteInBatches<Thing>(step, 'things', { size: { $exists: false } }, (docs) =>
        docs.map(({ words }) => ({ size: words.length })),
      ),
  },
];

describe(migrate.name, () => {
  let store: TestStore;
  let connection: Connection;
  const db = () => connection.db as mongo.Db;

  beforeAll(async () => {
    store = await openTestStore();
    connection = await connectMongo(store.uri);
  });
  beforeEach(async () => {
    for (const name of ['things', 'others', 'settings']) await db().collection(name).drop();
    await db().collection<Thing>('things').insertMany(things());
    await db().collection('things').createIndex({ old: 1 }, { name: 'old' });
  });
  afterAll(async () => {
    await connection?.close();
    await store?.close();
  });

  /** Goes to the store through a line of its own, which is cut at the given command: nothing comes through any more. */
  async function mortalConnection(commands: number) {
    const ends = new Set<Socket>();
    const [store] = connection.getClient().options.hosts;
    let isCut = false;
    const line = createServer((near) => {
      if (isCut) return near.destroy();
      const far = store?.socketPath ? connect(store.socketPath) : connect(store?.port ?? 27_017, store?.host);
      for (const [from, to] of [
        [near, far],
        [far, near],
      ] as const) {
        ends.add(from);
        from.pipe(to);
        from.on('error', () => to.destroy()).on('close', () => to.destroy());
      }
    });
    await new Promise<void>((resolve) => line.listen(0, '127.0.0.1', resolve));
    const cut = () => {
      isCut = true;
      line.close();
      for (const end of ends) end.destroy();
    };
    const open = () =>
      mongoose
        .createConnection(`mongodb://127.0.0.1:${(line.address() as AddressInfo).port}/${connection.name}`, {
          directConnection: true,
          monitorCommands: true,
          // Short, as each death is waited for by it; a busy machine may take longer to be born.
          serverSelectionTimeoutMS: 50,
        })
        .asPromise()
        .catch(() => null);
    let mortal = await open();
    while (!mortal) mortal = await open();
    const born = mortal;
    let left = commands;
    born.getClient().on('commandStarted', () => {
      if (--left === 0) cut();
    });
    return { connection: born, end: () => born.destroy(true).finally(cut) };
  }

  const things = (): Thing[] =>
    Array.from({ length: 1_300 }, (_, i) => ({
      _id: String(i).padStart(5, '0'),
      version: 1,
      words: i % 3 === 0 ? ['given'] : [],
    }));

  const expected = () =>
    things().map(({ _id, words }) => ({
      _id,
      words: words.length > 0 ? words : [`w${_id}`, 'all'],
      size: words.length || 2,
      version: words.length > 0 ? 2 : 3,
    }));
  const stored = async () =>
    (await db().collection<Thing>('things').find().sort({ _id: 1 }).toArray()).map(
      ({ _id, words, size, version }) => ({ _id, words, size, version }),
    );
  const schema = () => db().collection<{ _id: string }>('settings').findOne({ _id: 'schema' });
  const indexes = async (name: string) =>
    (await db().collection(name).listIndexes().toArray()).map((index) => index.name).sort();

  it('does each step once, in order, and says so in the data', async () => {
    await migrate(connection, PLANS, { steps: [...STEPS].reverse() });
    expect(await stored()).toEqual(expected());
    expect(await indexes('things')).toEqual(['_id_', 'size', 'words_1']);
    const first = await schema();
    expect(first).toMatchObject({
      version: 5,
      running: null,
      lease: null,
      steps: [
        { number: 2, changed: 866 },
        { number: 3, changed: 0 },
        { number: 5, changed: 1_300 },
      ],
    });
    await migrate(connection, PLANS, { steps: STEPS });
    expect(await schema()).toEqual(first);
    expect(await stored()).toEqual(expected());
  });

  it('does a step that was published after a later one', async () => {
    const [words, , size] = STEPS as [MigrationStep, MigrationStep, MigrationStep];
    await migrate(connection, PLANS, { steps: [words, size] });
    expect(await indexes('things')).toContain('old');
    await migrate(connection, PLANS, { steps: STEPS });
    expect(await indexes('things')).not.toContain('old');
  });

  it(`ends the same when it is killed anywhere, ${KILLS} times (seed ${seed})`, async () => {
    for (let round = 0; round < KILLS; round++) {
      await db().collection('things').drop();
      await db().collection('others').drop();
      await db().collection('settings').drop();
      await db().collection<Thing>('things').insertMany(things());
      await db().collection('things').createIndex({ old: 1 }, { name: 'old' });
      // Each life ends at a command that the dice say, sent or not: and it writes nothing more.
      for (let isDone = false; !isDone; ) {
        const life = await mortalConnection(1 + Math.floor(random() * 30));
        isDone = await migrate(life.connection, PLANS, { steps: STEPS, leaseMs: LEASE_MS }).then(
          () => true,
          () => false,
        );
        await life.end();
      }
      expect(await stored()).toEqual(expected());
      expect(await indexes('things')).toEqual(['_id_', 'size', 'words_1']);
      expect(await schema()).toMatchObject({
        version: 5,
        running: null,
        steps: [{ number: 2 }, { number: 3 }, { number: 5 }],
      });
    }
  });

  it('is done by one of several nodes while the others wait', async () => {
    const nodes = await Promise.all(Array.from({ length: 4 }, () => connectMongo(store.uri)));
    let atWork = 0;
    let most = 0;
    const runs: number[] = [];
    const steps = STEPS.map((step) => ({
      ...step,
      async run(given: Parameters<typeof step.run>[0]) {
        most = Math.max(most, ++atWork);
        runs.push(step.number);
        await step.run(given);
        atWork--;
      },
    }));
    await Promise.all(nodes.map((node) => migrate(node, PLANS, { steps })));
    expect(most).toBe(1);
    expect(runs).toEqual([2, 3, 5]);
    expect(await stored()).toEqual(expected());
    await Promise.all(nodes.map((node) => node.close()));
  });

  it('looks again at what somebody changed while it was at work', async () => {
    const things = db().collection<Thing>('things');
    let isFirst = true;
    const step: MigrationStep = {
      number: 2,
      name: 'things know how many words they have',
      run: (run) =>
        rewriteInBatches<Thing>(run, 'things', {}, async (docs) => {
          const changes = docs.map(({ words, size }) =>
            size === words.length ? null : { size: words.length },
          );
          if (isFirst)
            await things.updateOne({ _id: '00007' }, { $push: { words: 'new' }, $inc: { version: 1 } });
          isFirst = false;
          return changes;
        }),
    };
    await migrate(connection, PLANS, { steps: [step] });
    expect(await things.findOne({ _id: '00007' })).toMatchObject({ words: ['new'], size: 1, version: 3 });
  });

  it('waits for a lease that runs out when its node is dead', async () => {
    await db()
      .collection<{ _id: string }>('settings')
      .insertOne({
        _id: 'schema',
        version: 1,
        lease: { holder: 'dead', until: new Date(Date.now() + 400) },
      } as never);
    await migrate(connection, PLANS, { steps: STEPS });
    expect(await stored()).toEqual(expected());
  });

  it('leaves data of a newer program alone, also when its steps have only begun', async () => {
    const interrupted: MigrationStep = {
      number: 9,
      name: 'breaks off',
      run: () => Promise.reject(new Error('killed')),
    };
    await expect(migrate(connection, PLANS, { steps: [...STEPS, interrupted] })).rejects.toThrow('killed');
    const before = [await stored(), await schema()];
    await expect(migrate(connection, PLANS, { steps: STEPS })).rejects.toMatchObject({
      exitCode: EXIT.badData,
    });
    expect([await stored(), await schema()]).toEqual(before);
  });

  it('replaces an index of the same name with other options or another key, and one of the same key', async () => {
    await migrate(connection, PLANS);
    const plan = (indexes: IndexPlan[], more: object = {}) => [
      { collection: 'things', images: true, indexes: indexes.map((index) => ({ ...index, ...more })) },
    ];
    await migrate(
      connection,
      plan([{ key: { size: 1 }, name: 'size' }], { unique: false, expireAfterSeconds: 9 }),
    );
    await migrate(connection, plan([{ key: { version: 1 }, name: 'size' }]));
    await migrate(connection, plan([{ key: { version: 1 }, name: 'version' }]));
    const found = await db().collection('things').listIndexes().toArray();
    expect(found.map(({ name, key }) => [name, key])).toEqual([
      ['_id_', { _id: 1 }],
      ['old', { old: 1 }],
      ['words_1', { words: 1 }],
      ['version', { version: 1 }],
    ]);
  });
});
