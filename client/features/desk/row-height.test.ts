import { testEvent } from '../../testing/events.ts';
import { rowHeights } from './row-height.ts';

const PHONE_PX = 360;
const heightOf = (title: string, width: number | null = PHONE_PX) =>
  rowHeights(width, 'ru').of(testEvent('a', 1, { title }));
const LONG = 'Предоплата не поступила: 94 976 ₽';

describe(rowHeights, () => {
  it('gives a long title of a narrow row a second line, and a short one none', () => {
    expect(heightOf(LONG)).toBeGreaterThan(heightOf('Акт подписан'));
    expect(heightOf(`${LONG} ${LONG} ${LONG}`)).toBe(heightOf(LONG));
    expect(heightOf(LONG, 540)).toBe(heightOf('Акт подписан', 540));
  });

  it('gives all rows of one line, and those of an unknown width, one height', () => {
    const { least, of } = rowHeights(null, 'ru');
    expect(of(testEvent('a', 1, { title: LONG }))).toBe(least);
    expect(heightOf(LONG, 0)).toBe(heightOf('Акт подписан'));
  });

  it('stays as it was when a comment comes in', () => {
    const { of } = rowHeights(PHONE_PX, 'ru');
    const title = 'Просчитать остекление коттеджа';
    expect(of(testEvent('a', 1, { title, counters: { comments: 12 } }))).toBe(
      of(testEvent('a', 1, { title })),
    );
  });

  it('keeps no room beside a fact for somebody who might be at it', () => {
    const { least, of } = rowHeights(PHONE_PX, 'ru');
    const title = 'Окончательная оплата — 84 600 ₽';
    const row = (more: Parameters<typeof testEvent>[2]) => of(testEvent('a', 1, { title, ...more }));
    expect(row({ status: 'recorded' })).toBe(least);
    expect(row({ status: 'recorded', author: { userId: 'irina', name: 'Ирина' } })).toBeGreaterThan(least);
    expect(row({ status: 'open' })).toBeGreaterThan(least);
    expect(row({ status: 'resolved' })).toBe(row({ status: 'open' }));
  });
});
