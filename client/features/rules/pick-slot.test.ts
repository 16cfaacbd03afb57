import { jest } from '@jest/globals';
import { render, screen, waitFor } from '@testing-library/svelte';
import userEvent from '@testing-library/user-event';
import { playDialogs } from '../../testing/dialogs.ts';
import PickSlot from './PickSlot.svelte';

describe('a word of the sentence that opens a list', () => {
  it('takes the Esc after a pick for one that means the list, and leaves the next to the page', async () => {
    playDialogs();
    const user = userEvent.setup();
    const leave = jest.fn();
    const listen = ({ key }: KeyboardEvent) => key === 'Escape' && leave();
    addEventListener('keydown', listen);
    const options = ['менеджеру', 'автору'].map((label) => ({ value: label, label, on: false }));
    const onpick = jest.fn();
    render(PickSlot, { label: 'Кому', words: 'никому', missing: '', options, empty: '', onpick });
    const slot = screen.getByRole('button', { name: 'Кому: никому' });
    await user.click(slot);
    const list = await screen.findByRole('listbox', { hidden: true });
    await waitFor(() => expect(document.activeElement).toBe(list));
    await user.keyboard('{ArrowDown}{Enter}');
    expect(onpick).toHaveBeenCalledTimes(1);
    await waitFor(() => expect(document.activeElement).toBe(slot));
    await user.keyboard('{Escape}');
    expect(leave).not.toHaveBeenCalled();
    await user.keyboard('{Escape}');
    expect(leave).toHaveBeenCalledTimes(1);
    removeEventListener('keydown', listen);
  });
});
