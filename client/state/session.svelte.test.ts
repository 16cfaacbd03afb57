import { playRest, testSession } from '../testing/sign-in.ts';
import { session } from './session.svelte.ts';

const REFUSED: [number, object] = [401, { error: { code: 'unauthenticated', message: '' } }];

describe('a session that was ended from elsewhere', () => {
  it('is said to have been ended, also when the page has asked twice who this is', async () => {
    const rest = playRest((_method, path) => (path === '/session' ? testSession() : undefined));
    await session.signIn('anna', 'plain-lantern-42');
    expect(session.state).toBe('in');
    rest.mockImplementation(async () => new Response(JSON.stringify(REFUSED[1]), { status: REFUSED[0] }));
    // The word of the socket, and the refusal of its next connection.
    await Promise.all([session.check(), session.check()]);
    expect(session.state).toBe('ended');
    rest.mockRestore();
  });
});

describe('a session whose end the server could not be told', () => {
  it('is ended as soon as the line is back, and before somebody else signs in', async () => {
    localStorage.setItem('svodka.signed-in', 'leaving');
    const asked: string[] = [];
    let isCut = true;
    const rest = playRest((method, path) => {
      asked.push(`${method} ${path}`);
      if (isCut) throw new TypeError('fetch failed');
      return method === 'DELETE' ? {} : testSession();
    });
    await session.check();
    expect([session.state, localStorage.getItem('svodka.signed-in')]).toEqual(['out', 'leaving']);
    isCut = false;
    await session.signIn('anna', 'plain-lantern-42');
    expect(session.state).toBe('in');
    expect(asked.slice(0, 3)).toEqual(['DELETE /session', 'DELETE /session', 'POST /session']);
    rest.mockRestore();
  });
});
