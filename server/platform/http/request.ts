import type { IncomingMessage, ServerResponse } from 'node:http';
import type { Locale } from '@svodka/shared/contracts/common';
import type { Id } from '@svodka/shared/contracts/id';
import type { RequestContext } from '../context/request-context.ts';

/** What we use of the framework's request, so that no room depends on its types. */
export type Request = IncomingMessage & {
  method: string;
  url: string;
  originalUrl: string;
  path: string;
  ip: string;
  query: Record<string, string | string[] | undefined>;
  params: Record<string, string>;
  body?: unknown;
  route?: { path?: string };
  app: {
    router?: { stack: { route?: { methods: Record<string, boolean> }; match(path: string): boolean }[] };
  };
  /** Set by whatever is asked first. */
  context?: RequestContext;
  /** Set by the guard. */
  user?: { _id: Id; locale: Locale };
};
export type Response = ServerResponse & {
  status(code: number): Response;
  json(body: unknown): Response;
};

/** The language to answer in: the signed-in person's, else the browser's first of ours, else Russian. */
export function localeOf(request: Pick<Request, 'headers' | 'user'>): Locale {
  if (request.user) return request.user.locale;
  const wanted = /\b(ru|en)\b/i.exec(request.headers['accept-language'] ?? '')?.[1];
  return wanted?.toLowerCase() === 'en' ? 'en' : 'ru';
}

/** One cookie of the request. */
export function cookieOf(header: string | undefined, name: string): string | undefined {
  for (const part of header?.split(';') ?? []) {
    const at = part.indexOf('=');
    if (at > 0 && part.slice(0, at).trim() === name) return part.slice(at + 1).trim();
  }
  return undefined;
}

/** The token of an `Authorization: Bearer` header. */
export function bearerOf({ headers }: Pick<IncomingMessage, 'headers'>): string | undefined {
  return /^Bearer ([A-Za-z0-9_-]+)$/.exec(headers.authorization ?? '')?.[1];
}
