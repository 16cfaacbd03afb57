// Files that are dropped into a folder: taken when they stand still, once, and moved beside a report.
import { appendFile, mkdir, mkdtemp, readdir, readFile, rename, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { jest } from '@jest/globals';
import type { SvodkaEvent } from '@svodka/shared/contracts/event';
import { type FileSource, FOLDER_SHOWN, type FolderFile } from '@svodka/shared/contracts/folder';
import type { Table } from '@svodka/shared/contracts/tables';
import { createTestApp, type TestApp } from '../../../test/support/app.ts';
import { bankDocument, bankFile } from '../../../test/support/bank.ts';
import { makeEvent, makeProject } from '../../../test/support/factories.ts';
import { download } from '../../../test/support/files.ts';
import { cdr, cdrFile } from '../../../test/support/telephony.ts';
import { until } from '../../../test/support/until.ts';
import { Random } from '../../demo/random.ts';
import { syntheticCall } from '../../demo/recordings.ts';
import { folderOf, isOffered, movedName } from './names.ts';

jest.setTimeout(180_000); // a file has to stand still for seconds

let app: TestApp;
let dir: string;
beforeAll(async () => {
  dir = await mkdtemp(join(tmpdir(), 'svodka-folder-'));
  app = await createTestApp({ config: { SOURCES_DIR: dir } });
});
afterAll(async () => {
  await app?.close();
  await rm(dir, { recursive: true, force: true });
});

const found = (folder: string) =>
  until(() => readdir(join(dir, folder)).catch(() => null), {
    timeoutMs: 60_000,
    what: `the folder ${folder}`,
  });
const reportIn = (folder: string, name: string) =>
  until(
    async () => {
      const report = (await found(folder)).find((file) => file.endsWith(`${name}.report.json`));
      return report && JSON.parse(await readFile(join(dir, folder, report), 'utf8'));
    },
    { timeoutMs: 90_000, what: `a report of ${name}` },
  );
const count = async (filter: string) =>
  (await app.admin.get<{ n: number }>(`/api/events/count?filter=${encodeURIComponent(filter)}`)).n;

const files = async (source = 'payments') =>
  (await app.admin.get<{ items: FolderFile[] }>(`/api/sources/files?source=${source}`)).items;
const waiting = async () =>
  (await app.admin.get<{ files: FileSource[] }>('/api/sources')).files.map(({ errors }) => errors);

/** What the administrator sees of a file that failed, and does about it. */
async function settleWrong(): Promise<void> {
  const [wrong] = await files();
  expect(wrong).toMatchObject({
    file: 'wrong.txt',
    result: 'failed',
    why: expect.stringMatching(/1CClientBank/),
  });
  expect(await waiting()).toEqual([1, 0, 0]);
  const settle = (name: string, deed: string) =>
    app.admin.send('POST', '/api/sources/files', { source: 'payments', name, deed });
  for (const name of ['../../wrong.txt', 'wrong.txt', `${wrong?.name}.report.json`])
    expect((await settle(name, 'retry')).status).toBe(404);
  expect((await settle(wrong?.name ?? '', 'retry')).status).toBe(204);
  const again = await until(async () => (await files()).find(({ name }) => name !== wrong?.name), {
    timeoutMs: 90_000,
    what: 'the file to fail again',
  });
  expect((await settle(again.name, 'forget')).status).toBe(204);
  expect([await files(), await waiting()]).toEqual([[], [0, 0, 0]]);
  // Nobody has thrown it away.
  expect((await readdir(join(dir, 'payments', 'failed'))).some((name) => name === again.name)).toBe(true);
}

/** What is wrong with a file is told to each in their own language, however long ago it failed. */
async function wordsOfEachReader(folder: string, source: string): Promise<void> {
  const reader = await app.signIn({ roles: ['administrator'], locale: 'en' });
  await writeFile(join(dir, folder, 'a.csv'), 'Номер;MSUMM\nП-1;1\n');
  await writeFile(join(dir, folder, 'b.xlsx'), Buffer.from('504b030414000600080000002100', 'hex'));
  await writeFile(join(dir, folder, 'c.csv'), '');
  for (const name of ['a.csv', 'b.xlsx', 'c.csv']) await reportIn(join(folder, 'failed'), name);
  const toldTo = async (client: typeof app.admin) => {
    const { items } = await client.get<{ items: FolderFile[] }>(`/api/sources/files?source=${source}`);
    return new Map(items.map(({ file, why }) => [file, why]));
  };
  const [ours, theirs] = [await toldTo(app.admin), await toldTo(reader)];
  for (const [file, ru, en] of [
    ['a.csv', 'В файле нет столбца, по которому узнаются строки', 'The file lacks the column'],
    ['b.xlsx', 'Книга Excel повреждена', 'The workbook is damaged'],
    ['c.csv', 'Файл пуст', 'The file is empty'],
  ] as const) {
    expect(ours.get(file)).toContain(ru);
    expect(theirs.get(file)).toContain(en);
  }
}

describe('the watched folder', () => {
  it('takes files that stand still, one after the other, and leaves those that are being written', async () => {
    const table = await app.admin.post<Table>('/api/tables', {
      name: 'Заказы: ПС/4',
      mapping: { kind: 'orders', key: 'ZNUMB', columns: { MSUMM: 'paid' } },
    });
    const folder = folderOf(table.name, table.id, new Set());
    await Promise.all([found(folder), found('payments')]);
    const payments = bankFile([bankDocument(), bankDocument({ Номер: '1183' })]);
    const half = payments.slice(0, payments.length - 300);
    await writeFile(join(dir, 'payments', 'half.txt'), half);
    await writeFile(join(dir, 'payments', 'later.txt.part'), payments);
    await writeFile(join(dir, 'payments', 'wrong.txt'), 'Дата;Сумма');
    await writeFile(join(dir, folder, '1.csv'), 'ZNUMB;MSUMM\nП-1;0\n');
    expect(await reportIn(join('payments', 'failed'), 'wrong.txt')).toMatchObject({
      result: 'failed',
      error: { code: 'validation', details: [{ reason: 'not-bank-file' }] },
    });
    expect(await reportIn(join(folder, 'done'), '1.csv')).toMatchObject({ isFirst: true, rows: 1 });
    await settleWrong();
    await wordsOfEachReader(folder, table.id);
    await writeFile(join(dir, folder, '2.csv'), 'ZNUMB;MSUMM\nП-1;350\n');
    expect(await reportIn(join(folder, 'done'), '2.csv')).toMatchObject({
      counts: { paid: 1, events: 1 },
      table: { dump: { seq: 2 } },
    });
    expect(await count('тип:payment.prepaid')).toBe(1);
    // The bank's file has stood as long, and says itself that its end is missing.
    expect(await readdir(join(dir, 'payments'))).toEqual(
      expect.arrayContaining(['half.txt', 'later.txt.part']),
    );
    expect(await count('тип:payment.received')).toBe(0);
    await appendFile(join(dir, 'payments', 'half.txt'), payments.slice(payments.length - 300));
    expect(await reportIn(join('payments', 'done'), 'half.txt')).toMatchObject({ counts: { created: 2 } });
    await rename(join(dir, 'payments', 'later.txt.part'), join(dir, 'payments', 'later.txt'));
    expect(await reportIn(join('payments', 'done'), 'later.txt')).toMatchObject({
      counts: { created: 0, unchanged: 2 },
    });
    expect(await count('тип:payment.received')).toBe(2);
    const taken = await files();
    expect(taken.map(({ file, result }) => [file, result])).toEqual([
      ['later.txt', 'done'],
      ['half.txt', 'done'],
    ]);
    expect(taken.map(({ events }) => events)).toEqual([0, 2]);
    expect((await readdir(join(dir, 'payments'))).sort()).toEqual(['done', 'failed']);
  });
});

describe('a payment in the folder that somebody has entered already', () => {
  it('waits for a person, and the order is not paid twice', async () => {
    const { id, number } = await makeProject(app.admin, { amountKop: 20_000_000 });
    await makeEvent(app.admin, {
      type: 'payment.prepaid',
      projectId: id,
      occurredAt: '2026-03-14T09:00:00.000Z',
      payload: { amountKop: 18_430_000 },
    });
    const table = await app.admin.post<Table>('/api/tables', {
      name: 'Оплаты',
      mapping: { kind: 'orders', key: 'ZNUMB', columns: { MSUMM: 'paid' } },
    });
    await Promise.all([found('payments'), found('Оплаты')]);
    await writeFile(join(dir, 'Оплаты', 'all.csv'), `ZNUMB;MSUMM\n${number};200\n`);
    const paid = bankDocument({
      Номер: '9001',
      ПлательщикСчет: '30232810000000000001',
      ПлательщикИНН: '',
      НазначениеПлатежа: `Оплата по заказу ${number}`,
    });
    await writeFile(join(dir, 'payments', 'twice.txt'), bankFile([paid]));
    expect(await reportIn(join('payments', 'done'), 'twice.txt')).toMatchObject({
      counts: { created: 1, linked: 0, waiting: 1, same: 1 },
      items: [{ match: 'same', orders: [number] }],
    });
    expect(await count(`заказ:${id} модуль:finance`)).toBe(1);
    const [bank] = await files();
    expect(bank).toMatchObject({ file: 'twice.txt', waiting: 1, table: null });
    // Nor does a table that is dropped here differ unseen.
    await reportIn(join('Оплаты', 'done'), 'all.csv');
    expect(await files(table.id)).toMatchObject([
      {
        waiting: 0,
        table: {
          isCut: false,
          missing: [],
          kept: { items: [{ key: number, field: 'paid', here: 18_430_000, table: 20_000 }] },
        },
      },
    ]);
  });
});

describe('the folder of calls', () => {
  it('takes records, and the recordings beside them once somebody has said on what ground', async () => {
    await found('calls');
    const at = join(dir, 'calls');
    // What is wrong with one folder is no other's matter.
    await writeFile(join(dir, 'Занято'), 'это файл');
    await app.admin.post('/api/tables', {
      name: 'Занято',
      mapping: { kind: 'orders', key: 'ZNUMB', columns: { MSUMM: 'paid' } },
    });
    const records = ['1', '2', '3'].map((n) =>
      cdr({ uniqueid: `r.${n}`, src: `+7916000000${n}`, recordingfile: `monitor/in-${n}.wav` }),
    );
    // Handed on to another desk: a second call, of which there is the same recording.
    records.push(cdr({ uniqueid: 'r.4', src: '+79160000001', recordingfile: 'in-1.wav' }));
    const wave = syntheticCall(2, new Random(1));
    await writeFile(join(at, 'in-1.wav'), wave);
    await writeFile(join(at, 'in-2.wav'), 'это не звук');
    await writeFile(join(at, 'a.csv'), cdrFile(records));
    expect(await reportIn(join('calls', 'done'), 'a.csv')).toMatchObject({
      counts: { created: 4 },
      recordings: { attached: 0, noBasis: 2, missing: 1 },
    });
    expect((await files('calls'))[0]?.recordings).toEqual({
      attached: 0,
      missing: 1,
      noBasis: 2,
      refused: 0,
    });
    await app.admin.patch('/api/sources', { module: 'calls', recordings: { basis: 'contract', days: 30 } });
    await writeFile(join(at, 'b.csv'), cdrFile(records));
    expect(await reportIn(join('calls', 'done'), 'b.csv')).toMatchObject({
      counts: { created: 0, unchanged: 4 },
      recordings: { attached: 2, noBasis: 0, missing: 1, refused: [{ name: 'in-2.wav' }] },
    });
    const { items } = await app.admin.get<{ items: SvodkaEvent[] }>(
      `/api/events?filter=${encodeURIComponent('модуль:calls')}`,
    );
    const [file, ...more] = items.flatMap(({ attachments = [] }) => attachments);
    expect(more.map(({ name }) => name)).toEqual(['in-1.wav']);
    expect(file).toMatchObject({ name: 'in-1.wav', by: null, recording: { basis: 'contract' } });
    expect((await download(app.admin, `/api/files/${file?.id}`)).bytes.equals(wave)).toBe(true);
    expect(await readdir(join(at, 'done'))).toContain('in-1.wav');
    expect(await readdir(join(at, 'failed'))).toContain('in-2.wav');
  });
});

describe('a table whose columns are called otherwise than they were', () => {
  it('fails with their names, and goes in once somebody has said what they are', async () => {
    const mapping = { kind: 'orders', key: 'Номер', columns: { Оплачено: 'paid', Статус: 'status' } };
    const table = await app.admin.post<Table>('/api/tables', { name: 'Столбцы', mapping });
    const number = `П-${table.id.slice(-6)}`;
    const at = join(dir, 'Столбцы');
    await found('Столбцы');
    await writeFile(join(at, '1.csv'), `Номер;Оплачено;Статус\n${number};100;Договор\n`);
    await reportIn(join('Столбцы', 'done'), '1.csv');
    await writeFile(join(at, '2.csv'), `Номер;Оплата;Состояние\n${number};350;Замер\n`);
    await reportIn(join('Столбцы', 'failed'), '2.csv');
    const reader = await app.signIn({ roles: ['administrator'], locale: 'en' });
    const path = `/api/sources/files?source=${table.id}`;
    const [ours] = (await app.admin.get<{ items: FolderFile[] }>(path)).items;
    const [theirs] = (await reader.get<{ items: FolderFile[] }>(path)).items;
    expect(ours).toMatchObject({ file: '2.csv', result: 'failed' });
    expect(ours?.why).toMatch(/нет столбцов: Оплачено, Статус\. .*на странице таблицы/);
    expect(theirs?.why).toMatch(/lacks columns: Оплачено, Статус\. .*page of the table/);
    const { files: sources } = await app.admin.get<{ files: FileSource[] }>('/api/sources');
    expect(sources.find(({ id }) => id === table.id)?.errors).toBe(1);
    expect(await count(`заказ:${number} тип:payment.prepaid,payment.received`)).toBe(0);

    const columns = { Оплата: 'paid', Состояние: 'status' };
    await app.admin.patch(`/api/tables/${table.id}`, { mapping: { ...mapping, columns } });
    await app.admin.send('POST', '/api/sources/files', {
      source: table.id,
      name: ours?.name,
      deed: 'retry',
    });
    expect(await reportIn(join('Столбцы', 'done'), '2.csv')).toMatchObject({
      missing: [],
      counts: { paid: 1, status: 1 },
    });
  });
});

describe('a table that is switched off', () => {
  it('takes no dump, and its files wait in their folder until it is on', async () => {
    const { id } = await app.admin.post<Table>('/api/tables', {
      name: 'Потом',
      mapping: { kind: 'orders', key: 'ZNUMB', columns: { MSUMM: 'paid' } },
    });
    expect(await app.admin.patch<Table>(`/api/tables/${id}`, { isOn: false })).toMatchObject({ isOn: false });
    const dump = 'ZNUMB;MSUMM\nП-77;100\n';
    const sent = await app.admin.send('POST', `/api/tables/${id}/dumps?fileName=a.csv`, dump, {
      'Content-Type': 'application/octet-stream',
    });
    expect([sent.status, sent.error?.details]).toMatchObject([403, [{ reason: 'table-off' }]]);
    await mkdir(join(dir, 'Потом'), { recursive: true });
    await writeFile(join(dir, 'Потом', '1.csv'), dump);
    // Another file, dropped later, is taken meanwhile.
    await writeFile(join(dir, 'payments', 'after.txt'), bankFile([bankDocument({ Номер: '7001' })]));
    await reportIn(join('payments', 'done'), 'after.txt');
    // A pass between its making and its switching off has made its folders.
    expect(await readdir(join(dir, 'Потом'))).toContain('1.csv');
    await app.admin.patch(`/api/tables/${id}`, { isOn: true });
    expect(await reportIn(join('Потом', 'done'), '1.csv')).toMatchObject({ isFirst: true, rows: 1 });
  });
});

describe('what was taken', () => {
  it('is shown by its newest however much lies there, and what comes is seen', async () => {
    const at = join(dir, 'payments', 'done');
    const report = (n: number) => {
      const moment = new Date(Date.UTC(2020, 0, 1, 0, 0, n)).toISOString();
      return { name: `${moment.replace(/[:.]/g, '-')} ${n}.txt.report.json`, file: `${n}.txt`, at: moment };
    };
    await Promise.all(
      Array.from({ length: 500 }, async (_, n) => {
        const { name, ...told } = report(n);
        await writeFile(join(at, name), JSON.stringify({ ...told, result: 'done' }));
      }),
    );
    const shown = (await files()).filter(({ result }) => result === 'done');
    expect(shown).toHaveLength(FOLDER_SHOWN);
    expect([...shown].sort((a, b) => (a.at < b.at ? 1 : -1))).toEqual(shown);
    const late = { file: 'late.txt', at: '2031-01-01T00:00:00.000Z', result: 'done' };
    await writeFile(join(at, '2031-01-01T00-00-00-000Z late.txt.report.json'), JSON.stringify(late));
    await until(async () => (await files()).some(({ file }) => file === 'late.txt'));
  });
});

describe('names', () => {
  it.each(['.hidden', 'a.csv.part', 'a.TMP', '~$book.xlsx', 'x.report.json', 'Thumbs.db'])(
    'leaves %s alone',
    (name) => expect(isOffered(name)).toBe(false),
  );
  it('leaves a report room beside a file of the longest name', () => {
    const name = `${'Выписка за ноябрь '.repeat(7)}.txt`;
    expect(Buffer.byteLength(name)).toBeLessThanOrEqual(255);
    const moved = movedName('2026-11-27T09:30:00.125Z', name);
    expect(moved.startsWith('2026-11-27T09-30-00-125Z Выписка за ноябрь')).toBe(true);
    expect(moved).not.toContain('\ufffd');
    expect(Buffer.byteLength(`${moved}.report.seen.json`)).toBeLessThanOrEqual(255);
    expect(movedName('2026-11-27T09:30:00.125Z', 'a.txt')).toBe('2026-11-27T09-30-00-125Z a.txt');
  });
  it('makes a folder of any name', () => {
    const id = '01a21d3a-90ec-70aa-900a-084ce64fcbe7';
    const of = (name: string, taken: string[] = []) => folderOf(name, id, new Set(taken));
    expect([of('Заказы: ПС/4'), of('../..'), of('payments'), of('А', ['А'])]).toEqual([
      'Заказы_ ПС_4',
      '_',
      'table 4fcbe7',
      'А 4fcbe7',
    ]);
  });
});
