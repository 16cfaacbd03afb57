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
import type { Method, RouteSpec } from '@svodka/shared/routes/route';
import { z } from 'zod';
import { ALLOW } from '../security/allow.decorator.ts';
import { boundTo } from './route.decorator.ts';

/** A route that a handler stands for. */
export type Handled = {
  /** Such as `GET /events/:id`. */
  key: string;
  method: Method;
  /** Such as `/api/events/:id`. */
  path: string;
  spec: RouteSpec;
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

/** What the framework's own decorators say of a handler that is not bound to the contract yet. */
function specFrom(prototype: object, handler: string, fn: Handler, method: Method): RouteSpec {
  const args = argumentsOf(prototype, handler);
  const body = schemaOf(args, RouteParamtypes.BODY);
  const query = schemaOf(args, RouteParamtypes.QUERY);
  const status = Reflect.getMetadata(HTTP_CODE_METADATA, fn) ?? (method === 'POST' ? 201 : 200);
  return {
    right: Reflect.getMetadata(ALLOW, fn),
    ...(body && { body }),
    ...(query && { query: query as z.ZodObject }),
    answers: { [status]: z.unknown() },
  };
}

function handled(prototype: object, handler: string, base: string): Handled | null {
  const fn = (prototype as Record<string, unknown>)[handler] as Handler;
  const path: string | undefined = Reflect.getMetadata(PATH_METADATA, fn);
  if (path === undefined) return null;
  const method = RequestMethod[Reflect.getMetadata(METHOD_METADATA, fn) as number] as Method;
  const whole = joined(base, path);
  const spec = boundTo(fn)?.spec ?? specFrom(prototype, handler, fn, method);
  return { key: `${method} ${whole}`, method, path: `/api${whole}`, spec };
}

/** Every REST handler of the application, read from the decorators that also make the router. */
export function routeTable(modules: ModulesContainer): Handled[] {
  const routes: Handled[] = [];
  for (const { controllers } of modules.values()) {
    for (const { metatype } of controllers.values()) {
      const prototype = (metatype as Handler).prototype as object;
      const base: string = Reflect.getMetadata(PATH_METADATA, metatype as Handler) ?? '';
      for (const handler of Object.getOwnPropertyNames(prototype)) {
        const route = handler === 'constructor' ? null : handled(prototype, handler, base);
        if (route) routes.push(route);
      }
    }
  }
  return routes.sort((a, b) =>
    a.path === b.path ? (a.method < b.method ? -1 : 1) : a.path < b.path ? -1 : 1,
  );
}

/** Whether a handler makes the store look through much. */
export function asksByQuery(controller: object & { prototype: object }, handler: string): boolean {
  const fn = (controller.prototype as Record<string, object>)[handler] ?? {};
  const bound = boundTo(fn);
  if (bound) return bound.isCostly;
  return (
    Reflect.getMetadata(METHOD_METADATA, fn) === RequestMethod.GET &&
    schemaOf(argumentsOf(controller.prototype, handler), RouteParamtypes.QUERY) !== undefined
  );
}
