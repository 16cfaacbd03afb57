/** Tables as programs write them, with invented content: each is read as it was meant, without being told how. */
import { Readable } from 'node:stream';
import * as XLSX from '@e965/xlsx';
import type { ImportMapping } from '@svodka/shared/contracts/import';
import { encode } from '../../../test/support/encode.ts';
import { admit, lookAt, rowsOf } from '../reading/table.ts';
import { CardReader } from './card-row.ts';
import { PRESETS } from './presets.ts';
import { RowReader } from './row.ts';
import { TableSurvey } from './survey.ts';

const NOW = new Date('2026-11-27T09:00:00Z');
const nothing: ImportMapping = { ...(PRESETS[0]?.mapping as ImportMapping), zone: 'Europe/Moscow' };

async function read(bytes: Buffer) {
  const kept: Buffer[] = [];
  for await (const chunk of admit(Readable.from([bytes]))) kept.push(chunk);
  const file = () => Readable.from(kept);
  const survey = new TableSurvey();
  const look = await lookAt(file, {}, survey.see);
  const rows = [];
  for await (const row of rowsOf(file, look)) rows.push(row);
  return { look, rows, survey: survey.columns(look.columns) };
}

async function events(bytes: Buffer, columns: ImportMapping['columns'], more: Partial<ImportMapping> = {}) {
  const { look, rows, survey } = await read(bytes);
  const hasSum = Object.values(columns).includes('payload.amountKop');
  const type = hasSum ? ('payment.received' as const) : ('note.free' as const);
  const mapping = { ...nothing, type, columns, ...more };
  const reader = new RowReader(look.columns, mapping, NOW, survey);
  return { look, survey, drafts: rows.map((row) => reader.read(row).draft) };
}

async function cards(bytes: Buffer, kind: 'counterparties' | 'orders', columns: ImportMapping['columns']) {
  const { look, rows, survey } = await read(bytes);
  const reader = new CardReader(look.columns, { ...nothing, kind, columns }, survey);
  return { look, cards: rows.map((row) => reader.read(row).draft?.card) };
}

