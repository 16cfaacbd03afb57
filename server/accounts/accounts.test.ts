import type { Page } from '@svodka/shared/contracts/common';
import type { Session, User } from '@svodka/shared/contracts/user';
import { createTestApp, type TestApp } from '../../test/support/app.ts';
import { Client } from '../../test/support/client.ts';
import { FakeClock } from '../../test/support/fake-clock.ts';
import { Passwords } from './passwords.ts';
import { SessionsService } from './sessions.service.ts';

const clock = new FakeClock();
let app: TestApp;

beforeAll(async () => {
  app = await createTestApp({ clock });
});
afterAll(() => app?.close());

const status = async (client: Client, path = '/api/session') => (await client.send('GET', path)).status;

describe('signing in', () => {
  it('gives a cookie that only our server reads: __Host-, Secure, HttpOnly, Lax', async () => {
    const { login, password } = app.adminLogin;
    const answer = await app.client().send<Session>('POST', '/api/session', { login, password });
    expect(answer.status).toBe(200);
    expect(answer.body).not.toHaveProperty('token');
    expect(answer.body.user).toMatchObject({ login, roles: ['administrator'] });
    expect(answer.body.user).not.toHaveProperty('passwordHash');
    expect(answer.body.server).toMatchObject({ insecure: false, mailKept: true, store: 'embedded' });
    // What customers are written begins with this address, which none of them can open.
    expect(answer.body.server.localLinks).toMatch(/^https?:\/\/(127\.0\.0\.1|localhost)/);
    const cookie = answer.headers.get('set-cookie') ?? '';
    expect(cookie).toMatch(/^__Host-svodka=[A-Za-z0-9_-]{43}; /);
    for (const part of ['Path=/', 'HttpOnly', 'SameSite=Lax', 'Secure']) expect(cookie).toContain(part);
    expect(cookie).not.toContain('Domain');
  });

  it('takes a login in any case, with spaces around it', async () => {
    const client = await app.client().signIn(' ADMIN ', app.adminLogin.password);
    expect(await status(client)).toBe(200);
  });

  it('answers a wrong password and an unknown login alike', async () => {
    const wrong = await app
      .client()
      .send('POST', '/api/session', { login: 'admin', password: 'wrong-word-1' });
    const unknown = await app
      .client()
      .send('POST', '/api/session', { login: 'nobody', password: 'wrong-word-1' });
    expect(wrong.status).toBe(401);
    expect(unknown.body).toEqual(wrong.body);
    expect(wrong.error?.message).toBe('Неверный логин или пароль');
  });

  it('answers in the language that the browser asks for', async () => {
    const body = { login: 'nobody', password: 'wrong-word-1' };
    const answer = await app
      .client()
      .send('POST', '/api/session', body, { 'Accept-Language': 'en-GB,ru;q=0.5' });
    expect(answer.error?.message).toBe('Wrong login or password');
  });

  it('checks a password for an unknown login too, so that time tells nothing', async () => {
    const passwords = app.app.get(Passwords);
    const hash = await passwords.hash('some-password-9');
    let [known, unknown] = [Number.POSITIVE_INFINITY, Number.POSITIVE_INFINITY];
    const took = async (stored: string | undefined) => {
      const begun = performance.now();
      expect(await passwords.matches(stored, 'wrong')).toBe(false);
      return performance.now() - begun;
    };
    // In turn, and the quickest of each: a machine that others use is slow for seconds at a time.
    for (let i = 0; i < 10; i++) {
      known = Math.min(known, await took(hash));
      unknown = Math.min(unknown, await took(undefined));
    }
    expect(unknown / known).toBeGreaterThan(0.3);
    expect(unknown / known).toBeLessThan(3);
  });

  it('gives a new session at each sign-in, and an offered one is not taken over', async () => {
    const before = await app.client().signInByCookie(app.adminLogin.login, app.adminLogin.password);
    const planted = '__Host-svodka=AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA';
    const client = app.client();
    client.cookie = planted;
    expect(await status(client)).toBe(401);
    await client.signInByCookie(app.adminLogin.login, app.adminLogin.password);
    expect(client.cookie).not.toBe(planted);
    expect(client.cookie).not.toBe(before.cookie);
  });

  it('stores no token: the database holds its hash', async () => {
    const client = await app.client().signIn(app.adminLogin.login, app.adminLogin.password);
    const stored = await app.connection.db?.collection('sessions').find().toArray();
    expect(JSON.stringify(stored)).not.toContain(client.token);
    const users = await app.connection.db?.collection('users').find().toArray();
    expect(users?.every(({ passwordHash }) => String(passwordHash).startsWith('$argon2id$'))).toBe(true);
  });

  it('slows guessing down for one login from one address, and nobody else', async () => {
    const { user, password } = await app.signIn();
    const guess = () =>
      app.client().send('POST', '/api/session', { login: user.login, password: 'wrong-word-1' });
    const answers = [];
    for (let i = 0; i < 12; i++) answers.push(await guess());
    expect(answers.map((answer) => answer.status)).toEqual([...Array(10).fill(401), 429, 429]);
    const limited = answers.at(-1);
    expect(Number(limited?.headers.get('retry-after'))).toBeGreaterThan(0);
    expect(limited?.error).toMatchObject({ code: 'rate-limited', retryAfter: expect.any(Number) });
    expect((await app.client().send('POST', '/api/session', { login: user.login, password })).status).toBe(
      429,
    );
    expect(await status(await app.client().signIn(app.adminLogin.login, app.adminLogin.password))).toBe(200);
  });
});

