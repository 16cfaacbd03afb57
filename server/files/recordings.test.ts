// Recordings of voices: a ground and a last day, who hears them, what the access log tells, and what is left at the end.
import { Readable } from 'node:stream';
import type { AuditRecord } from '@svodka/shared/contracts/audit';
import type { SvodkaEvent } from '@svodka/shared/contracts/event';
import type { Attachment, Recording, Upload } from '@svodka/shared/contracts/file';
import { newId } from '@svodka/shared/contracts/id';
import { createTestApp, type TestApp } from '../../test/support/app.ts';
import type { Client } from '../../test/support/client.ts';
import { makeCounterparty, makeEvent } from '../../test/support/factories.ts';
import { FakeClock } from '../../test/support/fake-clock.ts';
import { attach, download } from '../../test/support/files.ts';
import { Random } from '../demo/random.ts';
import { syntheticCall } from '../demo/recordings.ts';
import { Orphans } from './orphans.service.ts';
import { UploadsService } from './uploads.service.ts';

// Ahead of every real clock: the store lets sessions of the past expire by its own.
const clock = new FakeClock('2090-03-14T15:00:00Z');
const wave = syntheticCall(3, new Random(1));
const GROUND = { basis: 'consent', until: '2091-03-14' } as const;

let app: TestApp;
let anna: Client;
beforeAll(async () => {
  app = await createTestApp({ clock });
  anna = await app.signIn({ roles: ['dispatcher'] });
});
afterAll(() => app?.close());

const begin = (more: object) =>
  anna.send<Upload>('POST', '/api/files', { name: 'разговор.wav', size: wave.length, ...more });
const filesOf = async (id: string) =>
  (await anna.get<{ event: SvodkaEvent }>(`/api/events/${id}`)).event.attachments ?? [];
const told = async (object: string) =>
  (await app.admin.get<{ items: AuditRecord[] }>(`/api/audit?group=recordings&object=${object}`)).items.map(
    ({ what, who, details }) => ({ what, who, file: details.file }),
  );
async function recorded(
  event?: SvodkaEvent,
  recording: Recording = GROUND,
): Promise<{ id: string; file: Attachment; path: string }> {
  const { id } = event ?? (await makeEvent(anna, { type: 'call.in' }));
  const file = await attach(anna, { kind: 'event', id }, wave, 'разговор.wav', { recording });
  return { id, file, path: `/api/files/${file.id}` };
}

