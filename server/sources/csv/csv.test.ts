import type { ImportMapping } from '@svodka/shared/contracts/import';
import { RecordKeys } from './keys.ts';
import { fitMapping, PRESETS, presetFor } from './presets.ts';
import { type Draft, RowReader } from './row.ts';

const NOW = new Date('2026-11-24T12:00:00Z');

describe(RowReader.name, () => {
  const reader = (columns: string[], preset = 2, change: Partial<ImportMapping> = {}) => {
    const { mapping } = PRESETS[preset] as (typeof PRESETS)[number];
    return new RowReader(columns, fitMapping({ ...mapping, ...change }, columns), NOW);
  };

  it('makes a draft of words in either language', () => {
    const columns = ['Дата', 'Событие', 'Вид', 'Важность', 'Заказ', 'Статус', 'Этаж', 'Сумма'];
    const values = [
      '14.03.2026 10:42',
      'Предоплата 70 %',
      'предоплата внесена',
      'High',
      '318',
      'Решено',
      '7',
      '70 000',
    ];
    const own = { ...PRESETS[2]?.mapping.columns, Сумма: 'payload.amountKop' as const };
    const { draft, errors } = reader(columns, 2, { columns: own }).read({ line: 2, values });
    expect(errors).toEqual([]);
    expect(draft).toMatchObject({
      title: 'Предоплата 70 %',
      type: 'payment.prepaid',
      importance: 'high',
      project: '318',
      status: 'resolved',
      payload: { amountKop: 7_000_000, fields: { Этаж: '7' } },
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
    ]);
  });

  it('knows a row without an id by its content', () => {
    const columns = ['Дата', 'Событие'];
    const idOf = (title: string) =>
      reader(columns).read({ line: 2, values: ['14.03.2026', title] }).draft?.hash;
    expect(idOf('Замер')).toBe(idOf('Замер'));
    expect(idOf('Замер')).not.toBe(idOf('Монтаж'));
  });

  it('keeps hostile column names out of the payload keys', () => {
    const columns = ['Дата', 'Событие', '__proto__', 'a.$b'];
    const { draft } = reader(columns).read({ line: 2, values: ['14.03.2026', 'x', '1', '2'] });
    expect(Object.keys(draft?.payload.fields ?? {})).toEqual(['_', 'a__b']);
    expect(({} as Record<string, unknown>).x).toBeUndefined();
  });

  const read = (columns: string[], values: string[], change: Partial<ImportMapping> = {}) =>
    reader(columns, 2, change).read({ line: 2, values });

  it('takes a plan for what it is: its only date is its deadline', () => {
    const { draft, errors } = read(['Дата', 'Событие'], ['25.11.2026', 'Монтаж']);
    expect(errors).toEqual([]);
    expect(draft).toMatchObject({ occurredAt: NOW, due: { day: '2026-11-25' } });
    expect(read(['Дата', 'Событие', 'Срок'], ['25.11.2026', 'Монтаж', '26.11.2026']).errors).toMatchObject([
      { reason: 'in-the-future' },
    ]);
  });

  it('fills the fields that the form has, and keeps in the details what is none', () => {
    const columns = ['Дата', 'Событие', 'Вид', 'Сумма', 'Способ', 'Док'];
    const mapping: Partial<ImportMapping> = {
      columns: {
        Дата: 'occurredAt',
        Событие: 'title',
        Вид: 'type',
        Сумма: 'payload.amountKop',
        Способ: 'payload.method',
        Док: 'payload.areaM2',
      },
    };
    const values = ['14.03.2026', 'Оплата', 'платёж поступил', '184 300,50 ₽', 'Банк', '12'];
    expect(read(columns, values, mapping).draft?.payload).toEqual({
      amountKop: 18430050,
      method: 'bank',
      fields: { Док: '12' },
    });
    expect(
      read(columns, ['14.03.2026', 'Оплата', 'платёж поступил', 'позже', 'Банк', ''], mapping).errors,
    ).toMatchObject([{ column: 'Сумма', reason: 'money', values: expect.any(Array) }]);
  });

  it('reads a call: phone with its extension, duration', () => {
    const columns = ['Дата', 'Событие', 'Тел', 'Длит'];
    const mapping: Partial<ImportMapping> = {
      type: 'call.in',
      columns: { Дата: 'occurredAt', Событие: 'title', Тел: 'phone', Длит: 'payload.durationMs' },
    };
    const payloadOf = (phone: string, long: string) =>
      read(columns, ['14.03.2026', 'Звонок', phone, long], mapping).draft?.payload;
    expect(payloadOf('+7 495 123-45-67 доб. 15', '1:02')).toMatchObject({
      from: '+74951234567 доб. 15',
      durationMs: 62_000,
    });
    expect(payloadOf('8 916 555 01 01', '31')).toEqual({ from: '+79165550101', durationMs: 31_000 });
  });

  it('loses no row to a word of another system, and takes what somebody said that it means', () => {
    const columns = ['Дата', 'Событие', 'Статус', 'Важность'];
    const values = ['14.03.2026', 'Акт', 'Ждём клиента', 'Очень'];
    expect(read(columns, values).draft).toMatchObject({
      status: null,
      importance: 'normal',
      payload: { fields: { Статус: 'Ждём клиента', Важность: 'Очень' } },
    });
    const words: ImportMapping['words'] = {
      status: { 'ждём клиента': 'open' },
      importance: { Очень: 'high' },
    };
    expect(read(columns, values, { words }).draft).toMatchObject({ status: 'open', importance: 'high' });
  });

  it('cuts nothing: what is too long or too much is said in the text', () => {
    const many = Array.from({ length: 60 }, (_, i) => `к${i}`);
    const title = 'Очень длинное название '.repeat(20).trim();
    const { draft } = read(
      ['Дата', 'Событие', ...many],
      ['14.03.2026', title, ...many.map((_, i) => `${i}`)],
    );
    expect(draft?.title).toHaveLength(300);
    expect(draft?.body).toContain(title);
    expect(Object.keys(draft?.payload.fields ?? {})).toHaveLength(40);
    expect(draft?.body).toContain('к59: 59');
  });

  it('knows equal rows apart, and one number with two contents for a fault', () => {
    const keys = new RecordKeys('Звонки', 'content');
    const draft = read(['Дата', 'Событие'], ['14.03.2026', 'Звонок']).draft as Draft;
    const before = draft.hashBefore();
    expect([keys.of(draft), keys.of(draft)]).toEqual([
      { key: `звонки:${draft.hash}`, before: `звонки:${before}` },
      { key: `звонки:${draft.hash}#2`, before: `звонки:${before}#2` },
    ]);
    const numbered = new RecordKeys('Звонки', 'number');
    expect([
      numbered.of({ ...draft, number: '7' }),
      numbered.of({ ...draft, number: '7' }),
      numbered.of({ ...draft, number: '7', hash: 'other' }),
    ]).toEqual([{ key: 'звонки:7' }, { same: 2 }, { twice: 2 }]);
  });
});

describe(presetFor.name, () => {
  it('recognises a file by its columns', () => {
    expect(presetFor(['case:concept:name', 'concept:name', 'time:timestamp', 'x'])?.code).toBe('permit-log');
    expect(presetFor(['Дата', 'Событие'])?.code).toBe('orders-ru');
    expect(presetFor(['a', 'b'])).toBeNull();
  });
});
