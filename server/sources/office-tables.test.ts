/** Tables as small companies keep them, invented: from the upload, with nothing corrected, to what stands in the store. */
import { isDeepStrictEqual } from 'node:util';
import * as XLSX from '@e965/xlsx';
import { jest } from '@jest/globals';
import type { Counterparty } from '@svodka/shared/contracts/counterparty';
import type { Project } from '@svodka/shared/contracts/directory';
import type { SvodkaEvent } from '@svodka/shared/contracts/event';
import type { ImportBatch, ImportMapping, ImportRowError } from '@svodka/shared/contracts/import';
import type { OrderLine } from '@svodka/shared/contracts/orders';
import { createTestApp, type TestApp } from '../../test/support/app.ts';
import { encode } from '../../test/support/encode.ts';
import { until } from '../../test/support/until.ts';

jest.setTimeout(120_000);
const FILE = { 'Content-Type': 'application/octet-stream' };

let app: TestApp;
beforeAll(async () => {
  app = await createTestApp();
});
afterAll(() => app.close());

type Uploaded = ImportBatch & { mapping: ImportMapping };

async function upload(name: string, bytes: Buffer): Promise<Uploaded> {
  const path = `/api/imports?fileName=${encodeURIComponent(name)}`;
  return (await app.admin.post<{ batch: Uploaded }>(path, bytes, FILE)).batch;
}

async function imported({ id, mapping }: Uploaded): Promise<ImportBatch> {
  await app.admin.post(`/api/imports/${id}/start`, mapping);
  return until(
    async () => {
      const batch = await app.admin.get<ImportBatch>(`/api/imports/${id}`);
      return batch.state === 'running' ? null : batch;
    },
    { timeoutMs: 60_000, what: 'the end of an import' },
  );
}

type Stands = Partial<{
  customer: string;
  phone: string;
  address: string;
  amountKop: number;
  paidKop: number;
  measuredOn: string;
  measureOn: string;
  installOn: string;
  promisedOn: string;
  status: string;
  note: RegExp;
}>;

async function order(number: string): Promise<Stands & { text: string }> {
  const path = `/api/projects?search=${encodeURIComponent(number)}`;
  const { items } = await app.admin.get<{ items: (Project & { line: OrderLine })[] }>(path);
  const found = items.find((one) => one.number === number);
  if (!found) throw new Error(`no order ${number}`);
  const of = found.counterpartyId
    ? await app.admin.get<Counterparty>(`/api/counterparties/${found.counterpartyId}`)
    : null;
  const stage = (code: string) => found.line.milestones.find((one) => one.code === code);
  return {
    customer: of?.name,
    phone: of?.phones[0],
    address: found.objectAddress,
    amountKop: found.amountKop ?? undefined,
    paidKop: found.line.money?.paidKop,
    measuredOn: stage('measure')?.actualOn ?? undefined,
    measureOn: stage('measure')?.plannedOn ?? undefined,
    installOn: stage('install')?.plannedOn ?? undefined,
    promisedOn: stage('install')?.promisedOn ?? undefined,
    status: found.status,
    text: found.note ?? '',
  } as Stands & { text: string };
}

const lines = (...rows: string[]) => `${rows.join('\r\n')}\r\n`;
function workbook(rows: unknown[][]): Buffer {
  const book = XLSX.utils.book_new();
  XLSX.utils.book_append_sheet(book, XLSX.utils.aoa_to_sheet(rows), 'Лист1');
  return XLSX.write(book, { type: 'buffer', bookType: 'xlsx' }) as Buffer;
}

