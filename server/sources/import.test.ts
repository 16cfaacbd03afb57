import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { Readable } from 'node:stream';
import { jest } from '@jest/globals';
import type { AuditRecord } from '@svodka/shared/contracts/audit';
import type { Page } from '@svodka/shared/contracts/common';
import type { SvodkaEvent } from '@svodka/shared/contracts/event';
import type {
  ImportBatch,
  ImportMapping,
  ImportPreview,
  ImportRowError,
} from '@svodka/shared/contracts/import';
import type { Session } from '@svodka/shared/contracts/user';
import { createTestApp, type TestApp } from '../../test/support/app.ts';
import type { Client } from '../../test/support/client.ts';
import { makeProject } from '../../test/support/factories.ts';
import { permitLog } from '../../test/support/permit-log.ts';
import { until } from '../../test/support/until.ts';
import { ImportRepository } from './import.repository.ts';

type Uploaded = { batch: ImportBatch & { mapping: ImportMapping }; preview: ImportPreview };
const CSV = { 'Content-Type': 'text/csv' };
/** Counts that only cards have. */
const NONE = { repeated: 0, alike: 0, decided: 0, skipped: 0, kept: 0, undone: 0 };

let app: TestApp;
beforeAll(async () => {
  app = await createTestApp();
});
afterAll(() => app.close());

const upload = (text: string, client: Client = app.admin) =>
  client.post<Uploaded>('/api/imports?fileName=log.csv', text, CSV);

async function finished(id: string): Promise<ImportBatch> {
  return until(
    async () => {
      const batch = await app.admin.get<ImportBatch>(`/api/imports/${id}`);
      return batch.state === 'running' || batch.state === 'uploaded' ? null : batch;
    },
    { timeoutMs: 110_000, what: 'the end of the import' },
  );
}

async function run(text: string, change: Partial<ImportMapping> = {}): Promise<ImportBatch> {
  const { batch } = await upload(text);
  await app.admin.post(`/api/imports/${batch.id}/start`, { ...batch.mapping, ...change });
  return finished(batch.id);
}

jest.setTimeout(120_000); // thousands of rows, on machines that do other things too

