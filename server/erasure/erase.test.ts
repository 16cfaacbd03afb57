import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Counterparty } from '@svodka/shared/contracts/counterparty';
import { newId } from '@svodka/shared/contracts/id';
import type { Table, TableAnswer, TableLook } from '@svodka/shared/contracts/tables';
import { createTestApp, type TestApp } from '../../test/support/app.ts';
import { makeCounterparty, makeEvent, makeProject } from '../../test/support/factories.ts';
import { TablesRepository } from '../sources/tables/tables.repository.ts';
import { erase } from './erase.ts';
import { erasedIn, noteErased } from './list.ts';
import { eraseAgain, subjectOf } from './run.ts';
import { findSubject, type Subject, SubjectError } from './subject.ts';

const FILE = { 'Content-Type': 'application/octet-stream' };

describe('erasing somebody', () => {
  let app: TestApp;
  beforeAll(async () => {
    app = await createTestApp();
  });
  afterAll(() => app?.close());

  const subject = (asked: string): Promise<Subject> => findSubject(app.connection.db as never, asked);
  const goes = async (asked: string) => erase(app.connection, await subject(asked), new Date());
  const card = (id: string) => app.admin.get<Counterparty>(`/api/counterparties/${id}`);

  it('refuses whose phone is somebody else’s too, and who is nobody', async () => {
    const phone = '+79165550301';
    const one = await makeCounterparty(app.admin, { name: 'Первый Пётр', phones: [phone] });
    const two = await makeCounterparty(app.admin, { name: 'Второй Пётр', phones: [phone] });
    await expect(subjectOf(app.connection, one.number)).rejects.toThrow(
      new RegExp(`stands on other cards too: ${two.number}`),
    );
    await expect(subject(phone)).rejects.toThrow(SubjectError);
    await expect(subject('+79165550302')).rejects.toThrow(SubjectError);
  });

  it('takes the cards that were merged into it, with what they said before', async () => {
    const into = await makeCounterparty(app.admin, { name: 'Лунин Пётр', phones: ['+79165550303'] });
    const from = await makeCounterparty(app.admin, { name: 'Лунин П. П.', phones: ['+79165550304'] });
    const versions = { into: into.version, from: from.version };
    await app.admin.post(`/api/counterparties/${into.id}/merge`, { from: from.id, versions, values: {} });
    const said = await makeEvent(app.admin, { title: 'Звонил с 8 916 555-03-04' });
    expect((await goes(into.number)).cards).toBe(2);
    const stored = await app.connection.db
      ?.collection<{ _id: string }>('counterparties')
      .find({ _id: { $in: [into.id, from.id] } })
      .toArray();
    expect(JSON.stringify(stored)).not.toMatch(/Лунин|5550303|5550304/);
    expect((await app.admin.get<{ event: { title: string } }>(`/api/events/${said.id}`)).event.title).toBe(
      'Звонил с [стёрто]',
    );
  });

  it('leaves an event that names somebody else too, without their words', async () => {
    const mine = await makeCounterparty(app.admin, { name: 'Ковалёв Прохор', phones: ['+79165550305'] });
    const other = await makeCounterparty(app.admin, { name: 'Соседний двор' });
    const order = await makeProject(app.admin, { counterpartyId: other.id });
    const both = await makeEvent(app.admin, {
      title: 'Спор двух соседей',
      body: 'Ковалев  Прохор против',
      counterpartyIds: [mine.id],
      projectId: order.id,
    });
    await goes(mine.number);
    const { event } = await app.admin.get<{ event: { title: string; body: string } }>(
      `/api/events/${both.id}`,
    );
    expect(event).toMatchObject({ title: 'Спор двух соседей', body: '[стёрто] против' });
    expect(await card(other.id)).toMatchObject({ name: 'Соседний двор' });
  });

  it('leaves what others have in common with them, and refuses a number that is both’s', async () => {
    const inn = '500100732259';
    const mine = await makeCounterparty(app.admin, { name: 'Иванова Анна', inn, phones: ['+79165550306'] });
    const twin = await makeCounterparty(app.admin, { name: 'Иванова Анна', note: 'не она: 8 916 555-03-06' });
    await makeProject(app.admin, { counterpartyId: mine.id, objectAddress: 'Речная ул., 4' });
    const near = await makeProject(app.admin, {
      counterpartyId: twin.id,
      objectAddress: 'Речная ул., 4, кв. 17',
    });
    const branch = await makeCounterparty(app.admin, { name: 'Филиал', kind: 'org', inn });
    await expect(subjectOf(app.connection, mine.number)).rejects.toThrow(branch.number);
    await app.admin.patch(
      `/api/counterparties/${branch.id}`,
      { inn: null },
      { 'If-Match': String(branch.version) },
    );
    await goes(mine.number);
    expect(await card(twin.id)).toMatchObject({ name: 'Иванова Анна', note: 'не она: [стёрто]' });
    expect(await app.admin.get<object>(`/api/projects/${near.id}`)).toMatchObject({
      objectAddress: 'Речная ул., 4, кв. 17',
    });
  });

  it('gives keys that name them others, and leaves no words of programs', async () => {
    const mine = await makeCounterparty(app.admin, { name: 'Осипов Глеб', phones: ['+79165550307'] });
    const order = await makeProject(app.admin, { counterpartyId: mine.id });
    const ids: string[] = [];
    for (const externalId of ['ats:79165550307:1', 'ats:79165550307:2']) {
      const source = { module: 'calls' as const, externalId };
      ids.push(
        (await makeEvent(app.admin, { type: 'call.in', source, payload: { from: '+79165550307' } })).id,
      );
    }
    const work = await makeEvent(app.admin, {
      type: 'work.planned',
      projectId: order.id,
      payload: { crew: 'шурин Семён', startOn: '2027-03-01' },
    });
    const events = app.connection.db?.collection<{ _id: string }>('events');
    await events?.updateOne({ _id: work.id }, { $set: { author: { userId: null, name: 'Осипов Г., сам' } } });
    await goes(mine.number);
    const stored = await events?.find({ _id: { $in: [...ids, work.id] } }).toArray();
    expect(JSON.stringify(stored)).not.toMatch(/5550307|шурин|Осипов/);
    expect(stored?.find(({ _id }) => _id === work.id)).toMatchObject({ payload: { startOn: '2027-03-01' } });
    // Once more: nothing is in the way, and nothing of the empty card is looked for elsewhere.
    await goes(mine.number);
  });

  it('erases again exactly who was erased, though the older copy says that one stands for another', async () => {
    const into = await makeCounterparty(app.admin, { name: 'Невинный Павел', phones: ['+79165550308'] });
    const from = await makeCounterparty(app.admin, { name: 'Стёртый Павел', phones: ['+79165550309'] });
    const versions = { into: into.version, from: from.version };
    await app.admin.post(`/api/counterparties/${into.id}/merge`, { from: from.id, versions, values: {} });
    const dir = await mkdtemp(join(tmpdir(), 'svodka-erased-'));
    const at = new Date().toISOString();
    await noteErased(dir, [
      { card: from.id, at, isDone: true },
      { card: newId(), at: new Date(0).toISOString(), isDone: false },
    ]);
    const done = await eraseAgain(app.connection, dir);
    expect(done.map(({ subject: { cards } }) => cards.map(({ _id }) => _id))).toEqual([[from.id]]);
    expect((await card(into.id)).name).toBe('Невинный Павел');
    // Who is not there at all is done with.
    expect((await erasedIn(dir)).map(({ isDone }) => isDone)).toEqual([false, true]);
    await rm(dir, { recursive: true });
  });

  it('rewords what a table remembers of its last dump, whose rows stay known', async () => {
    const text = 'ZNUMB;MNAME;KNAME;POBJA;MSUMM\r\nПС-9001;Иванов;Ручьёв Антон;Заречная пл., 9;10000';
    const { mapping } = await app.admin.post<TableLook>('/api/tables/look?fileName=a.csv', text, FILE);
    const table = await app.admin.post<Table>('/api/tables', { name: 'ПрофСтрой', mapping });
    await app.admin.post<TableAnswer>(`/api/tables/${table.id}/dumps?fileName=a.csv`, text, FILE);
    const found = await app.connection.db?.collection('counterparties').findOne({ name: 'Ручьёв Антон' });
    await goes(String(found?.number));
    const tables = app.app.get(TablesRepository);
    const dump = await tables.dumpOf(await tables.get(table.id));
    expect(dump?.size).toBe(1);
    expect(JSON.stringify([...(dump ?? [])])).not.toMatch(/Ручьёв|Заречная/);
  });
});
