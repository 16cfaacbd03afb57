import { render, screen } from '@testing-library/svelte';
import { createRawSnippet } from 'svelte';
import { until } from '../../../test/support/until.ts';
import { playSocket } from '../../testing/fake-socket.ts';

playSocket();
const { default: DataList } = await import('./DataList.svelte');
const { places } = await import('../../state/places.ts');
const { router } = await import('../../state/router.svelte.ts');

class Rows {
  items = $state.raw<readonly { id: string }[]>([]);
  pageState = $state<'idle' | 'loading' | 'failed'>('idle');
  state = 'ready' as const;
  error = null;
  asked: (number | undefined)[] = [];

  constructor(readonly all: number) {
    this.items = this.upTo(50);
  }

  upTo = (count: number) => Array.from({ length: count }, (_, i) => ({ id: `${i}` }));
  get hasMore() {
    return this.items.length < this.all;
  }
  async loadMore(most = 50) {
    this.asked.push(most);
    this.items = this.upTo(Math.min(this.all, this.items.length + most));
  }
  async refresh() {}
}

const show = (source: Rows) =>
  render(DataList, {
    props: {
      source,
      label: 'Заказы',
      columns: [{ label: 'Номер', track: '1fr' }],
      href: ({ id }) => `/projects/${id}`,
      name: ({ id }) => `№ ${id}`,
      cells: createRawSnippet((item: () => { id: string }) => ({
        render: () => `<span>${item().id}</span>`,
      })),
      empty: createRawSnippet(() => ({ render: () => '<p>Пусто</p>' })),
    },
  });

/** As a reload finds it: the tab knows the place, the page has only begun to read. */
function leftAt(row: string, rows: number) {
  router.go('/projects');
  const unkeep = places.keep('/projects', () => ({ row, top: { key: row, into: 0 }, rows }));
  router.go('/money');
  unkeep();
  places.goBackTo('/projects');
}

describe('a list that was left far down', () => {
  it('reads as far as it had been read, and is there again', async () => {
    leftAt('330', 350);
    const source = new Rows(3_180);
    show(source);
    await until(() => screen.queryByRole('link', { name: '№ 330' }));
    expect(source.items.length).toBeLessThan(500);
    expect(source.asked.length).toBeLessThan(4);
  });

  it('begins at its top where the row is gone, and reads no further than it had been', async () => {
    leftAt('gone', 120);
    const source = new Rows(3_180);
    show(source);
    await until(() => source.items.length >= 120);
    expect(source.items.length).toBeLessThan(250);
    expect(screen.getByRole('link', { name: '№ 0' })).toBeTruthy();
  });
});
