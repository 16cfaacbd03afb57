import { jest } from '@jest/globals';
import { render, screen } from '@testing-library/svelte';
import userEvent from '@testing-library/user-event';
import { keys } from '../../state/keys.svelte.ts';
import MovePopover from './MovePopover.svelte';

describe('the form that moves something', () => {
  it('moves once by Ctrl+Enter, from a field and from a button', async () => {
    expect(keys.bindings).toEqual([]);
    const moved = jest.fn();
    render(MovePopover, {
      props: {
        title: 'Перенести',
        from: '1 дек.',
        to: '2 дек.',
        startOn: '2026-12-02',
        same: null,
        reasons: ['погода'],
        anchor: document.body,
        onmove: moved,
        onclose: () => undefined,
      },
    });
    const user = userEvent.setup();
    await user.type(screen.getByRole('textbox'), 'порыв ветра');
    await user.keyboard('{Control>}{Enter}{/Control}');
    expect(moved.mock.calls).toEqual([['порыв ветра']]);
    await user.click(screen.getByRole('button', { name: 'погода' }));
    await user.keyboard('{Control>}{Enter}{/Control}');
    expect(moved.mock.calls).toEqual([['порыв ветра'], ['погода']]);
  });
});
