import type { AuditQuery, AuditRecord } from '@svodka/shared/contracts/audit';
import type { Page } from '@svodka/shared/contracts/common';
import type {
  Counterparty,
  CounterpartyCreate,
  CounterpartyEdit,
} from '@svodka/shared/contracts/counterparty';
import type { Crew, CrewCreate, CrewEdit, InstallationsPage, WorkMove } from '@svodka/shared/contracts/crews';
import type { OrdersQuery, Project, ProjectCreate, ProjectEdit } from '@svodka/shared/contracts/directory';
import type { ErrorBody, ErrorCode, ErrorDetail } from '@svodka/shared/contracts/errors';
import type { EventCreateInput, EventEdit, Revision, SvodkaEvent } from '@svodka/shared/contracts/event';
import type { Id } from '@svodka/shared/contracts/id';
import type {
  ImportBatch,
  ImportMapping,
  ImportPreset,
  ImportPreview,
  ImportRowError,
} from '@svodka/shared/contracts/import';
import type { Delivery, DeliveryState, NoticesSeen, NoticeView } from '@svodka/shared/contracts/notice';
import type { ChainMove, OrderChain } from '@svodka/shared/contracts/orders';
import type { Refs } from '@svodka/shared/contracts/refs';
import type {
  OwnSession,
  ProfileEdit,
  Session,
  User,
  UserCreate,
  UserEdit,
} from '@svodka/shared/contracts/user';
import type { Count, ValueCounts } from '@svodka/shared/feed/feed';
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
      'X-Svodka': path === '/session' ? '1' : (person ?? '1'),
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
  if (response.ok) return response;
  throw failureOf(response.status, await response.text(), path === '/session' && method !== 'PATCH');
}

/**
 * What an answer other than a success says. A proxy in between may answer without our envelope.
 * @param isSignIn whether nobody was expected to be signed in
 */
export function failureOf(status: number, text: string, isSignIn = false): ApiError {
  let parsed: ErrorBody | null = null;
  try {
    parsed = JSON.parse(text) as ErrorBody;
  } catch {}
  const gone = status === 502 || status === 503 || status === 504;
  const failure =
    parsed?.error?.code !== undefined
      ? new ApiError(parsed.error)
      : new ApiError({ code: gone ? 'unavailable' : 'internal', message: '' }, gone);
  if (failure.code === 'unauthenticated' && !isSignIn) onUnauthenticated();
  return failure;
}

async function call<T>(method: string, path: string, options?: Options): Promise<T> {
  const response = await send(method, path, options);
  if (response.status === 204) return undefined as T;
  return (await response.json()) as T;
}

/** How long something that may be sent again waits for its answer, ms: a line may be dead without a word. */
const KEYED_MS = 20_000;

type Parts = { query?: Query; body?: unknown; key?: Id; rev?: number; signal?: AbortSignal };

/**
 * Asks a route of the contract, such as `ask('PATCH /views/:id', { id, body })`. Under a `key` a request may be repeated
 * until its answer comes; `rev` guards a change by what was seen.
 * @throws ApiError; with `signal`, an `AbortError` when it was called off
 */
export function ask<R extends RouteKey>(
  route: R,
  ...[given]: object extends Given<R>
    ? [given?: Given<R> & { signal?: AbortSignal }]
    : [given: Given<R> & { signal?: AbortSignal }]
): Promise<Answer<R>> {
  const { query, body, key, rev, signal, ...ids } = (given ?? {}) as Parts & Record<string, Id>;
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
      ...(key && { deadline: KEYED_MS }),
      signal,
    },
  );
}

const get = <T>(path: string, query?: Query, signal?: AbortSignal) =>
  call<T>('GET', path, { query: query ?? {}, signal });
const post = <T>(path: string, body?: unknown, options: Options = {}) =>
  call<T>('POST', path, { ...options, body });
const patch = <T>(path: string, body: unknown, options: Options = {}) =>
  call<T>('PATCH', path, { ...options, body });