describe('a file of', () => {
  it('Excel with Russian settings: windows-1251, semicolons, decimal commas, a title, a total, a trailing separator', async () => {
    const text =
      'Оплаты за ноябрь;;;\r\n;;;\r\nДата;Назначение;Сумма;\r\n05.11.2026;"Аванс по заказу; договор 7";1 234,50;\r\n06.11.2026;"ООО ""Рассвет""";200;\r\nИтого;;1 434,50;\r\n;;;\r\n';
    const { look, drafts } = await events(encode(text, 'windows-1251'), {
      Дата: 'occurredAt',
      Назначение: 'title',
      Сумма: 'payload.amountKop',
    });
    expect(look).toMatchObject({ dialect: { encoding: 'windows-1251', delimiter: ';', header: 3 } });
    expect(look.columns).toEqual(['Дата', 'Назначение', 'Сумма']);
    expect(drafts).toMatchObject([
      { title: 'Аванс по заказу; договор 7', payload: { amountKop: 123_450 } },
      { title: 'ООО "Рассвет"', payload: { amountKop: 20_000 } },
    ]);
  });

  it('Excel, «Unicode text» and a workbook whose days are numbers', async () => {
    const text = 'Дата\tЧто\r\n05.11.2026 9:30\tЗамер\r\n';
    const columns = { Дата: 'occurredAt', Что: 'title' } as const;
    const unicode = await events(encode(text, 'utf-16le', { mark: true }), columns);
    expect(unicode.look.dialect).toMatchObject({ encoding: 'utf-16le', delimiter: '\t' });
    expect(unicode.drafts).toMatchObject([{ title: 'Замер', occurredAt: new Date('2026-11-05T06:30:00Z') }]);

    const book = XLSX.utils.book_new();
    const sheet = XLSX.utils.aoa_to_sheet([
      ['Дата', 'Что'],
      [46_331, 'Замер'],
      [46_332, 'Монтаж'],
    ]);
    XLSX.utils.book_append_sheet(book, sheet, 'Лист1');
    const bytes = XLSX.write(book, { type: 'buffer', bookType: 'xlsx' }) as Buffer;
    const { drafts } = await events(bytes, columns);
    expect(drafts.map((draft) => draft?.occurredAt.toISOString())).toEqual([
      '2026-11-04T21:00:00.000Z',
      '2026-11-05T21:00:00.000Z',
    ]);
  });

  it('Google Sheets: commas, quotes where needed, dates as their settings have them', async () => {
    const text = 'Date,Event,Amount\r\n11/5/2026,"Paid, first part","$1,234.50"\r\n11/26/2026,Paid,$20\r\n';
    const { look, survey, drafts } = await events(Buffer.from(text), {
      Date: 'occurredAt',
      Event: 'title',
      Amount: 'payload.amountKop',
    });
    expect(look.dialect).toMatchObject({ encoding: 'utf-8', delimiter: ',' });
    // A month of 26 there is none: the column proves its order by itself.
    expect(survey[0]?.dates).toBe('mdy');
    expect(drafts).toMatchObject([
      { occurredAt: new Date('2026-11-04T21:00:00Z'), payload: { amountKop: 123_450 } },
      { occurredAt: new Date('2026-11-25T21:00:00Z'), payload: { amountKop: 2_000 } },
    ]);
  });

  it('a day in one column and its time in another', async () => {
    const text = 'Дата;Время;Тема\r\n05.11.2026;9:05;Звонок\r\n06.11.2026;;Письмо\r\n';
    const columns = { Дата: 'occurredAt', Время: 'occurredTime', Тема: 'title' } as const;
    const { survey, drafts } = await events(Buffer.from(text), columns);
    expect(survey.map(({ looks }) => looks)).toEqual(['date', 'time', 'text']);
    expect(drafts).toMatchObject([
      { occurredAt: new Date('2026-11-05T06:05:00Z') },
      { occurredAt: new Date('2026-11-05T21:00:00Z') },
    ]);
  });

  it('1C: a mark, tabs, quotes inside names, empty dates, no-break spaces in sums, INN with KPP', async () => {
    const text =
      'Наименование\tИНН/КПП\tТелефон\tДата договора\tСумма\r\n' +
      'ООО "Рассвет"\t7707083893/770701001\t8(495)1112233\t01.01.0001 0:00:00\t1\u00a0234,50\r\n' +
      'Серов ИП\t\t+7 916 555 01 01; 8 916 555-01-02\t05.11.2026 0:00:00\t\r\n';
    const { look, cards: read } = await cards(encode(text, 'utf-8', { mark: true }), 'counterparties', {
      Наименование: 'name',
      'ИНН/КПП': 'inn',
      Телефон: 'phone',
    });
    expect(look.dialect).toMatchObject({ encoding: 'utf-8', delimiter: '\t' });
    expect(read).toMatchObject([
      { name: 'ООО "Рассвет"', kind: 'org', inn: '7707083893', kpp: '770701001', phones: ['+74951112233'] },
      { name: 'Серов ИП', phones: ['+79165550101', '+79165550102'] },
    ]);
  });

  it('Bitrix24: all in quotes, a repeated column, several phones and mails in columns of their own', async () => {
    const text =
      '\ufeff"ID";"Название компании";"Рабочий телефон";"Мобильный телефон";"Рабочий e-mail";"Комментарий";"Комментарий"\n' +
      '"17";"Окна Плюс";"+7 (495) 111-22-33";"89165550101";"a@okna.example, b@okna.example";"первый";"второй"\n';
    const { look, cards: read } = await cards(Buffer.from(text), 'counterparties', {
      ID: 'externalId',
      'Название компании': 'name',
      'Рабочий телефон': 'phone',
      'Мобильный телефон': 'phone',
      'Рабочий e-mail': 'email',
      Комментарий: 'note',
      'Комментарий 2': 'note',
    });
    expect(look.columns.slice(-2)).toEqual(['Комментарий', 'Комментарий 2']);
    expect(read).toEqual([
      {
        name: 'Окна Плюс',
        phones: ['+74951112233', '+79165550101'],
        emails: ['a@okna.example', 'b@okna.example'],
        note: 'первый\nвторой',
      },
    ]);
  });

  it('Access: texts in quotes, years of two figures with a time that says nothing', async () => {
    const text =
      '"OrderID","CustomerID","OrderDate","ShipAddress"\r\n10248,"VINET","07/04/96 00:00:00","Lesnaya 5"\r\n10249,"TOMSP","07/15/96 00:00:00","Mira 7"\r\n';
    const { look, cards: read } = await cards(Buffer.from(text), 'orders', {
      OrderID: 'number',
      CustomerID: 'counterparty',
      OrderDate: 'promisedOn',
      ShipAddress: 'address',
    });
    expect(look.columns).toEqual(['OrderID', 'CustomerID', 'OrderDate', 'ShipAddress']);
    expect(read).toMatchObject([
      { number: '10248', counterparty: 'VINET', promisedOn: '1996-07-04', objectAddress: 'Lesnaya 5' },
      { number: '10249', promisedOn: '1996-07-15' },
    ]);
  });

  it('Jira: repeated columns, months as words with half days, a text of several lines', async () => {
    const text =
      'Issue key,Summary,Created,Priority,Comment,Comment\nК-1,"Замена\nстекла",05/Nov/26 3:04 PM,Highest,первый,второй\n';
    const { look, drafts } = await events(Buffer.from(text), {
      'Issue key': 'externalId',
      Summary: 'title',
      Created: 'occurredAt',
      Priority: 'importance',
    });
    expect(look.columns).toEqual(['Issue key', 'Summary', 'Created', 'Priority', 'Comment', 'Comment 2']);
    expect(drafts).toMatchObject([
      {
        number: 'К-1',
        title: 'Замена стекла',
        importance: 'critical',
        occurredAt: new Date('2026-11-05T12:04:00Z'),
        payload: { fields: { Comment: 'первый', 'Comment 2': 'второй' } },
      },
    ]);
  });

  it('Asterisk: no names, quotes within quotes, each a call', async () => {
    const line = (at: string, seconds: number, id: string) =>
      `"","89165550101","201","ats","""Иван"" <89165550101>","SIP/201-1","","Dial","","2026-11-03 ${at}","","2026-11-03 ${at}",${seconds},${seconds},"ANSWERED","DOCUMENTATION","${id}","",""`;
    const { look, drafts } = await events(
      Buffer.from(`${line('10:00:00', 29, '1.0')}\n${line('10:05:00', 40, '2.0')}\n`),
      {
        'Столбец 5': 'title',
        'Столбец 2': 'phone',
        'Столбец 10': 'occurredAt',
        'Столбец 13': 'payload.durationMs',
        'Column 5': 'title',
        'Column 2': 'phone',
        'Column 10': 'occurredAt',
        'Column 13': 'payload.durationMs',
      },
      { type: 'call.in' },
    );
    expect(look.dialect.header).toBe(0);
    expect(drafts).toMatchObject([
      {
        title: '"Иван" <89165550101>',
        occurredAt: new Date('2026-11-03T07:00:00Z'),
        payload: { from: '+79165550101', durationMs: 29_000 },
      },
      { payload: { durationMs: 40_000 } },
    ]);
  });

  it('pandas: an index without a name, NaN, whole numbers with a fraction, moments with a zone', async () => {
    const text =
      ',when,what,amount\n0,2026-11-05 09:30:00+03:00,Оплата,1234.0\n1,2026-11-06 10:00:00.123456+03:00,Оплата,\n';
    const { look, drafts } = await events(Buffer.from(text), {
      when: 'occurredAt',
      what: 'title',
      amount: 'payload.amountKop',
    });
    expect(look.columns.slice(1)).toEqual(['when', 'what', 'amount']);
    expect(drafts[0]).toMatchObject({
      occurredAt: new Date('2026-11-05T06:30:00Z'),
      payload: { amountKop: 123_400 },
    });
  });
});
