// Successive dumps of a table from outside: exactly what happened in between, once.
import * as XLSX from '@e965/xlsx';
import type { Counterparty } from '@svodka/shared/contracts/counterparty';
import type { InstallationsPage } from '@svodka/shared/contracts/crews';
import type { Project } from '@svodka/shared/contracts/directory';
import type { SvodkaEvent } from '@svodka/shared/contracts/event';
import { numberKey } from '@svodka/shared/contracts/order-number';
import type { OrderChain } from '@svodka/shared/contracts/orders';
import type { Table, TableAnswer, TableLook, TableMapping } from '@svodka/shared/contracts/tables';
import { DateTime } from 'luxon';
import { createTestApp, type TestApp } from '../../../test/support/app.ts';
import type { Client } from '../../../test/support/client.ts';
import { encode } from '../../../test/support/encode.ts';
import { encoded } from '../../../test/support/encoded.ts';
import { makeEvent, makeProject, nextSerial } from '../../../test/support/factories.ts';
import { until } from '../../../test/support/until.ts';

let app: TestApp;
beforeAll(async () => {
  app = await createTestApp();
});
afterAll(() => app?.close());

const FILE = { 'Content-Type': 'application/octet-stream' };
const HEAD = [
  'ZNUMB',
  'MNAME',
  'KNAME',
  'POBJA',
  'PDATE',
  'PRESE',
  'MSUMM',
  'PWORK',
  'WDATE',
  'EWORK',
  'PSTAT',
  'PPRCD',
  'PPRIM',
  'KPRIM',
];
type Cells = Partial<Record<(typeof HEAD)[number], string>>;

const dumpOf = (rows: Cells[], delimiter = ';', head = HEAD) =>
  [head, ...rows.map((row) => head.map((column) => row[column] ?? ''))]
    .map((cells) => cells.join(delimiter))
    .join('\r\n');

const send = (table: Table, body: string | Buffer, query = '', by: Client = app.admin) =>
  by.post<TableAnswer>(`/api/tables/${table.id}/dumps?fileName=LISTPRJ.csv${query}`, body, FILE);

async function tableOf(text: string | Buffer, change: Partial<TableMapping> = {}): Promise<Table> {
  const { mapping } = await app.admin.post<TableLook>('/api/tables/look?fileName=a.csv', text, FILE);
  return app.admin.post<Table>('/api/tables', {
    name: `ПрофСтрой ${nextSerial()}`,
    mapping: { ...mapping, ...change },
  });
}

const orderOf = async (number: string) => {
  const { items } = await app.admin.get<{ items: Project[] }>(
    `/api/projects?search=${encodeURIComponent(number)}`,
  );
  return items.find((order) => order.number === number);
};
async function eventsOf(order: Project | undefined): Promise<SvodkaEvent[]> {
  const filter = encodeURIComponent(`заказ:${order?.id}`);
  return (await app.admin.get<{ items: SvodkaEvent[] }>(`/api/events?filter=${filter}&limit=200`)).items;
}
const count = async () =>
  (
    await app.admin.get<{ n: number }>(
      `/api/events/count?filter=${encodeURIComponent('не тип:deadline.due')}`,
    )
  ).n;

