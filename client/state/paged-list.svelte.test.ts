import { playSocket } from '../testing/fake-socket.ts';

playSocket();
const { PagedList } = await import('./paged-list.svelte.ts');
type PageAsk = import('./paged-list.svelte.ts').PageAsk;
type Row = { id: string; name: string };

const row = (id: string) => ({ id, name: `Имя ${id}` });

describe(PagedList.name, () => {
  /** A list whose server the test plays: each question waits for its answer. */
  function open(key = 'rows') {
    const asked: (PageAsk & {
      answer: (ids: string[], next?: string) => Promise<void>;
      fail: () => Promise<void>;
    })[] = [];
    const list = new PagedList<Row>(key, (ask) => {
      let answer: (page: { items: Row[]; next: string | null }) => void = () => {};
      let fail: (error: Error) => void = () => {};
      const promise = new Promise<{ items: Row[]; next: string | null }>((resolve, reject) => {
        answer = resolve;
        fail = reject;
      });
      asked.push({
        ...ask,
        async answer(ids, next) {
          answer({ items: ids.map(row), next: next ?? null });
          await promise;
        },
        async fail() {
          fail(new Error('no connection'));
          await promise.catch(() => {});
        },
      });
      return promise;
    });
    return { list, asked };
  }
  const ids = (list: { items: readonly { id: string }[] }) => list.items.map(({ id }) => id).join(' ');

  afterEach(() => PagedList.forget());

  it('reads page by page and shows no row twice', async () => {
    const { list, asked } = open();
    const looked = list.look('');
    expect(list.state).toBe('loading');
    await asked[0]?.answer(['a', 'b'], 'after b');
    await looked;
    expect(list.state).toBe('ready');
    expect(list.hasMore).toBe(true);
    const more = list.loadMore();
    await asked[1]?.answer(['b', 'c']);
    await more;
    expect(asked[1]?.after).toBe('after b');
    expect(ids(list)).toBe('a b c');
    expect(list.hasMore).toBe(false);
    list.close();
  });

  it('keeps what is there until a search is answered, and ignores the answer to an older one', async () => {
    const { list, asked } = open();
    const first = list.look('');
    await asked[0]?.answer(['a', 'b']);
    await first;
    const older = list.look('ан');
    const newer = list.look('анна');
    expect(ids(list)).toBe('a b');
    expect(asked[1]?.signal.aborted).toBe(true);
    await asked[2]?.answer(['x']);
    await newer;
    await asked[1]?.answer(['y', 'z']);
    await older;
    expect(ids(list)).toBe('x');
    list.close();
  });

  it('begins with the rows it last showed, and forgets them with the person', async () => {
    const before = open();
    const looked = before.list.look('');
    await before.asked[0]?.answer(['a']);
    await looked;
    before.list.close();
    expect(ids(open().list)).toBe('a');
    PagedList.forget();
    expect(ids(open().list)).toBe('');
  });

  it('says that it failed only when it has nothing to show', async () => {
    const { list, asked } = open();
    const looked = list.look('');
    await asked[0]?.fail();
    await looked;
    expect(list.state).toBe('failed');
    const again = list.look('');
    await asked[1]?.answer(['a']);
    await again;
    const refreshed = list.refresh();
    await asked[2]?.fail();
    await refreshed;
    expect(list.state).toBe('ready');
    expect(ids(list)).toBe('a');
    list.close();
  });

  it('puts a saved row in its place, and a new one first', async () => {
    const { list, asked } = open();
    const looked = list.look('');
    await asked[0]?.answer(['a', 'b']);
    await looked;
    list.put({ id: 'b', name: 'Другое имя' });
    list.put(row('c'));
    expect(ids(list)).toBe('c a b');
    expect(list.find('b')?.name).toBe('Другое имя');
    list.close();
  });
});
