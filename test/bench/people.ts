import type { ErrorBody } from '@svodka/shared/contracts/errors';
import { newId } from '@svodka/shared/contracts/id';
import type { App } from '../support/app-process.ts';

/** A script's access to one running app: REST with a bearer token. */
export class Script {
  constructor(
    readonly url: string,
    readonly token: string,
  ) {}

  static async signIn(url: string, login: string, password: string): Promise<Script> {
    const { token } = await request<{ token: string }>(url, '', 'POST', '/api/session', {
      login,
      password,
      token: true,
    });
    return new Script(url, token);
  }

  call<T>(method: string, path: string, body?: unknown): Promise<T> {
    return request<T>(this.url, this.token, method, path, body);
  }
}

async function request<T>(
  url: string,
  token: string,
  method: string,
  path: string,
  body?: unknown,
): Promise<T> {
  const isText = typeof body === 'string';
  const answer = await fetch(url + path, {
    method,
    headers: {
      ...(token ? { authorization: `Bearer ${token}` } : {}),
      ...(body === undefined ? {} : { 'content-type': isText ? 'text/csv' : 'application/json' }),
    },
    body: body === undefined ? undefined : isText ? body : JSON.stringify(body),
  });
  const parsed = answer.status === 204 ? undefined : await answer.json();
  if (!answer.ok)
    throw new Error(`${method} ${path}: ${answer.status} ${JSON.stringify((parsed as ErrorBody).error)}`);
  return parsed as T;
}

/** Signs in as the administrator and makes `n` dispatchers, because one person may hold ten sockets only. */
export async function dispatchers(app: App, n: number): Promise<{ admin: Script; people: Script[] }> {
  const admin = await Script.signIn(app.url, app.admin.login, app.admin.password);
  const people: Script[] = [];
  for (let i = 0; i < n; i++) {
    const login = `bench${i}`;
    const password = newId();
    await admin.call('POST', '/api/users', { login, name: `Bench ${i}`, roles: ['dispatcher'], password });
    people.push(await Script.signIn(app.url, login, password));
  }
  return { admin, people };
}