describe('dumps of LISTPRJ', () => {
  it.each([
    ['utf-8', ';'],
    ['windows-1251', '\t'],
  ] as const)('yield exactly what has happened in between (%s)', async (encoding, delimiter) => {
    const write = (rows: Cells[]) => {
      const text = dumpOf(rows, delimiter);
      return encoding === 'utf-8' ? Buffer.from(`\ufeff${text}`) : encoded(text, encoding);
    };
    const base = nextSerial();
    const [a, b, c, d] = [1, 2, 3, 4].map((n) => `Т-${base}-${n}`) as [string, string, string, string];
    const customer = `ООО Фасад ${base}`;
    const first: Cells[] = [
      {
        ZNUMB: a,
        KNAME: customer,
        POBJA: 'Лесная, 1',
        PDATE: '01.03.2026',
        MSUMM: '0',
        PPRCD: '100 000,00',
        PSTAT: 'Расчёт',
        EWORK: '20.03.2026',
        KPRIM: 'не платит вовремя',
      },
      {
        ZNUMB: b,
        KNAME: 'Белова Инна',
        MSUMM: '5000,50',
        PSTAT: 'Договор',
        PRESE: '1',
        PWORK: '1',
        WDATE: '05.03.2026',
      },
      { ZNUMB: c, KNAME: customer, MSUMM: '', PSTAT: 'Расчёт' },
    ];
    const table = await tableOf(dumpOf(first), { statuses: { Отменён: 'order.cancelled' } });
    expect(table.mapping).toMatchObject({
      key: 'ZNUMB',
      columns: { MSUMM: 'paid', KPRIM: 'confidentialNote' },
    });
    const none = await count();
    const foreseen = await send(table, write(first), '&dry=true');
    expect(await orderOf(a)).toBeUndefined();
    const opened = await send(table, write(first));
    expect(opened).toMatchObject({
      encoding,
      isFirst: true,
      rows: 3,
      counts: { new: 3, events: 0, refused: 0 },
      faults: [],
    });
    expect({ ...foreseen, table: null }).toEqual({ ...opened, table: null });
    expect(await count()).toBe(none);
    const order = await orderOf(a);
    expect(order).toMatchObject({ objectAddress: 'Лесная, 1', amountKop: 10_000_000 });

    const second: Cells[] = [
      {
        ...first[0],
        PRESE: '10.03.2026',
        MSUMM: '70 000,00',
        PWORK: '1',
        WDATE: '11.03.2026',
        EWORK: '25.03.2026',
        POBJA: 'Лесная, 2',
      },
      { ...first[1], PSTAT: 'Отменён' },
      { ZNUMB: d, KNAME: 'Новый Пётр', PDATE: '12.03.2026', MSUMM: '100', PSTAT: 'Расчёт' },
    ];
    const seen = await send(table, write(second), '&dry=true');
    const changed = await send(table, write(second));
    expect(seen.changes).toEqual(changed.changes);
    expect(changed.changes.map(({ key, kind, type }) => [key, kind, type])).toEqual([
      [a, 'paid', 'payment.prepaid'],
      [a, 'reserved', 'material.reserved'],
      [a, 'launched', 'production.launched'],
      [a, 'planned', 'production.delayed'],
      [a, 'card', null],
      [b, 'status', 'order.cancelled'],
      [d, 'new', 'order.registered'],
      [d, 'paid', 'payment.prepaid'],
      [c, 'gone', 'note.free'],
    ]);
    expect(await count()).toBe(none + 8);
    expect(await orderOf(a)).toMatchObject({ objectAddress: 'Лесная, 2' });
    const told = await eventsOf(order);
    expect(told.map(({ type }) => type).sort()).toEqual([
      'material.reserved',
      'payment.prepaid',
      'production.delayed',
      'production.launched',
    ]);
    expect(told.find(({ type }) => type === 'payment.prepaid')?.payload).toEqual({ amountKop: 7_000_000 });
    expect(told.find(({ type }) => type === 'production.delayed')).toMatchObject({ dueLocal: '2026-03-25' });
    // It was in the table, so it stays in the desk.
    expect(await orderOf(c)).toBeDefined();
    const launched = await until(
      async () => {
        const { milestones } = await app.admin.get<OrderChain>(`/api/projects/${order?.id}/chain`);
        return milestones.find(({ code, state }) => code === 'launch' && state === 'done');
      },
      { what: 'the launch' },
    );
    expect(launched.actualOn).toBe('2026-03-11');

    const third = [...second.slice(0, 2), { ...second[2], MSUMM: '300' }, first[2] as Cells];
    const last = await send(table, write(third));
    expect(last.changes.map(({ key, kind }) => [key, kind])).toEqual([
      [d, 'paid'],
      [c, 'back'],
    ]);
    expect((await send(table, encode(dumpOf(third), 'utf-16le', { mark: true }))).counts.events).toBe(0);
    for (const same of [third, [...third].reverse()])
      expect((await send(table, write(same))).counts).toMatchObject({ events: 0, card: 0, gone: 0 });
    expect(await count()).toBe(none + 10);
  });

  it('know an order again however its number is written', async () => {
    const base = nextSerial();
    const [number, other] = [`ТБ-${base}/1`, `ТБ-${base}/2`];
    const here = await makeProject(app.admin, { number: other });
    const first = dumpOf([
      { ZNUMB: number, MSUMM: '1000', POBJA: 'Лесная, 1' },
      { ZNUMB: `тб - ${base}/2`, MSUMM: '0' },
    ]);
    const table = await tableOf(first);
    await send(table, first);
    const orders = async () =>
      (await app.admin.get<{ items: Project[] }>(`/api/projects?search=${base}`)).items.filter((order) =>
        numberKey(order.number).startsWith(numberKey(`ТБ-${base}/`)),
      );
    expect((await orders()).map((order) => order.number).sort()).toEqual([number, other]);
    expect((await orders()).some(({ id }) => id === here.id)).toBe(true);
    // A Latin T, a long dash.
    const second = dumpOf([
      { ZNUMB: `Tб–${base}/1`, MSUMM: '2500', POBJA: 'Лесная, 1' },
      { ZNUMB: `тб-${base}/1`, MSUMM: '9000', POBJA: 'Лесная, 1' },
      { ZNUMB: other, MSUMM: '0' },
    ]);
    const answer = await send(table, second);
    expect(answer.changes.map(({ key, kind }) => [key, kind])).toEqual([[number, 'paid']]);
    expect(answer.faults).toMatchObject([{ line: 3, reason: 'twice-in-file' }]);
    expect(await orders()).toHaveLength(2);
  });

  it('may be workbooks', async () => {
    const number = `X-${nextSerial()}`;
    const book = (paid: number, on: string) => {
      const sheet = XLSX.utils.aoa_to_sheet([
        ['ZNUMB', 'MSUMM', 'EWORK', 'KPRIM'],
        [number, paid, on],
      ]);
      return XLSX.write(
        { SheetNames: ['LISTPRJ'], Sheets: { LISTPRJ: sheet } },
        { type: 'buffer', bookType: 'xlsx' },
      );
    };
    const table = await tableOf(book(1000.5, '10.03.2026'));
    await send(table, book(1000.5, '10.03.2026'));
    expect((await send(table, book(2500, '12.03.2026'))).changes).toMatchObject([
      { kind: 'paid', from: 100_050, to: 250_000 },
      { kind: 'planned', from: '2026-03-10', to: '2026-03-12' },
    ]);
  });

  it('tell of a prepayment only where none was there and production waits for it', async () => {
    const base = nextSerial();
    const of = (name: string) => `П-${base}-${name}`;
    const row = (name: string, paid: string, more: Cells = {}): Cells => ({
      ZNUMB: of(name),
      PPRCD: '100000',
      MSUMM: paid,
      ...more,
    });
    const first = [
      row('идёт', '70000', { PWORK: '1' }),
      row('внесена', '70000'),
      row('часть', '10000'),
      row('без суммы', '5000', { PPRCD: '' }),
      row('мало', '10000', { PWORK: '1' }),
      row('пусто', '0'),
      row('был', '70000'),
    ];
    // Somebody has entered it without its payments: the table knows of them.
    await makeProject(app.admin, { number: of('был'), amountKop: 10_000_000 });
    const table = await tableOf(dumpOf(first));
    await send(table, dumpOf(first));
    const typesOf = ({ changes }: TableAnswer) =>
      Object.fromEntries(changes.map(({ key, type }) => [key.slice(of('').length), type]));
    const raised = (rows: Cells[], by: number) =>
      rows.map((cells) => ({ ...cells, MSUMM: String(Number(cells.MSUMM) + by) }));
    const second = raised(first, 15_529.5);
    const seen = await send(table, dumpOf(second), '&dry=true');
    expect(typesOf(seen)).toEqual({
      идёт: 'payment.received',
      внесена: 'payment.received',
      часть: 'payment.prepaid',
      'без суммы': 'payment.received',
      мало: 'payment.received',
      пусто: 'payment.prepaid',
      был: 'payment.received',
    });
    expect(typesOf(await send(table, dumpOf(second)))).toEqual(typesOf(seen));
    const order = await orderOf(of('пусто'));
    await makeEvent(app.admin, { type: 'production.launched', projectId: order?.id ?? null });
    await until(
      async () => {
        const { line } = (await orderOf(of('пусто'))) as Project;
        return line.milestones.some(({ code, state }) => code === 'launch' && state === 'done');
      },
      { what: 'the launch' },
    );
    expect(typesOf(await send(table, dumpOf(raised(second, 1)))).пусто).toBe('payment.received');
  });

  it('keep a confidential note where only its roles see it', async () => {
    const number = `К-${nextSerial()}`;
    const manager = await app.signIn({ roles: ['manager'] });
    const appointed = await app.signIn({ roles: ['measurer'] });
    const order = await makeProject(app.admin, {
      number,
      managerId: manager.user.id,
      appointedIds: [appointed.user.id],
    });
    const secret = `тайна${nextSerial()}`;
    const text = dumpOf([{ ZNUMB: number, MSUMM: '0', KPRIM: secret, PPRIM: 'открыто' }]);
    await send(await tableOf(text), text);
    const path = `/api/projects/${order.id}/confidential`;
    expect([await app.admin.get(path), await manager.get(path)]).toEqual([
      { text: secret },
      { text: secret },
    ]);
    expect((await appointed.send('GET', path)).status).toBe(403);
    for (const each of ['', '/history', '/chain'])
      expect(JSON.stringify(await app.admin.get(`/api/projects/${order.id}${each}`))).not.toContain(secret);
    const found = await app.admin.get<{ items: unknown[] }>(
      `/api/projects?search=${encodeURIComponent(secret)}`,
    );
    expect(found.items).toEqual([]);
    expect(await orderOf(number)).toMatchObject({ note: 'открыто' });
  });

  it('leave what people have written on the card, until the table says something else than it did', async () => {
    const number = `Л-${nextSerial()}`;
    const order = await makeProject(app.admin, { number, objectAddress: 'Моя, 5' });
    const dump = (row: Cells) => dumpOf([{ ZNUMB: number, MSUMM: '0', ...row }]);
    const table = await tableOf(dump({}));
    await send(table, dump({ POBJA: 'Чужая, 1', PPRCD: '10' }));
    expect(await orderOf(number)).toMatchObject({ id: order.id, objectAddress: 'Моя, 5', amountKop: 1_000 });
    await send(table, dump({ POBJA: 'Чужая, 1', PPRCD: '20' }));
    expect(await orderOf(number)).toMatchObject({ objectAddress: 'Моя, 5', amountKop: 2_000 });
    await send(table, dump({ POBJA: 'Чужая, 2', PPRCD: '20' }));
    expect(await orderOf(number)).toMatchObject({ objectAddress: 'Чужая, 2' });
  });

  it('begin orders where their rows say that they are, without a word to anybody', async () => {
    const base = nextSerial();
    const of = (name: string) => `Н-${base}-${name}`;
    const ahead = DateTime.now().plus({ days: 9 }).toFormat('dd.MM.yyyy');
    const day = DateTime.now().plus({ days: 9 }).toISODate();
    const dump = (install: string) =>
      [
        'Номер заказа;Дата заказа;Сумма;Оплачено;Резерв;Запущено;Дата запуска;Статус;Дата монтажа',
        `${of('идёт')};05.10.2025;100000;70000;12.10.2025;1;15.10.2025;Делаем;${install}`,
        `${of('закрыт')};01.02.2025;90000;90000;05.02.2025;1;06.02.2025;Закрыт;05.03.2025`,
        `${of('нет')};01.02.2025;90000;;;;;Отказ;`,
        `${of('новый')};;;;;;;;`,
        `${of('рано')};;;;;;;Расчёт;${install}`,
      ].join('\n');
    const table = await tableOf(dump(ahead), { statuses: { Отказ: 'order.cancelled' } });
    // Somebody has entered it before, with its payment.
    const known = await makeProject(app.admin, { number: of('был'), amountKop: 1_000_000 });
    await makeEvent(app.admin, {
      type: 'payment.prepaid',
      title: 'Предоплата',
      projectId: known.id,
      payload: { amountKop: 700_000 },
    });
    const none = await count();
    const first = `${dump(ahead)}\n${of('был')};;10000;7000;;1;;;${ahead}`;
    expect((await send(table, first)).counts).toMatchObject({ new: 6, events: 0 });
    const chainOf = async (name: string) =>
      app.admin.get<OrderChain>(`/api/projects/${(await orderOf(of(name)))?.id}/chain`);
    const cellsOf = ({ milestones }: OrderChain) =>
      Object.fromEntries(milestones.map(({ code, actualOn, state }) => [code, actualOn ?? state]));
    const running = await chainOf('идёт');
    expect(cellsOf(running)).toMatchObject({
      measure: '2025-10-12',
      contract: '2025-10-12',
      prepay: '2025-10-12',
      reserve: '2025-10-12',
      launch: '2025-10-15',
    });
    expect(running.money).toMatchObject({ paidKop: 7_000_000, debtKop: 3_000_000 });
    expect(running.milestones.find(({ code }) => code === 'install')?.plannedOn).toBe(day);
    expect((await chainOf('закрыт')).status).toBe('closed');
    expect((await chainOf('нет')).flags).toEqual(['cancelled']);
    expect((await chainOf('новый')).milestones.every(({ actualOn }) => actualOn === null)).toBe(true);
    const met = await chainOf('был');
    expect([cellsOf(met).launch, met.money?.paidKop]).toEqual([
      DateTime.now().setZone('Europe/Moscow').toISODate(),
      700_000,
    ]);
    expect((await orderOf(of('идёт')))?.status).toBe('production');
    const lines = await until(
      async () => {
        const order = await orderOf(of('был'));
        return order?.line.milestones.some(({ code, state }) => code === 'launch' && state === 'done');
      },
      { what: 'the line of an order that was here' },
    );
    expect(lines).toBe(true);
    // What does not fit in what lay behind is no news: its installation comes before its goods.
    expect((await chainOf('рано')).contradictions.map(({ kind }) => kind)).toEqual(['early']);
    await until(
      async () => {
        const all = await Promise.all(
          ['идёт', 'закрыт', 'нет', 'рано', 'был'].map((name) => orderOf(of(name))),
        );
        return all.every((order) => order && order.line.version > 0);
      },
      { what: 'the lines' },
    );
    expect(await count()).toBe(none);

    // It stands in the calendar, is moved there, and the table moves it as well.
    const workOf = async () => {
      const { items } = await app.admin.get<InstallationsPage>(
        `/api/installations?from=${day}&to=${DateTime.now().plus({ days: 30 }).toISODate()}`,
      );
      const id = (await orderOf(of('идёт')))?.id;
      return items.find(({ projectId }) => projectId === id);
    };
    const work = await workOf();
    expect(work).toMatchObject({ startOn: day, isPlanned: true, plannedBy: null, crew: null });
    const next = DateTime.now().plus({ days: 14 }).toISODate();
    await app.admin.post(`/api/projects/${work?.projectId}/work`, {
      stage: 1,
      startOn: next,
      finishOn: next,
      crew: null,
      reason: 'Заказчик просил',
      seen: null,
    });
    expect(await workOf()).toMatchObject({ startOn: next });
    const later = DateTime.now().plus({ days: 20 });
    await send(table, first.replace(ahead, later.toFormat('dd.MM.yyyy')));
    expect(await workOf()).toMatchObject({ startOn: later.toISODate() });
  });

  it('say at first where orders that are here differ, and whom they name that nobody knows', async () => {
    const base = nextSerial();
    const of = (name: string) => `Р-${base}-${name}`;
    const [surname, shared] = [`Совина${base}`, `Гусева${base}`];
    const { user: manager } = await app.signIn({ name: `Вера ${surname}`, roles: ['manager'] });
    for (const name of ['Инна', 'Алла']) await app.signIn({ name: `${name} ${shared}`, roles: ['manager'] });
    const known = await makeProject(app.admin, {
      number: of('есть'),
      amountKop: 15_960_000,
      objectAddress: 'Лесная, 14',
    });
    await makeEvent(app.admin, {
      type: 'payment.prepaid',
      projectId: known.id,
      payload: { amountKop: 11_172_000 },
    });
    await makeProject(app.admin, { number: of('тот же'), amountKop: 100 });
    await until(async () => (await orderOf(of('есть')))?.line.money?.paidKop === 11_172_000, {
      what: 'the money of the order',
    });
    const row = (name: string, PPRCD: string, MSUMM: string, MNAME: string): Cells => ({
      ZNUMB: of(name),
      PPRCD,
      MSUMM,
      MNAME,
      POBJA: name === 'есть' ? 'Лесная, 15' : '',
    });
    const dump = dumpOf([
      row('есть', '182350,50', '134470,50', surname),
      row('тот же', '1', '0', `${surname} В.`),
      row('новый', '5000', '3500', shared),
      row('другой', '5000', '3500', shared),
      row('чужой', '5000', '', 'Никто'),
    ]);
    const table = await tableOf(dump);
    const seen = await send(table, dump, '&dry=true');
    expect(seen.kept).toEqual({
      counts: { amount: 1, paid: 1, address: 1 },
      items: [
        { key: of('есть'), field: 'amount', here: 15_960_000, table: 18_235_050 },
        { key: of('есть'), field: 'paid', here: 11_172_000, table: 13_447_050 },
        { key: of('есть'), field: 'address', here: 'Лесная, 14', table: 'Лесная, 15' },
      ],
    });
    expect(seen.people).toEqual([
      { name: shared, rows: 2, why: 'several' },
      { name: 'Никто', rows: 1, why: 'nobody' },
    ]);
    expect(await send(table, dump)).toMatchObject({ kept: seen.kept, people: seen.people });
    const managers = await Promise.all(
      ['есть', 'тот же', 'новый'].map(async (name) => (await orderOf(of(name)))?.managerId),
    );
    expect(managers).toEqual([manager.id, manager.id, null]);
    expect(await orderOf(of('есть'))).toMatchObject({ amountKop: 15_960_000, objectAddress: 'Лесная, 14' });
    // What was said at first is not said again.
    const later = await send(table, dump);
    expect([later.kept.items, later.people, later.changes]).toEqual([[], [], []]);
  });

  it('tell the day of an installation and the phone of the customer', async () => {
    const base = nextSerial();
    const dump = (day: string) =>
      [
        'Номер заказа;Клиент;Телефон;Дата монтажа',
        `М-${base};Громова ${base};8 (916) 555-${String(base).padStart(4, '0').slice(-4)};${day}`,
        `М-${base}-2;Громова ${base};;`,
      ].join('\n');
    const table = await tableOf(dump(''));
    expect(table.mapping.columns).toMatchObject({ Телефон: 'phone', 'Дата монтажа': 'installOn' });
    expect((await send(table, dump(''))).counts).toMatchObject({ new: 2, events: 0 });
    const order = await orderOf(`М-${base}`);
    expect(await app.admin.get(`/api/counterparties/${order?.counterpartyId}`)).toMatchObject({
      phones: [`+7916555${String(base).padStart(4, '0').slice(-4)}`],
    });
    const [first, other] = ['14.12.2026', '15.12.2026'];
    expect((await send(table, dump(first))).changes).toMatchObject([
      { kind: 'install', type: 'work.planned', title: `Монтаж назначен на ${first}` },
    ]);
    expect((await send(table, dump(other))).changes).toMatchObject([
      { kind: 'install', type: 'work.rescheduled', title: `Монтаж перенесён: ${first} → ${other}` },
    ]);
    expect((await send(table, dump(other))).changes).toEqual([]);
    const chain = await app.admin.get<OrderChain>(`/api/projects/${order?.id}/chain`);
    expect(chain.stages).toMatchObject([{ work: { startOn: '2026-12-15' } }]);
  });

  it('tell of bad cells by line and column, and take the rest', async () => {
    const [a, b] = [`П-${nextSerial()}`, `П-${nextSerial()}`];
    const good = dumpOf([
      { ZNUMB: a, MSUMM: '100', EWORK: '01.03.2026' },
      { ZNUMB: b, MSUMM: '0' },
    ]);
    const table = await tableOf(good);
    await send(table, good);
    const bad = `${dumpOf([
      { ZNUMB: a, MSUMM: 'сто', EWORK: '31.02.2026' },
      { ZNUMB: b, MSUMM: '1 234,50 ₽' },
      { ZNUMB: b, MSUMM: '7' },
      { ZNUMB: '', MSUMM: '7' },
    ])}\r\n${a}9;Петров`;
    const { faults, changes, counts } = await send(table, bad);
    expect(faults.map(({ line, column, reason }) => [line, column, reason])).toEqual([
      [2, 'MSUMM', 'amount'],
      [2, 'EWORK', 'no-such-date'],
      [4, 'ZNUMB', 'twice-in-file'],
      [5, 'ZNUMB', 'required'],
      [6, 'ZNUMB', 'short-row'],
    ]);
    expect([changes.map(({ key, kind, to }) => [key, kind, to]), counts.refused]).toEqual([
      [[b, 'paid', 123_450]],
      5,
    ]);
    // The cell that could not be read is looked at from what was known.
    expect(
      (
        await send(
          table,
          dumpOf([
            { ZNUMB: a, MSUMM: '150', EWORK: '02.03.2026' },
            { ZNUMB: b, MSUMM: '1234,5' },
          ]),
        )
      ).changes,
    ).toMatchObject([
      { key: a, kind: 'paid', from: 10_000, to: 15_000 },
      { key: a, kind: 'planned' },
    ]);
    const without = await send(
      table,
      dumpOf([{ ZNUMB: a }, { ZNUMB: b }], ';', ['ZNUMB', 'KNAME']),
      '&dry=true',
    );
    expect([without.missing.includes('MSUMM'), without.changes]).toEqual([true, []]);
    const path = `/api/tables/${table.id}/dumps?fileName=a.csv`;
    expect((await app.admin.send('POST', path, 'A;B\r\n1;2', FILE)).error?.details).toMatchObject([
      { reason: 'no-key-column' },
    ]);
    expect((await app.admin.send('POST', path, '', FILE)).status).toBe(400);
  });

  it('say of nothing that it is gone when they break off, or when a row cannot be read', async () => {
    const base = nextSerial();
    const rows = [1, 2, 3].map((n): Cells => ({ ZNUMB: `О-${base}-${n}`, MSUMM: '0', PPRIM: 'как было' }));
    const whole = `${dumpOf(rows)}\r\n`;
    const table = await tableOf(whole);
    await send(table, whole);
    const paid = `${dumpOf(rows.map((row) => ({ ...row, MSUMM: '5' })))}\r\n`;
    const cutAt = paid.indexOf(`О-${base}-2`);
    for (const [cut, line] of [
      [paid.slice(0, cutAt + 4), 3],
      [paid.slice(0, cutAt + `О-${base}-2;;`.length), 3],
    ] as const) {
      const { changes, faults, isCut, rows: read } = await send(table, cut, '&dry=true');
      expect([isCut, faults.map((fault) => [fault.line, fault.reason])]).toEqual([
        true,
        [[line, 'short-row']],
      ]);
      expect([read, changes.map(({ key, kind }) => [key, kind])]).toEqual([1, [[`О-${base}-1`, 'paid']]]);
    }
    await send(table, paid.slice(0, cutAt + 4));
    const last = await send(table, paid);
    expect(last.changes.map(({ key, kind }) => [key, kind])).toEqual([
      [`О-${base}-2`, 'paid'],
      [`О-${base}-3`, 'paid'],
    ]);
    expect(last.isCut).toBe(false);
    // Some programs write no separators behind the last cell that says something: who knows that says so.
    const bare = `${dumpOf(rows.slice(0, 1))}\r\nО-${base}-2`;
    expect(await send(table, bare, '&dry=true')).toMatchObject({ isCut: true, rows: 1, counts: { gone: 0 } });
    expect(await send(table, bare, '&dry=true&sure=true')).toMatchObject({
      isCut: false,
      rows: 2,
      counts: { gone: 1, refused: 0 },
    });
    // Nor does the first of all end there unseen.
    const other = await tableOf(whole);
    expect(await send(other, whole.slice(0, cutAt), '&dry=true')).toMatchObject({ isCut: false });
    expect(await send(other, whole.slice(0, cutAt + 4), '&dry=true')).toMatchObject({ isCut: true });
  });

  describe('that end inside their last column', () => {
    const head = ['ZNUMB', 'MSUMM', 'POBJA'];
    const write = (base: number, count: number, change: (n: number) => Cells = () => ({})) =>
      dumpOf(
        Array.from(
          { length: count },
          (_, i): Cells => ({
            ZNUMB: `К-${base}-${i}`,
            MSUMM: '0',
            POBJA: `Лесная, ${100 + i}`,
            ...change(i),
          }),
        ),
        ';',
        head,
      );
    const inLastCell = (text: string, base: number, row: number) =>
      text.slice(0, text.indexOf(`К-${base}-${row};`) + `К-${base}-${row};0;Лесная, 1`.length);
    const kindsOf = ({ changes }: TableAnswer) => changes.map(({ key, kind }) => [key, kind]);

    it.each([
      ['with a line break', '\r\n'],
      ['without one', ''],
    ])('say of nothing that it is gone, and not half a cell, where the last one ended %s', async (_, end) => {
      const base = nextSerial();
      const whole = write(base, 60) + end;
      const table = await tableOf(whole);
      await send(table, whole);
      const paid = write(base, 60, (i) => (i === 0 ? { MSUMM: '5' } : {})) + end;
      const cut = inLastCell(paid, base, 45);
      const answer = await send(table, cut);
      expect(kindsOf(answer)).toEqual([[`К-${base}-0`, 'paid']]);
      expect([answer.isCut, answer.faults]).toEqual([
        true,
        [{ line: 47, column: 'POBJA', reason: 'cut-file', value: 'Лесная, 1' }],
      ]);
      expect(await orderOf(`К-${base}-45`)).toMatchObject({ objectAddress: 'Лесная, 145' });
      // The same once more, and the whole file then: nothing has come back, because nothing was gone.
      expect(kindsOf(await send(table, cut))).toEqual([]);
      const last = await send(table, paid);
      expect([last.isCut, last.faults, last.changes]).toEqual([false, [], []]);
    });

    it('are no whole ones by being sent again', async () => {
      const base = nextSerial();
      const whole = `${write(base, 12)}\r\n`;
      const table = await tableOf(whole);
      await send(table, whole);
      // No row is missing.
      const cut = inLastCell(whole, base, 11);
      for (let times = 0; times < 2; times++) {
        const answer = await send(table, cut);
        expect([answer.isCut, answer.changes]).toEqual([true, []]);
      }
      expect(await orderOf(`К-${base}-11`)).toMatchObject({ objectAddress: 'Лесная, 111' });
    });

    it('are whole where whoever writes them ends them so', async () => {
      const base = nextSerial();
      const without = (...gone: number[]) =>
        write(base, 30)
          .split('\r\n')
          .filter((_, line) => !gone.includes(line - 1))
          .join('\r\n');
      const table = await tableOf(without());
      await send(table, `${without()}\r\n`);
      // Written by another program from now on: all rows are there.
      const other = await send(table, without());
      expect([other.isCut, other.changes, other.faults]).toEqual([false, [], []]);
      const some = await send(table, without(3, 5));
      expect([some.isCut, some.counts.gone]).toEqual([false, 2]);
      const more = write(base, 31);
      const grown = await send(table, more);
      expect([grown.isCut, kindsOf(grown)]).toEqual([
        false,
        [
          [`К-${base}-3`, 'back'],
          [`К-${base}-5`, 'back'],
          [`К-${base}-30`, 'new'],
        ],
      ]);
      // The last rows are missing: as a cut would have it. Who knows better says so.
      const shorter = await send(table, write(base, 28), '&dry=true');
      expect([shorter.isCut, shorter.counts.gone]).toEqual([true, 0]);
      const sure = await send(table, write(base, 28), '&sure=true');
      expect([sure.isCut, sure.counts.gone, sure.faults]).toEqual([false, 3, []]);
    });
  });

  it('is not taken for the whole when much of it is missing, and not twice from two people', async () => {
    const base = nextSerial();
    const rows = Array.from({ length: 60 }, (_, i): Cells => ({ ZNUMB: `М-${base}-${i}`, MSUMM: '0' }));
    const table = await tableOf(dumpOf(rows));
    await send(table, dumpOf(rows));
    const part = `${dumpOf(rows.slice(0, 30))}\r\n`;
    const path = `/api/tables/${table.id}/dumps?fileName=a.csv`;
    expect((await app.admin.send('POST', path, part, FILE)).error?.details).toMatchObject([
      { reason: 'many-gone' },
    ]);
    expect((await send(table, part, '&dry=true')).isDoubtful).toBe(true);
    const paid = dumpOf(rows.map((row) => ({ ...row, MSUMM: '5' })));
    const dispatcher = await app.signIn({ roles: ['dispatcher'] });
    const before = await count();
    const both = await Promise.all([send(table, paid), send(table, paid, '', dispatcher)]);
    expect(both.map(({ counts }) => counts.paid).sort()).toEqual([0, 60]);
    expect(await count()).toBe(before + 60);
    expect((await send(table, part, '&sure=true')).counts.gone).toBe(30);
  });
});

