import { Readable } from 'node:stream';
import type { ImportMapping } from '@svodka/shared/contracts/import';
import { until } from '../../../test/support/until.ts';
import { parseMoment } from './moment.ts';
import { fitMapping, PRESETS, presetFor } from './presets.ts';
import { readCsv, sniff } from './reader.ts';
import { RowReader } from './row.ts';

const NOW = new Date('2026-11-24T12:00:00Z');

async function rowsOf(file: Buffer, chunk = 7) {
  const pieces = Array.from({ length: Math.ceil(file.length / chunk) }, (_, i) =>
    file.subarray(i * chunk, (i + 1) * chunk),
  );
  const rows = [];
  for await (const row of readCsv(Readable.from(pieces))) rows.push(row);
  return rows;
}

/** windows-1251 for the letters of these tests. */
const cp1251 = (text: string) =>
  Buffer.from(
    [...text].map((letter) => {
      const code = letter.codePointAt(0) ?? 0;
      return code >= 0x410 && code <= 0x44f ? code - 0x350 : code;
    }),
  );

describe(parseMoment.name, () => {
  test.each([
    ['2011-10-11 13:45:40.276000+02:00', '2011-10-11T11:45:40.276Z', null],
    ['2011-10-11T13:45:40Z', '2011-10-11T13:45:40.000Z', null],
    ['2026-03-14 10:42', '2026-03-14T07:42:00.000Z', null],
    ['14.03.2026 10:42', '2026-03-14T07:42:00.000Z', null],
    ['14.03.2026', '2026-03-13T21:00:00.000Z', '2026-03-14'],
    ['14.03.2026 9:05', '2026-03-14T06:05:00.000Z', null],
    ['5.3.2026', '2026-03-04T21:00:00.000Z', '2026-03-05'],
    ['5.3.26 9:05', '2026-03-05T06:05:00.000Z', null],
    ['2026-03-14', '2026-03-13T21:00:00.000Z', '2026-03-14'],
  ])('reads %s', (text, iso, day) => {
    const moment = parseMoment(text, 'Europe/Moscow');
    expect(moment?.at.toISOString()).toBe(iso);
    expect(moment?.day).toBe(day);
  });

  test.each(['', 'вчера', '31.02.2026', '2026-13-01'])('refuses %j', (text) => {
    expect(parseMoment(text, 'Europe/Moscow')).toBeNull();
  });
});

describe(readCsv.name, () => {
  it('breaks off where the file does', async () => {
    async function* broken() {
      yield Buffer.from('a,b\n1,2\n');
      yield Buffer.from('3,4\n');
      throw new Error('the store is away');
    }
    const read = async () => {
      for await (const _row of readCsv(Readable.from(broken())));
    };
    await expect(read()).rejects.toThrow('the store is away');
  });

  it('closes the file when nobody reads on', async () => {
    const file = Readable.from(
      Array.from({ length: 1000 }, (_, i) => Buffer.from(`${i},${'x'.repeat(2_000)}\n`)),
    );
    for await (const { line } of readCsv(file)) if (line === 2) break;
    await until(() => file.destroyed);
  });

  it('reads quoted cells over chunk and character borders, with the line of each row', async () => {
    const file = Buffer.from(
      '\uFEFFДата,Событие\r\n2026-01-01,"Замер, кухня\nи зал"\r\n\r\n2026-01-02,Монтаж\r\n',
    );
    for (const chunk of [1, 3, 64]) {
      expect(await rowsOf(file, Math.max(chunk, file.length / 2))).toHaveLength(3);
    }
    const rows = await rowsOf(file, file.length);
    expect(rows[1]?.values).toEqual(['2026-01-01', 'Замер, кухня\nи зал']);
    expect(rows[2]?.values).toEqual(['2026-01-02', 'Монтаж']);
  });

  it('reads what a Russian spreadsheet saves: windows-1251 and semicolons', async () => {
    const file = cp1251('Дата;Событие\r\n14.03.2026;Монтаж, отделка\r\n');
    expect(sniff(file)).toEqual({ encoding: 'windows-1251', delimiter: ';' });
    expect((await rowsOf(file, file.length))[1]?.values).toEqual(['14.03.2026', 'Монтаж, отделка']);
  });

  it('gives nothing for an empty file', async () => {
    expect(await rowsOf(Buffer.alloc(0))).toEqual([]);
  });
});

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
