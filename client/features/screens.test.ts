import { playSocket } from '../testing/fake-socket.ts';
import { playRest, testSession } from '../testing/sign-in.ts';

playSocket();
const { session } = await import('../state/session.svelte.ts');
const { lineAt, screens } = await import('./screens.ts');

describe('the screens', () => {
  let rest: ReturnType<typeof playRest>;
  beforeAll(async () => {
    localStorage.setItem('svodka.signed-in', '1');
    rest = playRest((_, path) => (path === '/session' ? testSession(['administrator']) : {}));
    await session.check();
  });
  afterAll(() => rest.mockRestore());

  it('each light a line of the column, but for one’s own settings', () => {
    const all = screens();
    const lines = all.flatMap(({ path, section }) => (section ? [path] : []));
    const dark = all.map(({ path }) => path).filter((path) => !lines.includes(lineAt(`/${path}/new`) ?? ''));
    expect(dark).toEqual(['settings']);
    expect(lineAt('/mail/letters')).toBe('mail');
  });

  it('have each a path and a key of their own, the key in the layout as it is shown', () => {
    const all = screens();
    const keys = all.flatMap(({ section }) => section?.key ?? []);
    const paths = all.map(({ path }) => path);
    expect(paths).toEqual([...new Set(paths)]);
    expect(keys.map(({ code }) => code)).toEqual(keys.map(({ shown }) => `Key${shown}`));
    // G A is the desk.
    const letters = ['A', ...keys.map(({ shown }) => shown)];
    expect(letters).toEqual([...new Set(letters)]);
  });
});
