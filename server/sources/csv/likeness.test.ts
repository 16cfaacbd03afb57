import type { CardDraft } from './card-row.ts';
import { RowLikeness } from './likeness.ts';

const row = (line: number, name: string): CardDraft =>
  ({ line, title: name, card: { name }, errors: [] }) as unknown as CardDraft;

describe(RowLikeness.name, () => {
  it('knows a second row also of somebody who is not the first of that surname', () => {
    const rows = new RowLikeness();
    expect(rows.of(row(1, 'Кузьмина Нина'), 'a')).toEqual([]);
    expect(rows.of(row(2, 'Кузьмина Наталья'), 'b')).toEqual([]);
    expect(rows.of(row(3, 'Кузьмина Наталия'), 'c').map(({ line }) => line)).toEqual([2]);
    expect(rows.of(row(4, 'Кузьмина Н.'), 'd').map(({ line }) => line)).toEqual([1, 2]);
  });
});