const ORDERS: { name: string; file: string; bytes: Buffer; orders: Record<string, Stands> }[] = [
  {
    name: 'a list kept in Excel, windows-1251',
    file: 'список.csv',
    bytes: encode(
      lines(
        '№ заказа;Клиент;Телефон;Адрес;Сумма;Предоплата;Остаток;Дата замера;Дата монтажа;Менеджер;Примечание',
        'А-101;Соколова Дарья;8 916 555-01-01;ул. Мира, 5;184 300,50;92 150;92 150,50;05.11.2025;20.12.2030;Кто-то;домофон 12',
        'А-102;Орлов Пётр;8 (916) 555-01-02;ул. Мира, 7;96 000;;96 000;12.12.2030;;Кто-то;',
      ),
      'windows-1251',
    ),
    orders: {
      'А-101': {
        customer: 'Соколова Дарья',
        phone: '+79165550101',
        address: 'ул. Мира, 5',
        amountKop: 18_430_050,
        paidKop: 9_215_000,
        measuredOn: '2025-11-05',
        installOn: '2030-12-20',
        note: /домофон 12\nОстаток: 92 150,50/,
      },
      'А-102': { amountKop: 9_600_000, paidKop: 0, measureOn: '2030-12-12' },
    },
  },
  {
    name: 'orders of customers as 1C exports them: a title, times, a total',
    file: 'Выгрузка.csv',
    bytes: encode(
      lines(
        'Заказы покупателей;;;;;;;;',
        ';;;;;;;;',
        'Номер;Дата;Контрагент;Сумма документа;Валюта;Состояние;Ответственный;Адрес доставки;Комментарий',
        '0000-000211;12.11.2025 10:15:00;ООО "Рассвет 1С";184\u00a0300,00;руб.;В производстве;Администратор;г. Тула, ул. Ленина, 1;звонить утром',
        '0000-000212;13.11.2025 9:00:00;ИП Сорокин 1С;1\u00a0250\u00a0000,40;руб.;На складе;Администратор;г. Тула, ул. Ленина, 2;',
        'Итого;;;1\u00a0434\u00a0300,40;;;;;',
      ),
      'windows-1251',
    ),
    orders: {
      '0000-000211': {
        customer: 'ООО "Рассвет 1С"',
        address: 'г. Тула, ул. Ленина, 1',
        amountKop: 18_430_000,
        status: 'production',
        note: /звонить утром/,
      },
      '0000-000212': { customer: 'ИП Сорокин 1С', amountKop: 125_000_040, status: 'ready' },
    },
  },
  {
    name: 'an English sheet with American days and dollars',
    file: 'Sheet1.csv',
    bytes: Buffer.from(
      lines(
        'Order #,Customer,Phone,Address,Total,Deposit,Balance due,Survey date,Installation date,Manager,Notes',
        'E-301,Jane Smith,+44 20 7946 0018,"5 High St, Leeds","$12,500.00","$6,250.00","$6,250.00",11/5/2025,12/20/2030,Ann,Ring first',
        'E-302,John Brown,+44 20 7946 0019,7 High St,"$980.00",$0.00,$980.00,11/26/2025,12/19/2030,Ann,',
      ),
    ),
    orders: {
      'E-301': {
        customer: 'Jane Smith',
        phone: '+442079460018',
        address: '5 High St, Leeds',
        amountKop: 1_250_000,
        paidKop: 625_000,
        measuredOn: '2025-11-05',
        installOn: '2030-12-20',
        note: /Ring first/,
      },
      'E-302': { amountKop: 98_000, measuredOn: '2025-11-26', installOn: '2030-12-19' },
    },
  },
  {
    name: 'Unicode text of Excel, with tabs and short names',
    file: 'Книга1.txt',
    bytes: encode(
      lines(
        '№\tФИО\tТел.\tАдрес монтажа\tСтоимость\tАванс\tЗамер\tМонтаж\tСтатус',
        'Ю-1\tБелова Инна\t+7 916 555-02-01\tСадовая, 3\t75000\t30000\t1.10.25\t5.12.30\tДоговор',
        'Ю-2\tГромов Илья\t+7 916 555-02-02\tСадовая, 4\t81000\t\t2.10.25\t\tЗамер',
      ),
      'utf-16le',
      { mark: true },
    ),
    orders: {
      'Ю-1': {
        customer: 'Белова Инна',
        phone: '+79165550201',
        address: 'Садовая, 3',
        amountKop: 7_500_000,
        paidKop: 3_000_000,
        measuredOn: '2025-10-01',
        installOn: '2030-12-05',
      },
      'Ю-2': { customer: 'Громов Илья', amountKop: 8_100_000 },
    },
  },
  {
    name: 'deals of a CRM',
    file: 'DEAL_20261101.csv',
    bytes: encode(
      lines(
        '"ID";"Название сделки";"Стадия сделки";"Сумма";"Валюта";"Компания";"Ответственный";"Дата создания"',
        '"9401";"Окна в дом";"В производстве";"184300.00";"Российский рубль";"ООО «Закат 5»";"Иван Кто-то";"05.11.2025 09:30:11"',
        '"9402";"Лоджия";"Сделка успешна";"96000.00";"Российский рубль";"Титова Анна";"Иван Кто-то";"06.11.2025 10:00:00"',
      ),
      'utf-8',
      { mark: true },
    ),
    orders: {
      9401: {
        customer: 'ООО «Закат 5»',
        amountKop: 18_430_000,
        status: 'production',
        note: /Название сделки: Окна в дом/,
      },
      9402: { customer: 'Титова Анна', amountKop: 9_600_000, status: 'closed' },
    },
  },
  {
    name: 'a workbook whose days are numbers and whose sums are typed',
    file: 'Заказы окна.xlsx',
    bytes: workbook([
      ['Номер', 'Заказчик', 'Контактный телефон', 'Адрес объекта', 'Итого, руб', 'Внесено', 'Дата установки'],
      ['К-1', 'Ильин Пётр', '8 916 555 03 01', 'Полевая, 1', 45_000, 20_000, 47_837],
      ['К-2', 'Ильина Ольга', '8 916 555 03 02', 'Полевая, 2', 51_500.5, 0, 47_836],
    ]),
    orders: {
      'К-1': {
        customer: 'Ильин Пётр',
        phone: '+79165550301',
        address: 'Полевая, 1',
        amountKop: 4_500_000,
        paidKop: 2_000_000,
        installOn: '2030-12-20',
      },
      'К-2': { amountKop: 5_150_050, installOn: '2030-12-19' },
    },
  },
  {
    name: 'what a program calls its fields',
    file: 'export.csv',
    bytes: Buffer.from(
      lines(
        'order_no,clientName,client_phone,site_address,contract_sum,paid,order_date,install_date,order_status,manager_comment',
        'P-1,Мария Рогова,+79165550401,"Невская, 1",120000.00,60000.00,2025-11-05,2030-12-20,production,с балконом',
        'P-2,Ольга Рогова,+79165550402,"Невская, 2",90000.00,0.00,2025-11-06,,measure,',
      ),
    ),
    orders: {
      'P-1': {
        customer: 'Мария Рогова',
        phone: '+79165550401',
        address: 'Невская, 1',
        amountKop: 12_000_000,
        paidKop: 6_000_000,
        installOn: '2030-12-20',
        status: 'production',
        note: /с балконом/,
      },
      'P-2': { customer: 'Ольга Рогова', amountKop: 9_000_000 },
    },
  },
  {
    name: 'a list by contracts, with what was promised',
    file: 'Договоры 2025.csv',
    bytes: encode(
      lines(
        'Договор;Заказчик;Тел;Объект;Сумма договора;Внесено;Срок;Кто ведёт',
        '№ Д-17/25;Совин Кирилл;89165550501;Речная, 9;61 000 руб.;30 500 руб.;15.12.2030;Кто-то',
        '№ Д-18/25;Совина Вера;89165550502;Речная, 8;72 000 руб.;;16.12.2030;Кто-то',
      ),
      'windows-1251',
    ),
    orders: {
      'Д-17/25': {
        customer: 'Совин Кирилл',
        phone: '+79165550501',
        address: 'Речная, 9',
        amountKop: 6_100_000,
        paidKop: 3_050_000,
        promisedOn: '2030-12-15',
      },
      'Д-18/25': { amountKop: 7_200_000, promisedOn: '2030-12-16' },
    },
  },
  {
    name: 'the orders of ПрофСтрой',
    file: 'LISTPRJ.csv',
    bytes: encode(
      lines(
        'ZNUMB\tPNUMB\tMNAME\tKNAME\tPOBJA\tPDATE\tMSUMM\tPPRCD\tPPRIM\tKPRIM',
        'ПС-1\t1\tКто-то\tМухин Артём\tЛесная, 1\t05.11.2025\t10000,00\t25000,00\tстворка\tскидка директору',
        'ПС-2\t2\tКто-то\tМухина Алла\tЛесная, 2\t06.11.2025\t0,00\t31000,00\t\t',
      ),
      'windows-1251',
    ),
    orders: {
      'ПС-1': {
        customer: 'Мухин Артём',
        address: 'Лесная, 1',
        amountKop: 2_500_000,
        paidKop: 1_000_000,
        note: /^(?!.*директору).*створка/s,
      },
      'ПС-2': { customer: 'Мухина Алла', amountKop: 3_100_000 },
    },
  },
  {
    name: 'a journal whose first column counts its rows',
    file: 'журнал.csv',
    bytes: encode(
      lines(
        '№ п/п;Дата договора;Номер договора;ФИО заказчика;Контактный телефон;Адрес установки;Цена договора, руб.;Оплачено, руб.;Долг;Плановая дата монтажа;Комментарий менеджера',
        '1;05.11.2025;Ж-71;Панин Олег;8(916)555-06-01;Южная, 1;88000;44000;44000;20.12.2030;второй этаж',
        '2;06.11.2025;Ж-72;Панина Эмма;8(916)555-06-02;Южная, 2;99000;99000;0;19.12.2030;',
      ),
      'windows-1251',
    ),
    orders: {
      'Ж-71': {
        customer: 'Панин Олег',
        phone: '+79165550601',
        address: 'Южная, 1',
        amountKop: 8_800_000,
        paidKop: 4_400_000,
        installOn: '2030-12-20',
        note: /второй этаж/,
      },
      'Ж-72': { amountKop: 9_900_000, paidKop: 9_900_000, installOn: '2030-12-19' },
    },
  },
];

