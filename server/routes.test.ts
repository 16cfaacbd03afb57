// Every REST route there is, taken from the router's own decorators: one that is added is tested by being there.
import { ModulesContainer } from '@nestjs/core';
import { newId } from '@svodka/shared/contracts/id';
import { ROUTES } from '@svodka/shared/routes/all';
import { ACTIONS, may } from '@svodka/shared/rules/permissions';
import { createTestApp, type TestApp } from '../test/support/app.ts';
import type { Client } from '../test/support/client.ts';
import { type Handled, routeTable } from './platform/http/route-table.ts';

let app: TestApp;
let routes: Handled[];
let nobodyInParticular: Client;

beforeAll(async () => {
  app = await createTestApp();
  routes = routeTable(app.app.get(ModulesContainer));
  nobodyInParticular = await app.signIn({ roles: ['measurer'] });
});
afterAll(() => app?.close());

const named = ({ method, path }: Handled) => `${method} ${path}`;
const withId = ({ path }: Handled, id: string) => path.replace(/:\w+/g, id);
const bodyFor = ({ spec }: Handled) => (spec.body ? {} : undefined);

describe('the route table', () => {
  it('holds every route of the contract, each with one handler', () => {
    expect(routes.map(({ key }) => key).sort()).toEqual(Object.keys(ROUTES).sort());
  });

  it('says of every route who may call it', () => {
    const known = ['public', 'signed-in', 'module', 'signature', ...ACTIONS];
    expect(routes.filter(({ spec }) => !known.includes(spec.right)).map(named)).toEqual([]);
  });

  it('has a contract for every body and every query', () => {
    const changes = routes.filter(({ method }) => method === 'POST' || method === 'PATCH');
    const ways = ({ body, raw, bare }: Handled['spec']) => [body, raw, bare].filter(Boolean).length;
    expect(changes.filter(({ spec }) => ways(spec) !== 1).map(named)).toEqual([]);
  });

  it('is open to the public in three places only', () => {
    expect(routes.filter(({ spec }) => spec.right === 'public').map(named)).toEqual([
      'GET /api/health',
      'GET /api/ready',
      'POST /api/session',
    ]);
  });
});

describe('without signing in', () => {
  it('every other route answers 401, whatever is sent', async () => {
    const wrong: string[] = [];
    for (const route of routes.filter(({ spec }) => spec.right !== 'public')) {
      const { status, error } = await app.client().send(route.method, withId(route, newId()), bodyFor(route));
      if (status !== 401 || error?.code !== 'unauthenticated') wrong.push(`${named(route)} → ${status}`);
    }
    expect(wrong).toEqual([]);
  });

  it('a wrong bearer is nobody too', async () => {
    const answer = await app
      .client()
      .send('GET', '/api/session', undefined, { Authorization: `Bearer ${'x'.repeat(43)}` });
    expect(answer.status).toBe(401);
  });
});

describe('ids', () => {
  it('that nobody has, and that are none, get one and the same answer', async () => {
    const wrong: string[] = [];
    for (const route of routes.filter(
      ({ path, spec: { body, query } }) =>
        path.includes(':id') && !body && (!query || query.safeParse({}).success),
    )) {
      const [unknown, malformed] = await Promise.all(
        [newId(), '$ne'].map((id) => app.admin.send(route.method, withId(route, id), bodyFor(route))),
      );
      if (unknown?.status !== 404 || malformed?.status !== 404)
        wrong.push(`${named(route)} → ${unknown?.status}, ${malformed?.status}`);
      expect(malformed?.error).toEqual(unknown?.error);
    }
    expect(wrong).toEqual([]);
  });
});

describe('rights', () => {
  it('are asked for by every route that names one', async () => {
    const wrong: string[] = [];
    const closed = routes.filter(
      ({ spec: { right } }) =>
        right !== 'public' &&
        right !== 'signed-in' &&
        right !== 'module' &&
        right !== 'signature' &&
        !may({ id: '', departmentId: null, roles: ['measurer'] }, right),
    );
    for (const route of closed) {
      const { status } = await nobodyInParticular.send(route.method, withId(route, newId()), bodyFor(route));
      if (status !== 403) wrong.push(`${named(route)} → ${status}`);
    }
    expect(wrong).toEqual([]);
  });
});

describe('bodies', () => {
  const HOSTILE: [string, string][] = [
    ['an operator', '{"$where":"sleep(1000)"}'],
    ['an unknown field', '{"role":"administrator","_id":"x","__v":1,"createdAt":"2020-01-01"}'],
    ['a dotted field', '{"a.b":1}'],
    ['a prototype', '{"__proto__":{"polluted":true}}'],
    ['a constructor', '{"constructor":{"prototype":{"polluted":true}}}'],
    ['a list', '[]'],
    ['null', 'null'],
    ['a number', '42'],
  ];

  it.each(HOSTILE)(
    'of the wrong shape are refused by every route that takes one: %s',
    async (_name, body) => {
      const wrong: string[] = [];
      for (const route of routes.filter(({ spec }) => spec.body)) {
        const answer = await app.admin.send(route.method, withId(route, newId()), body);
        // POST /api/session and the like are limited; what counts is that nothing is accepted and nothing breaks
        if (answer.status !== 400 || answer.error?.code !== 'validation')
          wrong.push(`${named(route)} → ${answer.status}`);
      }
      expect(wrong).toEqual([]);
      expect(({} as { polluted?: boolean }).polluted).toBeUndefined();
    },
  );

  it('with operators in the place of values are refused by every route', async () => {
    const operator = { $ne: null };
    const wrong: string[] = [];
    for (const route of routes.filter(({ spec }) => spec.body)) {
      const fields = Object.keys((route.spec.body as unknown as { shape?: object }).shape ?? {});
      for (const field of fields) {
        const answer = await app.admin.send(route.method, withId(route, newId()), { [field]: operator });
        if (answer.status !== 400) wrong.push(`${named(route)} ${field} → ${answer.status}`);
      }
    }
    expect(wrong).toEqual([]);
  });
});

describe('queries', () => {
  it.each(['a[$ne]=1', '$where=1', '__proto__=1', 'limit[$gt]=0'])(
    'of unknown names are refused: %s',
    async (query) => {
      const wrong: string[] = [];
      for (const route of routes.filter(
        ({ spec, method, path }) => spec.query && method === 'GET' && !path.includes(':'),
      )) {
        const answer = await app.admin.send('GET', `${route.path}?${query}`);
        if (answer.status !== 400) wrong.push(`${named(route)} → ${answer.status}`);
      }
      expect(wrong).toEqual([]);
    },
  );
});

describe('the OpenAPI document', () => {
  it('describes every route to those who are signed in', async () => {
    const document = await nobodyInParticular.get<{
      openapi: string;
      paths: Record<string, Record<string, unknown>>;
    }>('/api/openapi.json');
    expect(document.openapi).toBe('3.1.0');
    const described = Object.entries(document.paths).flatMap(([path, operations]) =>
      Object.keys(operations).map((method) => `${method.toUpperCase()} ${path.replace(/\{(\w+)\}/g, ':$1')}`),
    );
    expect(described.sort()).toEqual(routes.map(named).sort());
    expect(document.paths['/api/events']?.post).toMatchObject({
      requestBody: {
        content: { 'application/json': { schema: { type: 'object', required: ['type', 'title'] } } },
      },
    });
  });
});
