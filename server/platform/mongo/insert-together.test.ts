import type { Connection, mongo } from 'mongoose';
import { openTestStore, type TestStore } from '../../../test/support/app.ts';
import { InsertTogether } from './insert-together.ts';
import { migrate } from './migrations.ts';
import { connectMongo } from './mongo.ts';

type Thing = { _id: string; key: number; bad?: unknown };

let store: TestStore;
let connection: Connection;
let things: mongo.Collection<Thing>;
const sent: number[] = [];

beforeAll(async () => {
  store = await openTestStore();
  connection = await connectMongo(`${store.uri}${store.uri.includes('?') ? '&' : '?'}monitorCommands=true`);
  await migrate(connection, [
    { collection: 'things', images: false, indexes: [{ key: { key: 1 }, unique: true }] },
  ]);
  things = (connection.db as mongo.Db).collection<Thing>('things');
  connection.getClient().on('commandStarted', ({ commandName, command }) => {
    if (commandName === 'insert') sent.push(command.documents.length);
  });
});
afterAll(async () => {
  await connection?.close();
  await store?.close();
});
beforeEach(async () => {
  await things.deleteMany({});
  sent.length = 0;
});

const thing = (n: number, key = n): Thing => ({ _id: `thing ${n}`, key });

describe(InsertTogether.name, () => {
  it('sends the first at once, and whatever comes meanwhile as one', async () => {
    const inserts = new InsertTogether(things);
    const answers = await Promise.all(Array.from({ length: 30 }, (_, n) => inserts.insert(thing(n))));
    expect(answers).toEqual(Array(30).fill(true));
    expect(sent).toEqual([1, 29]);
    expect(await things.countDocuments()).toBe(30);
    expect(await inserts.insert(thing(30))).toBe(true);
    expect(sent).toEqual([1, 29, 1]);
  });

  it('tells each whether its own id or key was taken', async () => {
    const inserts = new InsertTogether(things);
    const answers = await Promise.all([
      inserts.insert(thing(0)),
      inserts.insert(thing(1)),
      inserts.insert(thing(1, 7)),
      inserts.insert(thing(2, 0)),
      inserts.insert(thing(3)),
    ]);
    expect(answers).toEqual([true, true, false, false, true]);
    expect(await inserts.insert(thing(4, 3))).toBe(false);
    expect((await things.find().sort({ key: 1 }).toArray()).map(({ key }) => key)).toEqual([0, 1, 3]);
  });

  it('refuses what the store refuses, and only that', async () => {
    const inserts = new InsertTogether(things);
    const wrong = { ...thing(2), _id: /an expression/ as never };
    const answers = await Promise.allSettled(
      [thing(0), thing(1), wrong, thing(3)].map((one) => inserts.insert(one)),
    );
    expect(answers.map(({ status }) => status)).toEqual(['fulfilled', 'fulfilled', 'rejected', 'fulfilled']);
    expect(answers[2]).toMatchObject({ reason: { code: 53 } });
    await expect(inserts.insert(wrong)).rejects.toMatchObject({ code: 53 });
    expect(await things.countDocuments()).toBe(3);
  });

  it('goes on after a command that came to nothing, of which nobody knows anything', async () => {
    const other = await connectMongo(store.uri);
    const inserts = new InsertTogether((other.db as mongo.Db).collection<Thing>('things'));
    await other.close();
    const answers = await Promise.allSettled([0, 1, 2].map((n) => inserts.insert(thing(n))));
    expect(answers.map(({ status }) => status)).toEqual(['rejected', 'rejected', 'rejected']);
    await expect(inserts.insert(thing(3))).rejects.toThrow();
  });
});
