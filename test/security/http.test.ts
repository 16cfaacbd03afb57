// What reaches the server from outside and is not as it should be: rows of the security list that concern HTTP.
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { connect } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { newId } from '@svodka/shared/contracts/id';
import { createTestApp, type TestApp } from '../support/app.ts';
import type { Client } from '../support/client.ts';
import { eventDraft, makeEvent } from '../support/factories.ts';

let app: TestApp;
let page: Client;
let clientDir: string;

beforeAll(async () => {
  clientDir = await mkdtemp(join(tmpdir(), 'svodka-client-'));
  await mkdir(join(clientDir, 'assets'));
  await writeFile(join(clientDir, 'index.html'), '<!doctype html><title>Сводка</title>');
  await writeFile(join(clientDir, '.built'), 'stamp');
  await writeFile(join(clientDir, 'assets/index-abc123.js'), 'console.log(1)');
  app = await createTestApp({ clientDir });
  page = await app.client().signInByCookie(app.adminLogin.login, app.adminLogin.password);
});
afterAll(async () => {
  await app?.close();
  await rm(clientDir, { recursive: true, force: true });
});

/** A request byte by byte, for what no client would send. */
function raw(text: string): Promise<string> {
  const { port, hostname } = new URL(app.url);
  return new Promise((resolve, reject) => {
    const socket = connect(Number(port), hostname, () => socket.end(text));
    let answer = '';
    socket.on('data', (chunk) => {
      answer += chunk;
    });
    socket.on('close', () => resolve(answer));
    socket.on('error', reject);
  });
}

describe('a change that rides on a cookie', () => {
  const create = (headers: Record<string, string>) =>
    fetch(`${app.url}/api/events`, {
      method: 'POST',
      headers: { 'Content-Type': 'application/json', Cookie: page.cookie ?? '', ...headers },
      body: JSON.stringify(eventDraft()),
    });

  it('is accepted from our own page, with our header', async () => {
    expect((await create({ Origin: app.url, 'X-Svodka': '1' })).status).toBe(201);
  });

  it.each([
    ['a foreign origin', { Origin: 'https://evil.example', 'X-Svodka': '1' }],
    ['a foreign port', { Origin: 'http://127.0.0.1:1', 'X-Svodka': '1' }],
    ['no origin that can be named', { Origin: 'null', 'X-Svodka': '1' }],
    ['our origin, but without our header', {}],
    ['text/plain', { 'Content-Type': 'text/plain', Origin: 'https://evil.example' }],
    [
      'a multipart form',
      { 'Content-Type': 'multipart/form-data; boundary=x', Origin: 'https://evil.example' },
    ],
  ])('is refused from %s', async (_name, headers) => {
    const before = await page.get('/api/events/count');
    const answer = await create(headers as Record<string, string>);
    expect(answer.status).toBe(403);
    expect(await answer.json()).toMatchObject({ error: { code: 'forbidden' } });
    expect(await page.get('/api/events/count')).toEqual(before);
  });

  it('is not needed to sign in, but a foreign page cannot sign anybody in', async () => {
    const { login, password } = app.adminLogin;
    const answer = await app
      .client()
      .send('POST', '/api/session', { login, password }, { Origin: 'https://evil.example' });
    expect(answer.status).toBe(403);
  });

  it('needs neither with a bearer', async () => {
    expect((await app.admin.send('POST', '/api/events', eventDraft())).status).toBe(201);
  });

  it('never happens by GET or HEAD', async () => {
    const event = await makeEvent(app.admin);
    for (const path of ['resolve', 'reopen', 'restore'])
      expect((await page.send('GET', `/api/events/${event.id}/${path}`)).status).toBe(405);
    expect((await page.send('HEAD', `/api/events/${event.id}`)).status).toBe(200);
  });
});

describe('requests that are none', () => {
  it('malformed JSON is 400 with the reason json', async () => {
    const answer = await app.admin.send('POST', '/api/events', '{"title": ');
    expect([answer.status, answer.error?.code]).toEqual([400, 'validation']);
    expect(answer.error?.details).toMatchObject([{ reason: 'json', message: 'Тело запроса — не JSON' }]);
  });

  it('more than 256 KB is 413', async () => {
    const answer = await app.admin.send('POST', '/api/events', eventDraft({ body: 'x'.repeat(300_000) }));
    expect([answer.status, answer.error?.code]).toEqual([413, 'too-large']);
  });

  it('a body that comes a byte now and then is hung up on', async () => {
    const { port, hostname } = new URL(app.url);
    const line = connect(Number(port), hostname);
    line.on('error', () => {});
    line.write(
      'POST /api/session HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\nContent-Length: 3000\r\n\r\n{',
    );
    const drip = setInterval(() => line.write(' '), 200);
    // Whether it hears an end or a reset depends on whether a byte was under way.
    await new Promise((closed) => line.once('close', closed));
    clearInterval(drip);
  }, 30_000);

  it('a body that is not JSON is 415', async () => {
    const answer = await app.admin.send('POST', '/api/events', '{}', { 'Content-Type': 'text/plain' });
    expect([answer.status, answer.error?.code]).toEqual([415, 'unsupported-media']);
  });

  it('an unknown address under /api is 404 as JSON', async () => {
    const answer = await app.admin.send('GET', '/api/nothing');
    expect([answer.status, answer.error?.code]).toEqual([404, 'not-found']);
  });

  it('a wrong method is 405 and says which are right', async () => {
    const answer = await app.admin.send('DELETE', '/api/events');
    expect([answer.status, answer.error?.code]).toEqual([405, 'method']);
    expect(answer.headers.get('allow')).toBe('GET, POST');
  });

  it.each(['TRACE', 'PUT', 'OPTIONS', 'PROPFIND'])('%s is 405 everywhere', async (method) => {
    for (const path of ['/', '/api/events', '/assets/x.js'])
      expect(await raw(`${method} ${path} HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n`)).toMatch(
        /^HTTP\/1\.1 405/,
      );
  });

  it('an escape that does not decode is 400 or 404, and no fault', async () => {
    for (const path of [
      '/api/events/%E0%A4%A',
      '/%E0%A4%A',
      '/api/%00',
      '/..%2f..%2fetc/passwd',
      '/%2e%2e/package.json',
    ])
      expect(await raw(`GET ${path} HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n`)).toMatch(
        /^HTTP\/1\.1 40[04]/,
      );
  });

  it.each(['token', 'access_token', 'password'])('a secret in the address is 400: %s', async (name) => {
    for (const path of ['/api/session', '/api/events', '/'])
      expect((await app.client().send('GET', `${path}?${name}=x`)).error?.details).toMatchObject([
        { field: name, reason: 'token-in-url' },
      ]);
  });
});

