/** Which record is the same (TB5): files whose numbers begin anew, and rows that are written another way. */
import { Readable } from 'node:stream';
import * as XLSX from '@e965/xlsx';
import { jest } from '@jest/globals';
import type { SvodkaEvent } from '@svodka/shared/contracts/event';
import type {
  ImportBatch,
  ImportMapping,
  ImportPreview,
  ImportRowError,
} from '@svodka/shared/contracts/import';
import { createTestApp, type TestApp } from '../../test/support/app.ts';
import { until } from '../../test/support/until.ts';
import { ImportRepository } from './import.repository.ts';

type Uploaded = { batch: ImportBatch & { mapping: ImportMapping }; preview: ImportPreview };

/** The hash that the row of the tests below had while the cells themselves were its key. */
const OLD_HASH = '85b345e23f433427bf84ec977eb199c1';

jest.setTimeout(120_000); // many imports, one after the other

let app: TestApp;
beforeAll(async () => {
  app = await createTestApp();
});
afterAll(() => app.close());

const upload = async (name: string, text: string | Buffer) =>
  (
    await app.admin.post<Uploaded>(`/api/imports?fileName=${encodeURIComponent(name)}`, text, {
      'Content-Type': 'application/octet-stream',
    })
  ).batch;
async function start({ id, mapping }: Uploaded['batch'], change: Partial<ImportMapping> = {}) {
  await app.admin.post(`/api/imports/${id}/start`, { ...mapping, ...change });
  return until(
    async () => {
      const batch = await app.admin.get<ImportBatch>(`/api/imports/${id}`);
      return batch.state === 'running' ? null : batch;
    },
    { what: 'the end of the import' },
  );
}
const keyed = ({ id }: ImportBatch, externalId: string) =>
  app.connection
    .collection('events')
    .updateOne({ 'source.batchId': id }, { $set: { 'source.externalId': externalId } });
const load = async (name: string, text: string | Buffer, change: Partial<ImportMapping> = {}) =>
  start(await upload(name, text), change);
const eventsOf = async ({ id }: ImportBatch) =>
  (
    await app.admin.get<{ items: SvodkaEvent[] }>(
      `/api/events?filter=${encodeURIComponent(`batch=${id}`)}&limit=100`,
    )
  ).items;

describe('files whose numbers begin anew', () => {
  const calls = (month: number, change = '') =>
    `№;Дата;Событие;Телефон\n${[1, 2, 3, 4, 5, 6]
      .map((n) => `${n};0${n}.${month}.2025;Звонок${change};+7 916 555-${month}-0${n}`)
      .join('\n')}\n`;

  it('one for each month: other days and phones under the numbers of the month before are other records', async () => {
    const october = await load('Звонки октябрь.csv', calls(10));
    expect(october).toMatchObject({ keyBy: 'number', counts: { created: 6 }, anew: null });
    const uploaded = await upload('Звонки ноябрь.csv', calls(11));
    expect(uploaded).toMatchObject({
      source: 'Звонки ноябрь',
      anew: { source: 'Звонки октябрь', own: 'Звонки ноябрь', known: 6, others: 6 },
    });
    expect((await start(uploaded)).counts).toMatchObject({ created: 6, changed: 0 });
    // Each is known again, whichever came last.
    for (const [name, month] of [
      ['Звонки октябрь.csv', 10],
      ['копия.csv', 11],
      ['октябрь (1).csv', 10],
    ] as const) {
      const again = await upload(name, calls(month));
      expect(again.anew).toBeNull();
      expect((await start(again)).counts).toMatchObject({ created: 0, existing: 6, changed: 0 });
    }
  });

  it('called alike but for the day, with other titles; and called alike altogether', async () => {
    const journal = (month: number, what: string) =>
      `№;Дата;Событие;Заказ\n1;03.${month}.2025;${what};М${month}-1\n2;04.${month}.2025;${what} снова;М${month}-2\n`;
    await load('Журнал 2025-09.csv', journal(9, 'Жалоба'));
    const next = await load('Журнал 2025-10.csv', journal(10, 'Просьба'));
    expect(next).toMatchObject({ source: 'Журнал 2025-10', counts: { created: 2, changed: 0 } });
    const third = await load('Журнал 2025-10.csv', journal(11, 'Отзыв'));
    expect(third).toMatchObject({ source: 'Журнал 2025-10 2', counts: { created: 2, changed: 0 } });
    const again = await load('Журнал 2025-09.csv', journal(9, 'Жалоба'));
    expect(again).toMatchObject({ source: 'Журнал', counts: { created: 0, existing: 2 } });
  });

  it('nothing is passed over unasked: whoever names the source says whether its records are the same', async () => {
    await load('Заявки сентябрь.csv', calls(9, ' по заявке'));
    const batch = await upload('Заявки декабрь.csv', calls(12, ' по заявке').replaceAll('2025', '2024'));
    const mapping = { ...batch.mapping, source: 'Заявки сентябрь' };
    const preview = await app.admin.post<ImportPreview>(`/api/imports/${batch.id}/preview`, mapping);
    expect(preview.anew).toMatchObject({ source: 'Заявки сентябрь', known: 6, others: 6 });
    // The file is compared again with each mapping, and read through once.
    const read = jest.spyOn(app.app.get(ImportRepository), 'file');
    await app.admin.post(`/api/imports/${batch.id}/preview`, { ...mapping, source: 'Ничьи заявки' });
    const alone = read.mock.calls.length;
    const again = await app.admin.post<ImportPreview>(`/api/imports/${batch.id}/preview`, mapping);
    expect([again.anew, read.mock.calls.length - alone]).toEqual([preview.anew, alone]);
    read.mockRestore();
    const refused = await app.admin.send('POST', `/api/imports/${batch.id}/start`, mapping);
    expect(refused.error?.details).toMatchObject([{ field: 'source', reason: 'numbers-anew' }]);
    const corrected = await start(batch, { source: 'Заявки сентябрь', sameNumbers: true, update: true });
    expect(corrected.counts).toMatchObject({ created: 0, changed: 6 });
  });

  it('records that were corrected are not asked about', async () => {
    const plan = (day: string, note: string) =>
      `№;Дата;Событие;Заказ;Примечание\n1;${day}.11.2025;Замер;П-1;${note}\n2;${day}.11.2025;Монтаж;П-2;${note}\n`;
    await load('План работ.csv', plan('03', ''));
    const moved = await upload('План работ.csv', plan('10', 'перенесено'));
    expect(moved).toMatchObject({ source: 'План работ', anew: null });
    expect((await start(moved)).counts).toMatchObject({ created: 0, changed: 2 });
  });
});

