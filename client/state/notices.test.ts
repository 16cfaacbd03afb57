import { playSocket, settled } from '../testing/fake-socket.ts';
import { playRest, testSession } from '../testing/sign-in.ts';

const socket = playSocket();
const { live } = await import('../api/live.ts');
const { session } = await import('./session.svelte.ts');
const { notices } = await import('./notices.svelte.ts');

describe('reading an event', () => {
  let unread = 0;
  const seen: unknown[] = [];
  const refs = { projects: [], counterparties: [], users: [] };
  let rest: ReturnType<typeof playRest>;
  const arrive = (eventId: string) =>
    socket.tell('notice.changed', { notice: { id: 'n1', eventId }, refs, unread: 1, isNew: true });

  beforeEach(async () => {
    seen.length = 0;
    rest = playRest((_, path, body) => {
      if (path === '/session') return testSession();
      if (path !== '/notices/seen') return { items: [], next: null, refs, unread };
      seen.push(body);
      return { unread: 0 };
    });
    await session.signIn('anna', 'plain-lantern-42');
    await socket.open();
    await settled();
  });
  afterEach(async () => {
    rest.mockRestore();
    await socket.drop();
    live.disconnect();
  });

  it('reads what was told of it, and what comes while it is open; nothing once it is closed', async () => {
    unread = 1;
    await socket.drop();
    await socket.open();
    const close = notices.reading('e1');
    await settled();
    expect(seen).toEqual([{ eventId: 'e1' }]);
    expect(notices.unread).toBe(0);
    await arrive('e2');
    expect(seen).toHaveLength(1);
    await arrive('e1');
    expect(seen).toHaveLength(2);
    close();
    await arrive('e1');
    expect(seen).toHaveLength(2);
  });

  it('says nothing where there is nothing to read', async () => {
    unread = 0;
    await socket.drop();
    await socket.open();
    await settled();
    notices.reading('e1')();
    await settled();
    expect(seen).toEqual([]);
  });

  it('says it when the connection is back', async () => {
    unread = 1;
    await socket.drop();
    const close = notices.reading('e1');
    await settled();
    seen.length = 0;
    await socket.open();
    await settled();
    expect(seen).toEqual([{ eventId: 'e1' }]);
    close();
  });
});
