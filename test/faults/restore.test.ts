/**
 * An older copy of the data is put back under people who have pages open, in the three ways that it happens: the
 * directory replaced, the directory copied over, and `npm run backup` (while people write) with `npm run restore`.
 * Pages start anew and show what the query returns; whoever stood before the copy goes on; no letter is sent twice.
 */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { cp, mkdtemp, readdir, rm } from 'node:fs/promises';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { SvodkaEvent } from '@svodka/shared/contracts/event';
import { newId } from '@svodka/shared/contracts/id';
import type { Delivery } from '@svodka/shared/contracts/notice';
import type { User } from '@svodka/shared/contracts/user';
import { MongoClient } from 'mongodb';
import { type App, type Ended, startApp, storeOf } from '../support/app-process.ts';
import { Client } from '../support/client.ts';
import { makeProject } from '../support/factories.ts';
import { type SmtpSink, startSmtpSink } from '../support/smtp-sink.ts';
import { type TestFeed, TestSocket } from '../support/socket.ts';
import { until } from '../support/until.ts';

const ADMIN = { login: 'admin', password: 'steady-anchor-31' };
const BACKUP = 'build/server/backup/make.js';
const RESTORE = 'build/server/backup/put-back.js';

async function freePort(): Promise<number> {
  const server = createServer();
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as { port: number };
  await new Promise((resolve) => server.close(resolve));
  return port;
}

let root: string;
let sink: SmtpSink;
beforeAll(async () => {
  root = await mkdtemp(join(tmpdir(), 'svodka-restore-'));
  sink = await startSmtpSink();
});
afterAll(async () => {
  await sink?.close();
  await rm(root, { recursive: true, force: true });
});

type House = { dir: string; copy: string; app: App };
/** How a copy is made of a house, and how it is put back. */
type Way = {
  name: string;
  make(house: House): Promise<void>;
  /** Made while people write; the others stop the server first. */
  isLive?: boolean;
  putBack(house: House): Promise<void>;
};

