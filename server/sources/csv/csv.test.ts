import type { ImportMapping } from '@svodka/shared/contracts/import';
import { fitMapping, PRESETS, presetFor } from './presets.ts';
import { RowReader } from './row.ts';

const NOW = new Date('2026-11-24T12:00:00Z');

describe(RowReader.name, () => {
  const reader = (columns: string[], preset = 2, change: Partial<ImportMapping> = {}) => {
    const { mapping } = PRESETS[preset] as (typeof PRESETS)[number];
    return new RowReader(columns, fitMapping({ ...mapping, ...change }, columns), NOW);
  };

  it('makes a draft of words in either language', () => {
    const columns = ['Дата', 'Событие', 'Вид', 'Важность', 'Заказ', 'Статус', 'Этаж'];
    const values = [
      '14.03.2026 10:42',
      'Предоплата 70 %',
      'предоплата внесена',
      'High',
      '318',
      'Решено',
      '7',
    ];
    const { draft, errors } = reader(columns).read({ line: 2, values });
    expect(errors).toEqual([]);
    expect(draft).toMatchObject({
      title: 'Предоплата 70 %',
      type: 'payment.prepaid',
      importance: 'high',
      project: '318',
      status: 'resolved',
      fields: { Этаж: '7' },
    });
  });

  it('names each column that is wrong, and makes no draft', () => {
    const columns = ['Дата', 'Событие', 'Важность', 'Срок'];
    const { draft, errors } = reader(columns).read({ line: 9, values: ['вчера', '', 'очень', '1.1'] });
    expect(draft).toBeNull();
    expect(errors.map(({ column, reason, line }) => [line, column, reason])).toEqual([
      [9, 'Событие', 'required'],
      [9, 'Дата', 'not-a-time'],
      [9, 'Срок', 'not-a-time'],
      [9, 'Важность', 'unknown-value'],
    ]);
  });

  it('knows a row without an id by its content', () => {
    const columns = ['Дата', 'Событие'];
    const idOf = (title: string) =>
      reader(columns).read({ line: 2, values: ['14.03.2026', title] }).draft?.externalId;
    expect(idOf('Замер')).toBe(idOf('Замер'));
    expect(idOf('Замер')).not.toBe(idOf('Монтаж'));
  });

  it('keeps hostile column names out of the payload keys', () => {
    const columns = ['Дата', 'Событие', '__proto__', 'a.$b'];
    const { draft } = reader(columns).read({ line: 2, values: ['14.03.2026', 'x', '1', '2'] });
    expect(Object.keys(draft?.fields ?? {})).toEqual(['_', 'a__b']);
    expect(({} as Record<string, unknown>).x).toBeUndefined();
  });

  it('refuses what has not happened yet', () => {
    const { errors } = reader(['Дата', 'Событие']).read({ line: 2, values: ['25.11.2026', 'Монтаж'] });
    expect(errors[0]?.reason).toBe('in-the-future');
  });
});

describe(presetFor.name, () => {
  it('recognises a file by its columns', () => {
    expect(presetFor(['case:concept:name', 'concept:name', 'time:timestamp', 'x'])?.code).toBe('permit-log');
    expect(presetFor(['Дата', 'Событие'])?.code).toBe('orders-ru');
    expect(presetFor(['a', 'b'])).toBeNull();
  });
});