describe('a recording', () => {
  it('is not taken without a ground, whatever its name, nor beyond its days, nor anywhere but at an event', async () => {
    const owner = { kind: 'event', id: (await makeEvent(anna, { type: 'call.in' })).id } as const;
    const bare = await begin({ owner });
    expect(bare).toMatchObject({
      status: 400,
      error: { details: [{ field: 'recording', reason: 'required' }] },
    });
    const { body } = await begin({ owner, name: 'без имени' });
    const hidden = await anna.send('POST', `/api/files/${body.id}/upload?offset=0`, wave);
    expect(hidden).toMatchObject({ status: 400, error: { details: [{ field: 'recording' }] } });
    for (const until of ['2090-03-13', '2100-06-01'])
      expect((await begin({ owner, recording: { ...GROUND, until } })).error?.details).toMatchObject([
        { field: 'recording.until' },
      ]);
    const { id } = await makeCounterparty(anna);
    const elsewhere = await begin({ owner: { kind: 'counterparty', id }, recording: GROUND });
    expect(elsewhere.status).toBe(415);
    const { body: text } = await begin({ owner, size: 5, recording: GROUND });
    expect(
      (await anna.send('POST', `/api/files/${text.id}/upload?offset=0`, Buffer.from('слx'))).status,
    ).toBe(415);
    expect(await filesOf(owner.id)).toEqual([]);
  });

  it('is told to the access log once an opening, however many parts of it are asked for', async () => {
    const { id, file, path } = await recorded();
    expect(file).toMatchObject({ mime: 'audio/wav', recording: GROUND });
    const opening = newId();
    for (const Range of ['bytes=0-99', 'bytes=100-199', 'bytes=44-'])
      expect((await download(anna, `${path}?opening=${opening}`, { Range })).status).toBe(206);
    await anna.send('HEAD' as 'GET', path);
    expect(await told(id)).toEqual([{ what: 'recording.played', who: expect.any(String), file: file.id }]);
    expect((await download(anna, `${path}?opening=${newId()}`)).bytes.equals(wave)).toBe(true);
    // Whoever says nothing of an opening is told of all the same.
    await download(anna, path, { 'If-None-Match': `"x"` });
    expect(await told(id)).toHaveLength(3);
    expect((await download(anna, path, { Range: `bytes=${wave.length}-` })).status).toBe(416);
  });

  it('is heard by few: others who see the event do not, and are not told of as if they had', async () => {
    const finance = await app.signIn({ roles: ['finance'] });
    const payment = await makeEvent(finance, { type: 'payment.received', payload: { amountKop: 100 } });
    const { id, path } = await recorded(payment);
    expect((await download(finance, path)).status).toBe(403);
    expect((await download(await app.signIn({ roles: ['measurer'] }), path)).status).toBe(404);
    expect(await told(id)).toEqual([]);
    const own = await attach(finance, { kind: 'event', id }, syntheticCall(1, new Random(2)), 'своя.wav', {
      recording: GROUND,
    });
    expect((await download(finance, `/api/files/${own.id}`)).status).toBe(200);
  });

  it('is kept otherwise by who may change the event; one of before that has no ground waits for it', async () => {
    const { id, file, path } = await recorded();
    const files = app.connection.db?.collection<{ _id: string }>('attachments.files');
    await files?.updateOne({ _id: file.id }, { $unset: { 'metadata.recording': 1 } });
    expect((await download(anna, path)).status).toBe(403);
    const keep = { basis: 'contract', until: '2090-06-01' };
    expect((await (await app.signIn({ roles: ['measurer'] })).send('PATCH', path, keep)).status).toBe(404);
    expect((await anna.send('PATCH', path, { ...keep, until: '2020-01-01' })).status).toBe(400);
    expect(await anna.patch(path, keep)).toMatchObject({ recording: keep });
    expect((await filesOf(id))[0]?.recording).toEqual(keep);
    expect((await download(anna, path)).status).toBe(200);
    expect((await told(id)).map(({ what }) => what)).toEqual(['recording.played', 'recording.kept']);
    const text = await attach(anna, { kind: 'event', id }, 'слова');
    expect((await anna.send('PATCH', `/api/files/${text.id}`, keep)).status).toBe(415);
  });

  it('that the server takes in itself is named also when it died before that, and once gone does not come back', async () => {
    const { id } = await makeEvent(anna, { type: 'call.in' });
    const taken = { id: newId(), owner: { kind: 'event', id } as const, name: 'а.wav', size: wave.length };
    const recording = { basis: 'contract', until: '2090-03-13' } as const; // yesterday
    const take = () =>
      app.app.get(UploadsService).takeRecording({ ...taken, recording }, Readable.from([wave]));
    expect(await take()).toBe(true);
    const events = app.connection.db?.collection<{ _id: string }>('events');
    await events?.updateOne({ _id: id }, { $set: { attachments: [] } });
    expect(await take()).toBe(false);
    const [named, ...more] = await filesOf(id);
    expect([named?.id, more]).toEqual([taken.id, []]);
    await anna.send('DELETE', `/api/files/${taken.id}`);
    expect(await take()).toBe(false);
    expect(await filesOf(id)).toEqual([]);
    await anna.post(`/api/files/${taken.id}/restore`);
    await app.app.get(Orphans).run();
    expect(await take()).toBe(false);
    expect(await filesOf(id)).toMatchObject([{ recording: { removedAt: expect.any(String) } }]);
    expect((await download(anna, `/api/files/${taken.id}`)).status).toBe(404);
  });

  it('goes when its last day is over; that it was there stays, at the event and in the log', async () => {
    // To the end of today, in Moscow: a session lives longer than that.
    const ground = { ...GROUND, until: '2090-03-14' };
    const { id, file, path } = await recorded(undefined, ground);
    clock.set('2090-03-14T20:00:00Z');
    await app.app.get(Orphans).run();
    expect((await filesOf(id)).map(({ recording }) => recording)).toEqual([ground]);
    clock.set('2090-03-14T21:30:00Z');
    await app.app.get(Orphans).run();
    await app.app.get(Orphans).run();
    expect((await download(anna, path)).status).toBe(404);
    const { event } = await anna.get<{ event: SvodkaEvent }>(`/api/events/${id}`);
    expect(event.attachments).toMatchObject([
      { id: file.id, recording: { ...ground, removedAt: expect.any(String) } },
    ]);
    const chunks = app.connection.db?.collection('attachments.chunks');
    expect(await chunks?.countDocuments({ files_id: file.id })).toBe(0);
    const { items } = await app.admin.get<{ items: AuditRecord[] }>(
      `/api/audit?group=recordings&object=${id}`,
    );
    expect(items.map(({ what, who }) => [what, who])).toEqual([['recording.removed', null]]);
  });
});