function program(path: string, dir: string, ...args: string[]): Promise<Ended> {
  const child = spawn(process.execPath, [path, ...args], {
    env: { PATH: process.env.PATH, DATA_DIR: dir },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  let [stdout, stderr] = ['', ''];
  child.stdout.on('data', (chunk) => (stdout += chunk));
  child.stderr.on('data', (chunk) => (stderr += chunk));
  return once(child, 'close').then(([code, signal]) => ({ code, signal, stdout, stderr }));
}

const WAYS: Way[] = [
  {
    name: 'the directory is replaced',
    make: ({ dir, copy }) => cp(dir, copy, { recursive: true, preserveTimestamps: true }),
    async putBack({ dir, copy }) {
      await rm(dir, { recursive: true });
      await cp(copy, dir, { recursive: true, preserveTimestamps: true });
    },
  },
  {
    name: 'the directory is copied over',
    make: ({ dir, copy }) => cp(dir, copy, { recursive: true, preserveTimestamps: true }),
    putBack: ({ dir, copy }) => cp(copy, dir, { recursive: true, preserveTimestamps: true, force: true }),
  },
  {
    name: 'npm run backup and npm run restore',
    isLive: true,
    async make({ dir, copy }) {
      const made = await program(BACKUP, dir, copy);
      expect(made).toMatchObject({ code: 0, stderr: '' });
      expect(made.stdout).toMatch(/\d+ events, .*\n.*all whole\./);
      expect(await program(BACKUP, dir, copy)).toMatchObject({ code: 73 });
      const running = await program(RESTORE, dir, copy);
      expect(running).toMatchObject({ code: 73 });
      expect(running.stderr).toMatch(/in use by process \d+/);
    },
    async putBack({ dir, copy }) {
      const back = await program(RESTORE, dir, copy);
      expect(back).toMatchObject({ code: 0, stderr: '' });
      expect((await readdir(dir)).filter((name) => name.startsWith('replaced-'))).toHaveLength(1);
    },
  },
];

describe.each(WAYS)('an older copy is put back: $name', ({ make, putBack, isLive = false }) => {
  let app: App | undefined;
  afterEach(async () => {
    await app?.stop();
    app = undefined;
  });

  it('resets every page that saw what is lost, and sends no letter twice', async () => {
    const dir = await mkdtemp(join(root, 'data-'));
    const copy = join(root, `copy-${newId()}`);
    const env = {
      PORT: String(await freePort()),
      ADMIN_LOGIN: ADMIN.login,
      ADMIN_PASSWORD: ADMIN.password,
      SMTP_URL: sink.url,
    };
    const start = () => startApp({ env, dataDir: dir, timeoutMs: 60_000 });
    app = await start();
    const client = await new Client(app.url).signIn(ADMIN.login, ADMIN.password);
    const address = `manager-${newId().slice(-8)}@firm.example`;
    const { user } = await client.post<{ user: User }>('/api/users', {
      login: 'manager',
      password: 'plain-lantern-42',
      name: 'Manager',
      roles: ['manager'],
      email: address,
    });
    const project = await makeProject(client, { managerId: user.id });
    const write = async (title: string, rest: object = {}) => {
      const { event } = await client.post<{ event: SvodkaEvent }>('/api/events', {
        id: newId(),
        type: 'note.free',
        title,
        ...rest,
      });
      return event;
    };
    const deliveries = async () =>
      (await client.get<{ items: Delivery[] }>('/api/deliveries?limit=200')).items;
    const waiting = async (fits: (found: Delivery[]) => boolean) => {
      let found: Delivery[] = [];
      await until(
        async () => {
          found = await deliveries();
          return fits(found);
        },
        { timeoutMs: 30_000, what: () => `deliveries in their states: ${JSON.stringify(found)}` },
      );
      return found;
    };
    const prepaid = { type: 'payment.prepaid', payload: { amountKop: 1 }, projectId: project.id };

    // Before the copy: one letter sent, one that the mail server has put off.
    await write('отправлено до копии', prepaid);
    await waiting((found) => found.length === 1 && found[0]?.state === 'sent');
    sink.script('later');
    await write('отложено', prepaid);
    await waiting((found) => found.some(({ state, attempts }) => state === 'queued' && attempts.length > 0));
    const kept = await write('есть в копии');

    const watch = async (from?: TestFeed) => {
      const socket = await TestSocket.connect(client);
      return {
        socket,
        feed: await socket.follow({ field: 'type', in: ['note.free'] }, from ? { from } : {}),
      };
    };
    const before = await watch();
    await until(() => before.feed.ids.includes(kept.id));
    before.socket.close();

    const house = { dir, copy, app };
    if (!isLive) await app.stop();
    await make(house);
    if (!isLive) app = await start();

    // After the copy: events that will be lost, an edit that will be lost, and the letter that was put off goes.
    const lost = await write('этого не станет');
    await client.send(
      'PATCH',
      `/api/events/${kept.id}`,
      { title: 'и этой правки' },
      { 'If-Match': String(kept.rev) },
    );
    const store = new MongoClient((await storeOf(dir)).uri);
    await store
      .db('svodka')
      .collection('deliveries')
      .updateOne({ state: 'queued' }, { $set: { nextAttemptAt: new Date() } });
    await store.close();
    await waiting((found) => found.filter(({ state }) => state === 'sent').length === 2);
    const page = await watch(before.feed);
    await until(() => page.feed.ids.includes(lost.id), {
      what: () =>
        `the event among ${JSON.stringify([page.feed.ids, page.feed.view.position, before.feed.resumes, page.feed.resets, lost.id])}`,
    });
    expect(page.feed.resets).toBe(0);
    page.socket.close();
    await app.stop();
    expect(sink.to(address)).toHaveLength(2);

    await putBack(house);
    app = await start();
    const again = await watch(page.feed);
    const shown = async () =>
      (await client.get<{ items: SvodkaEvent[] }>('/api/events?filter=type%3Dnote.free')).items;
    const right = await shown();
    expect(right.some(({ id }) => id === lost.id)).toBe(false);
    expect(again.feed.resets).toBe(1);
    expect(again.feed.rows.map(({ id, title }) => [id, title])).toEqual(
      right.map(({ id, title }) => [id, title]),
    );
    // It goes on from here, over what is written now.
    const fresh = await write('после возврата');
    await again.socket.row(again.feed, fresh.id);
    again.socket.close();

    // A letter about something new goes; the one that may have gone waits for a person.
    await write('новое', prepaid);
    const found = await waiting((all) => all.filter(({ state }) => state === 'sent').length === 2);
    expect(found.map(({ state }) => state).sort()).toEqual(['held', 'sent', 'sent']);
    const held = found.find(({ state }) => state === 'held') as Delivery;
    expect(held).toMatchObject({ reason: 'restored', nextAttemptAt: null });
    const letters = () => sink.to(address).map(({ messageId }) => messageId);
    expect(letters()).toHaveLength(3);
    expect(new Set(letters()).size).toBe(3);
    // It would go where its person is by now.
    await client.patch(`/api/users/${user.id}`, { email: `new.${address}` });
    expect(await deliveries()).toContainEqual({ ...held, to: `new.${address}` });
    await client.post(`/api/deliveries/${held.id}/discard`);
    expect((await client.send('POST', `/api/deliveries/${held.id}/discard`)).status).toBe(409);
    expect((await deliveries()).find(({ id }) => id === held.id)).toMatchObject({
      state: 'cancelled',
      reason: 'discarded',
    });

    // A further start is no restore: whoever stands here goes on.
    await app.stop();
    app = await start();
    const further = await watch(again.feed);
    expect(further.feed.resets).toBe(1);
    expect(further.feed.ids).toContain(fresh.id);
    further.socket.close();
  }, 240_000);
});

describe('backup and restore refuse what they cannot do well', () => {
  it('says so in one line, with a code', async () => {
    const dir = await mkdtemp(join(root, 'none-'));
    const cases: [string, string[], number, RegExp, string?][] = [
      [BACKUP, [], 73, /there is no store/],
      [RESTORE, [], 64, /Which backup/],
      [RESTORE, [join(root, 'nothing')], 73, /not there/],
      [RESTORE, ['package.json'], 78, /damaged, or not a data file/],
    ];
    for (const [path, args, code, words] of cases) {
      const ended = await program(path, dir, ...args);
      expect(ended).toMatchObject({ code, stdout: '' });
      expect(ended.stderr.trimEnd().split('\n')).toEqual([expect.stringMatching(words)]);
    }
  });
});