describe('dumps of CLIENTS', () => {
  it('are those whom a table of orders has named', async () => {
    const base = nextSerial();
    const [org, one, twin] = [`ООО «Витраж ${base}»`, `Лаптев ${base}`, `Кротов ${base}`];
    const orders = dumpOf(
      [org, one, twin].map((KNAME, i) => ({ ZNUMB: `З-${base}-${i}`, KNAME, MSUMM: '0' })),
    );
    await send(await tableOf(orders), orders);
    const clients = [
      'ID;NAME;INN;PHONE',
      `1;${org};7707083893;`,
      `2;${one};;+7 916 555-04-01`,
      `3;${twin};;+7 916 555-04-02`,
      `4;${twin};;+7 916 555-04-03`,
    ].join('\n');
    await send(await tableOf(clients), clients);
    const cardsOf = async (name: string) => {
      const { items } = await app.admin.get<{ items: Counterparty[] }>(
        `/api/counterparties?search=${encodeURIComponent(name)}`,
      );
      return items.map(({ inn, phones }) => inn ?? phones.join());
    };
    expect(await cardsOf(org)).toEqual(['7707083893']);
    expect(await cardsOf(one)).toEqual(['+79165550401']);
    // Which of the two has the order, nobody can tell.
    expect((await cardsOf(twin)).sort()).toEqual(['', '+79165550402', '+79165550403']);
  });

  it('keep counterparties, and know who is here already', async () => {
    const base = nextSerial();
    const known = await app.admin.post<Counterparty>('/api/counterparties', {
      name: 'Как у нас',
      kind: 'org',
      inn: '7705654326',
    });
    const dump = (phone: string) =>
      [
        'ID;NAME;INN;PHONE;EMAIL;CONTACT',
        `1;ООО Окна ${base};7705654326;${phone};;Инна`,
        `2;Белова ${base};;8 (916) 555-01-${String(base % 100).padStart(2, '0')};b@example.invalid;`,
      ].join('\n');
    const text = dump('');
    const look = await app.admin.post<TableLook>('/api/tables/look?fileName=a.csv', text, FILE);
    expect(look).toMatchObject({ preset: 'clients', mapping: { kind: 'counterparties', key: 'ID' } });
    const table = await tableOf(text);
    expect((await send(table, text)).counts).toMatchObject({ new: 2, events: 0, refused: 0 });
    const ours = await app.admin.get<Counterparty>(`/api/counterparties/${known.id}`);
    expect(ours).toMatchObject({ name: 'Как у нас', contacts: [{ name: 'Инна' }] });
    const { items } = await app.admin.get<{ items: Counterparty[] }>(
      `/api/counterparties?search=${encodeURIComponent(`Белова ${base}`)}`,
    );
    expect(items).toMatchObject([{ kind: 'person', emails: ['b@example.invalid'] }]);
    expect((await send(table, dump('+7 495 123-45-67'))).changes).toMatchObject([
      { kind: 'card', fields: ['phone'] },
    ]);
    expect(await app.admin.get(`/api/counterparties/${known.id}`)).toMatchObject({
      phones: ['+74951234567'],
    });
    expect((await send(table, dump('+7 495 123-45-67'))).counts).toMatchObject({ card: 0, new: 0 });
  });
});

describe('a table', () => {
  it('is named, changed and forgotten, and its mapping is checked', async () => {
    const table = await tableOf(dumpOf([{ ZNUMB: '1', MSUMM: '0' }]));
    const path = `/api/tables/${table.id}`;
    expect(await app.admin.patch(path, { name: 'Иначе' })).toMatchObject({ name: 'Иначе', version: 2 });
    const mapping = { ...table.mapping, columns: { A: 'paid', B: 'paid' } };
    expect((await app.admin.send('PATCH', path, { mapping })).error?.details).toMatchObject([
      { reason: 'used-twice' },
    ]);
    await app.admin.delete(path);
    expect((await app.admin.send('GET', path)).status).toBe(404);
  });
});
