import { jest } from '@jest/globals';
import type { Role, Session } from '@svodka/shared/contracts/user';

export const ANNA = '01890000-0000-7000-8000-00000000000a';

/** The answer of `GET /api/session` for a person of these roles. */
export function testSession(roles: Role[] = ['dispatcher']): Session {
  return {
    user: {
      id: ANNA,
      login: 'anna',
      name: 'Анна Ковалёва',
      roles,
      departmentId: null,
      email: null,
      tz: 'Europe/Moscow',
      locale: 'ru',
      disabledAt: null,
      version: 1,
    },
    expiresAt: '2099-01-01T00:00:00.000Z',
    server: {
      version: '0',
      insecure: false,
      mailKept: true,
      localLinks: null,
      clockOffMs: 0,
      store: 'embedded',
    },
  };
}

/** Plays the server of REST: `answer` says what a request gets; a number is a status of its own. */
export function playRest(
  answer: (
    method: string,
    path: string,
    body: unknown,
    headers: Record<string, string>,
  ) => object | [number, object] | undefined,
) {
  return jest.spyOn(globalThis, 'fetch').mockImplementation(async (input, init) => {
    const url = new URL(String(input), 'http://desk');
    const body = typeof init?.body === 'string' ? JSON.parse(init.body) : undefined;
    const given =
      answer(
        init?.method ?? 'GET',
        url.pathname.replace('/api', '') + url.search,
        body,
        (init?.headers ?? {}) as Record<string, string>,
      ) ?? {};
    const [status, json] = Array.isArray(given) ? given : [200, given];
    return new Response(JSON.stringify(json), { status, headers: { 'Content-Type': 'application/json' } });
  });
}
