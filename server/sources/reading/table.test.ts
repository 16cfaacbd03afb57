import { Readable } from 'node:stream';
import { isDeepStrictEqual } from 'node:util';
import { gzipSync } from 'node:zlib';
import * as XLSX from '@e965/xlsx';
import { AppError } from '@svodka/shared/contracts/errors';
import { DELIMITERS, type Dialect, ENCODINGS } from '@svodka/shared/contracts/table';
import fc from 'fast-check';
import { encode } from '../../../test/support/encode.ts';
import { until } from '../../../test/support/until.ts';
import { bookToLines } from './book.ts';
import { admit, lookAt, rowsOf, type TableFile } from './table.ts';

const fileOf =
  (bytes: Buffer, piece = 65_536): TableFile =>
  () =>
    Readable.from(
      Array.from({ length: Math.ceil(bytes.length / piece) }, (_, i) =>
        bytes.subarray(i * piece, (i + 1) * piece),
      ),
    );

async function admitted(bytes: Buffer): Promise<Buffer> {
  const kept: Buffer[] = [];
  for await (const chunk of admit(fileOf(bytes)())) kept.push(chunk as Buffer);
  return Buffer.concat(kept);
}

async function read(bytes: Buffer, asked: Partial<Dialect> = {}, piece?: number) {
  const file = fileOf(bytes, piece);
  const look = await lookAt(file, asked);
  const rows = [];
  for await (const row of rowsOf(file, look)) rows.push(row);
  return { look, rows, values: rows.map(({ values }) => values) };
}

const text = (content: string, asked?: Partial<Dialect>) => read(Buffer.from(content), asked);

async function refusal(work: Promise<unknown>) {
  const error = await work.then(
    () => null,
    (reason: unknown) => reason,
  );
  if (!(error instanceof AppError)) throw error ?? new Error('was not refused');
  return error.details[0] ?? { reason: error.code };
}

