import { render, screen } from '@testing-library/svelte';
import userEvent from '@testing-library/user-event';
import { playSocket } from '../../testing/fake-socket.ts';
import { playRest, testSession } from '../../testing/sign-in.ts';

playSocket();
const { default: ToldOf } = await import('./ToldOf.svelte');
const { session } = await import('../../state/session.svelte.ts');

const VERA = '01890000-0000-7000-8000-00000000000b';
const at = '2026-03-14T06:00:00.000Z';
const user = userEvent.setup();

describe('whom an event was told', () => {
  let rest: ReturnType<typeof playRest>;
  afterEach(() => rest.mockRestore());

  it('says of a letter that did not go why, if there is a word for it', async () => {
    const letters = [
      { channel: 'mail', state: 'cancelled', reason: 'muted', sentAt: null, nextAttemptAt: null },
      { channel: 'push', state: 'cancelled', reason: 'something-newer', sentAt: null, nextAttemptAt: null },
      { channel: 'webhook', state: 'sent', reason: null, sentAt: at, nextAttemptAt: null },
      {
        channel: 'mail',
        state: 'queued',
        reason: null,
        sentAt: null,
        nextAttemptAt: '2126-03-14T06:00:00.000Z',
      },
    ];
    const item = { id: 'n', userId: VERA, reason: 'occurred', role: 'manager', at, createdAt: at };
    rest = playRest((_, path) =>
      path === '/session'
        ? testSession()
        : {
            items: [{ ...item, seenAt: null, ruleIds: [], suppressed: null, letters }],
            rules: [],
            nobody: null,
            customer: { counterpartyId: null, letter: null },
            refs: {
              users: [{ id: VERA, name: 'Вера Соколова', disabled: false }],
              projects: [],
              counterparties: [],
            },
          },
    );
    localStorage.setItem('svodka.signed-in', '1');
    await session.check();
    render(ToldOf, { id: 'e' });
    await user.click(screen.getByRole('button', { name: 'Кому сообщили' }));
    const fate = await screen.findByText(/сотрудник не хочет писем об этом заказе/);
    expect(fate.textContent).toContain('письмо: не отправлялось, сотрудник не хочет писем об этом заказе ·');
    expect(fate.textContent).not.toContain('something-newer');
    expect(fate.textContent).toMatch(/письмо: в очереди, сохранится 14.*2126 09:00$/);
    await screen.findByText('не сообщали: по этому заказу заказчику о таком не пишут');
  });
});