const remove = <T>(path: string, options?: Options) => call<T>('DELETE', path, options);

/** Under a key a request may be repeated until its answer comes. */
const keyed = (key: Id, headers: Record<string, string> = {}): Options => ({
  headers: { ...headers, 'Idempotency-Key': key },
  deadline: KEYED_MS,
});

const match = (rev: number | undefined): Options =>
  rev === undefined ? {} : { headers: { 'If-Match': String(rev) } };

export type PageQuery = { after?: string | null; limit?: number };
export type DirectorySearch = PageQuery & { search?: string; ids?: string };
export type OrdersSearch = DirectorySearch & { [name in keyof OrdersQuery]?: string | number | null };
/** A person as the directory shows them to those who may not manage users. */
export type DirectoryUser = Pick<User, 'id' | 'name' | 'roles' | 'departmentId' | 'disabledAt'> &
  Partial<User>;
export type EventAnswer = { event: SvodkaEvent; refs: Refs };
export type EventPage = Page<SvodkaEvent> & { more?: boolean; refs: Refs };

/** Every route of the API, typed. Throws `ApiError`; with `signal`, an `AbortError` when it was called off. */
export const api = {
  sessions: {
    list: () => get<{ items: OwnSession[] }>('/sessions'),
    end: (id: Id) => remove<void>(`/sessions/${id}`),
    endAll: () => remove<void>('/sessions'),
  },
  session: {
    get: () => get<Session>('/session'),
    signIn: (login: string, password: string) => post<Session>('/session', { login, password }),
    signOut: () => remove<void>('/session'),
    edit: (edit: ProfileEdit) => patch<User>('/session/user', edit),
    changePassword: (current: string, password: string) =>
      post<void>('/session/password', { current, password }),
  },
  users: {
    list: (query: DirectorySearch = {}, signal?: AbortSignal) =>
      get<Page<DirectoryUser>>('/users', query, signal),
    create: (user: UserCreate) => post<{ user: User; password?: string }>('/users', user),
    edit: (id: Id, edit: UserEdit) => patch<User>(`/users/${id}`, edit),
    resetPassword: (id: Id, password?: string) =>
      post<{ password?: string }>(`/users/${id}/password`, password === undefined ? {} : { password }),
  },
  projects: {
    history: (id: Id) => get<{ items: AuditRecord[]; refs: Refs }>(`/projects/${id}/history`),
    list: (query: OrdersSearch = {}, signal?: AbortSignal) =>
      get<Page<Project> & { refs: Refs }>('/projects', query, signal),
    get: (id: Id) => get<Project>(`/projects/${id}`),
    chain: (id: Id, signal?: AbortSignal) => get<OrderChain>(`/projects/${id}/chain`, {}, signal),
    create: (project: ProjectCreate) => post<Project>('/projects', project),
    edit: (id: Id, version: number, edit: ProjectEdit) =>
      patch<Project>(`/projects/${id}`, edit, match(version)),
  },
  counterparties: {
    history: (id: Id) => get<{ items: AuditRecord[]; refs: Refs }>(`/counterparties/${id}/history`),
    list: (query: DirectorySearch = {}, signal?: AbortSignal) =>
      get<Page<Counterparty> & { refs: Refs }>('/counterparties', query, signal),
    get: (id: Id) => get<Counterparty>(`/counterparties/${id}`),
    create: (counterparty: CounterpartyCreate) => post<Counterparty>('/counterparties', counterparty),
    edit: (id: Id, version: number, edit: CounterpartyEdit) =>
      patch<Counterparty>(`/counterparties/${id}`, edit, match(version)),
  },
  installations: {
    list: (query: { from: string; to: string; projects?: string }) =>
      get<InstallationsPage & { refs: Refs }>('/installations', query),
    preview: (projectId: Id, query: { stage: number; startOn: string; finishOn: string; crew?: string }) =>
      get<{ moves: ChainMove[] }>(`/projects/${projectId}/work/preview`, query),
    move: (projectId: Id, move: WorkMove) => post<EventAnswer>(`/projects/${projectId}/work`, move),
  },
  crews: {
    history: (id: Id) => get<{ items: AuditRecord[]; refs: Refs }>(`/crews/${id}/history`),
    list: () => get<{ items: Crew[]; refs: Refs }>('/crews'),
    create: (crew: CrewCreate) => post<Crew>('/crews', crew),
    edit: (id: Id, version: number, edit: CrewEdit) => patch<Crew>(`/crews/${id}`, edit, match(version)),
  },
  events: {
    list: (query: PageQuery & { filter?: string }, signal?: AbortSignal) =>
      get<EventPage>('/events', query, signal),
    count: (filter: string) => get<Count>('/events/count', { filter }),
    values: (field: string, filter: string, signal?: AbortSignal) =>
      get<ValueCounts>('/events/values', { field, filter }, signal),
    get: (id: Id) => get<EventAnswer>(`/events/${id}`),
    create: (event: EventCreateInput, key: Id) => post<EventAnswer>('/events', event, keyed(key)),
    edit: (id: Id, rev: number, edit: EventEdit, key: Id) =>
      patch<EventAnswer>(`/events/${id}`, edit, keyed(key, { 'If-Match': String(rev) })),
    resolve: (id: Id, key: Id) => post<EventAnswer>(`/events/${id}/resolve`, undefined, keyed(key)),
    reopen: (id: Id, key: Id) => post<EventAnswer>(`/events/${id}/reopen`, undefined, keyed(key)),
    open: (id: Id, key: Id) => post<EventAnswer>(`/events/${id}/open`, undefined, keyed(key)),
    record: (id: Id, key: Id) => post<EventAnswer>(`/events/${id}/record`, undefined, keyed(key)),
    remove: (id: Id, key: Id) => remove<{ event: SvodkaEvent }>(`/events/${id}`, keyed(key)),
    restore: (id: Id, key: Id) => post<EventAnswer>(`/events/${id}/restore`, undefined, keyed(key)),
    revisions: (id: Id) => get<{ items: Revision[]; refs: Refs }>(`/events/${id}/revisions`),
  },
  notices: {
    list: (query: PageQuery & { unread?: boolean } = {}) =>
      get<Page<NoticeView> & { refs: Refs; unread: number }>('/notices', query),
    seen: (what: NoticesSeen) => post<{ unread: number }>('/notices/seen', what),
  },
  deliveries: {
    list: (query: PageQuery & { state?: DeliveryState } = {}) =>
      get<Page<Delivery> & { refs: Refs }>('/deliveries', query),
    get: (id: Id) => get<Delivery>(`/deliveries/${id}`),
    retry: (id: Id) => post<Delivery>(`/deliveries/${id}/retry`),
    discard: (id: Id) => post<Delivery>(`/deliveries/${id}/discard`),
    settleHeld: (as: 'send' | 'discard') => post<{ letters: number }>('/deliveries/held', { as }),
  },
  audit: (query: PageQuery & Partial<Omit<AuditQuery, 'after' | 'limit'>> = {}) =>
    get<Page<AuditRecord> & { refs: Refs }>('/audit', query),
  imports: {
    presets: () => get<{ items: ImportPreset[] }>('/imports/presets'),
    list: (query: PageQuery = {}) => get<Page<ImportBatch>>('/imports', query),
    get: (id: Id) => get<ImportBatch>(`/imports/${id}`),
    preview: (id: Id, mapping: ImportMapping) => post<ImportPreview>(`/imports/${id}/preview`, mapping),
    start: (id: Id, mapping: ImportMapping) => post<ImportBatch>(`/imports/${id}/start`, mapping),
    cancel: (id: Id) => post<ImportBatch>(`/imports/${id}/cancel`),
    errors: (id: Id, query: PageQuery = {}) => get<Page<ImportRowError>>(`/imports/${id}/errors`, query),
  },
};