describe('a table of orders, taken as it is proposed', () => {
  it.each(ORDERS)('$name', async ({ file, bytes, orders }) => {
    const batch = await upload(file, bytes);
    expect(batch.mapping).toMatchObject({ kind: 'orders' });
    const done = await imported(batch);
    const { items } = await app.admin.get<{ items: ImportRowError[] }>(`/api/imports/${batch.id}/errors`);
    expect(items).toEqual([]);
    expect(done).toMatchObject({ state: 'done', counts: { created: Object.keys(orders).length } });
    for (const [number, { note = /^/, ...stands }] of Object.entries(orders)) {
      // An order follows its events a moment later.
      const isThere = async () => {
        const found = await order(number);
        return isDeepStrictEqual(found, { ...found, ...stands });
      };
      await until(isThere, { timeoutMs: 15_000, what: number }).catch(() => undefined);
      const { text, ...found } = await order(number);
      expect({ number, ...found }).toMatchObject({ number, ...stands });
      expect(text).toMatch(note);
    }
  });
});

describe('a table of something else', () => {
  it.each([
    [
      'events',
      'оплаты.csv',
      'Дата;Номер заказа;Плательщик;Сумма;Назначение платежа',
      '05.11.2025;А-1;Орлов;500;Аванс',
    ],
    ['events', 'звонки.csv', 'Дата;Событие;Телефон', '03.11.2026;Пропущенный звонок;+79990002233'],
    ['events', 'этапы.csv', '№;Дата;Событие;Заказ', '71;03.11.2026;Замер;В-10'],
    [
      'events',
      'задачи.csv',
      'Номер;Дата;Событие;Статус;Важность;Заказ;Контрагент;Сумма',
      'о1;03.11.2026;Замер;В работе;Низкий;А-1;Орлов;100',
    ],
    [
      'events',
      'Jira.csv',
      'Issue key,Summary,Created,Comment,Comment',
      'К-1,Замена,2026-11-03 10:00,первый,второй',
    ],
    ['counterparties', 'клиенты.csv', 'Код;Наименование;ИНН;Телефон;Почта', '1;ООО «Р»;7707083893;;'],
    [
      'counterparties',
      'contacts.csv',
      'ID,Full name,Phone,E-mail,Created',
      '1,Jane,+442079460018,j@e.example,2025-11-05',
    ],
    [
      'counterparties',
      '1С.csv',
      'Код;Наименование;Полное наименование;ИНН;КПП;Менеджер',
      '1;Р;ООО Р;7707083893;770701001;',
    ],
  ])('is known to be of %s: %s', async (kind, file, head, row) => {
    expect((await upload(file, Buffer.from(`${head}\n${row}\n`))).mapping).toMatchObject({ kind });
  });
});

