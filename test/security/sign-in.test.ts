// Guessing is bounded, and nobody is locked out by what strangers do. Rows 25 and 26 of the security list.
import type { Session } from '@svodka/shared/contracts/user';
import { createTestApp, type TestApp } from '../support/app.ts';
import type { Answer } from '../support/client.ts';

let app: TestApp;
beforeAll(async () => {
  app = await createTestApp({ config: { TRUST_PROXY: '1' } });
});
afterAll(() => app?.close());

let hosts = 0;
/** An address that nobody has come from. */
const fresh = () => `198.51.${Math.floor(++hosts / 250)}.${(hosts % 250) + 1}`;

const signIn = (login: string, password: string, address: string): Promise<Answer<Session>> =>
  app.client().send<Session>('POST', '/api/session', { login, password }, { 'X-Forwarded-For': address });
const statusOf = async (...args: Parameters<typeof signIn>) => (await signIn(...args)).status;
const times = <T>(n: number, work: (i: number) => T): T[] => Array.from({ length: n }, (_, i) => work(i));

it('counts tries before they are compared: fifty at once are ten', async () => {
  const { user } = await app.signIn();
  const address = fresh();
  const got = await Promise.all(times(50, () => statusOf(user.login, 'wrong-word-1', address)));
  expect(got.filter((status) => status === 401).length).toBe(10);
  expect(got.filter((status) => status === 429).length).toBe(40);
});

it('forgets typing errors when the right password comes', async () => {
  const { user, password } = await app.signIn();
  const address = fresh();
  for (let round = 0; round < 3; round++) {
    for (let i = 0; i < 8; i++) expect(await statusOf(user.login, 'wrong-word-1', address)).toBe(401);
    expect(await statusOf(user.login, password, address)).toBe(200);
  }
});

it('a flood from one address keeps no colleague elsewhere out, and nobody there who is signed in', async () => {
  const { user, password } = await app.signIn();
  const stranger = fresh();
  expect(await statusOf(user.login, password, stranger)).toBe(200);
  const flood = times(300, (i) => statusOf(`nobody-${i}`, 'wrong-word-1', stranger));
  expect(await statusOf(user.login, password, fresh())).toBe(200);
  await Promise.all(flood);
  // A login each, so that only the address can be refused; at once, because tries come back by the second.
  const others = await Promise.all(times(100, (i) => statusOf(`other-${i}`, 'wrong-word-1', stranger)));
  expect(others).toContain(429);
  expect(others).not.toContain(200);
  expect(await statusOf(user.login, password, stranger)).toBe(200);
});

it('a flood from a hundred addresses keeps out nobody elsewhere who knows their password', async () => {
  const { user, password } = await app.signIn();
  const crowd = times(100, fresh);
  const answers: number[] = [];
  const flood = crowd.flatMap((address) =>
    times(8, async (i) => answers.push(await statusOf(`crowd-${address}-${i}`, 'wrong-word-1', address))),
  );
  expect(await statusOf(user.login, password, fresh())).toBe(200);
  const before = answers.length;
  await Promise.all(flood);
  // The colleague did not wait for the flood to run dry.
  expect(before).toBeLessThan(answers.length);
}, 60_000);

describe('a login that is guessed from many addresses', () => {
  let login: string;
  let password: string;
  const home = fresh();

  beforeAll(async () => {
    ({
      user: { login },
      password,
    } = await app.signIn());
    expect(await statusOf(login, password, home)).toBe(200);
    await Promise.all(
      times(25, async () => {
        const address = fresh();
        for (let i = 0; i < 9; i++) await statusOf(login, `wrong-word-${i}`, address);
      }),
    );
  }, 120_000);

  it('takes the right password from where it was never used, typing errors before it too', async () => {
    const address = fresh();
    for (let i = 0; i < 3; i++) expect(await statusOf(login, 'wrong-word-1', address)).toBe(401);
    expect(await statusOf(login, password, address)).toBe(200);
  });

  it('gives each further address few tries', async () => {
    const address = fresh();
    const got = [];
    for (let i = 0; i < 7; i++) got.push(await statusOf(login, 'wrong-word-1', address));
    expect(got).toEqual([401, 401, 401, 401, 401, 429, 429]);
  });

  it('is as patient as ever with the address at which it is in use', async () => {
    for (let i = 0; i < 8; i++) expect(await statusOf(login, 'wrong-word-1', home)).toBe(401);
    expect(await statusOf(login, password, home)).toBe(200);
  });
});

it('headers of a proxy beyond the trusted one choose no address', async () => {
  const got = [];
  for (let i = 0; i < 11; i++)
    got.push(await statusOf('proxied', 'wrong-word-1', `10.0.0.${i}, 198.51.99.1`));
  expect(got.at(-1)).toBe(429);
});