describe('answers', () => {
  it('carry no stack, no query and no version when something goes wrong', async () => {
    const answers = await Promise.all([
      app.admin.send('POST', '/api/events', '{'),
      app.admin.send('GET', '/api/nothing'),
      app.admin.send('PATCH', `/api/events/${newId()}`, { title: 'x' }, { 'If-Match': '1' }),
      app.admin.send('GET', '/api/events?after=zzz'),
    ]);
    for (const { headers, body } of answers) {
      expect(headers.get('x-powered-by')).toBeNull();
      expect(JSON.stringify(body)).not.toMatch(/node_modules|\.ts|\.js|Mongo|at \w+ \(/);
    }
  });

  it('of an unforeseen error have an incident id, which the log has too', async () => {
    const { EventsRepository } = await import('../../server/events/events.repository.ts');
    const repository = app.app.get(EventsRepository);
    const original = repository.find;
    repository.find = () => Promise.reject(new Error('secret detail of the machine'));
    try {
      const answer = await app.admin.send('GET', '/api/events');
      expect(answer.status).toBe(500);
      expect(answer.error).toMatchObject({
        code: 'internal',
        incident: expect.stringMatching(/^[0-9a-f-]{36}$/),
      });
      expect(JSON.stringify(answer.body)).not.toContain('secret');
    } finally {
      repository.find = original;
    }
  });

  it('have the headers that browsers heed', async () => {
    for (const path of ['/', '/api/health', '/api/nothing', '/assets/index-abc123.js']) {
      const { headers } = await fetch(app.url + path);
      expect(headers.get('content-security-policy')).toBe(
        "default-src 'self';script-src 'self';style-src 'self';img-src 'self' data: blob:;media-src 'self' blob:;" +
          "font-src 'self';connect-src 'self';object-src 'none';base-uri 'none';form-action 'self';frame-ancestors 'none'",
      );
      expect(headers.get('x-content-type-options')).toBe('nosniff');
      expect(headers.get('x-frame-options')).toBe('DENY');
      expect(headers.get('referrer-policy')).toBe('no-referrer');
      expect(headers.get('cross-origin-opener-policy')).toBe('same-origin');
      expect(headers.get('permissions-policy')).toContain('camera=()');
      expect(headers.get('access-control-allow-origin')).toBeNull();
    }
    for (const path of ['/api/health', '/API/health'])
      expect((await fetch(app.url + path)).headers.get('cache-control')).toBe('no-store');
  });
});

describe('the dashboard', () => {
  const navigate = (path: string) => fetch(app.url + path, { headers: { Accept: 'text/html,*/*' } });

  it('is the shell for every screen, and never kept', async () => {
    for (const path of ['/', '/events/42', '/users', '/index.html']) {
      const answer = await navigate(path);
      expect([answer.status, answer.headers.get('cache-control')]).toEqual([200, 'no-cache']);
      expect(await answer.text()).toContain('Сводка');
    }
  });

  it('keeps files with a hash in the name for ever', async () => {
    const answer = await fetch(`${app.url}/assets/index-abc123.js`);
    expect(answer.headers.get('cache-control')).toBe('public, max-age=31536000, immutable');
    expect(answer.headers.get('content-type')).toMatch(/javascript/);
  });

  it.each(['/.git/config', '/.built', '/%2egit/config', '/assets/gone.js', '/main.js.map', '/package.json'])(
    'has nothing hidden: %s',
    async (path) => {
      expect((await navigate(path)).status).toBe(404);
    },
  );

  it.each(['/metrics', '/agendash', '/api-docs', '/admin', '/api/docs'])(
    'has no back door: %s',
    async (path) => {
      const answer = await fetch(app.url + path);
      expect(answer.status).toBe(404);
      // Nothing of what was asked, and nothing of what answers.
      expect(await answer.text()).not.toMatch(/Cannot GET|metrics|agendash/);
    },
  );
});

describe('headers of a proxy that nobody named', () => {
  it('change neither who is limited nor where links point', async () => {
    const guess = (i: number) =>
      app.client().send(
        'POST',
        '/api/session',
        { login: 'proxied', password: 'wrong-word-1' },
        {
          'X-Forwarded-For': `10.0.0.${i}`,
          'X-Forwarded-Host': 'evil.example',
          'X-Forwarded-Proto': 'https',
        },
      );
    // At once: one after the other on a busy machine, some are forgiven meanwhile.
    const answers = await Promise.all(Array.from({ length: 12 }, (_, i) => guess(i)));
    expect(answers.map(({ status }) => status)).toContain(429);
  });
});
