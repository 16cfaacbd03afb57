import { cleanup, render, screen } from '@testing-library/svelte';
import { createRawSnippet } from 'svelte';
import { playSocket } from '../../testing/fake-socket.ts';

playSocket();
const { default: DataList } = await import('./DataList.svelte');

describe('a list in groups', () => {
  const show = (groups: string[], hasMore = false) =>
    render(DataList, {
      props: {
        source: {
          items: groups.map((_, i) => ({ id: `${i}` })),
          state: 'ready',
          error: null,
          hasMore,
          pageState: 'idle',
          loadMore: async () => {},
          refresh: async () => {},
        },
        label: 'Заказы',
        columns: [{ label: 'Номер', track: '1fr' }],
        href: ({ id }) => `/projects/${id}`,
        name: ({ id }) => `№ ${id}`,
        groupOf: ({ id }) => ({ key: groups[Number(id)] ?? '', label: () => groups[Number(id)] ?? '' }),
        cells: createRawSnippet((item: () => { id: string }) => ({
          render: () => `<span>${item().id}</span>`,
        })),
        empty: createRawSnippet(() => ({ render: () => '<p>Пусто</p>' })),
      },
    });

  it('draws a row that stands away from its group, as one that was just saved does', async () => {
    const groups = ['Вера', 'Анна', 'Вера'];
    show(groups);
    expect(screen.getAllByRole('heading').map((each) => each.textContent)).toEqual(groups);
    expect(screen.getAllByRole('link').map((each) => each.getAttribute('aria-label'))).toEqual([
      '№ 0',
      '№ 1',
      '№ 2',
    ]);
  });

  it('counts the rows of each group, and says of the last one that more of it may come', () => {
    const counts = () =>
      screen
        .getAllByRole('heading')
        .map(({ parentElement: line }) => line?.querySelector('.num')?.textContent);
    show(['Вера', 'Вера', 'Анна']);
    expect(counts()).toEqual(['2', '1']);
    cleanup();
    show(['Вера', 'Вера', 'Анна'], true);
    expect(counts()).toEqual(['2', '1+']);
  });
});
