import { fireEvent, render, screen } from '@testing-library/svelte';
import userEvent from '@testing-library/user-event';
import { testEvent } from '../../testing/events.ts';
import NewsLines from './NewsLines.svelte';

describe('the newest of a live list', () => {
  const rows = (from: number) => Array.from({ length: 6 }, (_, i) => testEvent(`${from - i}`, from - i));
  const props = (from: number) => ({ events: rows(from), most: 3, href: () => '/' });
  const shown = () =>
    screen.getAllByRole('link').map((line) => /Событие (\d+)/.exec(line.textContent ?? '')?.[1]);

  it('keep their places under the focus, and say what waits', async () => {
    const { rerender } = render(NewsLines, { props: props(6) });
    const last = screen.getAllByRole('link')[2] as HTMLElement;
    last.focus();
    await rerender(props(8));
    expect(shown()).toEqual(['6', '5', '4']);
    expect(document.activeElement).toBe(last);
    await userEvent.click(screen.getByRole('button', { name: '2 новых' }));
    expect(shown()).toEqual(['8', '7', '6']);
  });

  it('keep their places under the pointer, until it leaves', async () => {
    const { rerender } = render(NewsLines, { props: props(6) });
    const group = screen.getByRole('group');
    await fireEvent.pointerEnter(group);
    await rerender(props(7));
    expect(shown()).toEqual(['6', '5', '4']);
    await fireEvent.pointerLeave(group);
    expect(shown()).toEqual(['7', '6', '5']);
  });

  it('go on with what is left when the first of them is deleted', async () => {
    const { rerender } = render(NewsLines, { props: props(6) });
    (screen.getAllByRole('link')[1] as HTMLElement).focus();
    await rerender({ ...props(6), events: rows(6).slice(1) });
    expect(shown()).toEqual(['5', '4', '3']);
  });
});
