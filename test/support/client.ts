import type { ErrorBody } from '@svodka/shared/contracts/errors';
import type { Session } from '@svodka/shared/contracts/user';
import { holdToContract } from './hold-to-contract.ts';

export type Method = 'GET' | 'POST' | 'PATCH' | 'DELETE' | 'HEAD' | 'PUT' | 'OPTIONS';

export type Answer<T> = {
  status: number;
  headers: Headers;
  /** The parsed JSON; undefined when the answer has none. */
  body: T;
  /** The error of the envelope; undefined after a success. */
  error: ErrorBody['error'] | undefined;
};

/** A request that was answered by an error where the test expected none. */
export class Unexpected extends Error {
  constructor(
    readonly method: string,
    readonly path: string,
    readonly answer: Answer<unknown>,
  ) {
    super(`${method} ${path} answered ${answer.status}: ${JSON.stringify(answer.body)}`);
  }
}

/** A tiny REST client over fetch: signs in by bearer, or by cookie as a page does. */
export class Client {
  token: string | undefined;
  cookie: string | undefined;
  session: Session | undefined;

  constructor(readonly url: string) {}

  /** Any answer, errors included. */
  async send<T = never>(
    method: Method,
    path: string,
    body?: unknown,
    headers: Record<string, string> = {},
  ): Promise<Answer<T>> {
    const response = await fetch(`${this.url}${path}`, {
      method,
      headers: {
        ...(body !== undefined && {
          'Content-Type': body instanceof Uint8Array ? 'application/octet-stream' : 'application/json',
        }),
        ...(this.token && { Authorization: `Bearer ${this.token}` }),
        ...(this.cookie && { Cookie: this.cookie, Origin: this.url, 'X-Svodka': '1' }),
        ...headers,
      },
      redirect: 'manual',
      body:
        body === undefined || typeof body === 'string' || body instanceof Uint8Array
          ? (body as string | undefined)
          : JSON.stringify(body),
    });
    const text = await response.text();
    const isJson = response.headers.get('content-type')?.includes('json') && text !== '';
    const parsed = isJson ? JSON.parse(text) : undefined;
    holdToContract(method, path, { status: response.status, body: parsed });
    return { status: response.status, headers: response.headers, body: parsed as T, error: parsed?.error };
  }

  /** The body of a success. @throws Unexpected for anything else */
  async ask<T>(method: Method, path: string, body?: unknown, headers?: Record<string, string>): Promise<T> {
    const answer = await this.send<T>(method, path, body, headers);
    if (answer.status >= 300) throw new Unexpected(method, path, answer);
    return answer.body;
  }

  get = <T>(path: string): Promise<T> => this.ask<T>('GET', path);
  post = <T>(path: string, body: unknown = {}, headers?: Record<string, string>): Promise<T> =>
    this.ask<T>('POST', path, body, headers);
  patch = <T>(path: string, body: unknown, headers?: Record<string, string>): Promise<T> =>
    this.ask<T>('PATCH', path, body, headers);
  delete = <T>(path: string): Promise<T> => this.ask<T>('DELETE', path);

  /** Signs in as a script does. */
  async signIn(login: string, password: string): Promise<this> {
    this.session = await this.post<Session>('/api/session', { login, password, token: true });
    this.token = this.session.token;
    return this;
  }

  /** Signs in as a page does. */
  async signInByCookie(login: string, password: string): Promise<this> {
    const answer = await this.send<Session>('POST', '/api/session', { login, password });
    if (answer.status !== 200) throw new Unexpected('POST', '/api/session', answer);
    this.session = answer.body;
    this.cookie = answer.headers.get('set-cookie')?.split(';')[0];
    return this;
  }
}
