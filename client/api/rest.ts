import type { Comment, CommentCreate, CommentEdit } from '@svodka/shared/contracts/comment';
import type { Page } from '@svodka/shared/contracts/common';
import type {
  Counterparty,
  CounterpartyCreate,
  CounterpartyEdit,
  Project,
  ProjectCreate,
  ProjectEdit,
} from '@svodka/shared/contracts/directory';
import type { ErrorBody, ErrorCode, ErrorDetail } from '@svodka/shared/contracts/errors';
import type { EventCreateInput, EventEdit, Revision, SvodkaEvent } from '@svodka/shared/contracts/event';
import type { Count } from '@svodka/shared/contracts/feed';
import type { Id } from '@svodka/shared/contracts/id';
import type {
  ImportBatch,
  ImportMapping,
  ImportPreset,
  ImportPreview,
  ImportRowError,
} from '@svodka/shared/contracts/import';
import type { Delivery, DeliveryState, NoticesSeen, NoticeView } from '@svodka/shared/contracts/notice';
import type { PageFault } from '@svodka/shared/contracts/page-fault';
import type { Refs } from '@svodka/shared/contracts/refs';
import type { ProfileEdit, Session, User, UserCreate, UserEdit } from '@svodka/shared/contracts/user';
import type { View, ViewCreate, ViewEdit } from '@svodka/shared/contracts/view';

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
}

type Query = Record<string, string | number | boolean | null | undefined>;
type Options = {
  query?: Query;
  body?: unknown;
  headers?: Record<string, string>;
  signal?: AbortSignal | undefined;
};

let onUnauthenticated: () => void = () => {};
/** Called when any request finds that the session has ended. */
export function whenUnauthenticated(handler: () => void): void {
  onUnauthenticated = handler;
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
  const { body, headers = {}, signal, query } = options;
  const raw = body instanceof Blob;
  const init: RequestInit = {
    method,
    credentials: 'same-origin',
    headers: {
      'X-Svodka': '1',
      'Accept-Language': spoken,
      ...(body === undefined || raw ? {} : { 'Content-Type': 'application/json' }),
      ...headers,
    },
    ...(body === undefined ? {} : { body: raw ? body : JSON.stringify(body) }),
    ...(signal ? { signal } : {}),
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

const get = <T>(path: string, query?: Query, signal?: AbortSignal) =>
  call<T>('GET', path, { query: query ?? {}, signal });
const post = <T>(path: string, body?: unknown, options: Options = {}) =>
  call<T>('POST', path, { ...options, body });
const patch = <T>(path: string, body: unknown, options: Options = {}) =>
  call<T>('PATCH', path, { ...options, body });
const remove = <T>(path: string) => call<T>('DELETE', path);

const match = (rev: number | undefined): Options =>
  rev === undefined ? {} : { headers: { 'If-Match': String(rev) } };

export type PageQuery = { after?: string | null; limit?: number };
export type DirectorySearch = PageQuery & { search?: string; ids?: string };
/** A person as the directory shows them to those who may not manage users. */
export type DirectoryUser = Pick<User, 'id' | 'name' | 'roles' | 'departmentId' | 'disabledAt'> &
  Partial<User>;
export type EventAnswer = { event: SvodkaEvent; refs: Refs };
export type EventPage = Page<SvodkaEvent> & { more?: boolean; refs: Refs };

/** Every route of the API, typed. Throws `ApiError`; with `signal`, an `AbortError` when it was called off. */
export const api = {
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
    list: (query: DirectorySearch = {}, signal?: AbortSignal) =>
      get<Page<Project> & { refs: Refs }>('/projects', query, signal),
    get: (id: Id) => get<Project>(`/projects/${id}`),
    create: (project: ProjectCreate) => post<Project>('/projects', project),
    edit: (id: Id, version: number, edit: ProjectEdit) =>
      patch<Project>(`/projects/${id}`, edit, match(version)),
  },
  counterparties: {
    list: (query: DirectorySearch = {}, signal?: AbortSignal) =>
      get<Page<Counterparty> & { refs: Refs }>('/counterparties', query, signal),
    get: (id: Id) => get<Counterparty>(`/counterparties/${id}`),
    create: (counterparty: CounterpartyCreate) => post<Counterparty>('/counterparties', counterparty),
    edit: (id: Id, version: number, edit: CounterpartyEdit) =>
      patch<Counterparty>(`/counterparties/${id}`, edit, match(version)),
  },
  /** Tells the server's log of what could not be drawn. */
  pageFault: (fault: PageFault) => post<void>('/page-faults', fault),
  refs: (ids: { projects?: Id[]; counterparties?: Id[]; users?: Id[] }) =>
    get<Refs>('/refs', {
      projects: ids.projects?.join(','),
      counterparties: ids.counterparties?.join(','),
      users: ids.users?.join(','),
    }),
  events: {
    list: (query: PageQuery & { filter?: string }, signal?: AbortSignal) =>
      get<EventPage>('/events', query, signal),
    count: (filter: string) => get<Count>('/events/count', { filter }),
    get: (id: Id) => get<EventAnswer>(`/events/${id}`),
    create: (event: EventCreateInput, key?: string) =>
      post<EventAnswer>('/events', event, key ? { headers: { 'Idempotency-Key': key } } : {}),
    edit: (id: Id, rev: number, edit: EventEdit) => patch<EventAnswer>(`/events/${id}`, edit, match(rev)),
    resolve: (id: Id) => post<EventAnswer>(`/events/${id}/resolve`),
    reopen: (id: Id) => post<EventAnswer>(`/events/${id}/reopen`),
    open: (id: Id) => post<EventAnswer>(`/events/${id}/open`),
    record: (id: Id) => post<EventAnswer>(`/events/${id}/record`),
    remove: (id: Id) => remove<{ event: SvodkaEvent }>(`/events/${id}`),
    restore: (id: Id) => post<EventAnswer>(`/events/${id}/restore`),
    revisions: (id: Id) => get<{ items: Revision[]; refs: Refs }>(`/events/${id}/revisions`),
  },
  comments: {
    list: (eventId: Id, query: PageQuery = {}) =>
      get<Page<Comment> & { refs: Refs }>(`/events/${eventId}/comments`, query),
    create: (eventId: Id, comment: CommentCreate) => post<Comment>(`/events/${eventId}/comments`, comment),
    edit: (id: Id, edit: CommentEdit) => patch<Comment>(`/comments/${id}`, edit),
    remove: (id: Id) => remove<Comment>(`/comments/${id}`),
  },
  views: {
    list: () => get<{ items: View[] }>('/views'),
    create: (view: ViewCreate) => post<View>('/views', view),
    edit: (id: Id, edit: ViewEdit) => patch<View>(`/views/${id}`, edit),
    remove: (id: Id) => remove<void>(`/views/${id}`),
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
