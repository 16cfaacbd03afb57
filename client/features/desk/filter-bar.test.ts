import { render, screen, waitFor, within } from '@testing-library/svelte';
import userEvent from '@testing-library/user-event';
import type { Component } from 'svelte';
import { playSocket } from '../../testing/fake-socket.ts';
import { playRest } from '../../testing/sign-in.ts';

playSocket();
const { default: DeskHost } = await import('../../testing/DeskHost.svelte');
const { default: FilterBar } = await import('./FilterBar.svelte');
const { router } = await import('../../state/router.svelte.ts');

const filter = () => new URLSearchParams(location.search).get('filter');
const user = userEvent.setup();
const show = (address: string) => {
  router.go(address);
  render(DeskHost, { part: FilterBar as unknown as Component<Record<string, unknown>> });
};

describe('filter bar', () => {
  afterEach(() => router.go('/'));

  it('names the feed and shows each condition as a chip', () => {
    show(`/?filter=${encodeURIComponent('importance>=high -module:mail')}`);
    expect(screen.getByRole('heading', { level: 1 }).textContent).toBe('Отбор');
    expect(screen.getByText('от высокой')).toBeTruthy();
    expect(screen.getByText('кроме «Почта»')).toBeTruthy();
  });

  it('drops a condition by its cross, and keeps the rest in the address', async () => {
    show(`/?filter=${encodeURIComponent('importance>=high -module:mail')}`);
    await user.click(screen.getByRole('button', { name: 'Убрать условие: важность от высокой' }));
    await waitFor(() => expect(filter()).toBe('-module:mail'));
  });

  it('adds a condition from the list of values', async () => {
    show('/');
    await user.click(screen.getByRole('button', { name: 'Добавить условие' }));
    await user.click(screen.getByText('Модуль'));
    await user.click(await screen.findByText('Финансы'));
    await waitFor(() => expect(filter()).toBe('module:finance'));
    await user.click(screen.getByText('Звонки'));
    await waitFor(() => expect(filter()).toBe('module:finance,calls'));
    await user.click(screen.getByText('Кроме этих'));
    await waitFor(() => expect(filter()).toBe('-module:finance,calls'));
  });

  it('offers levels of importance in one press', async () => {
    show('/');
    await user.click(screen.getByRole('button', { name: 'Добавить условие' }));
    await user.click(screen.getByText('Важность'));
    await user.click(await screen.findByText('от высокой'));
    await waitFor(() => expect(filter()).toBe('importance>=high'));
  });

  const focused = () => document.activeElement as HTMLElement;
  const active = () => document.getElementById(focused().getAttribute('aria-activedescendant') ?? '');

  it('is worked by keyboard alone: the focus goes in, letters lead, Space ticks, Enter takes, Esc steps back', async () => {
    show('/');
    await user.keyboard('f');
    await waitFor(() => expect(focused().getAttribute('role')).toBe('menuitem'));
    await user.keyboard('{ArrowDown}{Enter}');
    await waitFor(() => expect(focused().getAttribute('role')).toBe('listbox'));
    expect(focused().getAttribute('aria-label')).toBe('Модуль');
    await user.keyboard('фск');
    expect(active()?.textContent).toContain('Склад');
    await user.keyboard('{Home}');
    expect(active()?.textContent).toContain('Финансы');
    await user.keyboard(' ');
    await waitFor(() => expect(filter()).toBe('module:finance'));
    expect(active()?.getAttribute('aria-selected')).toBe('true');
    await user.keyboard('{ArrowDown} ');
    await waitFor(() => expect(filter()).toBe('module:finance,orders'));
    expect(active()?.textContent).toContain('Заказы');
    await user.keyboard('{Escape}');
    await waitFor(() => expect(focused().getAttribute('role')).toBe('menuitem'));
    await user.keyboard('{Escape}');
    await waitFor(() => expect(document.querySelector('[popover]')).toBeNull());
    expect(filter()).toBe('module:finance,orders');
  });

  it('takes the line one stands on by Enter, and closes', async () => {
    show('/');
    await user.keyboard('f{ArrowDown}{ArrowDown}{Enter}');
    const box = await screen.findByRole('combobox', { name: 'Найти' });
    await waitFor(() => expect(focused()).toBe(box));
    await user.keyboard('рекламация{Enter}');
    await waitFor(() => expect(filter()).toMatch(/^type:complaint/));
    expect(document.querySelector('[popover]')).toBeNull();
  });

  it('leads by first letters in the Latin layout too', async () => {
    show('/');
    await user.keyboard('f{ArrowDown}{Enter}');
    await waitFor(() => expect(focused().getAttribute('role')).toBe('listbox'));
    await user.keyboard('a');
    expect(active()?.textContent).toContain('Финансы');
  });

  it('asks for what has no deadline, and for what has one that is not near', async () => {
    show('/');
    await user.click(screen.getByRole('button', { name: 'Добавить условие' }));
    await user.click(screen.getByText('Состояние срока'));
    await user.click(await screen.findByText('Ещё не скоро'));
    await waitFor(() => expect(filter()).toBe('due:later'));
    await user.click(screen.getByText('Ещё не скоро'));
    await user.click(screen.getByText('без срока'));
    await waitFor(() => expect(filter()).toBe('no:due'));
  });

  it('says that a filter put together here is none of the feeds, and takes it back in one press', async () => {
    show(`/?filter=${encodeURIComponent('importance>=high')}`);
    expect(screen.getByRole('heading', { level: 1 }).textContent).toBe('Отбор');
    await user.click(screen.getByRole('button', { name: 'Сбросить условия' }));
    await waitFor(() => expect(filter()).toBeNull());
    expect(screen.getByRole('heading', { level: 1 }).textContent).toBe('Все события');
  });

  it('takes the text form, in Russian too, and says where it is wrong', async () => {
    show('/');
    await user.click(screen.getByRole('button', { name: 'Фильтр текстом' }));
    const field = screen.getByRole('textbox', { name: 'Фильтр' });
    await user.type(field, 'модль:финансы');
    const alert = screen.getByRole('alert');
    expect(alert.querySelector('mark')?.textContent).toBe('модль');
    expect(within(alert).getByText(/модль» нет/)).toBeTruthy();
    expect(screen.getByRole('button', { name: 'Применить' })).toHaveProperty('disabled', true);
    await user.clear(field);
    await user.type(field, 'модуль:финансы важность>=высокая');
    expect(screen.queryByRole('alert')).toBeNull();
    await user.keyboard('{Enter}');
    await waitFor(() => expect(filter()).toBe('module:finance importance>=high'));
  });

  describe('names in the text form', () => {
    const ORDER = '01890000-0000-7000-8000-000000000443';
    const PEOPLE = ['a', 'b'].map((end) => ({
      id: `01890000-0000-7000-8000-00000000000${end}`,
      name: end === 'a' ? 'Анна Королёва' : 'Анна Ежова',
      roles: [],
    }));
    const noRefs = { projects: [], counterparties: [], users: [] };
    let rest: ReturnType<typeof playRest>;
    beforeEach(() => {
      rest = playRest((_, path) => {
        const [, what, search] = path.match(/^\/(\w+)\?.*search=([^&]*)/) ?? [];
        const said = decodeURIComponent((search ?? '').replaceAll('+', ' '));
        if (what === 'users')
          return { items: PEOPLE.filter(({ name }) => name.toLowerCase().startsWith(said)) };
        const project = { id: ORDER, number: '443', objectAddress: '', counterpartyId: null };
        return what === 'projects' && said === '443'
          ? { items: [project], refs: noRefs }
          : { items: [], refs: noRefs };
      });
    });
    afterEach(() => rest.mockRestore());
    const type = async (text: string) => {
      show('/');
      await user.click(screen.getByRole('button', { name: 'Фильтр текстом' }));
      const field = await screen.findByRole('textbox', { name: 'Фильтр' });
      await user.clear(field);
      await user.type(field, `${text}{Enter}`);
      return field;
    };

    it('are found, kept by their ids, and read as names again', async () => {
      await type('заказ:443');
      await waitFor(() => expect(filter()).toBe(`project:${ORDER}`));
      await user.click(screen.getByRole('button', { name: 'Фильтр текстом' }));
      const field = (await screen.findByRole('textbox', { name: 'Фильтр' })) as HTMLInputElement;
      expect(field.value).toBe('заказ:443');
    });

    it('are looked for where an address has them', async () => {
      show(`/?filter=${encodeURIComponent('заказ:443 важность>=высокая')}`);
      await waitFor(() => expect(filter()).toBe(`project:${ORDER} importance>=high`));
    });

    it('are asked about where they mean nothing, or several', async () => {
      const field = await type('заказ:999');
      await screen.findByText('Заказа «999» нет, или он не для вас.');
      expect(filter()).toBeNull();
      await user.clear(field);
      await user.type(field, 'автор:Анна{Enter}');
      await screen.findByText('«Анна» — это не один: Анна Королёва, Анна Ежова. Уточните.');
      await user.clear(field);
      await user.type(field, 'автор:"Анна Ежова"{Enter}');
      await waitFor(() => expect(filter()).toBe(`author:${PEOPLE[1]?.id}`));
    });
  });

  it('opens the text form for an address that is no filter', async () => {
    show(`/?filter=${encodeURIComponent('module:nonsense')}`);
    expect((await screen.findByRole('alert')).querySelector('mark')?.textContent).toBe('nonsense');
  });
});