describe('a table in whatever dialect', () => {
  const SAFE = 'абвгдежзиклмнопрстуфхцчшщыьэюяАБВГДКМНОПРСТabcdxyz0123456789 ';
  const word = fc.string({ unit: fc.constantFrom(...SAFE), minLength: 1, maxLength: 12 });
  const hostile = fc.string({
    unit: fc.constantFrom(...SAFE, '"', "'", ';', ',', '\t', '|', '\n'),
    maxLength: 12,
  });
  // A column holds one kind of thing, as it does in offices.
  const kind = fc.constantFrom<fc.Arbitrary<string>>(
    word,
    word,
    hostile,
    fc.integer({ min: 0, max: 9_999_999 }).map(String),
    fc.constantFrom('05.03.2026', '2026-03-05 09:00', '5 марта 2026 г.'),
    fc.constantFrom('1 234,50', '184300.5', '-7'),
  );
  const maybe = (cell: fc.Arbitrary<string>) =>
    fc.oneof({ weight: 6, arbitrary: cell }, { weight: 1, arbitrary: fc.constant('') });
  const table = fc.array(kind, { minLength: 2, maxLength: 7 }).chain((kinds) =>
    fc.record({
      names: fc.uniqueArray(
        fc.string({ unit: fc.constantFrom(...'абвгдежзиклмн'), minLength: 3, maxLength: 9 }),
        {
          minLength: kinds.length,
          maxLength: kinds.length,
        },
      ),
      rows: fc.array(fc.tuple(...kinds.map(maybe)), { minLength: 1, maxLength: 25 }),
    }),
  );
  const manner = fc.record({
    encoding: fc.constantFrom(...ENCODINGS),
    mark: fc.boolean(),
    delimiter: fc.constantFrom(...DELIMITERS),
    quote: fc.constantFrom('"' as const, '"' as const, "'" as const),
    quotesAll: fc.boolean(),
    newline: fc.constantFrom('\n', '\r\n', '\r'),
    hasNames: fc.boolean(),
    title: fc.integer({ min: 0, max: 2 }),
    tail: fc.constantFrom('', ';'),
    emptyEnd: fc.integer({ min: 0, max: 3 }),
    piece: fc.integer({ min: 1, max: 300 }),
  });

  const trimmed = (row: readonly string[]) => {
    let end = row.length;
    while (end > 0 && !row[end - 1]?.trim()) end--;
    return row.slice(0, end);
  };

  it('is read as it was meant, or it is said what cannot be known; told how it is written, always', async () => {
    const seed = Number(process.env.SEED ?? 20_261_127);
    await fc.assert(
      fc.asyncProperty(table, manner, async ({ names, rows }, how) => {
        const needs = (value: string) =>
          how.quotesAll || [how.quote, how.delimiter, '\n', '\r'].some((sign) => value.includes(sign));
        const written = (row: readonly string[]) =>
          row
            .map((value) =>
              needs(value) ? how.quote + value.replaceAll(how.quote, how.quote.repeat(2)) + how.quote : value,
            )
            .join(how.delimiter);
        const meant = (how.hasNames ? [names, ...rows] : rows).map(trimmed).filter((row) => row.length > 0);
        const lines = [
          ...Array.from({ length: how.title }, () => `Отчёт${how.delimiter.repeat(names.length - 1)}`),
          ...(how.hasNames ? [names, ...rows] : rows).map(written),
          ...Array.from({ length: how.emptyEnd }, () => how.delimiter.repeat(names.length - 1)),
        ].map((line) => (how.tail ? line + how.delimiter : line));
        const bytes = encode(lines.join(how.newline) + how.newline, how.encoding, { mark: how.mark });
        const known: Partial<Dialect> = {
          encoding: how.encoding,
          delimiter: how.delimiter,
          quote: how.quote,
          header: how.hasNames ? how.title + 1 : 0,
          totals: true,
        };
        fc.pre(meant.some((row) => row.length > 1) && (how.hasNames ? meant.length > 1 : how.title === 0));
        const told = await read(bytes, known, how.piece);
        const wanted = (how.hasNames ? meant.slice(1) : meant).map((row) => row.map((value) => value));
        expect(told.values.map(trimmed)).toEqual(wanted);
        if (how.hasNames) expect(told.look.columns.slice(0, names.length)).toEqual(names);

        const guessed = await read(bytes, {}, 65_536).catch((error: unknown) => {
          if (error instanceof AppError) return null;
          throw error;
        });
        if (!guessed) return; // refused, in words
        const { dialect, doubts } = guessed.look;
        if (isDeepStrictEqual([guessed.values, guessed.look.columns], [told.values, told.look.columns]))
          return;
        const wrong = (['encoding', 'delimiter', 'quote', 'header'] as const)
          .filter((one) => dialect[one] !== known[one])
          .map((one) => (one === 'quote' ? 'delimiter' : one));
        expect([wrong, doubts.filter((doubt) => (wrong as string[]).includes(doubt))]).not.toEqual([
          wrong,
          [],
        ]);
      }),
      { seed, numRuns: 300 },
    );
  });

  it.each([
    [
      'a quote inside a cell is a letter',
      'Дата;Кто\n1;ООО "Ива"\n2;Сорокин\n',
      [
        ['1', 'ООО "Ива"'],
        ['2', 'Сорокин'],
      ],
    ],
    [
      'so is one that only begins it',
      'Дата;Что\n1;"Ива" просит счёт\n2;Акт\n',
      [
        ['1', '"Ива" просит счёт'],
        ['2', 'Акт'],
      ],
    ],
    [
      'a cell may hold lines',
      'а;б\n1;"x\n\ny"\n2;z\n',
      [
        ['1', 'x\n\ny'],
        ['2', 'z'],
      ],
    ],
    [
      'ends of lines are mixed',
      'а;б\r\n1;x\r2;y\n3;z',
      [
        ['1', 'x'],
        ['2', 'y'],
        ['3', 'z'],
      ],
    ],
    [
      'what a table keeps as text is that text, without its mark',
      `а;б\n1;"'=1+1"\n2;"'+7 916"\n3;"'x"\n`,
      [
        ['1', '=1+1'],
        ['2', '+7 916'],
        ['3', "'x"],
      ],
    ],
    ['sep= is no row', 'sep=;\nа;б\n1;x,y\n', [['1', 'x,y']]],
    [
      'a title stands before',
      'Отчёт за ноябрь;;\n;;\nНомер;Дата;Что\n1;03.11.2026;Замер\n',
      [['1', '03.11.2026', 'Замер']],
    ],
    ['empty rows and totals stand after', 'Номер;Сумма\n1;5\n;\nИтого:;5\n;\n', [['1', '5']]],
  ])('%s', async (_name, content, rows) => {
    expect((await text(content)).values).toEqual(rows);
  });

  it('that rows of totals are left out is said', async () => {
    const doubts = async (content: string) => (await text(content)).look.doubts;
    expect(await doubts('Номер;Сумма\n1;5\nИтого:;5\n')).toContain('totals');
    expect(await doubts('Номер;Сумма\n1;5\n')).not.toContain('totals');
  });

  it('a quote that nobody closes costs its own line', async () => {
    const { rows } = await text('а;б\n1;"x\n2;y\n3;"z"\n4;v\n');
    expect(rows).toEqual([
      { line: 2, values: ['1', '"x'], fault: 'open-quote' },
      { line: 3, values: ['2', 'y'] },
      { line: 4, values: ['3', 'z'] },
      { line: 5, values: ['4', 'v'] },
    ]);
  });

  it('a line without an end costs no memory', async () => {
    const long = `а;б\n1;${'x'.repeat(3_000_000)}\n2;y\n`;
    const { rows } = await text(long);
    expect(rows.map(({ line, fault }) => [line, fault])).toEqual([
      [2, 'row-too-long'],
      [3, undefined],
    ]);
  });

  it('one bad byte is a fault of its row, and the letters stay', async () => {
    const bytes = Buffer.concat([
      Buffer.from('Что;Где\nЗамер;Т-1\nСбой '),
      Buffer.from([0xff]),
      Buffer.from(';Т-1\nАкт;Т-2\n'),
    ]);
    const { look, rows } = await read(bytes);
    expect(look.dialect.encoding).toBe('utf-8');
    expect(rows.map(({ line, fault }) => [line, fault])).toEqual([
      [2, undefined],
      [3, 'bad-byte'],
      [4, undefined],
    ]);
  });

  it('the letters of the whole file are looked at, not of its beginning', async () => {
    const rows = Array.from({ length: 9000 }, (_, i) => `${i};order`).join('\n');
    const bytes = encode(`id;what\n${rows}\n9000;Замер кухни и зала, заказчик просит перенести\n`, 'ibm866');
    const { values } = await read(bytes);
    expect(values.at(-1)?.[1]).toBe('Замер кухни и зала, заказчик просит перенести');
  });

  it('names columns that have none, and those that share one; leaves out what is empty at the end', async () => {
    expect((await text('Номер;Дата;;Событие;;\n1;03.11.2026;да;Замер;;\n')).look.columns).toEqual([
      'Номер',
      'Дата',
      'Столбец 3',
      'Событие',
    ]);
    expect((await text('Key,Comment,Comment\n1,a,b\n')).look.columns).toEqual([
      'Key',
      'Comment',
      'Comment 2',
    ]);
    // A row that is wider than the names makes a column.
    expect((await text('Номер;Дата\n1;03.11.2026\n2;03.11.2026;и ещё\n')).look.columns).toHaveLength(3);
  });

  it('sees that there are no names', async () => {
    const { look, values } = await text(
      '"","79990003344","2026-11-03 10:00:00",31\n"","79990004455","2026-11-03 10:05:00",40\n',
    );
    expect(look.dialect.header).toBe(0);
    expect(values).toHaveLength(2);
  });

  it('asks nothing where nothing is to be asked', async () => {
    const doubts = async (content: string) => (await text(content)).look.doubts;
    // A comma in each sum, and no value in the second row that would tell a name from a cell.
    expect(await doubts('Номер;Заказчик;Сумма\n1;Ким;5,50\n2;Ли;6,00\n')).toEqual([]);
    expect(await doubts('Заказчик;Адрес;Менеджер\nКим;Ленина 1;Ольга\nЛи;Мира 2;Пётр\n')).toEqual([]);
    expect(await doubts('Имя;Телефон\nКим;+7 916 555-01-01\n')).toEqual([]);
    // What nobody knows is asked.
    expect(await doubts('Ким;Ленина;Ольга\nЛи;Мира;Пётр\n')).toEqual(['header']);
  });

  it('says what is no table', async () => {
    expect(await refusal(text(''))).toMatchObject({ reason: 'empty-file' });
    expect(await refusal(text('просто письмо\n'))).toMatchObject({ reason: 'no-header' });
    expect(await refusal(text(`${'a;'.repeat(600)}a\n${'1;'.repeat(600)}1\n`))).toMatchObject({
      reason: 'too-many-columns',
    });
  });

  it('breaks off where the file does', async () => {
    async function* broken() {
      yield Buffer.from('a,b\n1,2\n');
      throw new Error('the store is away');
    }
    await expect(lookAt(() => Readable.from(broken()))).rejects.toThrow('the store is away');
  });

  it('closes the file when nobody reads on', async () => {
    const files: Readable[] = [];
    const bytes = Buffer.from(`a,b\n${'1,2\n'.repeat(200_000)}`);
    const file = () => {
      files.push(fileOf(bytes)());
      return files.at(-1) as Readable;
    };
    for await (const { line } of rowsOf(file, await lookAt(file))) if (line === 2) break;
    await until(() => files.every(({ destroyed }) => destroyed));
  });
});

