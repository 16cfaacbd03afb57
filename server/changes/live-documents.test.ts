import { LiveDocuments } from './live-documents.ts';

type Doc = { _id: string; version: number };

describe(LiveDocuments.name, () => {
  const stored = new Map<string, Doc>();
  const bus = { isFresh: true };
  let reads: string[][];
  let live: LiveDocuments<Doc>;
  const readNow = (ids: string[]) => {
    reads.push(ids);
    return ids.flatMap((id) => stored.get(id) ?? []);
  };

  beforeEach(() => {
    stored.clear();
    for (const _id of ['a', 'b']) stored.set(_id, { _id, version: 1 });
    reads = [];
    bus.isFresh = true;
    live = new LiveDocuments('projects', bus, async (ids) => readNow(ids));
  });

  it('reads what it does not know, once', async () => {
    await live.byIds(['a']);
    expect(await live.byIds(['a', 'b', 'a'])).toHaveLength(2);
    expect(await live.byIds(['a', 'b'])).toHaveLength(2);
    expect(reads).toEqual([['a'], ['b']]);
  });

  it('reads again what the log tells of, and nothing else', async () => {
    await live.byIds(['a', 'b']);
    stored.set('a', { _id: 'a', version: 2 });
    live.see({ id: 'a' });
    expect(await live.byIds(['a', 'b'])).toContainEqual({ _id: 'a', version: 2 });
    expect(reads).toEqual([['a', 'b'], ['a']]);
  });

  it('knows a document until it is told of', async () => {
    const [before] = await live.byIds(['a']);
    expect(live.isKnown([before as Doc])).toBe(true);
    live.see({ id: 'a' });
    expect(live.isKnown([before as Doc])).toBe(false);
  });

  it('serves nothing while the log is not heard', async () => {
    await live.byIds(['a']);
    bus.isFresh = false;
    await live.byIds(['a']);
    expect(reads).toEqual([['a'], ['a']]);
  });

  it('does not keep what was read before a change and arrives after it', async () => {
    let arrive = () => {};
    live = new LiveDocuments('projects', bus, async (ids) => {
      const found = readNow(ids);
      await new Promise<void>((resolve) => {
        arrive = resolve;
      });
      return found;
    });
    const asked = live.byIds(['a']);
    stored.set('a', { _id: 'a', version: 2 });
    live.see({ id: 'a' });
    arrive();
    expect(live.isKnown(await asked)).toBe(false);
    const again = live.byIds(['a']);
    arrive();
    expect(await again).toEqual([{ _id: 'a', version: 2 }]);
  });

  it('reads once what many ask for at once, and all of them know it then', async () => {
    const asked = await Promise.all([live.byIds(['a']), live.byIds(['a', 'b']), live.byIds(['b'])]);
    expect(reads).toEqual([['a'], ['b']]);
    expect(asked.map((docs) => docs.map(({ _id }) => _id))).toEqual([['a'], ['a', 'b'], ['b']]);
    expect(asked.every((docs) => live.isKnown(docs))).toBe(true);
  });

  it('joins no read that began before what the log has told since', async () => {
    const first = live.byIds(['a', 'b']);
    stored.set('a', { _id: 'a', version: 2 });
    live.see({ id: 'a' });
    expect(await live.byIds(['a', 'b'])).toContainEqual({ _id: 'a', version: 2 });
    await first;
    expect(await live.byIds(['a'])).toEqual([{ _id: 'a', version: 2 }]);
    expect(reads).toEqual([['a', 'b'], ['a']]);
  });

  it('looks for what a joined read has not found: it may be there by now', async () => {
    const first = live.byIds(['new']);
    stored.set('new', { _id: 'new', version: 1 });
    expect(await live.byIds(['a', 'new'])).toHaveLength(2);
    expect(await first).toEqual([]);
  });

  it('joins no read while the log is not heard', async () => {
    bus.isFresh = false;
    await Promise.all([live.byIds(['a']), live.byIds(['a'])]);
    expect(reads).toEqual([['a'], ['a']]);
  });

  it('keeps nothing of a read that failed', async () => {
    let isAway = true;
    live = new LiveDocuments('projects', bus, async (ids) => {
      if (isAway) throw new Error('the store is away');
      return readNow(ids);
    });
    await expect(live.byIds(['a'])).rejects.toThrow('away');
    isAway = false;
    expect(await live.byIds(['a'])).toHaveLength(1);
  });

  it('forgets everything when the log was not heard for a while', async () => {
    await live.byIds(['a', 'b']);
    live.doubt();
    await live.byIds(['a', 'b']);
    expect(reads).toHaveLength(2);
  });
});
