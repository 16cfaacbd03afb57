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
    expect(screen.getByRole('heading', { level: 1 }).textContent).toBe('Все события');
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

  it('opens the text form for an address that is no filter', () => {
    show(`/?filter=${encodeURIComponent('module:nonsense')}`);
    expect(screen.getByRole('alert').querySelector('mark')?.textContent).toBe('nonsense');
  });
});
