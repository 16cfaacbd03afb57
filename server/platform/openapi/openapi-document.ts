import { ERROR_CODES, ERRORS, ErrorBodySchema } from '@svodka/shared/contracts/errors';
import { ROUTES } from '@svodka/shared/routes/all';
import { MODELS } from '@svodka/shared/routes/models';
import { errorsOf, methodOf, pathOf, type RouteSpec } from '@svodka/shared/routes/route';
import { z } from 'zod';

type Json = Record<string, unknown>;
type Described = { key: string; spec: RouteSpec };

const names = z.registry<{ id: string }>();
for (const [id, schema] of Object.entries(MODELS)) names.add(schema, { id });

/** The named parts of what was described; the document carries them once. */
type Parts = Record<string, unknown>;

const pointing = (schema: unknown): Json =>
  JSON.parse(JSON.stringify(schema).replaceAll('"#/$defs/', '"#/components/schemas/')) as Json;

/** What a schema accepts. What JSON Schema cannot say (checks by code) is left open. */
function accepted(schema: z.ZodType): Json {
  const { $schema, ...rest } = z.toJSONSchema(schema, { io: 'input', unrepresentable: 'any' }) as Json;
  return rest;
}

/** What a schema gives; its named parts go to `parts`. */
function given(schema: z.ZodType, parts: Parts): Json {
  const { $schema, $defs, ...rest } = z.toJSONSchema(schema, {
    io: 'output',
    unrepresentable: 'any',
    metadata: names,
  }) as Json;
  for (const [name, part] of Object.entries($defs ?? {})) parts[name] = pointing(part);
  return pointing(rest);
}

const json = (schema: Json): Json => ({ content: { 'application/json': { schema } } });

function parameters(path: string, { query, key, match }: RouteSpec): Json[] {
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
  const header = (name: string, required: boolean) => ({
    name,
    in: 'header',
    required,
    schema: { type: 'string' },
  });
  return [
    ...inPath,
    ...inQuery,
    ...(match ? [header('If-Match', match === 'must')] : []),
    ...(key ? [header('Idempotency-Key', false)] : []),
  ];
}

function bodyOf({ body, raw, holds = {} }: RouteSpec): Json {
  if (raw) {
    const schemaOf = (type: string) => (holds[type] ? accepted(holds[type]) : { type: 'string' });
    const content = Object.fromEntries(raw.map((type) => [type, { schema: schemaOf(type) }]));
    return { requestBody: { required: true, content } };
  }
  return body ? { requestBody: { required: true, ...json(accepted(body)) } } : {};
}

/** Each status that it answers: those of its contract, and those of its errors with their codes. */
function responses({ key, spec }: Described, parts: Parts): Json {
  return {
    ...Object.fromEntries(
      errorsOf(key, spec).map((code) => [ERRORS[code].status, { $ref: `#/components/responses/${code}` }]),
    ),
    ...Object.fromEntries(
      Object.entries(spec.answers).map(([status, schema]) => [
        status,
        {
          description: Number(status) < 300 ? 'Done.' : 'Not well.',
          ...(schema && json(given(schema, parts))),
        },
      ]),
    ),
  };
}

function description(right: RouteSpec['right']): Json {
  if (right === 'module')
    return { description: 'For a connected module. A stream holds one JSON object a line.' };
  if (right === 'signature')
    return { description: 'For a telephone system: signed in the header `X-Svodka-Signature` (README).' };
  return right === 'public' || right === 'signed-in' ? {} : { description: `Needs the right ${right}.` };
}

function securityOf(right: RouteSpec['right']): Json[] {
  if (right === 'module') return [{ module: [] }];
  return right === 'public' || right === 'signature' ? [] : [{ session: [] }, { bearer: [] }];
}

/** Such as `postEventsIdResolve`. */
const operationId = (key: string): string =>
  key
    .split(/\W+/)
    .filter(Boolean)
    .map((word, i) => (i === 0 ? word.toLowerCase() : word.charAt(0).toUpperCase() + word.slice(1)))
    .join('');

function operation(route: Described, parts: Parts): Json {
  const { key, spec } = route;
  const { right } = spec;
  return {
    operationId: operationId(key),
    tags: [pathOf(key).split('/')[1]],
    ...description(right),
    security: securityOf(right),
    parameters: parameters(pathOf(key), spec),
    ...bodyOf(spec),
    responses: responses(route, parts),
  };
}

/** The OpenAPI document of all routes, from the very schemas that check what is sent and, in tests, what is answered. */
export function openApiDocument({ version, cookie }: { version: string; cookie: string }) {
  const paths: Record<string, Json> = {};
  const parts: Parts = {};
  for (const [key, spec] of Object.entries<RouteSpec>(ROUTES)) {
    const route = { key, spec };
    const path = `/api${pathOf(key).replace(/:(\w+)/g, '{$1}')}`;
    paths[path] = { ...paths[path], [methodOf(key).toLowerCase()]: operation(route, parts) };
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
        module: { type: 'http', scheme: 'bearer', description: 'The token of a connected module.' },
      },
      responses: Object.fromEntries(
        ERROR_CODES.map((code) => [
          code,
          { description: `Refused: \`${code}\`.`, ...json(given(ErrorBodySchema, parts)) },
        ]),
      ),
      schemas: parts,
    },
  };
}
