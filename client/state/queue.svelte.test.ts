import { jest } from '@jest/globals';
import type { CommentCreate } from '@svodka/shared/contracts/comment';
import fc from 'fast-check';
import { testEvent } from '../testing/events.ts';
import { playSocket, settled } from '../testing/fake-socket.ts';
import { ANNA, playRest, testSession } from '../testing/sign-in.ts';

const socket = playSocket();
const noRefs = { projects: [], counterparties: [], users: [] };
const EVENT = '01890000-0000-7000-8000-0000000000e1';

const { session, page } = await import('./session.svelte.ts');
const { Queue } = await import('./queue.svelte.ts');
const { draftOf, keepDraft } = await import('./drafts.ts');
const { listOwn } = await import('./own-storage.ts');
const { toasts } = await import('./toasts.svelte.ts');

type Trouble = 'none' | 'before' | 'after' | 'busy' | 'ended';

describe('the queue of what is to be sent', () => {
  let rest: ReturnType<typeof playRest>;
  let left: jest.SpiedFunction<typeof page.leave>;
  /** What a page has of its own; a reload leaves only the storage. */
  let queue: InstanceType<typeof Queue>;
  /** What the server has, by key: a repetition is answered and does nothing. */
  let held: Map<string, string>;
  let troubles: Trouble[];
  let user: { id: string } = { id: ANNA };
  let signedIn: boolean;
  let refusal: [number, object] | null;

  beforeEach(async () => {
    localStorage.clear();
    localStorage.setItem('svodka.signed-in', '1');
    held = new Map();
    troubles = [];
    user = { id: ANNA };
    signedIn = true;
    refusal = null;
    rest = playRest((method, path, body, headers) => {
      const key = headers['Idempotency-Key'];
      const nobody: [number, object] = [401, { error: { code: 'unauthenticated', message: 'Войдите' } }];
      if (path === '/session' && method === 'POST') signedIn = true;
      if (!signedIn) return nobody;
      if (path === '/session') return { ...testSession(), user: { ...testSession().user, ...user } };
      if (!key) return { items: [], next: null, refs: noRefs, unread: 0 };
      const trouble = troubles.shift() ?? 'none';
      if (trouble === 'ended') {
        signedIn = false;
        return nobody;
      }
      if (trouble === 'before') throw new TypeError('fetch failed');
      if (trouble === 'busy') return [503, { error: { code: 'unavailable', message: 'Позже' } }];
      if (refusal) return refusal;
      expect(headers['X-Svodka']).toBe(user.id);
      const text = (body as CommentCreate).body;
      if (!held.has(key)) held.set(key, text);
      if (trouble === 'after') throw new TypeError('the answer was lost');
      return { id: key, eventId: EVENT, body: text, version: 1, createdAt: '2026-11-24T10:00:00.000Z' };
    });
    left = jest.spyOn(page, 'leave').mockImplementation(() => {});
    await session.signIn('anna', 'plain-lantern-42');
    queue = new Queue();
    await socket.open();
  });
  afterEach(async () => {
    queue.close();
    await settled();
    rest.mockRestore();
    left.mockRestore();
  });

  async function reload(): Promise<void> {
    queue.close();
    await settled();
    await settled();
    queue = new Queue();
  }

  const say = (body: string) =>
    queue.put({ kind: 'comment', eventId: EVENT, title: 'Замер', body, mentionIds: [] });
  async function until(what: () => boolean): Promise<void> {
    for (let i = 0; i < 400 && !what(); i++) await settled();
    expect(what()).toBe(true);
  }
  /** The line is back, and whoever was signed out signs in again. */
  async function recover(): Promise<void> {
    await until(() => {
      if (session.state === 'ended') void session.signIn('anna', 'plain-lantern-42');
      dispatchEvent(new Event('online'));
      return queue.entries.length === 0;
    });
  }

  it('sends also what is put while the tabs’ lock is being let go of', async () => {
    let letGo = () => {};
    const isHeld = new Promise<void>((resolve) => {
      letGo = resolve;
    });
    const request = async (_: string, work: () => Promise<void>) => {
      await work();
      await isHeld;
    };
    Object.defineProperty(navigator, 'locks', { value: { request }, configurable: true });
    try {
      say('Раз');
      await until(() => held.size === 1);
      say('Два');
      await settled();
      letGo();
      await until(() => held.size === 2 && queue.entries.length === 0);
    } finally {
      Reflect.deleteProperty(navigator, 'locks');
    }
  });

  it('sends everything that was typed once, in its order, through breaks, lost answers, ended sessions and reloads', async () => {
    const trouble = fc.constantFrom<Trouble>('none', 'none', 'before', 'after', 'busy', 'ended');
    const step = fc.record({ troubles: fc.array(trouble, { maxLength: 3 }), reload: fc.boolean() });
    await fc.assert(
      fc.asyncProperty(fc.array(step, { minLength: 1, maxLength: 6 }), async (steps) => {
        held.clear();
        const typed: string[] = [];
        for (const [i, { troubles: ahead, reload: isLeft }] of steps.entries()) {
          if (session.state === 'ended') await session.signIn('anna', 'plain-lantern-42');
          troubles = ahead;
          typed.push(`Слово ${i}`);
          say(`Слово ${i}`);
          await settled();
          if (isLeft && signedIn) await reload();
        }
        await recover();
        expect([...held.values()]).toEqual(typed);
      }),
      { numRuns: 25 },
    );
  }, 60_000);

  it('keeps what was typed from the next person in the tab, and sends it when its author is back', async () => {
    troubles = ['ended'];
    say('Моё');
    keepDraft('comment.x', { text: 'Недописанное', chosen: [] });
    await until(() => session.state === 'ended');
    user = { id: 'somebody-else' };
    await session.signIn('boris', 'plain-lantern-42');
    // The page is left before anything of it is shown, and the next one asks its own storage only.
    expect(left).toHaveBeenCalledTimes(1);
    expect(session.state).toBe('ended');
    await settled();
    expect(held.size).toBe(0);
    expect(listOwn('somebody-else', '').size).toBe(0);
    user = { id: ANNA };
    await session.signIn('anna', 'plain-lantern-42');
    expect(draftOf('comment.x')).toEqual({ text: 'Недописанное', chosen: [] });
    await recover();
    expect([...held.values()]).toEqual(['Моё']);
  });

  it('keeps what the server refuses, with its reason, until its author decides; the rest goes on', async () => {
    refusal = [403, { error: { code: 'forbidden', message: 'На это у вас нет прав' } }];
    const first = say('Раз');
    await until(() => queue.refused.length === 1);
    refusal = null;
    say('Два');
    await until(() => held.size === 1);
    await reload();
    expect(queue.entries).toMatchObject([
      { id: first.id, refusal: { code: 'forbidden', message: 'На это у вас нет прав' } },
    ]);
    queue.again(first.id);
    await until(() => held.size === 2);
    expect(queue.entries).toEqual([]);
  });

  it('says once that the storage is refused, and goes on in memory', async () => {
    const full = jest.spyOn(Storage.prototype, 'setItem').mockImplementation(() => {
      throw new DOMException('full', 'QuotaExceededError');
    });
    try {
      troubles = ['before'];
      say('Раз');
      keepDraft('comment.x', 'Два');
      expect(toasts.items.filter(({ key }) => key === 'storage')).toHaveLength(1);
      expect(draftOf('comment.x')).toBe('Два');
      await recover();
      expect([...held.values()]).toEqual(['Раз']);
    } finally {
      full.mockRestore();
    }
  });

  it('guards an edit upon an edit by what the first has made of it', async () => {
    const event = testEvent(EVENT, 1, { rev: 4 });
    const guards: string[] = [];
    rest.mockRestore();
    rest = playRest((_, path, body, headers) => {
      if (path === '/session') return testSession();
      guards.push(headers['If-Match'] ?? '');
      return { event: { ...event, ...(body as object), rev: 4 + guards.length }, refs: noRefs };
    });
    queue.put({ kind: 'edit', event, edit: { title: 'Раз' } });
    queue.put({ kind: 'edit', event, edit: { body: 'Два' } });
    await until(() => guards.length === 2);
    expect(guards).toEqual(['4', '5']);
  });
});
