import type { Counterparty } from '@svodka/shared/contracts/counterparty';
import type { Table, TableAnswer, TableLook } from '@svodka/shared/contracts/tables';
import { createTestApp, type TestApp } from '../../test/support/app.ts';
import { makeCounterparty, makeEvent, makeProject } from '../../test/support/factories.ts';
import { TablesRepository } from '../sources/tables/tables.repository.ts';
import { erase } from './erase.ts';
import { subjectOf } from './run.ts';
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

  it('rewords what a table remembers of its last dump, whose rows stay known', async () => {
    const text = 'ZNUMB;MNAME;KNAME;POBJA;MSUMM\r\nПС-9001;Иванов;Ручьёв Антон;Речная ул., 4;10000';
    const { mapping } = await app.admin.post<TableLook>('/api/tables/look?fileName=a.csv', text, FILE);
    const table = await app.admin.post<Table>('/api/tables', { name: 'ПрофСтрой', mapping });
    await app.admin.post<TableAnswer>(`/api/tables/${table.id}/dumps?fileName=a.csv`, text, FILE);
    const found = await app.connection.db?.collection('counterparties').findOne({ name: 'Ручьёв Антон' });
    await goes(String(found?.number));
    const tables = app.app.get(TablesRepository);
    const dump = await tables.dumpOf(await tables.get(table.id));
    expect(dump?.size).toBe(1);
    expect(JSON.stringify([...(dump ?? [])])).not.toMatch(/Ручьёв|Речная/);
  });
});
