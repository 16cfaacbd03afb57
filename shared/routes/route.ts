import type { z } from 'zod';
import type { ErrorCode } from '../contracts/errors.ts';
import type { Id } from '../contracts/id.ts';
import type { Action } from '../rules/permissions.ts';

/**
 * Who may call: anybody, anybody signed in (the service narrows further), who may do an action, a connected module by
 * its token and nobody else, or whoever has signed the body: of that the handler makes sure, for it reads the body.
 */
export type Right = 'public' | 'signed-in' | 'module' | 'signature' | Action;
export type Method = 'GET' | 'POST' | 'PATCH' | 'DELETE';

/** What a route takes and gives. Method and path are its name; each `:name` of the path is an id. */
export type RouteSpec = {
  right: Right;
  /** Flat: each field of it is one of the address. Lists, searches and counts of a person run a few at a time. */
  query?: z.ZodObject;
  /** Has a query, and yet looks through nothing. */
  light?: true;
  /** Looks through much, though nothing else of it says so. */
  costly?: true;
  /** What it changes does not keep who touched it last, and from where: its revisions say by whom. */
  unstamped?: true;
  body?: z.ZodType;
  /** Changes something and takes no body: its address says all. */
  bare?: true;
  /** In place of `body`: content types that the handler reads itself, as they flow. */
  raw?: readonly string[];
  /** What such a body holds, by content type, where it can be said. A stream: what a line of it holds. */
  holds?: Readonly<Record<string, z.ZodType>>;
  /**
   * May carry an Idempotency-Key: a repetition changes nothing and gets the first answer. `id`: what makes something that
   * its body may name by an id; where it names none, the id follows from who asks and the key.
   */
  key?: true | 'id';
  /** Whether If-Match guards it by the number that the client has seen. */
  match?: 'may' | 'must';
  /** Of each status that is no error, and of those that are and have another body; null: no body. */
  answers: { readonly [status: number]: z.ZodType | null };
  /** Codes beyond those that follow from the rest (`errorsOf`). */
  errors?: readonly ErrorCode[];
};

type RouteName = `${Method} /${string}`;

/** Some routes, each typed as it is written. */
export const routes = <const T extends Readonly<Record<RouteName, RouteSpec>>>(table: T): T => table;

type ParamNames<P> = P extends `${string}:${infer Name}/${infer Rest}`
  ? Name | ParamNames<`/${Rest}`>
  : P extends `${string}:${infer Name}`
    ? Name
    : never;
type Params<R> = { [Name in ParamNames<R>]: Id };

/** What a handler of the route is given, checked. */
export type AskedOf<R, S> = Params<R> &
  (S extends { readonly query: infer Q extends z.ZodType } ? { query: z.output<Q> } : unknown) &
  (S extends { readonly body: infer B extends z.ZodType } ? { body: z.output<B> } : unknown) &
  (S extends { readonly key: true } ? { key: string | undefined } : unknown) &
  (S extends { readonly match: 'must' } ? { rev: number } : unknown) &
  (S extends { readonly match: 'may' } ? { rev: number | undefined } : unknown);

/** Of the address: what a schema reads out of text is given as what it means. */
type QueryGiven<Q> = { [N in keyof Q]: unknown extends Q[N] ? number | undefined : Q[N] | null };

/** What a caller of the route gives. */
export type GivenOf<R, S> = Params<R> &
  (S extends { readonly query: infer Q extends z.ZodType }
    ? Needed<'query', QueryGiven<z.input<Q>>>
    : unknown) &
  (S extends { readonly body: infer B extends z.ZodType } ? { body: z.input<B> } : unknown) &
  // A page makes nothing without an id: when its answer is lost, it is made twice.
  (S extends { readonly key: 'id' } ? { body: { id: Id } } : unknown) &
  (S extends { readonly raw: readonly string[] } ? { body: Blob } : unknown) &
  (S extends { readonly key: true } ? { key?: Id } : unknown) &
  (S extends { readonly match: 'must' } ? { rev: number } : unknown) &
  (S extends { readonly match: 'may' } ? { rev?: number } : unknown);
type Needed<N extends string, T> = Record<string, never> extends T ? { [P in N]?: T } : { [P in N]: T };

/** The bodies of its answers; void: none. */
export type AnswerOf<S> = S extends { readonly answers: infer A }
  ? // biome-ignore lint/suspicious/noConfusingVoidType: it is what a method returns that answers nothing
    { [Status in keyof A]: A[Status] extends z.ZodType ? z.output<A[Status]> : void }[keyof A]
  : never;

export const methodOf = (route: string): Method => route.slice(0, route.indexOf(' ')) as Method;
export const pathOf = (route: string): string => route.slice(route.indexOf(' ') + 1);

/** The status of an answer whose handler chooses none: where something may be made (201) or be there (200), made. */
export const usualStatus = ({ answers }: RouteSpec): number =>
  Math.max(
    ...Object.keys(answers)
      .map(Number)
      .filter((status) => status < 300),
  );

/** Whether it makes the store look through much: a list, a search, a count. */
export const isCostly = (route: string, { query, light, costly }: RouteSpec): boolean =>
  costly === true || (methodOf(route) === 'GET' && query !== undefined && !light);

/** The codes that it may answer. */
export function errorsOf(route: string, { right, key, match, errors = [] }: RouteSpec): ErrorCode[] {
  const changes = methodOf(route) !== 'GET';
  return [
    'validation',
    ...(right === 'public' ? [] : (['unauthenticated', 'rate-limited'] as const)),
    ...(changes || (right !== 'public' && right !== 'signed-in') ? (['forbidden'] as const) : []),
    ...(route.includes(':') ? (['not-found'] as const) : []),
    ...(key || match ? (['conflict'] as const) : []),
    ...(changes ? (['too-large', 'unsupported-media', 'insufficient-storage'] as const) : []),
    ...errors,
    'internal',
    'unavailable',
  ];
}
