import { jest } from '@jest/globals';
import { render, screen } from '@testing-library/svelte';
import userEvent from '@testing-library/user-event';
import { testEvent } from '../../testing/events.ts';
import { playRest } from '../../testing/sign-in.ts';
import UnlinkedRow from './UnlinkedRow.svelte';

const ID = '01890000-0000-7000-8000-000000000001';

describe('a row of events without an order', () => {
  it('takes what is typed for another order as soon as one is asked for, and Esc goes back to the row', async () => {
    const rest = playRest(() => ({ items: [], next: null }));
    const outside = jest.fn();
    const act = () => undefined;
    render(UnlinkedRow, {
      event: testEvent(ID, 1),
      proposals: [],
      customers: [],
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
});