describe('a session', () => {
  it('ends at sign-out', async () => {
    const client = await app.client().signInByCookie(app.adminLogin.login, app.adminLogin.password);
    const answer = await client.send('DELETE', '/api/session');
    expect(answer.status).toBe(204);
    expect(answer.headers.get('set-cookie')).toMatch(/Max-Age=0/);
    expect(answer.headers.get('clear-site-data')).toBe('"cache"');
    expect(await status(client)).toBe(401);
  });

  it('ends after twelve hours without use, and with use after thirty days', async () => {
    const idle = await app.signIn();
    const busy = await app.signIn();
    for (let hours = 0; hours < 30 * 24; hours += 11) {
      expect(await status(busy)).toBe(200);
      clock.advance(11 * 3_600_000);
    }
    expect(await status(idle)).toBe(401);
    expect(await status(busy)).toBe(401);
    await app.admin.signIn(app.adminLogin.login, app.adminLogin.password);
  });

  it('is refused to a disabled user at once, and their sign-in too', async () => {
    const client = await app.signIn();
    await app.admin.patch(`/api/users/${client.user.id}`, { disabled: true });
    expect(await status(client)).toBe(401);
    const again = await app
      .client()
      .send('POST', '/api/session', { login: client.user.login, password: client.password });
    expect(again.error?.message).toBe('Неверный логин или пароль');
  });

  it.each([
    ['roles', { roles: ['finance'] }],
    ['department', { departmentId: 'north' }],
  ])('ends when the %s of its user change', async (_what, edit) => {
    const client = await app.signIn();
    await app.admin.patch(`/api/users/${client.user.id}`, edit);
    expect(await status(client)).toBe(401);
    expect(await status(await app.client().signIn(client.user.login, client.password))).toBe(200);
  });

  it('goes on when only a name or a language changes', async () => {
    const client = await app.signIn();
    await app.admin.patch(`/api/users/${client.user.id}`, { name: 'Новое Имя' });
    expect(await client.ask<User>('PATCH', '/api/session/user', { locale: 'en' })).toMatchObject({
      name: 'Новое Имя',
      locale: 'en',
    });
    expect((await client.send('GET', '/api/events/nothing')).error?.message).toMatch(/^There is no/);
  });

  it('has no zone that there is not', async () => {
    const client = await app.signIn();
    const nowhere = await client.send('PATCH', '/api/session/user', { tz: 'Mars/Base' });
    expect(nowhere.error?.details).toMatchObject([{ field: 'tz', reason: 'zone' }]);
  });

  it('can be checked again by its id, for sockets', async () => {
    const client = await app.signIn();
    const sessions = app.app.get(SessionsService);
    const { session } = await sessions.authenticate({ bearer: client.token ?? '' });
    expect((await sessions.check(session._id)).user._id).toBe(client.user.id);
    await client.send('DELETE', '/api/session');
    await expect(sessions.check(session._id)).rejects.toMatchObject({ code: 'unauthenticated' });
  });
});

