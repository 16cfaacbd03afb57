import type { SvodkaEvent } from '@svodka/shared/contracts/event';
import { newId } from '@svodka/shared/contracts/id';
import type { Actor } from '@svodka/shared/rules/permissions';
import { createTestApp, type TestApp } from '../../test/support/app.ts';
import { makeProject, nextSerial } from '../../test/support/factories.ts';
import { EventImporter, type ImportedEvent } from './event-importer.service.ts';
import { importedFromQuery, importedQuery } from './events.repository.ts';

let app: TestApp;
let dispatcher: Awaited<ReturnType<TestApp['signIn']>>;
let actor: Actor;
let importer: EventImporter;

beforeAll(async () => {
  app = await createTestApp();
  dispatcher = await app.signIn();
  actor = { id: dispatcher.user.id, roles: ['dispatcher'], departmentId: null };
  importer = app.app.get(EventImporter);
});
afterAll(() => app?.close());

const draft = (overrides: Partial<ImportedEvent> = {}): ImportedEvent => ({
  type: 'order.registered',
  title: 'Заказ зарегистрирован',
  body: '',
  importance: 'normal',
  occurredAt: new Date('2011-05-06T07:08:09Z'),
  due: null,
  projectId: null,
  counterpartyIds: [],
  author: { userId: null, name: 'Приёмная' },
  status: null,
  payload: { fields: { channel: 'Desk' } },
  externalId: `csv:${nextSerial()}`,
  ...overrides,
});

describe(EventImporter.name, () => {
  it('writes what is new, leaves what is there, and tells how many of each', async () => {
    const batchId = newId();
    const drafts = Array.from({ length: 1_200 }, () => draft());
    expect(await importer.write(actor, drafts.slice(0, 700), { batchId })).toMatchObject({
      created: 700,
      existing: 0,
    });
    expect(await importer.write(actor, drafts, { batchId })).toMatchObject({ created: 500, existing: 700 });
    expect(await importer.write(actor, drafts, { batchId: newId() })).toMatchObject({
      created: 0,
      existing: 1_200,
    });
    expect(await dispatcher.get(`/api/events/count?filter=batch:${batchId}`)).toEqual({
      n: 1_200,
      exact: true,
    });
  }, 120_000);

  it('counts a source key that stands twice in one import once', async () => {
    const twice = draft();
    expect(
      await importer.write(actor, [twice, { ...twice, title: 'ещё раз' }], { batchId: newId() }),
    ).toMatchObject({
      created: 1,
      existing: 1,
    });
  });

  it('is found by the day of a moment that a program wrote, and by nothing more of it', async () => {
    const batchId = newId();
    const fields = { begun: '2011-10-20 01:06:40.020000+02:00', hour: '01:06', code: '2011-10-20x' };
    await importer.write(actor, [draft({ payload: { fields } })], { batchId });
    const stored = await app.connection.db?.collection('events').findOne({ 'source.batchId': batchId });
    expect(stored?.terms).toEqual(expect.arrayContaining(['2011', '10', '20', '01', '06', '20x']));
    expect(stored?.terms).not.toEqual(expect.arrayContaining(['40']));
    expect(stored?.terms).not.toEqual(expect.arrayContaining(['020000']));
  });

  it('finds a thousand rows again by looking at nothing but them', async () => {
    const strangers = Array.from({ length: 1_500 }, () => draft());
    await importer.write(actor, strangers, { batchId: newId() });
    const own = Array.from({ length: 20 }, () => draft()).map(({ externalId }) => externalId);
    await importer.write(
      actor,
      own.map((externalId) => draft({ externalId })),
      { batchId: newId() },
    );
    const missing = Array.from({ length: 980 }, () => `csv:${nextSerial()}`);
    const { executionStats, queryPlanner } = await app.connection
      .collection('events')
      .find(importedQuery([...own, ...missing]) as never)
      .explain('executionStats');
    expect(JSON.stringify(queryPlanner)).toContain('"indexName":"source"');
    expect(executionStats.nReturned).toBe(20);
    expect(executionStats.totalDocsExamined).toBe(20);
    const from = await app.connection
      .collection('events')
      .find(importedFromQuery('нет такого источника:') as never)
      .explain('executionStats');
    expect(JSON.stringify(from.queryPlanner)).toContain('"indexName":"source"');
    expect(from.executionStats.totalDocsExamined).toBe(0);
  }, 120_000);

  it('gives events what their project brings: audience, zone of the deadline, words', async () => {
    const project = await makeProject(dispatcher, { managerId: dispatcher.user.id });
    const batchId = newId();
    await importer.write(
      actor,
      [
        draft({ status: 'open', projectId: project.id, due: { local: '2012-02-03' } }),
        draft({ status: 'resolved', projectId: project.id, due: { local: '2012-02-03' } }),
      ],
      { batchId },
    );
    const { items } = await dispatcher.get<{ items: SvodkaEvent[] }>(`/api/events?filter=batch:${batchId}`);
    expect(items.find(({ status }) => status === 'resolved')).toMatchObject({
      dueState: 'done',
      resolved: { by: null },
    });
    expect(items.find(({ status }) => status === 'open')).toMatchObject({
      author: { userId: null, name: 'Приёмная' },
      dueState: 'overdue',
      dueAt: '2012-02-03T19:59:59.000Z',
      dueZone: 'Europe/Moscow',
      payload: { fields: { channel: 'Desk' } },
    });
    const stored = await app.connection.db
      ?.collection('events')
      .find({ 'source.batchId': batchId })
      .toArray();
    for (const doc of stored ?? [])
      expect(doc).toMatchObject({
        audienceIds: [dispatcher.user.id],
        nextDueChangeAt: null,
        terms: expect.arrayContaining(['заказ']),
      });
  });
});
