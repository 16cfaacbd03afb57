import { playSocket, settled } from '../testing/fake-socket.ts';

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
    expect([ids(list), list.answered]).toEqual(['a b', '']);
    expect(asked[1]?.signal.aborted).toBe(true);
    await asked[2]?.answer(['x']);
    await newer;
    expect(list.answered).toBe('анна');
    await asked[1]?.answer(['y', 'z']);
    await older;
    expect(ids(list)).toBe('x');
    list.close();
  });

  it('tells how many answer in all: what is here where that is all, else what the server has counted', async () => {
    const counted: string[] = [];
    let count: { n: number; exact: boolean } | Error = { n: 70, exact: true };
    const list = new PagedList<Row>(
      'rows',
      async ({ search }) =>
        search === 'few'
          ? { items: [row('a')], next: null }
          : { items: [row('a'), row('b')], next: 'after b' },
      {
        hear: () => () => {},
        compare: () => 0,
        async count(search) {
          counted.push(search);
          if (count instanceof Error) throw count;
          return count;
        },
      },
    );
    await list.look('');
    await settled();
    expect(list.total).toEqual({ n: 70, exact: true });
    // Read again it keeps its number for a while; another question has no number of this one.
    count = new Error('away');
    await list.refresh();
    await settled();
    expect(list.total).toEqual({ n: 70, exact: true });
    await list.look('other');
    await settled();
    expect(list.total).toBeNull();
    await list.look('few');
    await settled();
    expect([list.total, counted]).toEqual([{ n: 1, exact: true }, ['', 'other']]);
    list.close();
  });

  it('begins with the rows it last showed for the same search, and forgets them with the person', async () => {
    const before = open();
    const looked = before.list.look('анна');
    await before.asked[0]?.answer(['a']);
    await looked;
    before.list.close();
    const begun = (search: string) => {
      const { list } = open();
      void list.look(search);
      return ids(list);
    };
    expect(begun('анна')).toBe('a');
    expect(begun('')).toBe('');
    PagedList.forget();
    expect(begun('анна')).toBe('');
  });

  it('reads down to where it reached, whether it is read again or opened again', async () => {
    const many = (from: number, n: number) => Array.from({ length: n }, (_, i) => `${from + i}`);
    const before = open();
    const looked = before.list.look('');
    await before.asked[0]?.answer(many(0, 200), 'after 199');
    await looked;
    const more = before.list.loadMore();
    await before.asked[1]?.answer(many(200, 50), 'after 249');
    await more;
    const readAgain = async ({ asked }: ReturnType<typeof open>, from: number, reading: Promise<void>) => {
      expect(asked[from]?.limit).toBe(200);
      await asked[from]?.answer(many(0, 200), 'after 199');
      await settled();
      expect(asked[from + 1]).toMatchObject({ after: 'after 199', limit: 50 });
      await asked[from + 1]?.answer(many(200, 50), 'after 249');
      await reading;
    };
    await readAgain(before, 2, before.list.refresh());
    expect(before.list.items).toHaveLength(250);
    before.list.close();
    const after = open();
    await readAgain(after, 0, after.list.look(''));
    expect(after.list.items).toHaveLength(250);
    expect(after.list.hasMore).toBe(true);
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
