/** Counterparties and orders by the same import as events: typed, compared first, never doubled unasked, taken back. */
import { jest } from '@jest/globals';
import type { Counterparty } from '@svodka/shared/contracts/counterparty';
import type { Project } from '@svodka/shared/contracts/directory';
import type { SvodkaEvent } from '@svodka/shared/contracts/event';
import type {
  ImportBatch,
  ImportFinding,
  ImportMapping,
  ImportPreview,
  ImportRowError,
} from '@svodka/shared/contracts/import';
import { createTestApp, type TestApp } from '../../test/support/app.ts';
import { until } from '../../test/support/until.ts';

const CSV = { 'Content-Type': 'text/csv' };
jest.setTimeout(120_000);

let app: TestApp;
beforeAll(async () => {
  app = await createTestApp();
});
afterAll(() => app.close());

type Asked = Partial<ImportMapping> & Pick<ImportMapping, 'kind' | 'columns'>;

async function upload(name: string, text: string): Promise<string> {
  const path = `/api/imports?fileName=${encodeURIComponent(name)}`;
  return (await app.admin.post<{ batch: ImportBatch; preview: ImportPreview }>(path, text, CSV)).batch.id;
}
const settled = (id: string) =>
  until(
    async () => {
      const batch = await app.admin.get<ImportBatch>(`/api/imports/${id}`);
      return ['running', 'checking', 'undoing'].includes(batch.state) ? null : batch;
    },
    { timeoutMs: 60_000, what: 'the end of a run' },
  );
async function check(id: string, mapping: Asked): Promise<ImportBatch> {
  await app.admin.post(`/api/imports/${id}/check`, mapping);
  return settled(id);
}
async function start(id: string, mapping: Asked): Promise<ImportBatch> {
  await app.admin.post(`/api/imports/${id}/start`, mapping);
  return settled(id);
}
async function undo(id: string): Promise<ImportBatch> {
  await app.admin.post(`/api/imports/${id}/undo`);
  return settled(id);
}
const findings = async (id: string, kind: ImportFinding['kind']) =>
  (await app.admin.get<{ items: ImportFinding[] }>(`/api/imports/${id}/findings?kind=${kind}`)).items;
const errors = async (id: string) =>
  (await app.admin.get<{ items: ImportRowError[] }>(`/api/imports/${id}/errors`)).items;
const parties = async (search: string) =>
  (await app.admin.get<{ items: Counterparty[] }>(`/api/counterparties?search=${encodeURIComponent(search)}`))
    .items;
const orders = async (number: string) =>
  (
    await app.admin.get<{ items: Project[] }>(`/api/projects?search=${encodeURIComponent(number)}`)
  ).items.filter((order) => order.number === number);

const PARTIES: Asked = {
  kind: 'counterparties',
  source: '1С, контрагенты',
  columns: {
    Код: 'externalId',
    Наименование: 'name',
    ИНН: 'inn',
    Телефон: 'phone',
    Почта: 'email',
    Контакт: 'contact',
    Менеджер: 'manager',
    Вид: 'kind',
    Скидка: 'keep',
  },
};
const HEAD = 'Код;Наименование;ИНН;Телефон;Почта;Контакт;Менеджер;Вид;Скидка\n';

