import { ERRORS } from '@svodka/shared/contracts/errors';
import { z } from 'zod';
import type { Route } from '../http/route-table.ts';

type Json = Record<string, unknown>;

/** What a schema accepts. What it cannot say in JSON Schema (checks by code) is left open. */
const accepted = (schema: z.ZodType): Json => {
  const { $schema, ...rest } = z.toJSONSchema(schema, { io: 'input', unrepresentable: 'any' }) as Json;
  return rest;
};

const errorSchema: Json = {
  type: 'object',
  required: ['error'],
  properties: {
    error: {
      type: 'object',
      required: ['code', 'message'],
      properties: {
        code: { type: 'string', enum: Object.keys(ERRORS) },
        message: { type: 'string', description: 'For a person, in the language of the request.' },
        details: {
          type: 'array',
          items: {
            type: 'object',
            required: ['field', 'reason'],
            properties: {
              field: { type: 'string', description: 'Dotted path into the body.' },
              reason: { type: 'string', description: 'Stable code.' },
              message: { type: 'string' },
              position: { type: 'integer' },
              length: { type: 'integer' },
              expected: { type: 'array', items: { type: 'string' } },
            },
          },
        },
        incident: { type: 'string', description: 'Finds the log line of an internal error.' },
        retryAfter: { type: 'integer', description: 'Seconds.' },
        current: { description: 'The current state, after a stale revision.' },
      },
    },
  },
};

function parameters({ path, query, headers }: Route): Json[] {
  const inPath = [...path.matchAll(/:(\w+)/g)].map(([, name]) => ({
    name,
    in: 'path',
    required: true,
    schema: { type: 'string', format: 'uuid' },
  }));
  const { properties = {}, required = [] } = (query ? accepted(query) : {}) as {
    properties?: Json;
    required?: string[];
  };
  const inQuery = Object.entries(properties).map(([name, schema]) => ({
    name,
    in: 'query',
    required: required.includes(name),
    schema,
  }));
  return [
    ...inPath,
    ...inQuery,
    ...headers.map((name) => ({ name, in: 'header', schema: { type: 'string' } })),
  ];
}

function bodyOf({ body, rawBody }: Route): Json {
  if (rawBody) {
    const content = Object.fromEntries(rawBody.map((type) => [type, { schema: { type: 'string' } }]));
    return { requestBody: { required: true, content } };
  }
  if (!body) return {};
  return { requestBody: { required: true, content: { 'application/json': { schema: accepted(body) } } } };
}

function operation(route: Route): Json {
  const { handler, controller, allowed, status, path } = route;
  return {
    operationId: `${controller.replace(/Controller$/, '')}.${handler}`,
    tags: [path.split('/')[2]],
    ...(allowed !== 'public' && allowed !== 'signed-in' && { description: `Needs the right ${allowed}.` }),
    security: allowed === 'public' ? [] : [{ session: [] }, { bearer: [] }],
    parameters: parameters(route),
    ...bodyOf(route),
    responses: {
      [status]: {
        description: 'Done.',
        ...(status !== 204 && { content: { 'application/json': {} } }),
      },
      default: { $ref: '#/components/responses/Error' },
    },
  };
}

/** The OpenAPI document of all routes, from the very schemas that check them. */
export function openApiDocument(
  routes: readonly Route[],
  { version, cookie }: { version: string; cookie: string },
) {
  const paths: Record<string, Json> = {};
  for (const route of routes) {
    const path = route.path.replace(/:(\w+)/g, '{$1}');
    paths[path] = { ...paths[path], [route.method.toLowerCase()]: operation(route) };
  }
  return {
    openapi: '3.1.0',
    info: {
      title: 'Svodka',
      version,
      description:
        'Changes that a browser makes with its cookie carry the header X-Svodka and an allowed Origin; a bearer token needs neither.',
    },
    paths,
    components: {
      securitySchemes: {
        session: { type: 'apiKey', in: 'cookie', name: cookie },
        bearer: { type: 'http', scheme: 'bearer' },
      },
      responses: {
        Error: {
          description: 'What went wrong, in one envelope for all errors.',
          content: { 'application/json': { schema: errorSchema } },
        },
      },
    },
  };
}
