import { render, screen } from '@testing-library/svelte';
import userEvent from '@testing-library/user-event';
import { until } from '../../../test/support/until.ts';
import { noRefs, testEvent, testSnapshot } from '../../testing/events.ts';
import { playSocket, settled } from '../../testing/fake-socket.ts';
import { playRest, testSession } from '../../testing/sign-in.ts';

const socket = playSocket();
const { live } = await import('../../api/live.ts');
const { session } = await import('../../state/session.svelte.ts');
const { default: UnlinkedScreen } = await import('./UnlinkedScreen.svelte');

const idOf = (n: number) => `01890000-0000-7000-8000-00000000020${n}`;
const orders = [7, 8].map((n) => ({ projectId: idOf(n), by: 'number' }));

describe('the keys of what came without an order', () => {
  it('take no order for money that was held back but the one that is named, and say what is not marked', async () => {
    const linked: unknown[] = [];
    localStorage.setItem('svodka.signed-in', '1');
    const rest = playRest((method, path, body) => {
      if (path === '/session') return testSession(['administrator']);
      if (path.startsWith('/events?')) return { items: [], next: null, refs: noRefs };
      if (method === 'PATCH') {
        linked.push((body as { projectId: string }).projectId);
        return { event: testEvent(idOf(1), 1, { rev: 2 }), refs: noRefs };
      }
      if (!path.startsWith('/proposals')) return {};
      return { items: [{ eventId: idOf(1), orders, customers: [], sure: null, same: null }], refs: noRefs };
    });
    await session.check();
    live.connect();
    await socket.open();
    const { unmount } = render(UnlinkedScreen);
    await settled();
    const money = { type: 'payment.received', module: 'finance', payload: { amountKop: 5_000 } } as const;
    await socket.last('feed.subscribe').answer(testSnapshot('r', '01', [testEvent(idOf(1), 1, money)]));
    await until(() => screen.queryAllByRole('button', { name: /№/ }).length === 2);
    await userEvent.click(screen.getByRole('button', { name: 'Отметить однозначные' }));
    expect(screen.getByText('Однозначных среди показанных нет')).toBeTruthy();
    screen.getByRole('listitem').focus();
    await userEvent.keyboard('{Enter}xl');
    expect([linked, screen.queryByText(/Отмечено/)]).toEqual([[], null]);
    await userEvent.keyboard('2');
    await until(() => linked.length > 0);
    expect(linked).toEqual([idOf(8)]);
    unmount();
    await socket.drop();
    live.disconnect();
    rest.mockRestore();
  });

  it.each([
    ['all that waits', 2, 'Ещё 1 требует решения'],
    ['what is shown', 2_255, 'Из показанных 2 ещё 1 требует решения'],
  ])('count what is left of %s', async (_, waiting, words) => {
    localStorage.setItem('svodka.signed-in', '1');
    const rest = playRest((_method, path) => {
      if (path === '/session') return testSession(['administrator']);
      if (!path.startsWith('/proposals')) return {};
      const sure = { eventId: idOf(2), orders, customers: [], sure: idOf(7), same: null };
      return { items: [{ ...sure, eventId: idOf(1), sure: null }, sure], refs: noRefs };
    });
    await session.check();
    live.connect();
    await socket.open();
    const { unmount } = render(UnlinkedScreen);
    await settled();
    const money = { type: 'payment.received', module: 'finance', payload: { amountKop: 5_000 } } as const;
    const rows = [1, 2].map((n) => testEvent(idOf(n), n, money));
    await socket.last('feed.subscribe').answer({
      ...testSnapshot('r', '01', rows),
      count: { n: waiting, exact: true },
    });
    await until(() => screen.queryAllByRole('button', { name: /№/ }).length === 4);
    await userEvent.click(screen.getByRole('button', { name: 'Отметить однозначные' }));
    expect(screen.getByText(words)).toBeTruthy();
    unmount();
    await socket.drop();
    live.disconnect();
    rest.mockRestore();
  });
});
