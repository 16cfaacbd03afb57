import { render, screen } from '@testing-library/svelte';
import { playRest } from '../../testing/sign-in.ts';
import WorkingDaysScreen from './WorkingDaysScreen.svelte';

describe('the year of working days', () => {
  it('names the days of the week over every month, each over its own', () => {
    const rest = playRest(() => ({ items: [] }));
    render(WorkingDaysScreen);
    const months = screen.getAllByRole('heading', { level: 2 });
    expect(months).toHaveLength(12);
    for (const month of months) {
      const heads = month.parentElement?.querySelectorAll('.head') ?? [];
      expect([...heads].map((head) => head.textContent)).toEqual(['пн', 'вт', 'ср', 'чт', 'пт', 'сб', 'вс']);
      const first = month.parentElement?.querySelector('button');
      const day = /(\S+), 1 /.exec(first?.getAttribute('aria-label') ?? '')?.[1] ?? '';
      const column = Number.parseInt(first?.style.gridColumn ?? '', 10);
      const names = ['понедельник', 'вторник', 'среда', 'четверг', 'пятница', 'суббота', 'воскресенье'];
      expect(names[column - 1]).toBe(day);
    }
    rest.mockRestore();
  });
});