describe('import of counterparties', () => {
  it('reads a card by its columns, refuses what is none of its kind, and keeps the rest in the note', async () => {
    const { user: manager } = await app.signIn({ name: 'Вера Лунина', roles: ['manager'] });
    const login = manager.login.toUpperCase();
    const id = await upload(
      'контрагенты.csv',
      `${HEAD}1;ООО «Рассвет»;7707083893;8 (495) 111-22-33 доб. 12;INFO@rassvet.example;Пётр Ильин;${login};юрлицо;5 %\n` +
        '2;Белова Инна;;8 916 555-01-01, +7 916 555-01-02;;;Никто Такой;дачник;\n' +
        '3;ООО «Закат»;7707083894;;;;;;\n' +
        '4;;;;;;;;\n' +
        '5;ИП Серов;;12;;;;;\n',
    );
    const batch = await start(id, PARTIES);
    expect(batch.counts).toMatchObject({ rows: 5, created: 2, errors: 3 });
    expect((await errors(id)).map(({ line, reason }) => [line, reason])).toEqual([
      [4, 'inn-check'],
      [5, 'required'],
      [6, 'phone'],
    ]);
    const [firm] = await parties('Рассвет');
    expect(firm).toMatchObject({
      kind: 'org',
      inn: '7707083893',
      phones: ['+74951112233'],
      emails: ['info@rassvet.example'],
      contacts: [{ name: 'Пётр Ильин' }],
      managerId: manager.id,
    });
    expect(firm?.note).toContain('Телефон: 8 (495) 111-22-33 доб. 12');
    expect(firm?.note).toContain('Скидка: 5 %');
    const [person] = await parties('Белова');
    expect(person).toMatchObject({
      kind: 'person',
      phones: ['+79165550101', '+79165550102'],
      managerId: null,
    });
    expect(person?.note).toContain('Никто Такой');
    expect(person?.note).toContain('дачник');
  });

  it('tells the same file as the same, shows what changed beside what was, and changes it only when told to', async () => {
    const before = `${HEAD}10;Фирма Клён;;8 916 700-00-01;;;;;\n11;Фирма Дуб;;8 916 700-00-02;;;;;\n`;
    await start(await upload('клён.csv', before), PARTIES);
    const same = await start(await upload('клён.csv', before), PARTIES);
    expect(same.counts).toMatchObject({ created: 0, existing: 2, changed: 0 });

    const after = before.replace('700-00-01', '700-00-09');
    const id = await upload('клён.csv', after);
    expect((await check(id, PARTIES)).counts).toMatchObject({ existing: 1, changed: 1, created: 0 });
    const shown = await findings(id, 'changed');
    expect(shown).toMatchObject([
      {
        line: 2,
        title: 'Фирма Клён',
        changes: { phones: { from: ['+79167000001'], to: ['+79167000009', '+79167000001'] } },
      },
    ]);
    expect((await parties('Клён'))[0]?.phones).toEqual(['+79167000001']);
    await start(id, { ...PARTIES, update: true });
    expect((await parties('Клён'))[0]?.phones).toEqual(['+79167000009', '+79167000001']);
    // What people write stays, as long as the file says what it said.
    const [firm] = await parties('Клён');
    await app.admin.send('PATCH', `/api/counterparties/${firm?.id}`, { name: 'Клён-Сервис' });
    const again = await start(await upload('клён.csv', after), { ...PARTIES, update: true });
    expect(again.counts).toMatchObject({ existing: 2, changed: 0 });
    expect(await parties('Клён-Сервис')).toHaveLength(1);
  });

  it('proposes whom a row resembles, here and in its own file, and makes nobody twice unasked', async () => {
    const firm = await app.admin.post<Counterparty>('/api/counterparties', {
      kind: 'org',
      name: 'ООО «Парус»',
      inn: '7736207543',
      phones: ['+74957771122'],
    });
    const text =
      `${HEAD}20;Парус, торговый дом;7736207543;8 495 777-11-99;;;;;\n` +
      '21;Рогова Мария;;8 916 701-00-01;;;;;\n22;Рогова М. П.;;8 916 701-00-01;;;;;\n' +
      '23;Совсем Другой;;8 916 701-00-07;;;;;\n';
    const id = await upload('парус.csv', text);
    const checked = await check(id, { ...PARTIES, source: 'Битрикс24' });
    expect(checked).toMatchObject({ state: 'uploaded', counts: { created: 2, alike: 2, decided: 0 } });
    expect(checked.checkedAt).not.toBeNull();
    const alike = await findings(id, 'alike');
    expect(
      alike.map(({ line, candidates }) => [line, candidates.map((one) => [one.id, one.line, one.by])]),
    ).toEqual([
      [2, [[firm.id, null, ['inn']]]],
      [4, [[null, 3, ['phone', 'name']]]],
    ]);
    expect(await parties('Рогова')).toHaveLength(0);

    // Without a word they wait, as rows that can be downloaded.
    const other = await upload('парус.csv', text);
    const waiting = await start(other, { ...PARTIES, source: 'Битрикс24' });
    expect(waiting.counts).toMatchObject({ created: 2, alike: 2, errors: 2 });
    expect((await errors(other)).map(({ reason, values }) => [reason, values?.[0]])).toEqual([
      ['alike', '20'],
      ['alike', '22'],
    ]);
    expect((await undo(other)).counts.kept).toBe(0);

    const chosen = await app.admin.post<ImportBatch>(`/api/imports/${id}/choices`, {
      choices: [
        { line: 2, how: 'same', of: firm.id },
        { line: 4, how: 'same', of: 'line:3' },
      ],
    });
    expect(chosen.counts.decided).toBe(2);
    const done = await start(id, { ...PARTIES, source: 'Битрикс24' });
    expect(done.counts).toMatchObject({ created: 2, errors: 0, skipped: 0 });
    expect(await parties('Рогова')).toHaveLength(1);
    expect(await app.admin.get<Counterparty>(`/api/counterparties/${firm.id}`)).toMatchObject({
      name: 'ООО «Парус»',
      phones: ['+74957771122'],
    });
    // The next file knows them by their numbers.
    const next = await start(await upload('парус.csv', text), { ...PARTIES, source: 'Битрикс24' });
    expect(next.counts).toMatchObject({ created: 0, alike: 0, errors: 0 });
  });

  it('takes rows that failed and come back corrected for the source that they are of', async () => {
    const text = 'Код;Наименование;Особый знак\n71;Вектор;а\n72;;б\n';
    const columns = { Код: 'externalId', Наименование: 'name', 'Особый знак': 'keep' } as const;
    const mapping: Asked = { kind: 'counterparties', source: 'Склад, партнёры', columns };
    await start(await upload('партнёры.csv', text), mapping);
    const back = await upload(
      'партнёры (с ошибками).csv',
      'Код;Наименование;Особый знак;Почему не вошла\n72;Гранит;б;пусто\n',
    );
    expect((await settled(back)).source).toBe('Склад, партнёры');
  });

  it('forgets what was said of a row when the file is read another way', async () => {
    await app.admin.post('/api/counterparties', { kind: 'org', name: 'Каскад', phones: ['+74957770002'] });
    const id = await upload('каскад.csv', `${HEAD}90;Каскад плюс;;84957770002;;;;;\n`);
    await check(id, PARTIES);
    await app.admin.post(`/api/imports/${id}/choices`, { choices: [{ line: 2, how: 'skip' }] });
    const { batch } = await app.admin.post<{ batch: ImportBatch }>(`/api/imports/${id}/dialect`, {
      header: 1,
    });
    expect(batch.counts.decided).toBe(0);
    expect(await findings(id, 'alike')).toEqual([]);
    expect((await start(id, PARTIES)).counts).toMatchObject({ skipped: 0, errors: 1 });
  });

  it('shows of an import what that one changed, not what another mapping would have', async () => {
    const text = `${HEAD}80;Лотос;;8 916 708-00-01;a@lotos.example;;;;\n`;
    await start(await upload('лотос.csv', text), PARTIES);
    const id = await upload('лотос.csv', text.replace('a@', 'b@'));
    expect((await check(id, PARTIES)).counts.changed).toBe(1);
    const { Почта: _, ...columns } = PARTIES.columns;
    const done = await start(id, { ...PARTIES, columns: { ...columns, Почта: 'ignore' } });
    expect(done.counts).toMatchObject({ existing: 1, changed: 0 });
    expect(await findings(id, 'changed')).toEqual([]);
  });

  it('takes one word for all that are alike', async () => {
    await app.admin.post('/api/counterparties', { kind: 'org', name: 'Омега', phones: ['+74957770001'] });
    const text = `${HEAD}1;Омега плюс;;84957770001;;;;;\n2;Омега;;;;;;;\n3;Сигма;;;;;;;\n`;
    const skipped = await start(await upload('омега.csv', text), { ...PARTIES, source: 'о', alike: 'skip' });
    expect(skipped.counts).toMatchObject({ created: 1, alike: 2, skipped: 2, errors: 0 });
    const made = await start(await upload('омега.csv', text), { ...PARTIES, source: 'о', alike: 'new' });
    expect(made.counts).toMatchObject({ created: 2, existing: 1 });
    expect(await parties('Омега')).toHaveLength(3);
  });

  it('leaves what people have changed since a file and the card that was here said the same', async () => {
    const phones = ['+79167050001'];
    await app.admin.post('/api/counterparties', { kind: 'person', name: 'Ивова Анна', phones });
    const text = `${HEAD}50;Ивова Анна;;8 916 705-00-01;;;;;\n`;
    await start(await upload('ивова.csv', text), { ...PARTIES, alike: 'same' });
    const [card] = await parties('Ивова');
    await app.admin.send('PATCH', `/api/counterparties/${card?.id}`, { name: 'Ивова-Лис Анна' });
    const again = await start(await upload('ивова.csv', text), { ...PARTIES, update: true });
    expect(again.counts).toMatchObject({ existing: 1, changed: 0 });
    expect((await parties('Ивова'))[0]?.name).toBe('Ивова-Лис Анна');
  });

  it('makes no person of a firm whose name does not tell what it is', async () => {
    await app.admin.post('/api/counterparties', { kind: 'org', name: 'Берёзка', phones: ['+79167060001'] });
    const id = await upload('берёзка.csv', `${HEAD}70;Берёзка;;8 916 706-00-01;;;;;\n`);
    const done = await start(id, { ...PARTIES, alike: 'same', update: true });
    expect(done.counts).toMatchObject({ existing: 1, changed: 0 });
    expect(await parties('Берёзка')).toMatchObject([{ kind: 'org' }]);
  });

  it('is taken back whole, save that upon which something was built, and says which', async () => {
    const text = `${HEAD}30;Альфа Окна;;8 916 702-00-01;;;;;\n31;Бета Окна;;8 916 702-00-02;;;;;\n32;Гамма Окна;;8 916 702-00-03;;;;;\n`;
    const id = await upload('окна.csv', text);
    expect((await start(id, PARTIES)).counts.created).toBe(3);
    const [beta] = await parties('Бета');
    await app.admin.post('/api/projects', { number: 'У-1', counterpartyId: beta?.id });
    const [gamma] = await parties('Гамма');
    await app.admin.send('PATCH', `/api/counterparties/${gamma?.id}`, { note: 'звонить утром' });

    const undone = await undo(id);
    expect(undone).toMatchObject({ state: 'undone', counts: { kept: 2 } });
    expect((await findings(id, 'kept')).map(({ title, why }) => [title, why])).toEqual([
      ['Бета Окна', 'orders'],
      ['Гамма Окна', 'edited'],
    ]);
    expect(await parties('Альфа')).toEqual([]);
    const again = await start(await upload('окна.csv', text), PARTIES);
    expect(again.counts).toMatchObject({ created: 1, existing: 2 });
  });

  it('leaves a card that a row of another file was said to be', async () => {
    const text = `${HEAD}60;Тета Окна;;8 916 702-00-21;;;;;\n`;
    const id = await upload('тета.csv', text);
    await start(id, PARTIES);
    const other = { ...PARTIES, source: 'Битрикс24, тета', alike: 'same' as const };
    await start(await upload('тета2.csv', text.replace('60;', '7;')), other);
    expect((await undo(id)).counts.kept).toBe(1);
    expect((await findings(id, 'kept')).map(({ why }) => why)).toEqual(['imports']);
    expect((await start(await upload('тета2.csv', text.replace('60;', '7;')), other)).counts).toMatchObject({
      existing: 1,
      deleted: 0,
    });
  });

  it('leaves what somebody has written in a card, though an import has changed it since', async () => {
    const text = `${HEAD}40;Дельта Окна;;8 916 702-00-11;;;;;\n41;Эпсилон Окна;;8 916 702-00-12;;;;;\n`;
    const id = await upload('дельта.csv', text);
    await start(id, PARTIES);
    const [delta] = await parties('Дельта');
    await app.admin.send('PATCH', `/api/counterparties/${delta?.id}`, { note: 'звонить утром' });
    const next = await upload('дельта.csv', text.replaceAll('702-00-1', '702-00-2'));
    expect((await start(next, { ...PARTIES, update: true })).counts.changed).toBe(2);

    expect((await undo(id)).counts.kept).toBe(1);
    expect((await findings(id, 'kept')).map(({ title, why }) => [title, why])).toEqual([
      ['Дельта Окна', 'edited'],
    ]);
    expect((await parties('Дельта'))[0]?.note).toBe('звонить утром');
    expect(await parties('Эпсилон')).toEqual([]);
  });
});

