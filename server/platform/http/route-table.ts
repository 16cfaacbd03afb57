import type { ModulesContainer } from '@nestjs/core';
import { type Method, methodOf, pathOf, type RouteSpec } from '@svodka/shared/routes/route';
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

/** Every REST handler of the application. One that is bound to no route is refused to everybody by the guard. */
export function routeTable(modules: ModulesContainer): Handled[] {
  const controllers = [...modules.values()].flatMap((module) => [...module.controllers.values()]);
  return controllers
    .flatMap(({ metatype }) => {
      const { prototype } = metatype as unknown as { prototype: Record<string, unknown> };
      return Object.getOwnPropertyNames(prototype).flatMap((name) => {
        const handler = prototype[name];
        return (name !== 'constructor' && typeof handler === 'function' && boundTo(handler)) || [];
      });
    })
    .map(({ key, spec }) => ({ key, method: methodOf(key), path: `/api${pathOf(key)}`, spec }))
    .sort((a, b) => (a.path === b.path ? (a.method < b.method ? -1 : 1) : a.path < b.path ? -1 : 1));
}
