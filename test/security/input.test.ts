// Text that is none, names that nobody sees, files that are no tables, too much of anything. Rows 15, 20, 21, 33, 35,
// 36, 39, 52 of the security list.
import { request } from 'node:http';
import { newId } from '@svodka/shared/contracts/id';
import type { ImportBatch, ImportMapping } from '@svodka/shared/contracts/import';
import { ClaimsService } from '../../server/events/claims.service.ts';
import { EventCreation } from '../../server/events/event-creation.service.ts';
import { EventsRepository } from '../../server/events/events.repository.ts';
import { Logger, openLog } from '../../server/platform/logger/logger.ts';
import { createTestApp, type TestApp } from '../support/app.ts';
import type { Client } from '../support/client.ts';
import { eventDraft, makeProject } from '../support/factories.ts';
import { permitLog } from '../support/permit-log.ts';
import { until } from '../support/until.ts';

const lines: string[] = [];
let app: TestApp;
beforeAll(async () => {
  app = await createTestApp({
    logger: new Logger('', openLog('debug', { write: (line) => lines.push(line) })),
  });
});
afterAll(() => app?.close());

const upload = (client: Client, text: string) =>
  fetch(`${app.url}/api/imports?fileName=log.csv`, {
    method: 'POST',
    headers: { 'Content-Type': 'text/csv', Authorization: `Bearer ${client.token}` },
    body: text,
  });

describe('names', () => {
  it.each([
    ['zero-width signs', '\u200b\u200d\ufeff'],
    ['marks of direction', '\u202e\u2066\u2069'],
    ['blank letters', '\u3164\u2800\u115f'],
    ['spaces of all kinds', ' \u00a0\u2003\u3000'],
  ])('that are empty to the eye are refused: %s', async (_what, name) => {
    for (const [path, body] of [
      ['/api/users', { login: `u-${newId().slice(-8)}`, name, roles: ['dispatcher'] }],
      ['/api/counterparties', { name }],
      ['/api/projects', { number: name }],
      ['/api/views', { name, filter: { and: [] } }],
      ['/api/events', eventDraft({ title: name })],
    ] as const)
      expect([path, (await app.admin.send('POST', path, body)).status]).toEqual([path, 400]);
  });

  it('lose the marks that come with pasted text, and keep what is seen', async () => {
    const pasted = '\u202aИванов\u202c\u200b 👨‍👩‍👧 №\u00ad7';
    const { name } = await app.admin.post<{ name: string }>('/api/counterparties', { name: pasted });
    expect(name).toBe('Иванов 👨‍👩‍👧 №7');
  });

  it('of colleagues are found by name, and by login only by who manages them', async () => {
    const login = `secret-${newId().slice(-6)}`;
    await app.signIn({ login, name: 'Зоя Неизвестная' });
    const found = async (client: Client, search: string) =>
      (await client.get<{ items: unknown[] }>(`/api/users?search=${encodeURIComponent(search)}`)).items
        .length;
    const measurer = await app.signIn({ roles: ['measurer'] });
    expect([await found(measurer, login), await found(measurer, 'зоя неизв')]).toEqual([0, 1]);
    expect(await found(app.admin, login)).toBe(1);
  });
});

describe('text', () => {
  it.each([
    ['NUL in a payload', { payload: { fields: { a: 'x\u0000' } } }],
    ['NUL in the name of a field', { payload: { fields: { 'a\u0000': 'x' } } }],
    ['half a surrogate pair in a title', { title: 'x\ud800' }],
    ['half a surrogate pair in a payload', { payload: { fields: { a: '\udc00x' } } }],
  ])('that is none is refused: %s', async (_what, part) => {
    expect((await app.admin.send('POST', '/api/events', eventDraft(part as never))).status).toBe(400);
  });

  it('in the log moves no terminal and turns nothing around', () => {
    const told: string[] = [];
    const log = new Logger('', openLog('info', { write: (line) => told.push(line) }));
    log.info('x', { text: 'a\u009b31m\u2028b\u202ec\u0007\u200b' });
    expect(told[0]?.trim()).not.toMatch(/[\p{Cc}\p{Cf}\p{Zl}]/u);
    expect(JSON.parse(told[0] ?? '')).toMatchObject({ text: 'a\u009b31m\u2028b\u202ec\u0007\u200b' });
  });

  it('that somebody typed as their login is not in the log', async () => {
    await app.client().send('POST', '/api/session', { login: 'My-Password-99', password: 'x' });
    expect(lines.join('')).toMatch(/sign-in refused/);
    expect(lines.join('').toLowerCase()).not.toContain('my-password-99');
  });
});