const ORDERS: Asked = {
  kind: 'orders',
  source: 'Таблица заказов',
  columns: {
    Заказ: 'number',
    Клиент: 'counterparty',
    Тел: 'phone',
    ИНН: 'inn',
    Адрес: 'address',
    Сумма: 'amount',
    Вид: 'template',
    Обещали: 'promisedOn',
    Статус: 'orderStatus',
    Цвет: 'keep',
  },
};
const ORDER_HEAD = 'Заказ;Клиент;Тел;ИНН;Адрес;Сумма;Вид;Обещали;Статус;Цвет\n';

it('is for those above alone', async () => {
  const id = await upload('право.csv', `${HEAD}1;Никто;;;;;;;\n`);
  for (const role of ['manager', 'orders', 'finance', 'measurer'] as const) {
    const person = await app.signIn({ roles: [role] });
    const choices = { choices: [{ line: 2, how: 'new' }] };
    for (const answer of [
      await person.send('POST', `/api/imports/${id}/check`, PARTIES),
      await person.send('POST', `/api/imports/${id}/choices`, choices),
      await person.send('GET', `/api/imports/${id}/findings?kind=alike`),
    ])
      expect(answer.status).toBe(403);
  }
});

describe('addresses of e-mail in a file', () => {
  it('are taken as they are good, and what is none stays in the note', async () => {
    const mapping: Asked = {
      kind: 'counterparties',
      source: 'Почта',
      columns: { Наименование: 'name', Почта: 'email' },
    };
    const rows = [
      ['Окна рф', 'info@окна.рф; info@xn--80atjc.xn--p1ai', ['info@окна.рф', 'info@xn--80atjc.xn--p1ai'], ''],
      ['Одна плохая', '"a@b.ru, нет почты"', ['a@b.ru'], 'Почта: a@b.ru, нет почты'],
      ['С именем', 'Иван <Ivan@b.ru>', ['ivan@b.ru'], 'Почта: Иван <Ivan@b.ru>'],
      ['Ни одной', 'ivan@mail', [], 'Почта: ivan@mail'],
    ] as const;
    const text = `Наименование;Почта\n${rows.map(([name, cell]) => `${name};"${cell.replaceAll('"', '')}"`).join('\n')}\n`;
    const id = await upload('почта.csv', text);
    expect((await check(id, mapping)).counts).toMatchObject({ rows: 4, created: 4, errors: 0 });
    expect((await start(id, mapping)).counts).toMatchObject({ created: 4, errors: 0 });
    for (const [name, , emails, note] of rows)
      expect((await parties(name)).find((one) => one.name === name)).toMatchObject({ emails, note });
  });
});

