import type { ErrorBody, ErrorCode, ErrorDetail } from '@svodka/shared/contracts/errors';
import type { Id } from '@svodka/shared/contracts/id';
import type { Answer, Given, RouteKey } from '@svodka/shared/routes/all';

/** A refused or failed request. `network`: the server was not reached, nothing is known to have been written. */
export class ApiError extends Error {
  override readonly name = 'ApiError';
  readonly code: ErrorCode;
  readonly details: ErrorDetail[];
  readonly current: unknown;
  readonly incident: string | undefined;
  readonly retryAfter: number | undefined;
  readonly network: boolean;
  constructor(body: ErrorBody['error'], network = false) {
    super(body.message);
    this.code = body.code;
    this.details = body.details ?? [];
    this.current = body.current;
    this.incident = body.incident;
    this.retryAfter = body.retryAfter;
    this.network = network;
  }

  /** As it came, to be kept and made an error of again. */
  get body(): ErrorBody['error'] {
    const { code, message, details, current, incident } = this;
    return {
      code,
      message,
      details,
      ...(current !== undefined && { current }),
      ...(incident && { incident }),
    };
  }
}

type Query = Record<string, string | number | boolean | null | undefined>;
type Options = {
  query?: Query;
  body?: unknown;
  headers?: Record<string, string>;
  signal?: AbortSignal | undefined;
  /** When to give up, ms. */
  deadline?: number;
};

let onUnauthenticated: () => void = () => {};
/** Called when any request finds that the session has ended. */
export function whenUnauthenticated(handler: () => void): void {
  onUnauthenticated = handler;
}

let person: string | null = null;
/** For whom the page asks: the server refuses when the cookie has become another's. Null: nobody is signed in. */
export function askAs(id: string | null): void {
  person = id;
}

/** As the header says it. */
export const personAsked = (): string => person ?? '1';

let onDated: (at: number) => void = () => {};
/** Called with the moment of which each answer is by the server's clock, ms. */
export function whenDated(handler: (at: number) => void): void {
  onDated = handler;
}

let spoken = 'ru';
/** Language of error messages before anybody has signed in. */
export function speak(locale: string): void {
  spoken = locale;
}
export const language = (): string => spoken;

function address(path: string, query: Query = {}): string {
  const params = new URLSearchParams();
  for (const [name, value] of Object.entries(query)) {
    if (value !== undefined && value !== null && value !== '') params.set(name, String(value));
  }
  const text = params.toString();
  return `/api${path}${text ? `?${text}` : ''}`;
}

async function send(method: string, path: string, options: Options = {}): Promise<Response> {
  const { body, headers = {}, signal, query, deadline } = options;
  const late = deadline === undefined ? undefined : AbortSignal.timeout(deadline);
  const raw = body instanceof Blob;
  const init: RequestInit = {
    method,
    credentials: 'same-origin',
    headers: {
      // Who this is, is asked without saying so.
      'X-Svodka': path === '/session' ? '1' : personAsked(),
      'Accept-Language': spoken,
      ...(body === undefined || raw ? {} : { 'Content-Type': 'application/json' }),
      ...headers,
    },
    ...(body === undefined ? {} : { body: raw ? body : JSON.stringify(body) }),
    ...(signal || late ? { signal: signal ?? late } : {}),
  };
  let response: Response;
  try {
    response = await fetch(address(path, query), init);
  } catch (error) {
    if (signal?.aborted) throw error;
    throw new ApiError({ code: 'unavailable', message: '' }, true);
  }
  const dated = Date.parse(response.headers.get('Date') ?? '');
  if (dated) onDated(dated);
  if (response.ok) return response;
  throw failureOf(response.status, await response.text(), path === '/session' && method !== 'PATCH');
}

/** What a proxy's own answers mean. */
const UNSAID: Record<number, ErrorBody['error']['code']> = {
  413: 'too-large',
  502: 'unavailable',
  503: 'unavailable',
  504: 'unavailable',
};

/**
 * What an answer other than a success says. A proxy in between may answer without our envelope.
 * @param isSignIn whether nobody was expected to be signed in
 */
export function failureOf(status: number, text: string, isSignIn = false): ApiError {
  let parsed: ErrorBody | null = null;
  try {
    parsed = JSON.parse(text) as ErrorBody;
  } catch {}
  const gone = UNSAID[status] === 'unavailable';
  const failure =
    parsed?.error?.code !== undefined
      ? new ApiError(parsed.error)
      : new ApiError({ code: UNSAID[status] ?? 'internal', message: '' }, gone);
  if (failure.code === 'unauthenticated' && !isSignIn) onUnauthenticated();
  return failure;
}

async function call<T>(method: string, path: string, options?: Options): Promise<T> {
  const response = await send(method, path, options);
  if (response.status === 204) return undefined as T;
  return (await response.json()) as T;
}

/** How long something that may be sent again waits for its answer, ms: a line may be dead without a word. */
export const KEYED_MS = 20_000;

type Parts = { query?: Query; body?: unknown; key?: Id; rev?: number } & Asking;
/** `deadline`: when to give up, ms; what has a key has one of its own. */
type Asking = { signal?: AbortSignal; deadline?: number };

/**
 * Asks a route of the contract, such as `ask('PATCH /views/:id', { id, body })`. Under a `key` a request may be repeated
 * until its answer comes; `rev` guards a change by what was seen.
 * @throws ApiError; with `signal`, an `AbortError` when it was called off
 */
export function ask<R extends RouteKey>(
  route: R,
  ...[given]: object extends Given<R> ? [given?: Given<R> & Asking] : [given: Given<R> & Asking]
): Promise<Answer<R>> {
  const {
    query,
    body,
    key,
    rev,
    signal,
    deadline = key && KEYED_MS,
    ...ids
  } = (given ?? {}) as Parts & Record<string, Id>;
  const [method = '', template = ''] = route.split(' ');
  return call(
    method,
    template.replace(/:(\w+)/g, (_, name: string) => ids[name] ?? ''),
    {
      query: query ?? {},
      body,
      headers: {
        ...(key && { 'Idempotency-Key': key }),
        ...(rev !== undefined && { 'If-Match': String(rev) }),
      },
      ...(deadline && { deadline }),
      signal,
    },
  );
}