describe('rows that are written another way', () => {
  const head = 'Дата;Событие;Вид;Сумма;Заказ;Площадь\n';
  const pay = (date: string, sum: string, title = 'Оплата лоджии') =>
    `${head}${date};${title};Платёж поступил;${sum};Л-1;1 500,00\n`;

  it('are the record that they were', async () => {
    const first = await load('оплаты.csv', pay('03.11.2025', '184 300,50'));
    expect(first.counts).toMatchObject({ created: 1 });
    for (const text of [
      pay('03.11.2025 00:00:00', '184 300,50'),
      pay('2025-11-03', '184300.50'),
      pay('3.11.2025', '184300,5 ₽', '  Оплата\u00a0 лоджии\u200b'),
      pay('03.11.25', '184\u202f300,50 руб.', 'оплата лоджии'),
      pay('03.11.2025', '184 300,50').replace('1 500,00', '1500'),
      pay('03.11.2025', '184 300,50').replace('Платёж поступил', 'платеж  поступил'),
    ])
      expect((await load('оплаты.csv', text)).counts).toMatchObject({ created: 0, errors: 0 });
    // And as Excel has them: days and sums as numbers.
    const cells = [
      head.trim().split(';'),
      [new Date('2025-11-03T00:00:00Z'), 'Оплата лоджии', 'Платёж поступил', 184_300.5, 'Л-1', 1500],
    ];
    const book = XLSX.utils.book_new();
    XLSX.utils.book_append_sheet(book, XLSX.utils.aoa_to_sheet(cells, { UTC: true }), 'Лист1');
    const bytes: Buffer = XLSX.write(book, { type: 'buffer', bookType: 'xlsx' });
    expect((await load('оплаты.xlsx', bytes)).counts).toMatchObject({ created: 0, errors: 0 });
    expect((await load('оплаты.csv', pay('03.11.2025', '184 300,51'))).counts).toMatchObject({ created: 1 });
    // Equal rows are as many records as there are rows, however they are written.
    const two = `${pay('03.11.2025', '184 300,50')}2025-11-03;Оплата лоджии;Платёж поступил;184300.5;Л-1;1 500,00\n`;
    expect((await load('оплаты.csv', two)).counts).toMatchObject({ created: 1, repeated: 0 });
  });

  it('of an order, however its number is written, also where records are numbered anew in each', async () => {
    const plain = (order: string) => `Дата;Событие;Заказ\n03.11.2026;Заметка о створке;${order}\n`;
    expect((await load('Заметки.csv', plain('Ф-9'))).counts).toMatchObject({ created: 1 });
    expect((await load('Заметки.csv', plain('ф – 9'))).counts).toMatchObject({ created: 0, existing: 1 });
    const numbered = (one: string, two: string) =>
      `№;Дата;Событие;Заказ\n1;03.11.2026;Ручка;${one}\n1;03.11.2026;Петля;${two}\n2;04.11.2026;Замок;${two}\n`;
    const first = await load('По заказам.csv', numbered('Ф-10', 'Ф-11'));
    expect(first).toMatchObject({ keyBy: 'number+order', counts: { created: 3 } });
    expect((await load('По заказам.csv', numbered('ф-10', 'Ф–11'))).counts).toMatchObject({ created: 0 });
  });

  it('numbers too: zeros before them and small letters make no other record', async () => {
    const rows = (...numbers: string[]) =>
      `Номер;Дата;Событие\n${numbers.map((n, i) => `${n};0${i + 1}.11.2025;Замер ${i}`).join('\n')}\n`;
    await load('номера.csv', rows('007', 'кн1', 'Б-08'));
    expect((await load('номера.csv', rows('7', 'КН1', 'б-08'))).counts).toMatchObject({
      created: 0,
      existing: 3,
    });
    // In one file they may be two records all the same.
    expect((await load('коды.csv', rows('01', '1', 'а', 'А'))).counts).toMatchObject({
      created: 4,
      errors: 0,
    });
    expect((await load('коды.csv', rows('01', '1', 'а', 'А'))).counts).toMatchObject({ existing: 4 });
  });

  it('what an earlier version of the desk has imported is known, and from then on by what it says', async () => {
    const text = pay('05.11.2025', '99 000,00', 'Аванс');
    const first = await load('прежние оплаты.csv', text);
    const numbered = await load('прежние номера.csv', 'Номер;Дата;Событие\n007;01.11.2025;Замер стены\n');
    await keyed(first, `прежние оплаты:${OLD_HASH}`);
    await keyed(numbered, 'прежние номера:007');
    expect((await load('прежние оплаты.csv', text)).counts).toMatchObject({ created: 0, existing: 1 });
    expect((await load('прежние оплаты.csv', pay('2025-11-05', '99000', 'Аванс'))).counts).toMatchObject({
      created: 0,
      existing: 1,
    });
    for (const number of ['007', '7'])
      expect(
        (await load('прежние номера.csv', `Номер;Дата;Событие\n${number};01.11.2025;Замер стены\n`)).counts,
      ).toMatchObject({ created: 0, existing: 1 });
  });
});

