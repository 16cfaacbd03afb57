import { jest } from '@jest/globals';
import { render, screen, waitFor } from '@testing-library/svelte';
import userEvent from '@testing-library/user-event';
import { playDialogs } from '../../testing/dialogs.ts';
import { testEvent } from '../../testing/events.ts';
import { playSocket } from '../../testing/fake-socket.ts';
import { playRest, testSession } from '../../testing/sign-in.ts';

playSocket();
const { default: PromiseDialog } = await import('./PromiseDialog.svelte');
const { queue } = await import('../../state/queue.svelte.ts');
const { session } = await import('../../state/session.svelte.ts');

const BORIS = '01890000-0000-7000-8000-00000000000b';
const user = userEvent.setup();

describe('a promise that is being written down', () => {
  let rest: ReturnType<typeof playRest>;
  const call = testEvent('01890000-0000-7000-8000-0000000000e1', 1, {
    type: 'call.in',
    payload: { from: '+79165550101' },
  });
  const open = () => render(PromiseDialog, { event: call, onclose: jest.fn() });

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

  it('keeps its words, its hour and who is to keep it until it is sent, and then nothing', async () => {
    const first = open();
    await user.type(screen.getByRole('textbox', { name: /Что обещали/ }), 'Перезвонить');
    const until = screen.getByLabelText('К какому времени', { selector: 'input' }) as HTMLInputElement;
    await user.clear(until);
    await user.type(until, '2030-01-02T15:00');
    await user.type(screen.getByRole('combobox', { name: 'Кто выполнит' }), 'Бор');
    await user.click(await screen.findByRole('option', { name: /Борис Ильин/ }));
    first.unmount();

    const again = open();
    await waitFor(() =>
      expect((screen.getByRole('combobox', { name: 'Кто выполнит' }) as HTMLInputElement).value).toBe(
        'Борис Ильин',
      ),
    );
    await user.click(screen.getByRole('button', { name: 'Записать' }));
    again.unmount();
    expect(queue.entries).toMatchObject([
      {
        deed: {
          kind: 'create',
          body: {
            type: 'call.promise',
            title: 'Перезвонить',
            due: { local: '2030-01-02T15:00' },
            payload: { to: '+79165550101', keeper: BORIS },
          },
        },
      },
    ]);

    open();
    expect((screen.getByRole('textbox', { name: /Что обещали/ }) as HTMLInputElement).value).toBe('');
    for (const { id } of queue.entries) queue.drop(id);
  });

  it('begins with the hour that its words name', () => {
    render(PromiseDialog, { event: call, words: 'Перезвоним завтра до 15:30', onclose: jest.fn() });
    const until = screen.getByLabelText('К какому времени', { selector: 'input' }) as HTMLInputElement;
    expect(until.value).toMatch(/T15:30$/);
  });

  it('goes on with the hour that is named as they are typed, until somebody sets another', async () => {
    open();
    const until = screen.getByLabelText('К какому времени', { selector: 'input' }) as HTMLInputElement;
    const words = screen.getByRole('textbox', { name: /Что обещали/ });
    await user.clear(words);
    await user.type(words, 'Перезвоним завтра до 19:45');
    expect(until.value).toMatch(/T19:45$/);
    await user.clear(until);
    await user.type(until, '2030-01-02T15:00');
    await user.type(words, ' или до 20:15');
    expect(until.value).toBe('2030-01-02T15:00');
  });
});
