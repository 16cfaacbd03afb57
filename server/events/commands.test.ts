// What a write costs: how many commands it sends to the store. A read that comes in by the way is seen here, not in a
// profile a year later.
import { createTestApp, type TestApp } from '../../test/support/app.ts';
import type { Client } from '../../test/support/client.ts';
import { makeCounterparty, makeProject } from '../../test/support/factories.ts';
import { until } from '../../test/support/until.ts';

/** What the streams and jobs of an idle server send. */
const OF_OTHERS = ['getMore', 'hello', 'ping', 'aggregate', 'killCursors', 'endSessions'];
const OF_THE_EVENT = ['events', 'projects', 'counterparties', 'words', 'users', 'sessions'];

describe('the commands of one write', () => {
  let app: TestApp;
  let anna: Client;
  let projectId: string;
  const sent: string[] = [];
  const streams: string[] = [];

  beforeAll(async () => {
    app = await createTestApp({ isWatched: true });
    anna = await app.signIn({ roles: ['dispatcher'] });
    const counterparty = await makeCounterparty(app.admin, { name: 'Лесная поляна' });
    projectId = (await makeProject(app.admin, { counterpartyId: counterparty.id })).id;
    app.connection.getClient().on('commandStarted', ({ commandName, command }) => {
      const collection = command[commandName];
      if (commandName === 'getMore') streams.push(String(command.getMore));
      if (!OF_OTHERS.includes(commandName) && OF_THE_EVENT.includes(collection))
        sent.push(`${commandName} ${collection}`);
    });
  });
  afterAll(() => app?.close());

  /** The commands of one call, after the same call has been made once, so that words and sessions are known. */
  async function commandsOf(call: () => Promise<unknown>): Promise<string[]> {
    sent.length = 0;
    await call();
    return [...sent].sort();
  }
  const create = (more: object = {}) =>
    anna.post<{ event: { id: string; rev: number } }>('/api/events', {
      type: 'note.free',
      title: 'Окна приехали',
      ...more,
    });

  it('goes to two streams of the log: the one that all share, and that of the access log', async () => {
    await until(() => streams.length > 12 && new Set(streams.slice(-12)).size === 2);
  });

  it('of an event without an order is the insert', async () => {
    await create();
    expect(await commandsOf(() => create())).toEqual(['insert events']);
  });

  it('of an event of an order is the insert too: order, customer and names are known', async () => {
    await create({ projectId });
    expect(await commandsOf(() => create({ projectId }))).toEqual(['insert events']);
  });

  it('of an event under a key is the insert, and a look only when the key was used before', async () => {
    const headers = { 'Idempotency-Key': 'okna-17' };
    const keyed = () => anna.post('/api/events', { type: 'note.free', title: 'Окна', projectId }, headers);
    expect(await commandsOf(keyed)).toEqual(['insert events']);
    expect(await commandsOf(keyed)).toContain('find events');
  });

  it('of an edit and of a change of status reads the event and writes it', async () => {
    const { event } = await create({ projectId });
    await anna.post(`/api/events/${event.id}/resolve`);
    const twice = ['find events', 'findAndModify events'];
    expect(await commandsOf(() => anna.post(`/api/events/${event.id}/reopen`))).toEqual(twice);
    const edit = { title: 'Приехали окна', projectId: null };
    const edited = () => anna.patch(`/api/events/${event.id}`, edit, { 'If-Match': '3' });
    expect(await commandsOf(edited)).toEqual(twice);
  });
});
