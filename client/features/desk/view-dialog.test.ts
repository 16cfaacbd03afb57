import { jest } from '@jest/globals';
import { render, screen, waitFor } from '@testing-library/svelte';
import userEvent from '@testing-library/user-event';
import type { Component } from 'svelte';
import { playDialogs } from '../../testing/dialogs.ts';
import { playSocket } from '../../testing/fake-socket.ts';
import { playRest } from '../../testing/sign-in.ts';

playSocket();
const { default: DeskHost } = await import('../../testing/DeskHost.svelte');
const { default: ViewDialog } = await import('./ViewDialog.svelte');
const { views } = await import('../../state/views.svelte.ts');

const user = userEvent.setup();

it('a feed has a name of its own; one that is renamed keeps it', async () => {
  playDialogs();
  const sent: string[] = [];
  const mine = {
    id: '01890000-0000-7000-8000-0000000000aa',
    name: 'Монтажи',
    icon: 'star',
    preset: null,
    filter: { and: [] },
    order: 1,
  };
  const rest = playRest((method, path) => {
    if (method !== 'GET') sent.push(`${method} ${path}`);
    return path === '/views' && method === 'GET' ? { items: [mine] } : mine;
  });
  await views.edit(mine.id, { order: 1 } as never);
  sent.length = 0;
  const onclose = jest.fn();
  const open = (props: object) =>
    render(DeskHost, {
      props: {
        part: ViewDialog as unknown as Component<Record<string, unknown>>,
        props: { ...props, onclose },
      },
    });
  const save = async (name: string) => {
    const field = screen.getByLabelText(/^Название/);
    await user.clear(field);
    await user.type(field, name);
    await user.click(screen.getByRole('button', { name: /Сохранить/ }));
  };

  const made = open({ filter: { and: [] } });
  for (const taken of ['монтажи', 'Все события']) {
    await save(taken);
    await screen.findByText('Лента с таким названием уже есть.');
  }
  expect(sent).toEqual([]);
  await save('Монтажи завтра');
  await waitFor(() => expect(sent).toEqual(['POST /views']));
  made.unmount();

  open({ view: mine });
  await save('Монтажи');
  await waitFor(() => expect(sent).toEqual(['POST /views', `PATCH /views/${mine.id}`]));
  rest.mockRestore();
});
