import type { Role } from '@svodka/shared/contracts/user';
import { render, screen } from '@testing-library/svelte';
import { playDialogs } from '../../testing/dialogs.ts';
import { playSocket } from '../../testing/fake-socket.ts';
import { ANNA, playRest, testSession } from '../../testing/sign-in.ts';

playSocket();
const { default: ProjectSheet } = await import('./ProjectSheet.svelte');
const { default: CounterpartySheet } = await import('../counterparties/CounterpartySheet.svelte');
const { session } = await import('../../state/session.svelte.ts');

describe('who will answer for a new order or counterparty', () => {
  const open = async (roles: Role[], Sheet: typeof ProjectSheet | typeof CounterpartySheet) => {
    localStorage.clear();
    localStorage.setItem('svodka.signed-in', '1');
    playDialogs();
    playRest((_, path) =>
      path === '/session'
        ? testSession(roles)
        : { projects: [], counterparties: [], users: [{ id: ANNA, name: 'Анна Ковалёва', disabled: false }] },
    );
    await session.check();
    render(
      Sheet as typeof ProjectSheet,
      { project: null, counterparty: null, onsaved: () => {}, onclose: () => {} } as never,
    );
    return screen.findByRole<HTMLInputElement>('combobox', { name: /^Менеджер/ });
  };

  it.each([
    ['order', ProjectSheet],
    ['counterparty', CounterpartySheet],
  ])('is the manager who enters it: %s', async (_, Sheet) => {
    const field = await open(['manager'], Sheet as typeof ProjectSheet);
    expect(field.disabled).toBe(true);
    await screen.findByText('Менеджером будете вы');
    await screen.findByDisplayValue('Анна Ковалёва');
  });

  it('is nobody until somebody is chosen, where one may choose, and that is said', async () => {
    const field = await open(['manager', 'dispatcher'], ProjectSheet);
    expect(field.value).toBe('');
    await screen.findByText(/^Без менеджера уведомления о заказе/);
  });
});