describe('before anybody has signed in', () => {
  it('no body is read, and at the door a small one only', async () => {
    const anon = app.client();
    expect((await anon.send('POST', '/api/events', '{"broken')).status).toBe(401);
    const big = { login: 'x', password: 'x'.repeat(10_000) };
    expect((await anon.send('POST', '/api/session', big)).status).toBe(413);
  });
});

it('looking at the feeds writes none', async () => {
  const { user, ...client } = await app.signIn();
  const views = await app.admin.get<{ items: unknown[] }>('/api/views');
  const mine = await (
    await fetch(`${app.url}/api/views`, { headers: { Authorization: `Bearer ${client.token}` } })
  ).json();
  expect(mine.items.length).toBeGreaterThan(0);
  expect(views.items.length).toBeGreaterThan(0);
  expect(await app.connection.db?.collection('views').countDocuments({ ownerId: user.id })).toBe(0);
});

describe('one person', () => {
  it('who makes two hundred critical notes at once is slowed down, and told until when', async () => {
    const measurer = await app.signIn({ roles: ['measurer'] });
    const { id } = await makeProject(app.admin, { appointedIds: [measurer.user.id] });
    const draft = () => eventDraft({ importance: 'critical', projectId: id });
    const answers = await Promise.all(
      Array.from({ length: 200 }, () => measurer.send('POST', '/api/events', draft())),
    );
    const refused = answers.filter(({ status }) => status === 429);
    expect(refused.length).toBeGreaterThan(50);
    expect(Number(refused[0]?.headers.get('retry-after'))).toBeGreaterThan(0);
    expect((await measurer.send('POST', '/api/events', eventDraft({ projectId: id }))).status).toBe(201);
    expect((await app.admin.send('POST', '/api/events', draft())).status).toBe(201);
  });

  it('with forty heavy lists has two of them read at a time, and nobody waits for the others', async () => {
    const greedy = await app.signIn();
    const repository = app.app.get(EventsRepository);
    const original = repository.find.bind(repository);
    let running = 0;
    let most = 0;
    let open: () => void = () => {};
    const gate = new Promise<void>((resolve) => {
      open = resolve;
    });
    let isGreedy = true;
    repository.find = async (...args) => {
      if (isGreedy) {
        most = Math.max(most, ++running);
        await gate;
        running--;
      }
      return original(...args);
    };
    const lists = Array.from({ length: 40 }, () => greedy.send('GET', '/api/events?limit=200'));
    await until(() => running === 2);
    isGreedy = false;
    expect((await app.admin.send('GET', '/api/events?limit=200')).status).toBe(200);
    isGreedy = true;
    open();
    expect((await Promise.all(lists)).every(({ status }) => status === 200)).toBe(true);
    expect(most).toBe(2);
    repository.find = original;
  });

  it('with two hundred notes has a few of them written at a time, all of them in the end, and nobody waits for them', async () => {
    const greedy = await app.signIn();
    const intake = app.app.get(EventCreation);
    const original = intake.create.bind(intake);
    let running = 0;
    let most = 0;
    let open: () => void = () => {};
    const gate = new Promise<void>((resolve) => {
      open = resolve;
    });
    intake.create = async (actor, ...rest) => {
      if (actor.id !== greedy.user.id) return original(actor, ...rest);
      most = Math.max(most, ++running);
      await gate;
      return original(actor, ...rest).finally(() => running--);
    };
    const notes = Array.from({ length: 200 }, () => greedy.send('POST', '/api/events', eventDraft()));
    await until(() => running >= 4);
    expect((await app.admin.send('POST', '/api/events', eventDraft())).status).toBe(201);
    expect((await greedy.send('GET', '/api/events?limit=1')).status).toBe(200);
    open();
    expect((await Promise.all(notes)).every(({ status }) => status === 201)).toBe(true);
    expect(most).toBe(4);
    intake.create = original;
  });

  it('who asks for the next thing to do again and again is looked through for in their turn', async () => {
    const greedy = await app.signIn();
    const claims = app.app.get(ClaimsService);
    const original = claims.next.bind(claims);
    let running = 0;
    let most = 0;
    claims.next = async (...args) => {
      most = Math.max(most, ++running);
      return original(...args).finally(() => running--);
    };
    const answers = await Promise.all(
      Array.from({ length: 30 }, () => greedy.send('POST', '/api/events/next', {})),
    );
    claims.next = original;
    expect(answers.every(({ status }) => status === 200)).toBe(true);
    expect(most).toBe(2);
  });
});

