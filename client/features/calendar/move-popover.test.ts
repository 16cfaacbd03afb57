import { jest } from '@jest/globals';
import { fireEvent, render, screen, waitFor } from '@testing-library/svelte';
import userEvent from '@testing-library/user-event';
import { keys } from '../../state/keys.svelte.ts';
import MovePopover from './MovePopover.svelte';

describe('the form that moves something', () => {
  const props = {
    title: 'Перенести',
    from: '1 дек.',
    to: '2 дек.',
    startOn: '2026-12-02',
    same: null,
    failure: null,
    reasons: ['погода'],
    anchor: document.body,
    onclose: () => undefined,
  };

  it('says at the day that its year was mistyped, and moves nothing', async () => {
    const moved = jest.fn();
    render(MovePopover, { props: { ...props, onmove: moved } });
    const day = screen.getByLabelText('День');
    await fireEvent.input(day, { target: { value: '0206-12-07' } });
    const reason = screen.getByRole<HTMLInputElement>('textbox');
    await userEvent.type(reason, 'порыв ветра{Enter}');
    expect(screen.getByText('Проверьте год')).toBeTruthy();
    expect(day.getAttribute('aria-invalid')).toBe('true');
    expect([reason.value, reason.getAttribute('aria-invalid')]).toEqual(['порыв ветра', null]);
    expect(moved).not.toHaveBeenCalled();
    await fireEvent.input(day, { target: { value: '2026-12-07' } });
    await userEvent.type(reason, '{Enter}');
    expect(moved.mock.calls).toEqual([['порыв ветра']]);
  });

  it('asks for no reason where nothing is put off', async () => {
    const moved = jest.fn();
    render(MovePopover, { props: { ...props, isFirst: true, deed: 'Назначить', onmove: moved } });
    expect(screen.queryByRole('textbox')).toBeNull();
    expect(screen.queryByRole('button', { name: 'погода' })).toBeNull();
    await waitFor(() => expect(document.activeElement).toBe(screen.getByLabelText('День')));
    await userEvent.click(screen.getByRole('button', { name: 'Назначить' }));
    expect(moved.mock.calls).toEqual([['']]);
  });

  it('moves once by Ctrl+Enter, from a field and from a button', async () => {
    expect(keys.bindings).toEqual([]);
    const moved = jest.fn();
    render(MovePopover, { props: { ...props, onmove: moved } });
    const user = userEvent.setup();
    await user.type(screen.getByRole('textbox'), 'порыв ветра');
    await user.keyboard('{Control>}{Enter}{/Control}');
    expect(moved.mock.calls).toEqual([['порыв ветра']]);
    await user.click(screen.getByRole('button', { name: 'погода' }));
    await user.keyboard('{Control>}{Enter}{/Control}');
    expect(moved.mock.calls).toEqual([['порыв ветра'], ['погода']]);
  });
});
