// What ends sessions, those too that are just beginning. Rows 7, 27 and 30 of the security list.
import { newId } from '@svodka/shared/contracts/id';
import type { OwnSession } from '@svodka/shared/contracts/user';
import { SessionsService } from '../../server/accounts/sessions.service.ts';
import type { UserDoc } from '../../server/accounts/user.schema.ts';
import { UsersService } from '../../server/accounts/users.service.ts';
import { createTestApp, type TestApp } from '../support/app.ts';
import type { Client } from '../support/client.ts';
import { TestSocket } from '../support/socket.ts';
import { until } from '../support/until.ts';

let app: TestApp;
beforeAll(async () => {
  app = await createTestApp();
});
afterAll(() => app?.close());

const statusOf = async (client: Client) => (await client.send('GET', '/api/session')).status;
const withToken = (token: string) => Object.assign(app.client(), { token });
type Person = Awaited<ReturnType<TestApp['signIn']>>;

const TURNS: [string, (person: Person) => Promise<unknown>][] = [
  [
    'a reset password',
    ({ user }) => app.admin.post(`/api/users/${user.id}/password`, { password: 'other-word-77' }),
  ],
  [
    'a changed password',
    (person) =>
      person.send('POST', '/api/session/password', { current: person.password, password: 'other-word-77' }),
  ],
  [
    'disabling and enabling',
    async ({ user }) => {
      await app.admin.patch(`/api/users/${user.id}`, { disabled: true });
      await app.admin.patch(`/api/users/${user.id}`, { disabled: false });
    },
  ],
  ['other roles', ({ user }) => app.admin.patch(`/api/users/${user.id}`, { roles: ['finance'] })],
  ['signing out everywhere', (person) => person.delete('/api/sessions')],
];

describe.each(TURNS)('%s', (_what, turn) => {
  it('ends a session whose sign-in was under way', async () => {
    const person = await app.signIn();
    const asCompared: UserDoc = await app.app.get(UsersService).get(person.user.id);
    await turn(person);
    const { token } = await app.app
      .get(SessionsService)
      .start(asCompared, 'bearer', { address: '127.0.0.1', device: null });
    expect(await statusOf(withToken(token))).toBe(401);
    await expect(TestSocket.connect(app.client(), { token })).rejects.toMatchObject({
      message: 'unauthenticated',
    });
  });

  it('leaves none of those that were signing in with the old password, nor their sockets', async () => {
    const person = await app.signIn();
    const { user, password } = person;
    const socket = await TestSocket.connect(await app.client().signIn(user.login, password));
    const signIns = Array.from({ length: 8 }, () =>
      app
        .client()
        .send<{ token: string }>('POST', '/api/session', { login: user.login, password, token: true }),
    );
    await turn(person);
    const before = (await Promise.all(signIns)).filter(({ status }) => status === 200);
    const { epoch } = await app.app.get(UsersService).get(user.id);
    for (const { body } of before) {
      // One that began after the turn, where the password still holds, is a good one.
      const stored = await app.connection.db?.collection('sessions').findOne({ userId: user.id, epoch });
      if (!stored) expect(await statusOf(withToken(body.token))).toBe(401);
    }
    await socket.ended;
    expect(socket.told('session.ended')).toEqual([{ reason: 'revoked' }]);
  });
});

it('a changed password keeps the page and the socket that changed it', async () => {
  const person = await app.signIn();
  const socket = await TestSocket.connect(person);
  const change = { current: person.password, password: 'other-word-77' };
  expect((await person.send('POST', '/api/session/password', change)).status).toBe(204);
  expect(await statusOf(person)).toBe(200);
  expect((await socket.follow({ and: [] })).view.room).not.toBe('');
  expect(socket.told('session.ended')).toEqual([]);
  socket.close();
});

describe('the list of one’s own sessions', () => {
  const list = async (client: Client) => (await client.get<{ items: OwnSession[] }>('/api/sessions')).items;

  it('says device, address and which is here, and of nobody else', async () => {
    const person = await app.signIn();
    const agent = 'Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0';
    const { login } = person.user;
    await app
      .client()
      .send('POST', '/api/session', { login, password: person.password }, { 'User-Agent': agent });
    const items = await list(person);
    expect(items.map(({ device, kind, isHere, address }) => ({ device, kind, isHere, address }))).toEqual(
      expect.arrayContaining([
        { device: 'Firefox, Linux', kind: 'cookie', isHere: false, address: '127.0.0.1' },
        expect.objectContaining({ kind: 'bearer', isHere: true }),
      ]),
    );
    expect(items).toHaveLength(2);
    expect(JSON.stringify(items)).not.toContain('tokenHash');
  });

  it('ends one of them, and none of another person', async () => {
    const [one, other] = [await app.signIn(), await app.signIn()];
    const second = await app.client().signIn(one.user.login, one.password);
    const here = (await list(second)).find(({ isHere }) => isHere);
    expect((await other.send('DELETE', `/api/sessions/${here?.id}`)).status).toBe(404);
    expect((await one.send('DELETE', `/api/sessions/${here?.id}`)).status).toBe(204);
    expect([await statusOf(second), await statusOf(one)]).toEqual([401, 200]);
  });
});

it('another e-mail address takes the password', async () => {
  const person = await app.signIn();
  const edit = (body: object) => person.send('PATCH', '/api/session/user', body);
  const email = 'mine@example.com';
  expect((await edit({ email })).error?.details).toMatchObject([{ field: 'current', reason: 'empty' }]);
  expect((await edit({ email, current: 'wrong-word-1' })).error?.details).toMatchObject([
    { field: 'current', reason: 'wrong-password' },
  ]);
  expect((await edit({ email: 'mine@example.com', current: person.password })).status).toBe(200);
  expect((await edit({ locale: 'en', email: 'mine@example.com' })).status).toBe(200);
});

it('lets the sessions go that are beyond a hundred, longest unused first', async () => {
  const person = await app.signIn();
  const sessions = app.connection.collection<{ _id: string; seenAt: Date; tokenHash: string }>('sessions');
  const own = await sessions.findOne({ userId: person.user.id });
  if (!own) throw new Error('no session');
  await sessions.insertMany(
    Array.from({ length: 99 }, (_, i) => ({
      ...own,
      _id: newId(),
      tokenHash: `${own.tokenHash}-${i}`,
      seenAt: new Date(own.seenAt.getTime() + i + 1),
    })),
  );
  const newest = await app.client().signIn(person.user.login ?? '', person.password);
  const { items } = await newest.get<{ items: OwnSession[] }>('/api/sessions');
  expect(items).toHaveLength(100);
  expect(items.some(({ id }) => id === own._id)).toBe(false);
  expect(await statusOf(newest)).toBe(200);
  await until(async () => (await statusOf(person)) === 401, { what: 'the oldest session to be over' });
});