describe('a file', () => {
  it.each([
    ['a bare quote', 'date;title\n2026-01-01;plain\n2026-01-02;ООО "Секретный Заказчик" и "К"о\n'],
    ['a quote that never closes', 'date;title\n2026-01-01;"Секретный Заказчик\n'],
  ])(
    'that is no table is 400 or told by its line, and the log quotes nothing of it: %s',
    async (_what, text) => {
      const answer = await upload(app.admin, text);
      const body = await answer.json();
      expect(answer.status).not.toBe(500);
      if (answer.status >= 400) {
        expect(answer.status).toBe(400);
        expect(body.error.details).toMatchObject([{ reason: 'no-header' }]);
      }
      expect(lines.join('')).not.toContain('Секретный');
    },
  );

  it('that is too large hangs nobody: the next request on its connection is answered', async () => {
    const { hostname, port } = new URL(app.url);
    const { Agent } = await import('node:http');
    const agent = new Agent({ keepAlive: true, maxSockets: 1 });
    const ask = (method: string, path: string, body?: Buffer) =>
      new Promise<number>((resolve, reject) => {
        const asked = request(
          {
            agent,
            hostname,
            port,
            method,
            path,
            headers: {
              Authorization: `Bearer ${app.admin.token}`,
              ...(body && { 'Content-Type': 'text/csv', 'Content-Length': body.length }),
            },
          },
          (answer) => answer.resume().on('end', () => resolve(answer.statusCode ?? 0)),
        );
        asked.on('error', reject);
        asked.end(body);
      });
    expect(await ask('POST', '/api/imports?fileName=big.csv', Buffer.alloc(70 * 1024 * 1024, 'a;b\n'))).toBe(
      413,
    );
    expect(await ask('GET', '/api/session')).toBe(200);
    agent.destroy();
  });

  it('of a person with many waiting is refused; of others not', async () => {
    const hoarder = await app.signIn();
    const table = 'date,title\n2026-01-01,x\n';
    for (let i = 0; i < 20; i++) expect((await upload(hoarder, table)).status).toBe(201);
    expect((await upload(hoarder, table)).status).toBe(413);
    expect((await upload(app.admin, table)).status).toBe(201);
  });

  it('stops being imported when its person may no longer', async () => {
    const clerk = await app.signIn({ roles: ['dispatcher'] });
    const { batch } = (await (await upload(clerk, permitLog({ cases: 1_500 }))).json()) as {
      batch: ImportBatch;
    };
    await clerk.post(`/api/imports/${batch.id}/start`, batch.mapping as ImportMapping);
    await app.admin.patch(`/api/users/${clerk.user.id}`, { disabled: true });
    const ended = await until(async () => {
      const now = await app.admin.get<ImportBatch>(`/api/imports/${batch.id}`);
      return now.state !== 'running' && now;
    });
    expect([ended.state, ended.failure]).toEqual(['failed', 'no-rights']);
    expect(ended.counts.created).toBeLessThan(9_000);
  }, 90_000);
});