describe('what kind of file it is', () => {
  it.each([
    ['pdf', '%PDF-1.7\n1 0 obj'],
    ['bank', '1CClientBankExchange\nВерсияФормата=1.03'],
    ['calendar', 'BEGIN:VCALENDAR\nVERSION:2.0'],
    ['json', '{"a": 1}'],
    ['xml', '<?xml version="1.0"?><log/>'],
    ['page', '<!DOCTYPE html><html><body>x</body></html>'],
    ['binary', '\u0001\u0002\u0003\u0004\u0005\u0000\u0000\u0000'],
  ])('%s is named', async (kind, content) => {
    expect(await refusal(admitted(Buffer.from(content)))).toMatchObject({
      reason: 'no-table',
      params: { kind },
    });
  });

  it('what is packed is unpacked, and no more than there is room for', async () => {
    expect((await admitted(gzipSync('a;b\n1;2\n'))).toString()).toBe('a;b\n1;2\n');
    expect(await refusal(admitted(gzipSync('a;b\n1;2\n').subarray(0, 15)))).toMatchObject({
      reason: 'packed-damaged',
    });
    expect(await refusal(admitted(gzipSync(Buffer.alloc(300 * 1024 * 1024, 'a;b\n'))))).toMatchObject({
      reason: 'too-large',
    });
  });

  const book = (bookType: XLSX.BookType, rows: unknown[][]) => {
    const made = XLSX.utils.book_new();
    XLSX.utils.book_append_sheet(made, XLSX.utils.aoa_to_sheet([['Обложка']]), 'Титул');
    const sheet = XLSX.utils.aoa_to_sheet(rows, { cellDates: false });
    if (bookType !== 'html') for (const at of ['B4', 'B5']) if (sheet[at]) sheet[at].z = 'dd.mm.yyyy hh:mm';
    XLSX.utils.book_append_sheet(made, sheet, 'Заказы');
    return Buffer.from(XLSX.write(made, { type: 'buffer', bookType }) as Buffer);
  };

  it.each(['xlsx', 'xls', 'xlsb', 'xlml'] as const)('a workbook is read: %s', async (type) => {
    const bytes = book(type, [
      ['Отчёт'],
      [],
      ['Номер', 'Дата', 'Событие', 'Сумма'],
      ['А-1', 46086.375, 'Замер «кухни»', 184300.5],
      ['А-2', 46087, 'Договор', 7],
    ]);
    const { look, values, rows } = await read(await admitted(bytes));
    expect(look.sheets).toEqual(['Титул', 'Заказы']);
    expect(look.dialect).toMatchObject({ sheet: 1, header: 3 });
    expect(look.columns).toEqual(['Номер', 'Дата', 'Событие', 'Сумма']);
    expect(rows[0]?.line).toBe(4);
    expect(values).toEqual([
      ['А-1', '2026-03-05 09:00:00', 'Замер «кухни»', '184300.5'],
      ['А-2', '2026-03-06', 'Договор', '7'],
    ]);
  });

  it('a page that calls itself .xls is a table', async () => {
    const page =
      '<html><head><meta charset="utf-8"></head><body><table><tr><th>Дата</th><th>Тема</th></tr><tr><td>03.11.2026</td><td>Замер</td></tr></table></body></html>';
    const { look, values } = await read(await admitted(Buffer.from(page)));
    expect(look.columns).toEqual(['Дата', 'Тема']);
    expect(values).toEqual([['03.11.2026', 'Замер']]);
  });

  it('is read alone: another waits until its last line is taken', async () => {
    const refuse = (reason: string) => new AppError('validation', reason);
    const bytes = book('xlsx', [['a', 'b']]);
    const first = bookToLines(bytes, refuse);
    await first.next();
    const second = bookToLines(bytes, refuse);
    let isBegun = false;
    const begun = second.next().then(() => {
      isBegun = true;
    });
    const third = bookToLines(bytes, refuse);
    while (!(await first.next()).done) expect(isBegun).toBe(false);
    await begun;
    await second.return(undefined);
    expect((await third.next()).done).toBe(false);
    await third.return(undefined);
  });

  it('a bomb is not unpacked, and what is damaged is said to be', async () => {
    const bytes = book('xlsx', [['a', 'b']]);
    expect(await refusal(admitted(bytes.subarray(0, 300)))).toMatchObject({ reason: 'book-damaged' });
    expect(
      await refusal(admitted(Buffer.concat([Buffer.from([0xd0, 0xcf, 0x11, 0xe0]), Buffer.alloc(600)]))),
    ).toMatchObject({
      reason: 'book-damaged',
    });
    const bomb = XLSX.CFB.utils.cfb_new({ fileType: 'zip' } as never);
    XLSX.CFB.utils.cfb_add(bomb, '/xl/workbook.xml', Buffer.from('<workbook/>'));
    XLSX.CFB.utils.cfb_add(bomb, '/xl/worksheets/sheet1.xml', Buffer.alloc(450 * 1024 * 1024, 32));
    const packed = XLSX.CFB.write(bomb, {
      type: 'buffer',
      fileType: 'zip',
      compression: true,
    } as never) as Buffer;
    expect(await refusal(admitted(Buffer.from(packed)))).toMatchObject({ reason: 'book-too-large' });
  });
});