describe('what an earlier version of the desk has written', () => {
  const text = `Дата;Событие;Вид;Сумма;Заказ;Площадь\n05.11.2025;Аванс;Платёж поступил;99 000,00;Л-1;1 500,00\n`;
  const imports = () => app.connection.collection<{ _id: string }>('imports');
  const written = async (name: string) => {
    const batch = await load(`${name}.csv`, text, { source: name });
    await keyed(batch, `${name}:${OLD_HASH}`);
    return batch;
  };

  it('is known to its own import, which ended before it could count it', async () => {
    const batch = await written('оборванные оплаты');
    const chunks = app.connection.collection('importFiles.chunks');
    await until(async () => (await chunks.countDocuments({ files_id: batch.id })) === 0);
    const file = { id: batch.id, userId: batch.createdBy, name: 'оборванные оплаты.csv' };
    await app.app.get(ImportRepository).saveFile(file, Readable.from([Buffer.from(text)]));
    const counts = { ...batch.counts, read: 0, created: 0 };
    const left = { state: 'running', counts, leaseUntil: new Date(0), finishedAt: null };
    await imports().updateOne({ _id: batch.id }, { $set: left, $inc: { version: 1 } });
    const resumed = await until(
      async () => {
        const now = await app.admin.get<ImportBatch>(`/api/imports/${batch.id}`);
        return now.state === 'running' ? null : now;
      },
      { what: 'the end of the import' },
    );
    expect(resumed.counts).toMatchObject({ read: 1, created: 1, existing: 0 });
    expect(await eventsOf(batch)).toHaveLength(1);
  });

  it('is known when nothing is kept of its imports any longer', async () => {
    const batch = await written('забытые оплаты');
    await imports().deleteOne({ _id: batch.id });
    const again = await load('забытые оплаты.csv', text, { source: 'забытые оплаты' });
    expect(again.counts).toMatchObject({ created: 0, existing: 1 });
  });
});

describe('a payment without a sum', () => {
  it('is refused, and says what is missing, also where no column has it', async () => {
    const batch = await load(
      'платежи без суммы.csv',
      'Дата;Событие;Вид;Заказ\n03.11.2025;Оплата;Платёж поступил;С-1\n03.11.2025;Замер;Замер выполнен;С-1\n',
    );
    expect(batch.counts).toMatchObject({ created: 1, errors: 1 });
    expect(await eventsOf(batch)).toMatchObject([{ title: 'Замер' }]);
    const { items } = await app.admin.get<{ items: ImportRowError[] }>(`/api/imports/${batch.id}/errors`);
    expect(items).toMatchObject([{ line: 2, column: 'payload.amountKop', reason: 'no-amount' }]);
  });
});
