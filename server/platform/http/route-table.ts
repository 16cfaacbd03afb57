import 'reflect-metadata';
import { RequestMethod } from '@nestjs/common';
import {
  HTTP_CODE_METADATA,
  METHOD_METADATA,
  PATH_METADATA,
  ROUTE_ARGS_METADATA,
  RouteParamtypes,
} from '@nestjs/common/internal';
import type { ModulesContainer } from '@nestjs/core';
import { z } from 'zod';
import { ALLOW, type Allowed, RAW_BODY } from '../security/allow.decorator.ts';

export type Route = {
  method: 'GET' | 'POST' | 'PATCH' | 'DELETE';
  /** Such as `/api/events/:id`. */
  path: string;
  controller: string;
  handler: string;
  /** Undefined: somebody has forgotten it, and the guard refuses everybody. */
  allowed: Allowed | undefined;
  /** Content types of a body that the handler reads itself. */
  rawBody: string[] | undefined;
  body: z.ZodType | undefined;
  query: z.ZodType | undefined;
  headers: string[];
  /** Of a success. */
  status: number;
};

type Argument = { data?: unknown; schema?: unknown };
// biome-ignore lint/complexity/noBannedTypes: what the framework's metadata hangs on
type Handler = Function;

function argumentsOf(prototype: object, handler: string): [number, Argument][] {
  const found: Record<string, Argument> =
    Reflect.getMetadata(ROUTE_ARGS_METADATA, prototype.constructor, handler) ?? {};
  return Object.entries(found).map(([key, argument]) => [Number.parseInt(key, 10), argument]);
}

const schemaOf = (args: [number, Argument][], type: RouteParamtypes): z.ZodType | undefined => {
  const schema = args.find(([kind, { schema }]) => kind === type && schema)?.[1].schema;
  return schema instanceof z.ZodType ? schema : undefined;
};

const joined = (...parts: string[]): string =>
  `/${parts
    .map((part) => part.replace(/^\/|\/$/g, ''))
    .filter(Boolean)
    .join('/')}`;

function routeOf(prototype: object, handler: string, base: string): Route | null {
  const fn = (prototype as Record<string, unknown>)[handler] as Handler;
  const path: string | undefined = Reflect.getMetadata(PATH_METADATA, fn);
  if (path === undefined) return null;
  const method = RequestMethod[Reflect.getMetadata(METHOD_METADATA, fn) as number] as Route['method'];
  const args = argumentsOf(prototype, handler);
  return {
    method,
    path: joined('api', base, path),
    controller: prototype.constructor.name,
    handler,
    allowed: Reflect.getMetadata(ALLOW, fn),
    rawBody: Reflect.getMetadata(RAW_BODY, fn),
    body: schemaOf(args, RouteParamtypes.BODY),
    query: schemaOf(args, RouteParamtypes.QUERY),
    headers: args.flatMap(([kind, { data }]) =>
      kind === RouteParamtypes.HEADERS && typeof data === 'string' ? [data] : [],
    ),
    status: Reflect.getMetadata(HTTP_CODE_METADATA, fn) ?? (method === 'POST' ? 201 : 200),
  };
}

/** Whether a handler reads by a query: a list, a search, a count. */
export function asksByQuery(controller: object & { prototype: object }, handler: string): boolean {
  const reads = Reflect.getMetadata(
    METHOD_METADATA,
    (controller.prototype as Record<string, object>)[handler] ?? {},
  );
  return (
    reads === RequestMethod.GET &&
    schemaOf(argumentsOf(controller.prototype, handler), RouteParamtypes.QUERY) !== undefined
  );
}

/** Every REST handler of the application, read from the decorators that also make the router. */
export function routeTable(modules: ModulesContainer): Route[] {
  const routes: Route[] = [];
  for (const { controllers } of modules.values()) {
    for (const { metatype } of controllers.values()) {
      const prototype = (metatype as Handler).prototype as object;
      const base: string = Reflect.getMetadata(PATH_METADATA, metatype as Handler) ?? '';
      for (const handler of Object.getOwnPropertyNames(prototype)) {
        const route = handler === 'constructor' ? null : routeOf(prototype, handler, base);
        if (route) routes.push(route);
      }
    }
  }
  return routes.sort((a, b) =>
    a.path === b.path ? (a.method < b.method ? -1 : 1) : a.path < b.path ? -1 : 1,
  );
}
