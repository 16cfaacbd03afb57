import 'reflect-metadata';
import {
  createParamDecorator,
  type ExecutionContext,
  HttpCode,
  RequestMapping,
  RequestMethod,
} from '@nestjs/common';
import { AppError } from '@svodka/shared/contracts/errors';
import { IdSchema } from '@svodka/shared/contracts/id';
import { type Answer, type AskedBy, type RouteKey, specOf } from '@svodka/shared/routes/all';
import { isCostly, methodOf, pathOf, type RouteSpec, usualStatus } from '@svodka/shared/routes/route';
import type { z } from 'zod';
import { contractError, refused } from '../errors/contract-error.ts';
import { derivedId, momentOfId } from '../mongo/derived-id.ts';
import { refuseUnfit } from './contract.pipe.ts';
import { idempotencyKey } from './idempotency-key.ts';
import { ifMatch } from './if-match.ts';
import type { Request } from './request.ts';

const ROUTE = 'svodka:route';

/** Which route of the contract a handler stands for. */
export type Bound = {
  key: RouteKey;
  spec: RouteSpec;
  isCostly: boolean;
  read(request: Request): Record<string, unknown>;
};

/** What the first argument and the answer of a handler have to be. */
type Handler<R extends RouteKey> = (
  ...args: keyof AskedBy<R> extends never ? never[] : [asked: AskedBy<R>, ...others: never[]]
) => Answer<R> | Promise<Answer<R>>;

/**
 * Makes a method the handler of a route of the contract (`shared/routes`): method, path, usual status; the guard reads
 * from it who may call. A method whose argument or answer does not fit its route is an error of types. What was sent
 * comes checked as the argument that `@Asked()` marks.
 */
export const Route =
  <R extends RouteKey>(key: R) =>
  <T extends Handler<R>>(target: object, name: string, method: TypedPropertyDescriptor<T>): void => {
    const spec = specOf(key);
    const bound: Bound = { key, spec, isCostly: isCostly(key, spec), read: readerOf(key, spec) };
    Reflect.defineMetadata(ROUTE, bound, method.value as object);
    RequestMapping({ method: RequestMethod[methodOf(key)], path: pathOf(key) })(target, name, method);
    HttpCode(usualStatus(spec))(target, name, method);
  };

/** Undefined: the handler says nothing of its route, and the guard refuses everybody. */
export const boundTo = (handler: object): Bound | undefined => Reflect.getMetadata(ROUTE, handler);

/** What was sent with a request: ids of the path, `query`, `body`, `key` and `rev`, as its route has them. */
export type Asked<R extends RouteKey> = AskedBy<R>;
export const Asked = createParamDecorator((_data: unknown, context: ExecutionContext) =>
  boundTo(context.getHandler())?.read(context.switchToHttp().getRequest<Request>()),
);

/** Once a route: what there is to read of its requests, in the order in which faults are told. */
function readerOf(key: RouteKey, { query, body, key: keyed, match }: RouteSpec): Bound['read'] {
  const params = [...pathOf(key).matchAll(/:(\w+)/g)].map(([, name = '']) => name);
  return (request) => {
    const asked: Record<string, unknown> = {};
    for (const name of params) asked[name] = idOf(request.params[name]);
    if (query) asked.query = checked(query, request.query);
    const named = keyed === 'id' ? namedByKey(key, request) : request.body;
    if (body) asked.body = checked(body, named);
    if (keyed === true) asked.key = keyOf(request);
    if (match) asked.rev = ifMatch(request.headers['if-match']);
    if (match === 'must' && asked.rev === undefined) throw refused('If-Match', 'precondition');
    return asked;
  };
}

const keyOf = ({ headers }: Request) => idempotencyKey(headers['idempotency-key'] as string | undefined);

/** The body of what makes something, with the id that follows from the key where it has none. */
function namedByKey(route: RouteKey, request: Request): unknown {
  const { body, user } = request;
  const key = keyOf(request);
  if (key === undefined || !user || typeof body !== 'object' || body === null || 'id' in body) return body;
  const at = momentOfId(IdSchema.safeParse(key).data ?? user._id);
  return { ...body, id: derivedId(at, 'key', user._id, route, key) };
}

/** An id in a path. One of a wrong form names nothing, and gets the same answer as one that nobody has. */
function idOf(text: string | undefined): string {
  const parsed = IdSchema.safeParse(text);
  if (!parsed.success) throw new AppError('not-found', 'no such id');
  return parsed.data;
}

function checked(schema: z.ZodType, value: unknown): unknown {
  refuseUnfit(value, []);
  const parsed = schema.safeParse(value);
  if (!parsed.success) throw contractError(parsed.error.issues);
  return parsed.data;
}
