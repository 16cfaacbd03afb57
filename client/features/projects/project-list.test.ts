import { render, screen, waitFor, within } from '@testing-library/svelte';
import userEvent from '@testing-library/user-event';
import { playSocket } from '../../testing/fake-socket.ts';
import { playRest } from '../../testing/sign-in.ts';

playSocket();
const { default: ProjectList } = await import('./ProjectList.svelte');
const { router } = await import('../../state/router.svelte.ts');

describe('a table of orders in which nothing is left', () => {
  const open = (query: string) => {
    playRest(() => ({ items: [], next: null, refs: { projects: [], counterparties: [], users: [] } }));
    router.go(`/projects?${query}`);
    render(ProjectList);
  };
  const press = async (name: string) =>
    userEvent.click((await screen.findAllByRole('button', { name })).at(-1) as HTMLElement);

  it('names conditions where conditions did it, and drops them alone', async () => {
    open('group=manager&filter=has:late');
    await screen.findByRole('heading', { name: 'Под эти условия ничего не подходит' });
    expect(screen.queryByRole('button', { name: 'Очистить поиск' })).toBeNull();
    await press('Показать все');
    expect(router.query.toString()).toBe('group=manager');
  });

  it('clears the search alone where words were looked for', async () => {
    open('group=manager&filter=has:late&q=414');
    await screen.findByRole('heading', { name: 'Ничего не нашлось' });
    await press('Очистить поиск');
    expect(router.query.get('filter')).toBe('has:late');
    expect(router.query.has('q')).toBe(false);
  });
});

describe('a table of orders that words find nothing in', () => {
  it('offers words like them that do, under the same conditions', async () => {
    const asked: string[] = [];
    playRest((_, path) => {
      const { pathname, searchParams } = new URL(path, 'http://desk');
      if (pathname === '/search/nearby') return { words: 'вишняков' };
      if (pathname !== '/projects/count')
        return { items: [], next: null, refs: { projects: [], counterparties: [], users: [] } };
      asked.push(`${searchParams.get('search')} ${searchParams.get('filter')}`);
      return { n: searchParams.get('search') === 'вишняков' ? 2 : 0, exact: true };
    });
    router.go(`/projects?filter=has:late&q=${encodeURIComponent('Вишняковой')}`);
    render(ProjectList);
    await userEvent.click(await screen.findByRole('button', { name: 'Искать «вишняков»' }));
    expect(router.query.get('q')).toBe('вишняков');
    expect(asked).toContain('вишняков has:late');
  });
});

describe('a table of orders in groups', () => {
  it('says how a group is sorted, and leaves the groups for another order', async () => {
    playRest(() => ({ items: [], next: null, refs: { projects: [], counterparties: [], users: [] } }));
    router.go('/projects?group=manager');
    render(ProjectList);
    const sort = await screen.findByRole<HTMLSelectElement>('combobox', { name: 'Сортировка' });
    expect([sort.disabled, sort.selectedOptions[0]?.label]).toEqual([
      false,
      'В группах: сначала под угрозой',
    ]);
    await userEvent.selectOptions(sort, within(sort).getByRole('option', { name: 'По дате монтажа' }));
    expect(router.query.toString()).toBe('sort=install');
    await waitFor(() => expect(sort.selectedOptions[0]?.label).toBe('По дате монтажа'));
  });
});
