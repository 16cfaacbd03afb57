import { jest } from '@jest/globals';
import { render, screen } from '@testing-library/svelte';
import userEvent from '@testing-library/user-event';
import { testEvent } from '../../testing/events.ts';
import { playRest } from '../../testing/sign-in.ts';
import UnlinkedRow from './UnlinkedRow.svelte';

const ID = '01890000-0000-7000-8000-000000000001';

const PURPOSE = 'Оплата за изготовление и монтаж оконных конструкций по адресу Лесная, 14, заказ О-1000';

describe('a row of events without an order', () => {
  it('takes what is typed for another order as soon as one is asked for, and Esc goes back to the row', async () => {
    const rest = playRest(() => ({ items: [], next: null }));
    const outside = jest.fn();
    const act = () => undefined;
    render(UnlinkedRow, {
      event: testEvent(ID, 1),
      proposals: [],
      customers: [],
      isObvious: false,
      marked: false,
      mayLink: true,
      ringed: true,
      onfocus: act,
      onmark: act,
      onlink: act,
      onname: act,
    });
    const keysOfScreen = (pressed: KeyboardEvent) =>
      pressed.key === 'Escape' && !pressed.defaultPrevented && outside();
    window.addEventListener('keydown', keysOfScreen);
    screen.getByRole('button', { name: 'Другой заказ…' }).focus();
    await userEvent.keyboard('{Enter}');
    const field = await screen.findByRole('combobox', { name: 'Другой заказ…' });
    await userEvent.keyboard('432');
    expect(field).toHaveProperty('value', '432');
    await userEvent.keyboard('{Escape}{Escape}');
    expect(screen.queryByRole('combobox')).toBeNull();
    expect(document.activeElement).toBe(screen.getByRole('listitem'));
    expect(outside).not.toHaveBeenCalled();
    window.removeEventListener('keydown', keysOfScreen);
    rest.mockRestore();
  });

  it('of money that was held back cannot be marked, and its order is chosen by number', () => {
    const orders = ['02', '03'].map((end) => ({
      projectId: `01890000-0000-7000-8000-0000000000${end}`,
      by: 'number' as const,
    }));
    const same = {
      eventId: ID,
      type: 'payment.prepaid' as const,
      on: '2026-03-13',
      by: 'Ирина',
      amountKop: 5,
    };
    const act = () => undefined;
    const row = {
      event: testEvent(ID, 1, { type: 'payment.received', module: 'finance', body: PURPOSE }),
      proposals: orders,
      same,
      customers: [],
      marked: false,
      mayLink: true,
      ringed: true,
      onfocus: act,
      onmark: act,
      onlink: act,
      onname: act,
    };
    const keysShown = () =>
      screen.getAllByRole('button', { name: /№/ }).map((each) => each.querySelector('kbd')?.textContent);
    const { rerender } = render(UnlinkedRow, { ...row, isObvious: false });
    const box = screen.getByRole('checkbox');
    expect([box.hasAttribute('disabled'), box.title]).toEqual([true, 'Это деньги: выберите заказ сами']);
    expect(keysShown()).toEqual(['1', '2']);
    // Where the line is cut the pointer shows all of it.
    expect(screen.getByText(new RegExp(PURPOSE)).title).toContain(PURPOSE);
    expect(screen.getByRole('link', { name: /уже внесено: .*Ирина/ })).toBeTruthy();
    return rerender({ ...row, isObvious: true }).then(() => {
      expect(screen.getByRole('checkbox').hasAttribute('disabled')).toBe(false);
      expect(keysShown()).toEqual(['↵', '2']);
    });
  });
});
