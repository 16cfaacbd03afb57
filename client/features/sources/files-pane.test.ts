import type { FileSource, FolderFile } from '@svodka/shared/contracts/folder';
import { render, screen } from '@testing-library/svelte';
import FilesPane from './FilesPane.svelte';
import type { Sources } from './sources.svelte.ts';

const FILE: FolderFile = {
  name: '2026-11-27T09-30-00-125Z a',
  file: 'a',
  at: '2026-11-27T09:30:00.125Z',
  result: 'done',
  why: null,
  events: 2,
  refused: 0,
  faults: [],
  waiting: 0,
  table: null,
  recordings: null,
};

function open(id: string, file: Partial<FolderFile>) {
  const source: FileSource = { id, name: 'Заказы', folder: '/in', lastHeardAt: null, table: null, errors: 0 };
  const sources = { folder: [{ ...FILE, ...file }] } as unknown as Sources;
  render(FilesPane, { source, sources, onclose: () => {} });
}

describe('a file that was taken from the folder', () => {
  it('says which payments wait for an order, and leads to them', () => {
    open('payments', { waiting: 3 });
    const link = screen.getByRole('link', { name: 'У 3 платежей заказ не определён' });
    expect(link.getAttribute('href')).toBe('/unlinked');
  });

  it('says what of a table did not fit', () => {
    const kept = { counts: { amount: 0, paid: 0, address: 1 }, items: [] as never[] };
    const item = { key: 'П-14', field: 'address' as const, here: 'Лесная, 14', table: 'Лесная, 41' };
    const people = [{ name: 'Иванов', rows: 12, why: 'nobody' as const }];
    open('orders', { table: { isCut: true, missing: ['Сумма'], kept: { ...kept, items: [item] }, people } });
    for (const text of [/обрывается/, /нет столбцов: Сумма/, /Иванов/, 'Лесная, 41'])
      expect(screen.getByText(text)).toBeTruthy();
  });
});
