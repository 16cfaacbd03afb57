import type { CustomerLink } from '@svodka/shared/contracts/customer';
import type { Project } from '@svodka/shared/contracts/directory';
import { render, screen, waitFor, within } from '@testing-library/svelte';
import userEvent from '@testing-library/user-event';
import { playDialogs } from '../../testing/dialogs.ts';
import { playRest } from '../../testing/sign-in.ts';
import CustomerFact from './CustomerFact.svelte';

const ORDER = '01890000-0000-7000-8000-000000000001';
const link = (n: number) => ({
  id: `01890000-0000-7000-8000-0000000000a${n}`,
  madeAt: '2026-11-01T09:00:00.000Z',
  expiresAt: '2099-01-01T00:00:00.000Z',
  revokedAt: null as string | null,
  openedOn: null,
});

describe('the links of a customer', () => {
  const user = userEvent.setup();

  it('are closed only once somebody has read how many stop, and that they are not to be had back', async () => {
    playDialogs();
    let links = [link(1), link(2), link(3)];
    let closed = 0;
    const rest = playRest((method, path) => {
      if (path !== `/projects/${ORDER}/links/revoke`) return { items: links as unknown as CustomerLink[] };
      expect(method).toBe('POST');
      closed++;
      links = links.map((each) => ({ ...each, revokedAt: '2026-11-29T09:00:00.000Z' }));
      return { items: links };
    });
    const project = { id: ORDER, counterpartyId: null, told: [] } as unknown as Project;
    render(CustomerFact, { project, onsaved: () => undefined });
    const press = async () => user.click(await screen.findByRole('button', { name: 'Закрыть доступ' }));

    await press();
    const asked = await screen.findByRole('dialog', { name: 'Закрыть доступ к странице заказа?' });
    expect(within(asked).getByText(/^3 ссылки сразу перестанут открываться/)).toBeTruthy();
    await user.click(within(asked).getByRole('button', { name: 'Отмена' }));
    await waitFor(() => expect(screen.queryByRole('dialog')).toBeNull());
    expect(closed).toBe(0);

    await press();
    const again = await screen.findByRole('dialog');
    await user.click(within(again).getByRole('button', { name: 'Закрыть доступ' }));
    await waitFor(() => expect(screen.queryByRole('dialog')).toBeNull());
    expect(closed).toBe(1);
    await screen.findByText(/ссылок нет/);
    expect(screen.queryByRole('button', { name: 'Закрыть доступ' })).toBeNull();
    rest.mockRestore();
  });
});