describe('import of orders', () => {
  it('puts what only a few may read where only they read it', async () => {
    const secret = 'Скидка директора 12 %';
    const text = (note: string) => `Номер;Адрес;KPRIM\nСК-1;Тула;${note}\nСК-2;Орёл;\n`;
    const mapping: Asked = {
      kind: 'orders',
      source: 'Закрытое',
      columns: { Номер: 'number', Адрес: 'address', KPRIM: 'confidentialNote' },
    };
    const id = await upload('закрытое.csv', text(secret));
    expect((await check(id, mapping)).counts).toMatchObject({ rows: 2, errors: 0 });
    expect((await start(id, mapping)).counts).toMatchObject({ created: 2 });
    const [order] = await orders('СК-1');
    const noteOf = async () =>
      (await app.admin.get<{ text: string }>(`/api/projects/${order?.id}/confidential`)).text;
    expect(await noteOf()).toBe(secret);
    const shown = await Promise.all([
      app.admin.get(`/api/projects/${order?.id}`),
      findings(id, 'changed'),
      app.admin.get('/api/projects?search=директора'),
    ]);
    expect(JSON.stringify(shown)).not.toContain('директора');
    // An order that is here changes by an import that may change it only.
    const again = await upload('закрытое.csv', text('Другая'));
    await start(again, mapping);
    expect(await noteOf()).toBe(secret);
    const third = await upload('закрытое.csv', text('Другая'));
    await start(third, { ...mapping, update: true });
    expect(await noteOf()).toBe('Другая');
    // With an order that is taken back its note goes.
    const fourth = await upload('закрытое.csv', 'Номер;Адрес;KPRIM\nСК-3;Псков;Третья\n');
    await start(fourth, mapping);
    const notes = () => app.connection.collection('confidential_notes').countDocuments({ text: 'Третья' });
    expect(await notes()).toBe(1);
    expect((await undo(fourth)).counts.kept).toBe(0);
    expect(await notes()).toBe(0);
  });

  it('knows an order again however its number is written, and one that a file writes in two ways', async () => {
    const mapping: Asked = {
      kind: 'orders',
      source: 'Написания',
      columns: { Номер: 'number', Адрес: 'address' },
    };
    await app.admin.post('/api/projects', { number: 'ЗК-55/1', objectAddress: 'Мира, 5' });
    const spelled = ['зк-55/1', 'ЗК - 55/1', 'ЗK-55/1', 'ЗК–55/1', 'заказ ЗК-55/1'];
    for (const number of spelled) {
      const id = await upload('написания.csv', `Номер;Адрес\n${number};Мира, 5\n`);
      expect([number, (await check(id, mapping)).counts]).toMatchObject([
        number,
        { created: 0, existing: 1, errors: 0 },
      ]);
      expect((await start(id, mapping)).counts).toMatchObject({ created: 0, existing: 1 });
    }
    const id = await upload('два.csv', 'Номер;Адрес\nЗК-56/1;Мира, 6\nзк-56/1;Мира, 7\n');
    expect((await check(id, mapping)).counts).toMatchObject({ created: 1, errors: 1 });
    expect((await start(id, mapping)).counts).toMatchObject({ created: 1, errors: 1 });
    expect(await errors(id)).toMatchObject([{ line: 3, reason: 'number-twice' }]);
    const { items } = await app.admin.get<{ items: Project[] }>('/api/projects?search=ЗК');
    expect(items.map(({ number }) => number).sort()).toEqual(['ЗК-55/1', 'ЗК-56/1']);
  });

  it('makes orders with their customers, days as events, and a status that holds until events say more', async () => {
    const known = await app.admin.post<Counterparty>('/api/counterparties', {
      kind: 'org',
      name: 'Завод окон',
      inn: '5003052454',
    });
    const id = await upload(
      'заказы.csv',
      `${ORDER_HEAD}№ А-1;Кто-то;;5003052454;Мира, 5;184 300,50 ₽;Частный заказ;05.12.2026;в производстве;белый\n` +
        'А-2;Соколова Дарья;8 916 703-00-01;;;;;31.02.2026;;\n' +
        'А-3;Соколова Дарья;8 916 703-00-01;;;;;;не пойми что;\n' +
        'А-4;;;;;много;;;;\n',
    );
    const batch = await start(id, ORDERS);
    expect(batch.counts).toMatchObject({ rows: 4, created: 2, errors: 2 });
    expect((await errors(id)).map(({ column, reason }) => [column, reason])).toEqual([
      ['Обещали', 'no-such-date'],
      ['Сумма', 'money'],
    ]);
    const [first] = await orders('А-1');
    expect(first).toMatchObject({
      number: 'А-1',
      counterpartyId: known.id,
      objectAddress: 'Мира, 5',
      amountKop: 18_430_050,
      template: 'private',
      status: 'production',
      note: 'Цвет: белый',
    });
    const said = await app.admin.get<{ items: SvodkaEvent[] }>(`/api/events?filter=project:${first?.id}`);
    // What the desk itself finds in the order is beside them.
    expect(said.items.filter(({ module }) => module !== 'system')).toMatchObject([
      { type: 'install.confirmed', payload: { startOn: '2026-12-05' } },
    ]);
    await until(
      async () =>
        (await orders('А-1'))[0]?.line.milestones.find(({ code }) => code === 'install')?.promisedOn ===
        '2026-12-05',
    );
    const [third] = await orders('А-3');
    expect(third?.note).toContain('не пойми что');
    expect(await parties('Соколова')).toMatchObject([{ phones: ['+79167030001'] }]);
  });

  it('shows what is other by now, moves the promised day when told to, and is taken back with its customers', async () => {
    const text = `${ORDER_HEAD}Б-1;Орлов Пётр;8 916 704-00-01;;Лесная, 1;1000;;10.12.2026;;\nБ-2;Орлов Пётр;8 916 704-00-01;;;;;;;\n`;
    const id = await upload('б.csv', text);
    expect((await start(id, ORDERS)).counts.created).toBe(2);
    await until(
      async () =>
        (await orders('Б-1'))[0]?.line.milestones.find(({ code }) => code === 'install')?.promisedOn ===
        '2026-12-10',
    );
    const moved = await upload('б.csv', text.replace('10.12.2026', '17.12.2026').replace('1000', '1 500,00'));
    expect((await check(moved, ORDERS)).counts).toMatchObject({ changed: 1, existing: 1, created: 0 });
    expect((await findings(moved, 'changed'))[0]?.changes).toEqual({
      amountKop: { from: 100_000, to: 150_000 },
      promisedOn: { from: '2026-12-10', to: '2026-12-17' },
    });
    await start(moved, { ...ORDERS, update: true });
    expect((await orders('Б-1'))[0]).toMatchObject({ amountKop: 150_000 });
    await until(
      async () =>
        (await orders('Б-1'))[0]?.line.milestones.find(({ code }) => code === 'install')?.promisedOn ===
        '2026-12-17',
    );
    const orderId = (await orders('Б-1'))[0]?.id;
    // The import that changed it made nothing; the first takes all back.
    expect((await undo(id)).counts.kept).toBe(0);
    expect(await orders('Б-1')).toEqual([]);
    expect(await parties('Орлов')).toEqual([]);
    const about = await app.admin.get<{ items: SvodkaEvent[] }>(`/api/events?filter=project:${orderId}`);
    expect(about.items).toEqual([]);
  });

  it('makes anew an order that went with the import of another file', async () => {
    const text = `${ORDER_HEAD}Ж-1;;;;Лесная, 3;;;;;\n`;
    const id = await upload('ж.csv', text);
    await start(id, ORDERS);
    const other = { ...ORDERS, source: 'Другая таблица' };
    expect((await start(await upload('ж2.csv', text), other)).counts).toMatchObject({ existing: 1 });
    expect((await undo(id)).counts.kept).toBe(0);
    const again = await start(await upload('ж2.csv', text), other);
    expect(again.counts).toMatchObject({ created: 1, deleted: 0 });
  });

  it('makes nobody a customer of an order that stays as it is', async () => {
    await app.admin.post<Project>('/api/projects', { number: 'Д-1' });
    const text = `${ORDER_HEAD}Д-1;Ясенева Ольга;8 916 707-00-01;;;;;;;\n`;
    const kept = await start(await upload('д.csv', text), ORDERS);
    expect(kept.counts).toMatchObject({ created: 0, changed: 1 });
    expect(await parties('Ясенева')).toEqual([]);
    await start(await upload('д.csv', text), { ...ORDERS, update: true });
    expect(await parties('Ясенева')).toMatchObject([{ id: (await orders('Д-1'))[0]?.counterpartyId }]);
  });

  it('leaves what people have changed since a file and the order that was here said the same', async () => {
    const order = { number: 'Г-1', objectAddress: 'Лесная, 1', amountKop: 100_000 };
    const { id } = await app.admin.post<Project>('/api/projects', order);
    const text = `${ORDER_HEAD}Г-1;;;;Лесная, 1;1000;;;;\n`;
    expect((await start(await upload('г.csv', text), ORDERS)).counts).toMatchObject({ existing: 1 });
    await app.admin.send('PATCH', `/api/projects/${id}`, { objectAddress: 'Лесная, 2' });
    const again = await start(await upload('г.csv', text), { ...ORDERS, update: true });
    expect(again.counts).toMatchObject({ existing: 1, changed: 0 });
    expect((await orders('Г-1'))[0]?.objectAddress).toBe('Лесная, 2');
    // What the file said before is known however it writes the number now; and so is the source, whatever the file is called.
    const spelt = await upload('совсем другое.csv', text.replace('Г-1', 'заказ № г - 1'));
    expect(await app.admin.get(`/api/imports/${spelt}`)).toMatchObject({ source: ORDERS.source });
    const told = await start(spelt, { ...ORDERS, update: true });
    expect(told.counts).toMatchObject({ existing: 1, changed: 0 });
    expect((await orders('Г-1'))[0]?.objectAddress).toBe('Лесная, 2');
  });

  it('says the day of an order once, though its number is written another way', async () => {
    const text = `${ORDER_HEAD}Щ-1;;;;Лесная, 9;;;10.12.2026;;\n`;
    await start(await upload('щ.csv', text), ORDERS);
    const moved = await upload('щ.csv', text.replace('Щ-1', 'щ – 1').replace('10.12', '17.12'));
    expect((await start(moved, { ...ORDERS, update: true })).counts).toMatchObject({
      changed: 1,
      created: 0,
    });
    const [order] = await orders('Щ-1');
    const { items } = await app.admin.get<{ items: SvodkaEvent[] }>(
      `/api/events?filter=${encodeURIComponent(`project:${order?.id} type:install.confirmed`)}`,
    );
    expect(items).toMatchObject([{ payload: { startOn: '2026-12-17' } }]);
  });

  it('leaves an order of which something else has been told', async () => {
    const id = await upload('в.csv', `${ORDER_HEAD}В-1;Мохов;;;;;;;;\nВ-2;Мохов;;;;;;;;\n`);
    await start(id, ORDERS);
    const [order] = await orders('В-1');
    await app.admin.post('/api/events', {
      type: 'note.free',
      title: 'Звонили',
      occurredAt: new Date().toISOString(),
      projectId: order?.id,
    });
    expect((await undo(id)).counts.kept).toBe(2);
    const kept = (await findings(id, 'kept')).map(({ title, why }) => `${title}: ${why}`);
    expect(kept.toSorted()).toEqual(['В-1: events', 'Мохов: events']);
    expect(await orders('В-2')).toEqual([]);
  });
});

