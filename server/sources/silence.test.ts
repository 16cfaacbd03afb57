// S8: a module that is waited for and says nothing.
import type { SvodkaEvent } from '@svodka/shared/contracts/event';
import type { ModuleState, ModuleToken, Source } from '@svodka/shared/contracts/ingest';
import type { Table } from '@svodka/shared/contracts/tables';
import { createTestApp, type TestApp } from '../../test/support/app.ts';
import { FakeClock } from '../../test/support/fake-clock.ts';
import { ndjson, sayLines } from '../../test/support/module.ts';
import { until } from '../../test/support/until.ts';
import { SilenceWatch } from './silence.service.ts';

// A working day that is still to come: the store forgets sessions by its own clock.
const clock = new FakeClock('2037-03-17T06:00:00Z');
let app: TestApp;
let token: string;

beforeAll(async () => {
  app = await createTestApp({ clock });
  const made = await app.admin.post<{ token: string; item: ModuleToken }>('/api/sources/tokens', {
    module: 'fgwarehouse',
    name: 'Склад',
  });
  token = made.token;
});
afterAll(() => app?.close());

const watch = () => app.app.get(SilenceWatch).run();
const told = async () =>
  (await app.admin.get<{ items: SvodkaEvent[] }>('/api/events?filter=type:module.silent')).items;
const state = async () =>
  (await app.admin.get<{ items: ModuleState[] }>('/api/modules')).items.find(
    ({ module }) => module === 'fgwarehouse',
  );
const heartbeat = () => sayLines(app.url, token, ndjson([]));

it('counts as of today what has come today, whenever it happened', async () => {
  const countOf = async () =>
    (await app.admin.get<{ items: Source[] }>('/api/sources')).items.find(
      ({ module }) => module === 'finance',
    )?.eventsToday;
  expect(await countOf()).toEqual({ n: 0, exact: true });
  for (const occurredAt of ['2037-03-09T06:00:00.000Z', '2037-03-17T05:00:00.000Z'])
    await app.admin.post('/api/events', {
      type: 'payment.received',
      title: 'Оплата',
      payload: { amountKop: 100 },
      occurredAt,
    });
  expect(await countOf()).toEqual({ n: 2, exact: true });
});

describe(SilenceWatch.name, () => {
  it('tells of a module once its time is over, once, and takes it back with its next word', async () => {
    await heartbeat();
    await app.admin.patch('/api/sources', { module: 'fgwarehouse', expectMin: 30 });
    clock.advance(29 * 60_000);
    await watch();
    expect(await told()).toEqual([]);
    clock.advance(2 * 60_000);
    await Promise.all([watch(), watch(), watch()]);
    await watch();
    const [event, ...more] = await told();
    expect(more).toEqual([]);
    expect(event).toMatchObject({
      status: 'open',
      author: { userId: null },
      payload: { fields: { module: 'fgwarehouse' } },
      title: expect.stringContaining('Склад ГП'),
    });
    expect((await state())?.silentSince).toBe('2037-03-17T06:00:00.000Z');

    await heartbeat();
    await until(async () => (await state())?.silentSince === null);
    expect((await told())[0]).toMatchObject({ id: event?.id, status: 'resolved' });

    clock.advance(31 * 60_000);
    await watch();
    expect((await told()).map(({ status }) => status).sort()).toEqual(['open', 'resolved']);
  });

  it('waits for nobody who is off, and gives who is on again their whole time', async () => {
    await app.admin.patch('/api/sources', { module: 'fgwarehouse', isOn: false });
    await watch();
    expect(await state()).toMatchObject({ isOn: false, silentSince: null });
    expect((await told()).filter(({ status }) => status === 'open')).toEqual([]);
    clock.advance(3 * 60 * 60_000);
    await app.admin.patch('/api/sources', { module: 'fgwarehouse', isOn: true });
    await watch();
    expect((await state())?.silentSince).toBeNull();
  });

  it('hears a module without tokens by its events', async () => {
    await app.admin.patch('/api/sources', { module: 'measure', expectMin: 60 });
    clock.advance(61 * 60_000);
    await watch();
    const silent = async () =>
      (await app.admin.get<{ items: Source[] }>('/api/sources')).items.find(
        ({ module }) => module === 'measure',
      )?.silentSince;
    expect(await silent()).not.toBeNull();
    await app.admin.post('/api/events', { type: 'measure.done', title: 'Замер выполнен' });
    await watch();
    expect(await silent()).toBeNull();

    // What comes at night tells of the day before, and is a word of the night.
    await app.admin.patch('/api/sources', { module: 'measure', expectMin: 5 });
    clock.advance(6 * 60_000);
    await watch();
    expect(await silent()).not.toBeNull();
    const occurredAt = new Date(clock.now().getTime() - 5 * 60 * 60_000).toISOString();
    await app.admin.post('/api/events', { type: 'measure.done', title: 'Замер вчера', occurredAt });
    await watch();
    expect(await silent()).toBeNull();
  });

  it('waits for a table as for a module, and hears its next dump', async () => {
    const { id } = await app.admin.post<Table>('/api/tables', {
      name: 'ПрофСтрой, заказы',
      mapping: { kind: 'orders', key: 'ZNUMB', columns: { MSUMM: 'paid' } },
    });
    const table = async () => app.admin.get<Table>(`/api/tables/${id}`);
    const about = async () =>
      (await told()).filter(({ title }) => title === 'Не приходит таблица «ПрофСтрой, заказы»');
    expect(await table()).toMatchObject({ isOn: true, expectMin: null, silentSince: null });
    await app.admin.patch(`/api/tables/${id}`, { expectMin: 30 });
    clock.advance(31 * 60_000);
    await Promise.all([watch(), watch()]);
    expect((await about()).map(({ status }) => status)).toEqual(['open']);
    expect((await table()).silentSince).not.toBeNull();
    await app.admin.post(`/api/tables/${id}/dumps?fileName=a.csv`, 'ZNUMB;MSUMM\nП-1;100\n', {
      'Content-Type': 'application/octet-stream',
    });
    await watch();
    expect((await about()).map(({ status }) => status)).toEqual(['resolved']);
    clock.advance(31 * 60_000);
    await app.admin.patch(`/api/tables/${id}`, { isOn: false });
    await watch();
    expect((await about()).map(({ status }) => status)).toEqual(['resolved']);
  });

  it('sees what another process has written already', async () => {
    const open = async () => (await told()).filter(({ status }) => status === 'open').length;
    await app.admin.patch('/api/sources', { module: 'calls', expectMin: 5 });
    clock.advance(6 * 60_000);
    await watch();
    const before = await open();
    // A pass that died between the event and the settings comes again.
    await app.connection
      .collection('sources')
      .updateOne({ _id: 'calls' as never }, { $set: { silentSince: null } });
    await watch();
    expect(await open()).toBe(before);
  });
});