describe('CSV import over REST', () => {
  it('recognises a log by its columns, shows what it will become, and imports it once', async () => {
    const text = permitLog({ cases: 40 });
    const { batch, preview } = await upload(text);
    expect(batch.preset).toBe('permit-log');
    expect(preview.rows[0]).toMatchObject({
      line: 2,
      title: 'Registration',
      project: 'permit-0',
      errors: [],
    });

    await app.admin.post(`/api/imports/${batch.id}/start`, batch.mapping);
    const first = await finished(batch.id);
    expect(first.state).toBe('done');
    expect(first.counts).toEqual({
      rows: 240,
      read: 240,
      created: 240,
      existing: 0,
      changed: 0,
      deleted: 0,
      errors: 0,
      projects: 40,
      ...NONE,
    });

    const again = await run(text);
    expect(again.counts).toEqual({
      rows: 240,
      read: 240,
      created: 0,
      existing: 240,
      changed: 0,
      deleted: 0,
      errors: 0,
      projects: 0,
      ...NONE,
    });
  });

  it('puts the deadline of a case on its last event only; one that is long over is waited for by nobody', async () => {
    const [project] = (await app.admin.get<{ items: { id: string }[] }>('/api/projects?search=permit-7'))
      .items;
    const { items } = await app.admin.get<{ items: SvodkaEvent[] }>(
      `/api/events?filter=project:${project?.id}`,
    );
    expect(items).toHaveLength(6);
    expect(items.map(({ dueAt }) => dueAt !== null)).toEqual([true, false, false, false, false, false]);
    expect(items.map(({ dueState, status }) => `${dueState} ${status}`)).toEqual(
      items.map(() => 'none recorded'),
    );
    expect(items[0]?.author).toMatchObject({ userId: null, name: expect.stringContaining('Resource') });
    expect(items[0]?.payload.fields).toMatchObject({ 'case:channel': 'Internet' });
  });

  it('takes columns by name, refuses bad rows one by one and imports the rest', async () => {
    const text =
      'when;what;who\n14.03.2025 10:42;Замер;Илья\nвчера;Монтаж;Илья\n15.03.2025;;Илья\n16.03.2025;Акт;Илья\n';
    const { batch } = await upload(text);
    expect(batch.preset).toBeNull();
    const mapping = { columns: { when: 'occurredAt', what: 'title', who: 'author' } };
    const preview = await app.admin.post<ImportPreview>(`/api/imports/${batch.id}/preview`, mapping);
    expect(preview.rows.map(({ errors }) => errors.map(({ reason }) => reason))).toEqual([
      [],
      ['not-a-time'],
      ['required'],
      [],
    ]);

    await app.admin.post(`/api/imports/${batch.id}/start`, mapping);
    expect((await finished(batch.id)).counts).toMatchObject({ read: 4, created: 2, errors: 2 });
    const page = await app.admin.get<{ items: ImportRowError[]; next: string | null }>(
      `/api/imports/${batch.id}/errors?limit=1`,
    );
    expect(page.items).toEqual([
      { line: 3, column: 'when', reason: 'not-a-time', value: 'вчера', values: ['вчера', 'Монтаж', 'Илья'] },
    ]);
    const rest = await app.admin.get<{ items: ImportRowError[]; next: string | null }>(
      `/api/imports/${batch.id}/errors?after=${page.next}`,
    );
    expect(rest.items).toMatchObject([{ line: 4, column: 'what', reason: 'required', value: '' }]);
    expect(rest.next).toBeNull();
  });

  it('stops when it is cancelled, keeps what is in, and goes on by the same file later', async () => {
    const text = permitLog({ cases: 500, seed: 7 });
    const { batch } = await upload(text);
    await app.admin.post(`/api/imports/${batch.id}/start`, batch.mapping);
    await until(async () => (await app.admin.get<ImportBatch>(`/api/imports/${batch.id}`)).counts.read > 0);
    const cancelled = await app.admin.post<ImportBatch>(`/api/imports/${batch.id}/cancel`);
    expect(cancelled.state).toBe('cancelled');
    expect(cancelled.counts.read).toBeLessThan(3000);
    const rest = await run(text);
    expect(rest.counts).toMatchObject({ read: 3000, errors: 0 });
    expect(rest.counts.existing).toBeGreaterThanOrEqual(cancelled.counts.created);
    expect(rest.counts.created).toBeLessThan(3000);
  });

  it.each([
    ['', 'empty-file', 'Файл пуст'],
    ['just one column\n1\n', 'no-header', 'В первой строке нет названий столбцов'],
    ['%PDF-1.7\n', 'no-table', 'Это не таблица, а документ PDF'],
  ])('says what is wrong with a file that is no table: %j', async (text, reason, words) => {
    const answer = await app.admin.send('POST', '/api/imports?fileName=x.csv', text, CSV);
    expect(answer.status).toBe(400);
    const message = expect.stringMatching(new RegExp(`^${words}`));
    expect(answer.error?.details).toMatchObject([{ field: 'file', reason, message }]);
  });

  it('asks for a title and a time, and for each target once', async () => {
    const { batch } = await upload('a,b\n1,2\n');
    const start = (columns: Record<string, string>) =>
      app.admin.send('POST', `/api/imports/${batch.id}/start`, { columns });
    expect((await start({ a: 'title' })).error?.details).toMatchObject([
      { field: 'columns.occurredAt', reason: 'required' },
    ]);
    expect((await start({ a: 'title', b: 'title' })).error?.code).toBe('validation');
    expect((await start({ a: '$where' })).error?.code).toBe('validation');
  });

  it('is for administrators and dispatchers, and for CSV', async () => {
    const manager = await app.signIn({ roles: ['manager'] });
    expect((await manager.send('POST', '/api/imports?fileName=x.csv', 'a,b\n', CSV)).error?.code).toBe(
      'forbidden',
    );
    const json = await app.admin.send('POST', '/api/imports?fileName=x.csv', '{}', {
      'Content-Type': 'application/json',
    });
    expect(json.error?.code).toBe('unsupported-media');
  });

  it('lets go of a batch that another process has taken over', async () => {
    const repository = app.app.get(ImportRepository, { strict: false });
    const { batch } = await upload(permitLog({ cases: 2, seed: 5 }));
    const mine = await repository.start(batch.id, batch.mapping, 'running');
    const taken = await repository.advance(mine, mine.counts);
    expect(taken).not.toBeNull();
    expect(await repository.advance(mine, { ...mine.counts, read: 7 })).toBeNull();
    expect(await repository.finish(mine, mine.counts, 'internal')).toBeNull();
    expect(await repository.finish(taken as ImportBatch, mine.counts, null)).toMatchObject({ state: 'done' });
  });

  it('counts right what a runner wrote that died before it could count it', async () => {
    const text = permitLog({ cases: 30 }).replaceAll('step-', 'half-');
    const batch = await run(text);
    expect(batch.counts).toMatchObject({ read: 180, created: 180, existing: 0 });
    const chunks = app.connection.collection('importFiles.chunks');
    await until(async () => (await chunks.countDocuments({ files_id: batch.id })) === 0);
    const file = { id: batch.id, userId: batch.createdBy, name: 'log.csv' };
    await app.app.get(ImportRepository).saveFile(file, Readable.from([Buffer.from(text)]));
    const counts = { ...batch.counts, read: 0, created: 0, projects: 0 };
    await app.connection.db?.collection<{ _id: string }>('imports').updateOne(
      { _id: batch.id },
      {
        $set: { state: 'running', counts, leaseUntil: new Date(0), finishedAt: null },
        $inc: { version: 1 },
      },
    );
    expect((await finished(batch.id)).counts).toMatchObject({ read: 180, created: 180, existing: 0 });
  });

  describe('which record is the same', () => {
    const HEAD = 'Номер;Дата;Событие;Заказ\n';
    const load = async (name: string, text: string, change: Partial<ImportMapping> = {}) => {
      const { batch } = await app.admin.post<Uploaded>(
        `/api/imports?fileName=${encodeURIComponent(name)}`,
        text,
        CSV,
      );
      await app.admin.post(`/api/imports/${batch.id}/start`, { ...batch.mapping, ...change });
      return finished(batch.id);
    };
    const eventsOf = async ({ id }: ImportBatch) =>
      (
        await app.admin.get<{ items: SvodkaEvent[] }>(
          `/api/events?filter=${encodeURIComponent(`batch=${id}`)}`,
        )
      ).items;

    it('an order that is named with its sign is the one without', async () => {
      const { id } = await makeProject(app.admin, { number: '8449' });
      const signed = ['№ 8449', '№8449', 'N 8449', '8449'].map(
        (number, i) => `${i};03.11.2025;Оплата;${number}`,
      );
      const batch = await load('со знаком.csv', `Номер;Когда;Событие;Заказ\n${signed.join('\n')}\n`);
      expect(batch.counts).toMatchObject({ created: 4, projects: 0 });
      expect(new Set((await eventsOf(batch)).map(({ projectId }) => projectId))).toEqual(new Set([id]));
    });

    it('the numbers of one source say nothing of another', async () => {
      const payments = await load('оплаты.csv', `${HEAD}1;03.11.2025;Оплата;А-1\n2;04.11.2025;Оплата;А-2\n`);
      const calls = await load('звонки.csv', `${HEAD}1;05.11.2025;Жалоба;Б-1\n2;06.11.2025;Просьба;Б-2\n`);
      expect([payments.counts.created, calls.counts.created]).toEqual([2, 2]);
      expect([payments.source, calls.source]).toEqual(['оплаты', 'звонки']);
      // The next file of the same program belongs to the same source, whatever day stands in its name.
      const next = await load(
        'Звонки 2025-11-08.csv',
        `НОМЕР;Дата;Событие;Заказ\n2;06.11.2025;Просьба;Б-2\n`,
        {
          columns: { НОМЕР: 'externalId', Дата: 'occurredAt', Событие: 'title', Заказ: 'project' },
        },
      );
      expect(next).toMatchObject({ source: 'звонки', counts: { created: 0, existing: 1, changed: 0 } });
    });

    it('numbers that begin anew in each order are told apart by it; equal rows without a number are as many', async () => {
      const stages = await load('этапы.csv', `${HEAD}1;03.11.2025;Замер;В-10\n1;05.11.2025;Замер;В-11\n`);
      expect(stages).toMatchObject({ keyBy: 'number+order', counts: { created: 2 } });
      const missed = 'Дата;Событие\n03.11.2025;Пропущенный\n03.11.2025;Пропущенный\n03.11.2025;Пропущенный\n';
      expect((await load('пропущенные.csv', missed)).counts).toMatchObject({ created: 3, existing: 0 });
      expect((await load('пропущенные.csv', missed)).counts).toMatchObject({ created: 0, existing: 3 });
    });

    it('what says something else now is told, and changed when it is to be, as a revision', async () => {
      const first = await load('сделки.csv', `${HEAD}1;03.11.2025;Замер;Г-1\n2;04.11.2025;Договор;Г-1\n`);
      const changed = `${HEAD}1;03.11.2025;Замер перенесён;Г-1\n2;04.11.2025;Договор;Г-1\n`;
      expect((await load('сделки.csv', changed)).counts).toMatchObject({
        created: 0,
        existing: 1,
        changed: 1,
      });
      expect((await eventsOf(first)).map(({ title }) => title)).toContain('Замер');
      await load('сделки.csv', changed, { update: true });
      const [event] = (await eventsOf(first)).filter(({ title }) => title === 'Замер перенесён');
      expect(event).toMatchObject({ rev: 2 });
      // It is the same from now on.
      expect((await load('сделки.csv', changed)).counts).toMatchObject({ existing: 2, changed: 0 });
    });

    it('a file of another name belongs where its records are', async () => {
      const text = 'Дата;Событие;Заказ;Выгружено\n03.11.2025;Замер беседки;Ж-1;';
      const skip = (batch: ImportMapping) => ({
        columns: { ...batch.columns, Выгружено: 'ignore' as const },
      });
      const { batch } = await app.admin.post<Uploaded>(
        '/api/imports?fileName=c.csv',
        `${text}25.11.2025\n`,
        CSV,
      );
      await app.admin.post(`/api/imports/${batch.id}/start`, { ...batch.mapping, ...skip(batch.mapping) });
      await finished(batch.id);
      expect(await load('d.csv', `${text}26.11.2025\n`)).toMatchObject({
        source: 'c',
        counts: { created: 0, existing: 1 },
      });
    });

    it('what was deleted is told, and comes back when it is to', async () => {
      const text = `${HEAD}1;03.11.2025;Замер;Д-1\n`;
      const first = await load('удалённые.csv', text);
      const [event] = await eventsOf(first);
      await app.admin.send('DELETE', `/api/events/${event?.id}`, undefined, {
        'If-Match': String(event?.rev),
      });
      expect((await load('удалённые.csv', text)).counts).toMatchObject({
        created: 0,
        existing: 0,
        deleted: 1,
      });
      expect(await eventsOf(first)).toEqual([]);
      await load('удалённые.csv', text, { restore: true });
      expect(await eventsOf(first)).toMatchObject([{ id: event?.id }]);
    });

    const numbersLike = async (begin: string) =>
      (
        await app.admin.get<{ items: { number: string }[] }>(
          `/api/projects?search=${encodeURIComponent(begin)}`,
        )
      ).items.map(({ number }) => number);

    it('what its events named goes with it, but for what somebody has built upon', async () => {
      const head = 'Номер;Дата;Событие;Заказ;Контрагент;Телефон\n';
      const first = await load(
        'опечатка.csv',
        `${head}1;03.11.2025;Замер;ЖЖ-1;ООО Опечатка;\n2;03.11.2025;Замер;ЖЖ-2;;+7 916 555-00-71\n`,
      );
      expect(first.counts).toMatchObject({ created: 2, projects: 2 });
      const { items } = await app.admin.get<{ items: { id: string; number: string }[] }>(
        '/api/projects?search=ЖЖ-2',
      );
      await app.admin.post('/api/events', {
        type: 'note.free',
        title: 'Не по этому файлу',
        projectId: items[0]?.id,
      });
      await app.admin.post(`/api/imports/${first.id}/undo`);
      const undone = await until(async () => {
        const batch = await app.admin.get<ImportBatch>(`/api/imports/${first.id}`);
        return batch.state === 'undone' ? batch : null;
      });
      expect(await numbersLike('ЖЖ-')).toEqual(['ЖЖ-2']);
      expect(undone.counts.kept).toBe(1);
      // The access log names whoever has undone it, long after they asked for that.
      const me = await app.admin.get<Session>('/api/session');
      const deleted = await until(async () => {
        const log = await app.admin.get<Page<AuditRecord>>('/api/audit?limit=50');
        const found = log.items.filter(({ what }) => what === 'event.deleted');
        return found.length >= 2 ? found : null;
      });
      expect(deleted.slice(0, 2).map(({ who }) => who)).toEqual([me.user.id, me.user.id]);
      const { items: findings } = await app.admin.get<{ items: object[] }>(
        `/api/imports/${first.id}/findings?kind=kept`,
      );
      expect(findings).toMatchObject([{ line: 3, title: 'ЖЖ-2', why: 'events' }]);
      const parties = await app.admin.get<{ items: object[] }>('/api/counterparties?search=Опечатка');
      expect(parties.items).toEqual([]);
    });

    it('one number that stands twice by a slip does not take their meaning from the others', async () => {
      const rows = Array.from({ length: 60 }, (_, i) => `${i};03.11.2025;Замер ${i};З-${i % 7}`);
      const slip = '7;04.11.2025;Замер другой;З-0';
      const { counts, id } = await load('повтор.csv', `${HEAD}${[...rows, rows[5], slip].join('\n')}\n`);
      expect(counts).toMatchObject({ created: 60, repeated: 1, errors: 1 });
      const { items } = await app.admin.get<{ items: object[] }>(`/api/imports/${id}/errors`);
      expect(items).toMatchObject([{ line: 63, reason: 'number-twice' }]);
    });

    it('a year far ahead is a slip, and said', async () => {
      const { counts, id } = await load('год.csv', `${HEAD}1;03.11.2062;Замер;И-1\n2;03.11.2025;Замер;И-1\n`);
      expect(counts).toMatchObject({ created: 1, errors: 1 });
      const { items } = await app.admin.get<{ items: object[] }>(`/api/imports/${id}/errors`);
      expect(items).toMatchObject([{ line: 2, reason: 'year' }]);
    });

    it('an import is taken back whole, and its numbers are free', async () => {
      const text = `${HEAD}${Array.from({ length: 300 }, (_, i) => `${i};03.11.2025;Замер;Е-${i % 7}`).join('\n')}\n`;
      const first = await load('ошибка.csv', text);
      expect(first.counts.created).toBe(300);
      expect(await app.admin.post(`/api/imports/${first.id}/undo`)).toMatchObject({ state: 'undoing' });
      const undone = await until(async () => {
        const batch = await app.admin.get<ImportBatch>(`/api/imports/${first.id}`);
        return batch.state === 'undone' ? batch : null;
      });
      expect(undone.counts).toMatchObject({ created: 300, projects: 7, undone: 307 });
      expect(await eventsOf(first)).toEqual([]);
      expect(await numbersLike('Е-')).toEqual([]);
      expect((await app.admin.send('POST', `/api/imports/${first.id}/undo`)).error?.code).toBe('conflict');
      expect((await load('ошибка.csv', text)).counts).toMatchObject({
        created: 300,
        existing: 0,
        deleted: 0,
      });
    });

    it('the access log tells once of an import and once of its undoing, each with who did it', async () => {
      const importer = await app.signIn({ roles: ['dispatcher'] });
      const text = `${HEAD}кто-1;03.11.2025;Замер;ЛЛ-1\nкто-2;03.11.2025;Замер;ЛЛ-1\n`;
      const { batch } = await importer.post<Uploaded>('/api/imports?fileName=who.csv', text, CSV);
      const path = `/api/imports/${batch.id}`;
      await importer.post(`${path}/check`, batch.mapping);
      await until(async () => (await app.admin.get<ImportBatch>(path)).checkedAt !== null);
      await importer.post(`${path}/start`, batch.mapping);
      await finished(batch.id);
      await app.admin.post(`${path}/undo`);
      await until(async () => (await app.admin.get<ImportBatch>(path)).state === 'undone');
      const me = await app.admin.get<Session>('/api/session');
      const told = await until(async () => {
        const log = await app.admin.get<Page<AuditRecord>>(`/api/audit?group=import&object=${batch.id}`);
        return log.items[0]?.what === 'import.undone' ? log.items : null;
      });
      expect(told.map(({ what, who, details }) => ({ what, who, details }))).toEqual([
        { what: 'import.undone', who: me.user.id, details: { created: 2, kept: 0 } },
        {
          what: 'import.ended',
          who: importer.user.id,
          details: { state: 'done', created: 2, changed: 0, errors: 0 },
        },
        { what: 'import.started', who: importer.user.id, details: {} },
        { what: 'import.uploaded', who: importer.user.id, details: {} },
      ]);
    });

    it('a file is read the way that somebody says', async () => {
      const { batch } = await upload('03.11.2025;Замер\n04.11.2025;Договор\n');
      expect(batch).toMatchObject({ dialect: { header: 0 }, columns: ['Столбец 1', 'Столбец 2'] });
      const read = await app.admin.post<Uploaded>(`/api/imports/${batch.id}/dialect`, { header: 1 });
      expect(read.batch.columns).toEqual(['03.11.2025', 'Замер']);
    });
  });

  it('keeps no file that can never be imported', async () => {
    const files = app.connection.collection('importFiles.files');
    const { batch } = await upload(permitLog({ cases: 2, seed: 6 }));
    const own = { _id: batch.id as never };
    expect(await files.countDocuments(own)).toBe(1);
    await app.admin.post(`/api/imports/${batch.id}/cancel`);
    expect(await files.countDocuments(own)).toBe(0);
    const { batch: forgotten } = await upload(permitLog({ cases: 2, seed: 8 }));
    await app.connection
      .collection('imports')
      .updateOne(
        { _id: forgotten.id as never },
        { $set: { createdAt: new Date(Date.now() - 25 * 3_600_000) } },
      );
    await app.app.get(ImportRepository, { strict: false }).dropForgotten();
    expect(await app.admin.get(`/api/imports/${forgotten.id}`)).toMatchObject({ state: 'cancelled' });
    expect(await files.countDocuments({ _id: forgotten.id as never })).toBe(0);
  });

  it('starts once', async () => {
    const { batch } = await upload(permitLog({ cases: 2, seed: 3 }));
    await app.admin.post(`/api/imports/${batch.id}/start`, batch.mapping);
    expect((await app.admin.send('POST', `/api/imports/${batch.id}/start`, batch.mapping)).error?.code).toBe(
      'conflict',
    );
    await finished(batch.id);
  });

  const logs = process.env.SVODKA_LOGS;
  (logs ? it : it.skip)('imports the real permit log whole', async () => {
    const { counts, state } = await run(await readFile(join(logs ?? '', 'receipt.csv'), 'utf8'));
    expect(state).toBe('done');
    expect(counts).toEqual({
      rows: 8577,
      read: 8577,
      created: 8577,
      existing: 0,
      changed: 0,
      deleted: 0,
      errors: 0,
      projects: 1434,
      ...NONE,
    });
  });
});