it('an order that events have brought stays where a table of orders knows it', async () => {
  const columns = { Заказ: 'project', Дата: 'occurredAt', Что: 'title' } as const;
  const text = 'Заказ;Дата;Что\nЯЯ-1;01.10.2026;Замер\nЯЯ-2;02.10.2026;Замер\n';
  const id = await upload('я-события.csv', text);
  await start(id, { kind: 'events', source: 'я, события', columns });
  const table = await upload('я-заказы.csv', 'Заказ;Что\nЯЯ-1;да\n');
  await start(table, { kind: 'orders', source: 'я, заказы', columns: { Заказ: 'number' } });
  expect((await undo(id)).counts.kept).toBe(1);
  expect((await findings(id, 'kept')).map(({ title, why }) => `${title}: ${why}`)).toEqual(['ЯЯ-1: imports']);
  expect(await orders('ЯЯ-2')).toEqual([]);
});

it('how the orders of a source are told apart says nothing of its events', async () => {
  const text = 'Заказ;Дата;Что\nЕ-1;01.10.2026;Замер\nЕ-2;02.10.2026;Замер\n';
  const as = (kind: 'orders' | 'events') => ({ kind, source: 'Таблица, этапы' });
  const made = await start(await upload('этапы.csv', text), {
    ...as('orders'),
    columns: { Заказ: 'number' },
  });
  expect(made).toMatchObject({ keyBy: 'number', counts: { created: 2 } });
  const columns = { Заказ: 'externalId', Дата: 'occurredAt', Что: 'title' } as const;
  const more = text.replace('Е-2', 'Е-1');
  const events = await start(await upload('этапы.csv', more), { ...as('events'), columns });
  expect(events).toMatchObject({ keyBy: 'content', counts: { created: 2, errors: 0 } });
  // A comparison that somebody stopped has decided nothing.
  const stopped = await upload('этапы.csv', more);
  await app.admin.post(`/api/imports/${stopped}/check`, { ...as('events'), columns });
  await app.admin.post(`/api/imports/${stopped}/cancel`);
  const part = `${more.split('\n').slice(0, 2).join('\n')}\n`;
  const again = await start(await upload('этапы.csv', part), { ...as('events'), columns });
  expect(again).toMatchObject({ keyBy: 'content', counts: { created: 0, existing: 1 } });
});

it('events too are shown as they are and as the file has them, before they are changed', async () => {
  const columns = {
    Номер: 'externalId',
    Дата: 'occurredAt',
    Что: 'title',
    Сумма: 'payload.amountKop',
  } as const;
  const mapping: Asked = { kind: 'events', source: 'платежи', columns, type: 'payment.received' };
  const text = 'Номер;Дата;Что;Сумма\n1;01.10.2026;Оплата;100\n2;02.10.2026;Оплата;200\n';
  await start(await upload('платежи.csv', text), mapping);
  const id = await upload('платежи.csv', text.replace(';200', ';250,50'));
  expect((await check(id, mapping)).counts).toMatchObject({ changed: 1, existing: 1, created: 0 });
  expect(await findings(id, 'changed')).toMatchObject([
    { line: 3, changes: { payload: { from: { amountKop: 20_000 }, to: { amountKop: 25_050 } } } },
  ]);
});
