import { jest } from '@jest/globals';
import { render, screen, waitFor } from '@testing-library/svelte';
import userEvent from '@testing-library/user-event';
import { playDialogs } from '../../testing/dialogs.ts';
import { testEvent } from '../../testing/events.ts';
import { playSocket } from '../../testing/fake-socket.ts';
import { playRest, testSession } from '../../testing/sign-in.ts';

playSocket();
const { default: HoldDialog } = await import('./HoldDialog.svelte');
const { session } = await import('../../state/session.svelte.ts');

const BORIS = '01890000-0000-7000-8000-00000000000b';
const user = userEvent.setup();

describe('what is asked before an event is handed on or put off', () => {
  let rest: ReturnType<typeof playRest>;
  const event = testEvent('01890000-0000-7000-8000-0000000000e2', 1, {
    type: 'call.in',
    payload: { from: '+79165550101' },
  });
  const open = (kind: 'hand' | 'snooze') => render(HoldDialog, { kind, event, onclose: jest.fn() });
  const field = (name: string) => screen.getByLabelText(name, { selector: 'input' }) as HTMLInputElement;

  beforeEach(async () => {
    localStorage.clear();
    localStorage.setItem('svodka.signed-in', '1');
    playDialogs();
    rest = playRest((_, path) => {
      if (path === '/session') return testSession();
      if (path.startsWith('/users'))
        return { items: [{ id: BORIS, name: 'Борис Ильин', roles: ['manager'] }], next: null };
      throw new TypeError('fetch failed');
    });
    await session.check();
  });
  afterEach(() => rest.mockRestore());

  it('keeps to whom it is handed when it is closed', async () => {
    const first = open('hand');
    await user.type(screen.getByRole('combobox', { name: /Кому/ }), 'Бор');
    await user.click(await screen.findByRole('option', { name: /Борис Ильин/ }));
    first.unmount();

    const again = open('hand');
    await waitFor(() =>
      expect((screen.getByRole('combobox', { name: /Кому/ }) as HTMLInputElement).value).toBe('Борис Ильин'),
    );
    again.unmount();
  });

  it('keeps until when it is put off, and nothing once it is', async () => {
    const first = open('snooze');
    const usual = field('До').value;
    await user.clear(field('До'));
    await user.type(field('До'), '2030-01-02T15:00');
    first.unmount();

    const again = open('snooze');
    expect(field('До').value).toBe('2030-01-02T15:00');
    await user.click(screen.getByRole('button', { name: /На час/ }));
    again.unmount();

    const third = open('snooze');
    expect(field('До').value.slice(0, 10)).toBe(usual.slice(0, 10));
    third.unmount();
  });
});
