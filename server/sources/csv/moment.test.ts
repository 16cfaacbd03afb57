import type { ImportMapping } from '@svodka/shared/contracts/import';
import { RowReader } from './row.ts';

const COLUMNS = ['Событие', 'Дата', 'Срок'];
const mapping = {
  columns: { Событие: 'title', Дата: 'occurredAt', Срок: 'dueAt' },
  zone: 'Europe/Moscow',
  type: 'note.free',
  importance: 'normal',
} as unknown as ImportMapping;
const reader = new RowReader(COLUMNS, mapping, new Date('2026-11-24T09:00:00Z'));
const read = (date: string, due: string) => reader.read({ line: 2, values: ['Замер', date, due] });

describe('a time in a row of an import', () => {
  it.each([
    '01.01.0001 0:00:00',
    '01.01.0001',
    '0001-01-01T00:00:00',
    '0000-00-00 00:00:00',
    '00.00.0000',
    '0',
    '–',
    '-',
  ])('is none where a program writes so: %s', (empty) => {
    const { draft, errors } = read('03.11.2026', empty);
    expect(errors).toEqual([]);
    expect(draft?.due).toBeNull();
    expect(read(empty, '').errors).toMatchObject([{ column: 'Дата', reason: 'required' }]);
  });

  it.each(['05.12.0026', '05.12.0202 10:00', '1030-01-01', '9999-12-31T23:59:59Z', '31.12.1989'])(
    'of a year that no event has costs its row: %s',
    (slip) => {
      expect(read('03.11.2026', slip)).toMatchObject({
        draft: null,
        errors: [{ line: 2, column: 'Срок', reason: 'year', value: slip }],
      });
    },
  );

  it('that no calendar has is told from what is no time at all', () => {
    expect(read('31.02.2026', '').errors).toMatchObject([{ reason: 'no-such-date' }]);
    expect(read('2026-13-01 10:00', '').errors).toMatchObject([{ reason: 'no-such-date' }]);
    expect(read('позавчера', '').errors).toMatchObject([{ reason: 'not-a-time' }]);
  });
});
