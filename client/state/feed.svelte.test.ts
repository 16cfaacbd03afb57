import { jest } from '@jest/globals';
import { formatRowKey } from '@svodka/shared/feed/order';
import { until } from '../../test/support/until.ts';
import { noRefs, testEvent, testFrame, testSnapshot } from '../testing/events.ts';
import { playSocket, settled } from '../testing/fake-socket.ts';

const socket = playSocket();
const { live } = await import('../api/live.ts');
const { Feed } = await import('./feed.svelte.ts');
const { connection } = await import('./connection.svelte.ts');

const titles = (feed: InstanceType<typeof Feed>) => feed.rows.map((row) => row.id).join(' ');

describe('Feed', () => {
  let feed: InstanceType<typeof Feed>;

  beforeEach(async () => {
    socket.asked = [];
    live.connect();
    await socket.open();
    feed = new Feed({ field: 'module', in: ['finance'] });
    await settled();
  });

  afterEach(async () => {
    feed.close();
    await socket.drop();
    live.disconnect();
  });

  const begin = async (...rows: ReturnType<typeof testEvent>[]) => {
    await socket.last('feed.subscribe').answer(testSnapshot('r', '01', rows));
    await settled();
  };

  it('asks for its filter and shows the snapshot', async () => {
    expect(socket.last('feed.subscribe').body).toEqual({
      filter: { field: 'module', in: ['finance'] },
      limit: 100,
    });
    expect(feed.state).toBe('loading');
    await begin(testEvent('b', 2), testEvent('a', 1));
    expect(feed.state).toBe('ready');
    expect(titles(feed)).toBe('b a');
    expect(feed.count).toEqual({ n: 2, exact: true });
  });

  it('takes frames that come before the answer to its subscription', async () => {
    await socket.tell('feed.changed', testFrame('r', '01', '02', { op: 'upsert', event: testEvent('n', 9) }));
    await begin(testEvent('a', 1));
    expect(titles(feed)).toBe('n a');
  });

  it('stays in a room that another feed of the page is on its way into', async () => {
    const first = socket.last('feed.subscribe');
    const second = new Feed({ field: 'module', in: ['finance'] });
    feed.close();
    await first.answer(testSnapshot('r', '01', []));
    expect(socket.asked.some(({ event }) => event === 'feed.unsubscribe')).toBe(false);
    await socket.last('feed.subscribe').answer(testSnapshot('r', '01', []));
    second.close();
    await settled();
    expect(socket.last('feed.unsubscribe').body).toEqual({ room: 'r' });
  });

  it('leaves a room that it came back to after a break', async () => {
    await begin();
    await socket.drop();
    await socket.open();
    await begin();
    feed.close();
    await settled();
    expect(socket.last('feed.unsubscribe').body).toEqual({ room: 'r' });
  });

  it('is deaf to other rooms', async () => {
    await begin(testEvent('a', 1));
    await socket.tell('feed.changed', testFrame('x', '01', '02', { op: 'delete', id: 'a', version: 9 }));
    expect(titles(feed)).toBe('a');
  });

  it('goes on from its position after a missed frame', async () => {
    await begin(testEvent('a', 1));
    await socket.tell('feed.changed', testFrame('r', '05', '06', { op: 'upsert', event: testEvent('n', 9) }));
    expect(socket.last('feed.subscribe').body).toMatchObject({ position: '01' });
    await socket.last('feed.subscribe').answer({
      mode: 'resumed',
      room: 'r',
      position: '06',
      count: { n: 3, exact: true },
      frames: [
        testFrame('r', '01', '05', { op: 'upsert', event: testEvent('m', 5) }),
        testFrame('r', '05', '06', { op: 'upsert', event: testEvent('n', 9) }),
      ],
    });
    await settled();
    expect(titles(feed)).toBe('n m a');
  });

  it('resumes when a beat is ahead of it, and not when it is level', async () => {
    await begin(testEvent('a', 1));
    await socket.tell('feed.beat', { room: 'r', position: '01' });
    expect(socket.asked.filter(({ event }) => event === 'feed.subscribe')).toHaveLength(1);
    await socket.tell('feed.beat', { room: 'r', position: '03' });
    expect(socket.last('feed.subscribe').body).toMatchObject({ position: '01' });
  });

  it('starts anew when told to reset', async () => {
    await begin(testEvent('a', 1));
    await socket.tell('feed.reset', { room: 'r' });
    expect(socket.last('feed.subscribe').body).not.toHaveProperty('position');
    await socket.last('feed.subscribe').answer(testSnapshot('r', '90', [testEvent('z', 3)]));
    await settled();
    expect(titles(feed)).toBe('z');
  });

  it('asks again when its room was reset before the answer came', async () => {
    await socket.tell('feed.reset', { room: 'r' });
    await begin(testEvent('a', 1));
    expect(socket.asked.filter(({ event }) => event === 'feed.subscribe')).toHaveLength(2);
    await begin(testEvent('z', 3));
    expect(titles(feed)).toBe('z');
    expect(socket.asked.filter(({ event }) => event === 'feed.subscribe')).toHaveLength(2);
  });

  it('keeps its rows without a connection and resumes with the next', async () => {
    await begin(testEvent('a', 1));
    await socket.drop();
    expect(connection.word).toBe('connecting'); // one that comes back at once was not away
    await until(() => connection.word === 'offline');
    expect(titles(feed)).toBe('a');
    await socket.open();
    expect(connection.word).toBe('catching-up');
    expect(socket.last('feed.subscribe').body).toMatchObject({ position: '01' });
    await socket.last('feed.subscribe').answer({
      mode: 'resumed',
      room: 'r',
      position: '02',
      count: { n: 2, exact: true },
      frames: [testFrame('r', '01', '02', { op: 'upsert', event: testEvent('n', 9) })],
    });
    await settled();
    expect(connection.word).toBe('online');
    expect(titles(feed)).toBe('n a');
  });

  it('loads the next page by the key that it was given', async () => {
    const last = testEvent('b', 2);
    await socket
      .last('feed.subscribe')
      .answer(testSnapshot('r', '01', [testEvent('c', 3), last], formatRowKey(last)));
    await settled();
    expect(feed.hasMore).toBe(true);
    const fetched = jest
      .spyOn(globalThis, 'fetch')
      .mockResolvedValue(
        new Response(JSON.stringify({ items: [testEvent('a', 1)], next: null, refs: noRefs })),
      );
    await feed.loadMore();
    const address = new URL(String(fetched.mock.calls[0]?.[0]), 'http://desk');
    expect(address.searchParams.get('filter')).toBe('module:finance');
    expect(address.searchParams.get('after')).toBe(formatRowKey(last));
    expect(titles(feed)).toBe('c b a');
    expect(feed.hasMore).toBe(false);
    fetched.mockRestore();
  });

  it('shows a snapshot when it reaches down to where somebody reads, and the old rows until then', async () => {
    let reach: ReturnType<typeof testEvent> | null = null;
    feed.close();
    feed = new Feed({ field: 'module', in: ['finance'] }, { reach: () => reach });
    await settled();
    await begin(testEvent('e', 5), testEvent('d', 4), testEvent('c', 3));
    reach = testEvent('c', 3);
    const pages: ((items: ReturnType<typeof testEvent>[], next: string | null) => void)[] = [];
    const fetched = jest.spyOn(globalThis, 'fetch').mockImplementation(
      () =>
        new Promise((answer) => {
          pages.push((items, next) => answer(new Response(JSON.stringify({ items, next, refs: noRefs }))));
        }),
    );
    await socket.tell('feed.reset', { room: 'r' });
    const top = testEvent('f', 6);
    await socket.last('feed.subscribe').answer(testSnapshot('r', '90', [top], formatRowKey(top)));
    await settled();
    expect(titles(feed)).toBe('e d c');
    // What happens while the pages are on their way is in what is shown afterwards.
    await socket.tell('feed.changed', testFrame('r', '90', '91', { op: 'leave', id: 'd', version: 2 }));
    pages.shift()?.([testEvent('e', 5), testEvent('d', 4)], formatRowKey(testEvent('d', 4)));
    await settled();
    expect(titles(feed)).toBe('e d c');
    pages.shift()?.([testEvent('c', 3)], formatRowKey(testEvent('c', 3)));
    await settled();
    await settled();
    expect(titles(feed)).toBe('f e c');
    expect(pages).toEqual([]);
    expect(feed.hasMore).toBe(true);
    fetched.mockRestore();
  });

  it('asks again when its room was reset while older rows were on their way', async () => {
    feed.close();
    feed = new Feed({ field: 'module', in: ['finance'] }, { reach: () => testEvent('c', 3) });
    await settled();
    let page: (answer: Response) => void = () => {};
    const fetched = jest.spyOn(globalThis, 'fetch').mockReturnValue(
      new Promise((answer) => {
        page = answer;
      }),
    );
    const top = testEvent('e', 5);
    await socket.last('feed.subscribe').answer(testSnapshot('r', '01', [top], formatRowKey(top)));
    await settled();
    const asked = socket.asked.length;
    await socket.tell('feed.reset', { room: 'r' });
    expect(socket.asked).toHaveLength(asked);
    page(new Response(JSON.stringify({ items: [testEvent('c', 3)], next: null, refs: noRefs })));
    await settled();
    await settled();
    expect(socket.asked.slice(asked).map(({ event }) => event)).toEqual(['feed.subscribe']);
    await begin(testEvent('z', 9));
    expect(titles(feed)).toBe('z');
    fetched.mockRestore();
  });
});
