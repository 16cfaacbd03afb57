import { render, screen, waitFor } from '@testing-library/svelte';
import type { Component } from 'svelte';
import { testSnapshot } from '../../testing/events.ts';
import { playSocket } from '../../testing/fake-socket.ts';
import { playRest, testSession } from '../../testing/sign-in.ts';

const socket = playSocket();
const { default: DeskHost } = await import('../../testing/DeskHost.svelte');
const { default: Desk } = await import('./Desk.svelte');
const { live } = await import('../../api/live.ts');
const { router } = await import('../../state/router.svelte.ts');
const { session } = await import('../../state/session.svelte.ts');

const NOBODY = '01890000-0000-7000-8000-0000000000ff';
/** Ten conditions, of which the last alone lets nothing through. */
const WORDS = [
  'importance>=high',
  'module:finance',
  'status:open',
  'has:project',
  'has:counterparty',
  'has:due',
  'due:overdue',
  'occurred:today',
  'recorded:today',
  `author:${NOBODY}`,
];

const NOTHING = 'Под эти условия ничего не подходит';

async function empty(filter: string, counted: (asked: string) => number) {
  return emptyAt(`/?filter=${encodeURIComponent(filter)}`, NOTHING, counted);
}

async function emptyAt(address: string, heading: string, counted: (asked: string) => number) {
  const asked: string[] = [];
  const rest = playRest((_method, path) => {
    const text = new URL(path, 'http://desk').searchParams.get('filter');
    if (!path.startsWith('/events/count') || text === null) return {};
    asked.push(text);
    return { n: counted(text), exact: true };
  });
  await shown(address, heading);
  return { asked, rest };
}

async function shown(address: string, heading: string) {
  router.go(address);
  live.connect();
  await socket.open();
  render(DeskHost, { props: { part: Desk as unknown as Component<Record<string, unknown>> } });
  const answered = new Set<unknown>();
  await waitFor(async () => {
    for (const each of socket.asked) {
      if (each.event !== 'feed.subscribe' || answered.has(each)) continue;
      answered.add(each);
      await each.answer(testSnapshot(`room ${answered.size}`, '1', []));
    }
    expect(screen.getByRole('heading', { name: heading })).toBeTruthy();
  });
}

describe('a feed that is not there', () => {
  it('is said to be none, also when it goes while one looks at it, and leads to all events', async () => {
    const mine = { id: NOBODY, name: 'Монтажи', icon: 'star', preset: null, order: 1, filter: { and: [] } };
    let items = [mine];
    const rest = playRest((method, path) => {
      if (path === '/session') return testSession();
      return path === '/views' && method === 'GET' ? { items } : {};
    });
    await session.signIn('anna', 'plain-lantern-42');
    await shown(`/?view=${NOBODY}`, 'Монтажи');
    // Removed elsewhere: it is learnt of with the next connection.
    items = [];
    await socket.drop();
    await socket.open();
    await waitFor(() => expect(screen.getAllByRole('heading', { name: 'Такой ленты нет' })).toHaveLength(2));
    screen.getByRole('button', { name: 'Все события' }).click();
    await waitFor(() => expect(router.query.get('view')).toBeNull());
    rest.mockRestore();
  });
});

describe('a filter that nothing matches', () => {
  afterEach(() => {
    router.go('/');
    socket.asked = [];
  });

  it('names the guilty condition among any number of them', async () => {
    const { asked, rest } = await empty(WORDS.join(' '), (text) => (text.includes('author:') ? 0 : 42));
    await waitFor(() => expect(screen.getByText(/^Больше всего отсекает/)).toBeTruthy());
    expect(screen.getByText(/^Больше всего отсекает/).textContent).toContain('автор');
    expect(new Set(asked).size).toBe(WORDS.length);
    expect(screen.getAllByRole('button', { name: /^Убрать: / })[0]?.textContent).toMatch(/автор.*42/);
    rest.mockRestore();
  });

  it('has nothing to say of the only condition', async () => {
    const { rest } = await empty(`author:${NOBODY}`, () => 42);
    await waitFor(() =>
      expect(screen.getByRole('button', { name: /^Убрать: / }).textContent).toMatch(/автор.*42/),
    );
    expect(screen.queryByText(/^Больше всего отсекает/)).toBeNull();
    rest.mockRestore();
  });

  it('offers words like those that found nothing, and says how many they find', async () => {
    const asked: string[] = [];
    const rest = playRest((_method, path) => {
      const query = new URL(path, 'http://desk').searchParams;
      if (path.startsWith('/search/nearby'))
        return { words: query.get('words') === 'Вишняковой' ? 'вишняков' : null };
      asked.push(query.get('filter') ?? '');
      return { n: query.get('filter')?.includes('вишняков') ? 7 : 0, exact: true };
    });
    await shown(`/?filter=${encodeURIComponent('Вишняковой status:open')}`, NOTHING);
    const offer = await screen.findByRole('button', { name: /^Искать «вишняков»/ });
    expect(offer.textContent).toMatch(/7/);
    offer.click();
    await waitFor(() => expect(router.query.get('filter')).toBe('status:open вишняков'));
    rest.mockRestore();
  });

  it('blames no condition of a feed that is empty as it was saved', async () => {
    const { asked, rest } = await emptyAt('/?view=urgent', 'Сейчас здесь пусто', () => 0);
    expect(screen.queryByRole('button', { name: /^Убрать: / })).toBeNull();
    expect(asked).toEqual([]);
    rest.mockRestore();
  });

  it('does not promise rows without a line where none were ever seen, and shows them with it', async () => {
    const { rest } = await emptyAt('/?view=urgent', 'Сейчас здесь пусто', () => 0);
    await socket.drop();
    router.go('/?view=open');
    await waitFor(() => expect(screen.getByRole('heading', { name: 'Нет связи' })).toBeTruthy());
    await socket.open();
    await waitFor(() => expect(screen.queryByRole('heading', { name: 'Нет связи' })).toBeNull());
    rest.mockRestore();
  });

  it('says when none of them is guilty alone', async () => {
    const { rest } = await empty(`module:mail author:${NOBODY}`, () => 0);
    await waitFor(() => expect(screen.getByText(/^Убрать одно условие мало/)).toBeTruthy());
    rest.mockRestore();
  });
});
