import { render, screen, waitFor, within } from '@testing-library/svelte';
import userEvent from '@testing-library/user-event';
import type { Component } from 'svelte';
import { playSocket } from '../../testing/fake-socket.ts';

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

  it('opens the text form for an address that is no filter', async () => {
    show(`/?filter=${encodeURIComponent('module:nonsense')}`);
    expect((await screen.findByRole('alert')).querySelector('mark')?.textContent).toBe('nonsense');
  });
});