describe('passwords', () => {
  it('are changed by their owner, who stays signed in while all other sessions end', async () => {
    const client = await app.signIn();
    const other = await app.client().signIn(client.user.login, client.password);
    const wrong = await client.send('POST', '/api/session/password', {
      current: 'x',
      password: 'new-word-of-mine',
    });
    expect(wrong.error?.details).toMatchObject([{ field: 'current', reason: 'wrong-password' }]);
    const none = await client.send('PATCH', '/api/session/user', { email: 'new@firm.example', current: '' });
    expect(none.error?.details).toMatchObject([{ field: 'current', reason: 'empty', message: 'Заполните' }]);
    const change = { current: client.password, password: 'new-word-of-mine' };
    expect((await client.send('POST', '/api/session/password', change)).status).toBe(204);
    expect(await status(client)).toBe(200);
    expect(await status(other)).toBe(401);
    expect(await status(await app.client().signIn(client.user.login, 'new-word-of-mine'))).toBe(200);
  });

  it('cannot be guessed by who has found somebody’s session', async () => {
    const client = await app.signIn();
    const guess = () =>
      client.send('POST', '/api/session/password', { current: 'x', password: 'new-word-of-mine' });
    const codes = [];
    for (let i = 0; i < 11; i++) codes.push((await guess()).error?.code);
    expect(codes.slice(0, 10)).toEqual(Array(10).fill('validation'));
    expect(codes.at(-1)).toBe('rate-limited');
  });

  it('are reset by an administrator: made here, shown once, old sessions over', async () => {
    const client = await app.signIn();
    const { password } = await app.admin.post<{ password: string }>(`/api/users/${client.user.id}/password`);
    expect(password).toMatch(/^\w{14}$/);
    expect(await status(client)).toBe(401);
    expect(await status(await app.client().signIn(client.user.login, password))).toBe(200);
  });

  it.each([
    'password',
    'Password1',
    '12345678',
    'qwerty123',
    'ПАРОЛЬ123',
    'abcdefgh',
    'aaaaaaaaa',
    'йцукенгш',
  ])('everybody’s are refused: %s', async (password) => {
    const answer = await app.admin.send('POST', '/api/users', {
      login: 'weak',
      name: 'Weak',
      roles: ['finance'],
      password,
    });
    expect(answer.error?.details).toMatchObject([{ field: 'password', reason: 'common-password' }]);
  });

  it.each([
    ['long', 'л'.repeat(30) + 'о'.repeat(30) + 'д'.repeat(20)],
    ['any letters', '密码是很长的一句话'],
    ['emoji and spaces', '  🪟 окно  🪟 '],
  ])('of people may be %s', async (_what, password) => {
    const login = `p-${Math.random().toString(36).slice(2, 10)}`;
    await app.admin.post('/api/users', { login, name: 'P', roles: ['finance'], password });
    expect(await status(await app.client().signIn(login, password))).toBe(200);
  });

  it('are hashed at most two at a time', async () => {
    const passwords = app.app.get(Passwords);
    const order: number[] = [];
    await Promise.all([1, 2, 3, 4, 5].map((i) => passwords.hash(`word ${i}`).then(() => order.push(i))));
    expect(order).toHaveLength(5);
    expect(order.indexOf(5)).toBeGreaterThan(order.indexOf(1));
  });
});

describe('users', () => {
  it('are made with a password that is shown once, and found by the beginning of name and login', async () => {
    const { user, password } = await app.admin.post<{ user: User; password: string }>('/api/users', {
      login: 'ivanova',
      name: 'Ёлкина Мария',
      roles: ['measurer'],
      email: 'M.Elkina@Example.com',
    });
    expect(user).toMatchObject({
      login: 'ivanova',
      email: 'm.elkina@example.com',
      tz: 'Europe/Moscow',
      version: 1,
    });
    expect(password).toMatch(/^\w{14}$/);
    for (const search of ['елк', 'мария', 'IVAN']) {
      const { items } = await app.admin.get<Page<User>>(`/api/users?search=${encodeURIComponent(search)}`);
      expect(items.map(({ id }) => id)).toContain(user.id);
    }
  });

  it('have different logins', async () => {
    const client = await app.signIn();
    const answer = await app.admin.send('POST', '/api/users', {
      login: client.user.login,
      name: 'X',
      roles: ['finance'],
    });
    expect(answer.status).toBe(409);
    expect(answer.error?.details).toMatchObject([{ field: 'login', reason: 'taken' }]);
  });

  it('are seen by colleagues without login, e-mail and settings', async () => {
    const client = await app.signIn({ roles: ['finance'] });
    const { items } = await client.get<Page<User>>(`/api/users?ids=${client.user.id}`);
    expect(items).toEqual([
      {
        id: client.user.id,
        name: client.user.name,
        roles: ['finance'],
        departmentId: null,
        disabledAt: null,
      },
    ]);
  });

  it('are managed by administrators only', async () => {
    const client = await app.signIn({ roles: ['dispatcher'] });
    for (const [method, path] of [
      ['POST', '/api/users'],
      ['PATCH', `/api/users/${client.user.id}`],
      ['POST', `/api/users/${client.user.id}/password`],
    ] as const)
      expect((await client.send(method, path, {})).status).toBe(403);
  });

  it('page by name', async () => {
    const seen: string[] = [];
    let after = '';
    do {
      const page: Page<User> = await app.admin.get(`/api/users?limit=3${after && `&after=${after}`}`);
      seen.push(...page.items.map(({ name, id }) => `${name} ${id}`));
      after = page.next ?? '';
    } while (after);
    expect(seen).toEqual([...new Set(seen)].sort());
    const { items } = await app.admin.get<Page<User>>('/api/users?limit=200');
    expect(seen).toHaveLength(items.length);
  });

  it('always include an administrator who may sign in', async () => {
    const me = app.admin.session?.user.id;
    for (const edit of [{ disabled: true }, { roles: ['dispatcher'] }]) {
      const answer = await app.admin.send('PATCH', `/api/users/${me}`, edit);
      expect(answer.status).toBe(409);
      expect(answer.error?.details).toMatchObject([{ reason: 'last-administrator' }]);
    }
    expect(await status(app.admin)).toBe(200);
  });

  it('include one even when two administrators leave at the same moment', async () => {
    const second = await app.signIn({ roles: ['administrator'] });
    const demote = { roles: ['dispatcher'] };
    const answers = await Promise.all([
      app.admin.send('PATCH', `/api/users/${second.user.id}`, demote),
      app.admin.send('PATCH', `/api/users/${app.admin.session?.user.id}`, demote),
    ]);
    expect(answers.map((answer) => answer.status).sort()).toEqual([200, 409]);
  });
});
