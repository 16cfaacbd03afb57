import { MOST_TOASTS, toasts } from './toasts.svelte.ts';

describe('toasts', () => {
  beforeEach(() => {
    while (toasts.items[0]) toasts.close(toasts.items[0].id);
  });

  const group = {
    key: 'g',
    sum: (members: readonly { title: string }[]) => ({
      title: String(members.length),
      text: members.map(({ title }) => title).join(' '),
      actions: [],
    }),
  };

  it('never stand in greater number than a screen bears, and keep what went wrong the longest', () => {
    toasts.show({ title: 'broken', tone: 'critical' });
    for (const title of ['a', 'b', 'c', 'd']) toasts.show({ title });
    expect(toasts.items.map(({ title }) => title)).toEqual(['broken', 'c', 'd']);
    expect(toasts.items).toHaveLength(MOST_TOASTS);
  });

  it('say several of one group in one, and go together', () => {
    for (const title of ['a', 'b', 'c', 'd']) toasts.show({ title, key: title, group });
    expect(toasts.items).toHaveLength(1);
    expect(toasts.items[0]).toMatchObject({ title: '4', text: 'a b c d' });
    toasts.closeKey('b');
    expect(toasts.items[0]).toMatchObject({ title: '3', text: 'a c d' });
    toasts.close(toasts.items[0]?.id ?? 0);
    expect(toasts.items).toEqual([]);
  });

  it('say a thing once when it is said again', () => {
    toasts.show({ title: 'a', key: 'k' });
    toasts.show({ title: 'b', key: 'k' });
    expect(toasts.items.map(({ title }) => title)).toEqual(['b']);
  });
});