describe('a table of events as people and programs fill it', () => {
  it('has its dates and sums read', async () => {
    const rows = [
      '5 марта 2026 г. в 14:30;Первая;Платёж поступил;184 300-50;не указано',
      '05.03.2026 14.30;Вторая;Платёж поступил;184 300=50;01.01.1900',
      '05.03.2026 чт 14:30;Третья;Платёж поступил;184 300 руб. 50 коп.;1970-01-01',
      '2026-03-05 14:30:00 MSK;Четвёртая;Платёж поступил;\u200e184 300,50;без срока',
      '\u200e04.03.2026 24:00;Пятая;Платёж поступил;184300.50;06.03.2026',
    ];
    const text = `Дата;Событие;Вид;Сумма;Срок\n${rows.join('\n')}\n`;
    const batch = await imported(await upload('как пишут.csv', Buffer.from(text)));
    expect(batch.counts).toMatchObject({ created: 5, errors: 0 });
    const { items } = await app.admin.get<{ items: SvodkaEvent[] }>(
      `/api/events?filter=${encodeURIComponent(`batch=${batch.id}`)}`,
    );
    const found = items.map(({ title, occurredAt, dueAt, payload }) => [
      title,
      occurredAt,
      payload.amountKop,
      dueAt !== null,
    ]);
    expect(new Set(found.map((one) => one.join()))).toEqual(
      new Set([
        ...['Первая', 'Вторая', 'Третья', 'Четвёртая'].map(
          (title) => `${title},2026-03-05T11:30:00.000Z,18430050,false`,
        ),
        'Пятая,2026-03-04T21:00:00.000Z,18430050,true',
      ]),
    );
  });
});

describe('a file that belongs elsewhere', () => {
  it('is named: the calls of Asterisk go in by the folder', async () => {
    const call = (n: number, how: string) =>
      `"","7999000334${n}","201","ats","","SIP/201-${n}","","Dial","","2026-11-03 10:0${n}:00","","2026-11-03 10:0${n}:40",40,0,"${how}","DOCUMENTATION","${n}.0",""`;
    for (const bytes of [`${call(1, 'ANSWERED')}\n${call(2, 'NO ANSWER')}\n`, `${call(1, 'BUSY')}\n`]) {
      const answer = await app.admin.send(
        'POST',
        '/api/imports?fileName=Master.csv',
        Buffer.from(bytes),
        FILE,
      );
      expect(answer.status).toBe(400);
      expect(answer.error?.details).toMatchObject([
        {
          field: 'file',
          reason: 'no-table',
          message: expect.stringMatching(/журнал звонков Asterisk.*«calls»/),
        },
      ]);
    }
  });
});
