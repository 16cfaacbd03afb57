// Laws of SPEC.md, by number, from outside.
import { createHash } from 'node:crypto';
import { request } from 'node:http';
import type { AuditRecord } from '@svodka/shared/contracts/audit';
import type { Comment } from '@svodka/shared/contracts/comment';
import type { Counterparty } from '@svodka/shared/contracts/counterparty';
import type { Project } from '@svodka/shared/contracts/directory';
import type { Revision, SvodkaEvent } from '@svodka/shared/contracts/event';
import { type Attachment, CHUNK_BYTES, type FileOwner, type Upload } from '@svodka/shared/contracts/file';
import { newId } from '@svodka/shared/contracts/id';
import mongoose, { type mongo } from 'mongoose';
import sharp from 'sharp';
import { createTestApp, type TestApp } from '../../test/support/app.ts';
import type { Client } from '../../test/support/client.ts';
import { makeCounterparty, makeEvent, makeProject } from '../../test/support/factories.ts';
import { FakeClock } from '../../test/support/fake-clock.ts';
import { anyBytes, attach, download } from '../../test/support/files.ts';
import { seeded } from '../../test/support/seeded.ts';
import { until } from '../../test/support/until.ts';
import { Orphans } from './orphans.service.ts';

const HOUR = 3_600_000;
const seed = Number(process.env.FILES_SEED ?? Date.now() % 1_000_000);
const random = seeded(seed);
const upTo = (most: number) => Math.floor(random() * most);
const sha = (bytes: Uint8Array) => createHash('sha256').update(bytes).digest('hex');

const photo = (width: number, height: number) =>
  sharp({ create: { width, height, channels: 3, background: '#7a9' } });

describe('files', () => {
  const clock = new FakeClock(new Date().toISOString());
  let app: TestApp;
  let anna: Awaited<ReturnType<TestApp['signIn']>>;
  let vera: Awaited<ReturnType<TestApp['signIn']>>;
  let stranger: Awaited<ReturnType<TestApp['signIn']>>;
  let project: Project;
  let event: SvodkaEvent;
  let owner: FileOwner;

  beforeAll(async () => {
    app = await createTestApp({ clock });
    anna = await app.signIn({ roles: ['dispatcher'] });
    vera = await app.signIn({ roles: ['manager'] });
    stranger = await app.signIn({ roles: ['manager'] });
  });
  afterAll(() => app?.close());
  beforeEach(async () => {
    project = await makeProject(app.admin, { managerId: vera.user.id });
    event = await makeEvent(anna, { projectId: project.id });
    owner = { kind: 'event', id: event.id };
  });

  const raw = <T extends object>(name: string) =>
    (app.connection.db as mongo.Db).collection<T & { _id: string }>(name);
  const eventNow = async (client: Client = anna) =>
    (await client.get<{ event: SvodkaEvent }>(`/api/events/${event.id}`)).event;
  const begin = (client: Client, size: number, name = 'x.bin', more: object = {}) =>
    client.post<Upload>('/api/files', { owner, name, size, ...more });
  const append = (client: Client, id: string, offset: number, part: Uint8Array) =>
    client.send<Upload>('POST', `/api/files/${id}/upload?offset=${offset}`, part);

  it('FI3: gives back the bytes that came, of any length', async () => {
    for (const size of [0, 1, 65_535, 65_536, 65_537, CHUNK_BYTES, CHUNK_BYTES + 1, 20 * CHUNK_BYTES + 7]) {
      const bytes = anyBytes(size);
      const file = await attach(anna, owner, bytes, `${size}.bin`);
      expect(file).toMatchObject({ name: `${size}.bin`, size, picture: null, by: anna.user.id });
      const got = await download(vera, `/api/files/${file.id}`);
      expect(got.status).toBe(200);
      expect(got.headers.get('content-length')).toBe(String(size));
      expect(sha(got.bytes)).toBe(sha(bytes));
    }
    expect((await eventNow()).attachments).toHaveLength(8);
  });

  it('is GridFS: the driver reads it as its own', async () => {
    const bytes = anyBytes(3 * CHUNK_BYTES + 11);
    const { id } = await attach(anna, owner, bytes);
    const bucket = new mongoose.mongo.GridFSBucket(app.connection.db as mongo.Db, {
      bucketName: 'attachments',
    });
    const parts: Buffer[] = [];
    for await (const part of bucket.openDownloadStream(id as never)) parts.push(part as Buffer);
    expect(sha(Buffer.concat(parts))).toBe(sha(bytes));
  });

  it(`FI3: answers any Range with just these bytes (seed ${seed})`, async () => {
    const size = 4 * CHUNK_BYTES + 1 + upTo(CHUNK_BYTES);
    const bytes = anyBytes(size);
    const { id } = await attach(anna, owner, bytes);
    for (let i = 0; i < (process.env.SVODKA_DEEP ? 1_000 : 100); i++) {
      const start = upTo(size);
      const end = Math.min(size, start + 1 + upTo(random() < 0.5 ? 100 : size));
      const header =
        random() < 0.3
          ? `bytes=-${size - start}`
          : end === size && random() < 0.5
            ? `bytes=${start}-`
            : `bytes=${start}-${end - 1}`;
      const to = header.startsWith('bytes=-') ? size : end;
      const got = await download(vera, `/api/files/${id}`, { Range: header });
      expect([header, got.status, got.headers.get('content-range')]).toEqual([
        header,
        206,
        `bytes ${start}-${to - 1}/${size}`,
      ]);
      expect(sha(got.bytes)).toBe(sha(bytes.subarray(start, to)));
    }
    const beyond = await download(vera, `/api/files/${id}`, { Range: `bytes=${size}-` });
    expect([beyond.status, beyond.headers.get('content-range')]).toEqual([416, `bytes */${size}`]);
  });

  it('FI3: answers 500 for a byte that is another, and never the byte', async () => {
    const bytes = anyBytes(2 * CHUNK_BYTES);
    const { id } = await attach(anna, owner, bytes);
    const chunks = raw<{ files_id: string; n: number; data: mongo.Binary }>('attachments.chunks');
    const flip = async (n: number) => {
      const chunk = await chunks.findOne({ files_id: id, n });
      const data = Buffer.from(chunk?.data.buffer ?? []);
      const at = upTo(data.length);
      data.writeUInt8(data.readUInt8(at) ^ (1 << upTo(8)), at);
      await chunks.updateOne({ files_id: id, n }, { $set: { data: new mongoose.mongo.Binary(data) } });
    };
    await flip(1);
    const first = await download(vera, `/api/files/${id}`, { Range: `bytes=0-${CHUNK_BYTES - 1}` });
    expect(sha(first.bytes)).toBe(sha(bytes.subarray(0, CHUNK_BYTES)));
    expect((await download(vera, `/api/files/${id}`, { Range: `bytes=${CHUNK_BYTES}-` })).status).toBe(500);
    await expect(download(vera, `/api/files/${id}`).then(({ status }) => ({ status }))).resolves.toEqual({
      status: 500,
    });
  });

  it('FI2: is seen when it is complete, and the owner tells of it: row, history, search', async () => {
    const bytes = anyBytes(CHUNK_BYTES + 5);
    const { id } = await begin(anna, bytes.length, 'Замерный лист Лесная.pdf.bin');
    const half = await append(anna, id, 0, bytes.subarray(0, CHUNK_BYTES));
    expect(half.body).toMatchObject({ offset: CHUNK_BYTES, file: null });
    expect((await eventNow()).attachments).toBeUndefined();
    expect((await download(anna, `/api/files/${id}`)).status).toBe(404);
    const whole = await append(anna, id, CHUNK_BYTES, bytes.subarray(CHUNK_BYTES));
    const now = await eventNow();
    expect(now.attachments).toEqual([whole.body.file]);
    expect([now.rev, now.version]).toEqual([event.rev + 1, event.version + 1]);
    const { items } = await anna.get<{ items: Revision[] }>(`/api/events/${event.id}/revisions`);
    expect(items[0]?.changes).toEqual({ attachments: { from: [], to: ['Замерный лист Лесная.pdf.bin'] } });
    const found = await vera.get<{ items: SvodkaEvent[] }>(
      `/api/events?filter=${encodeURIComponent('замерный лесная')}`,
    );
    expect(found.items.map((each) => each.id)).toEqual([event.id]);
    // The end sent once more finds it done.
    expect((await anna.get<Upload>(`/api/files/${id}/upload`)).file).toEqual(whole.body.file);
    expect((await append(anna, id, bytes.length, new Uint8Array())).body.file).toEqual(whole.body.file);
  });

  it('goes on after a cut from where it stands, and FI7: of two requests one', async () => {
    const bytes = anyBytes(6 * CHUNK_BYTES + 100);
    const { id } = await begin(anna, bytes.length);
    // A line that breaks in the midst of the third piece.
    await new Promise<void>((done) => {
      const cut = request(`${app.url}/api/files/${id}/upload?offset=0`, {
        method: 'POST',
        headers: {
          Authorization: `Bearer ${anna.token}`,
          'Content-Type': 'application/octet-stream',
          'Content-Length': bytes.length,
        },
      });
      cut.on('error', () => done());
      cut.write(bytes.subarray(0, 2 * CHUNK_BYTES + 999), () => setImmediate(() => cut.destroy()));
      cut.on('close', () => done());
    });
    const state = () => anna.get<Upload>(`/api/files/${id}/upload`);
    let { offset } = await state();
    expect(offset % CHUNK_BYTES).toBe(0);
    const wrong = await append(anna, id, offset + CHUNK_BYTES, bytes.subarray(0, 10));
    expect(wrong).toMatchObject({ status: 409, error: { current: { id } } });
    let file: Attachment | null = null;
    // The server may still be writing what came before the cut.
    await until(async () => {
      const answers = await Promise.all([0, 1].map(() => append(anna, id, offset, bytes.subarray(offset))));
      const done = answers.find(({ body }) => body?.file);
      file = done?.body.file ?? null;
      if (!file) ({ offset, file } = await state());
      return file !== null;
    });
    const got = await download(anna, `/api/files/${id}`);
    expect(sha(got.bytes)).toBe(sha(bytes));
    expect((await eventNow()).attachments).toHaveLength(1);
  });

  it('FI4: a picture loses where it was taken, stands upright and gets a thumbnail', async () => {
    const gps = { IFD3: { GPSLatitudeRef: 'N', GPSLatitude: '55/1 45/1 0/1', GPSLongitudeRef: 'E' } };
    const bytes = await photo(800, 600).withExif(gps).withMetadata({ orientation: 6 }).jpeg().toBuffer();
    expect((await sharp(bytes).metadata()).exif?.length).toBeGreaterThan(0);
    const file = await attach(anna, owner, bytes, 'снимок.jpg');
    expect(file).toMatchObject({ mime: 'image/jpeg', picture: { width: 600, height: 800 } });
    const kept = await download(vera, `/api/files/${file.id}`);
    expect(kept.headers.get('content-disposition')).toMatch(
      /^inline; filename="______.jpg"; filename\*=UTF-8''/,
    );
    const seen = await sharp(kept.bytes).metadata();
    expect([seen.width, seen.height, seen.exif, seen.orientation]).toEqual([600, 800, undefined, undefined]);
    expect(kept.bytes.length).toBe(file.size);
    const thumbnail = await download(vera, `/api/files/${file.id}/thumbnail`);
    const small = await sharp(thumbnail.bytes).metadata();
    expect([small.format, small.width, small.height]).toEqual(['webp', 360, 480]);
    expect((await download(stranger, `/api/files/${file.id}/thumbnail`)).status).toBe(404);
    // One that carries nothing stays byte for byte.
    const plain = await photo(10, 10).png().toBuffer();
    const other = await attach(anna, owner, plain, 'план.png');
    expect(sha((await download(anna, `/api/files/${other.id}`)).bytes)).toBe(sha(plain));
    expect(await raw('attachments.chunks').distinct('files_id')).not.toContain(null);
  });

  it('FI1: hangs on comments, orders and counterparties too, and is read by whoever reads those', async () => {
    const comment = await vera.post<Comment>(`/api/events/${event.id}/comments`, { body: 'Вот' });
    const customer = await makeCounterparty(app.admin, { managerId: vera.user.id });
    const owners: FileOwner[] = [
      { kind: 'comment', id: comment.id },
      { kind: 'project', id: project.id },
      { kind: 'counterparty', id: customer.id },
    ];
    const files: Attachment[] = [];
    for (const each of owners) files.push(await attach(vera, each, `для ${each.kind}`));
    const { items } = await anna.get<{ items: Comment[] }>(`/api/events/${event.id}/comments`);
    expect(items[0]?.attachments).toEqual([files[0]]);
    expect((await anna.get<Project>(`/api/projects/${project.id}`)).attachments).toEqual([files[1]]);
    expect((await anna.get<Counterparty>(`/api/counterparties/${customer.id}`)).attachments).toEqual([
      files[2],
    ]);
    const measurer = await app.signIn({ roles: ['measurer'] });
    expect((await measurer.get<Project>(`/api/projects/${project.id}`)).attachments ?? []).toEqual([]);
    for (const { id } of files) {
      expect((await download(anna, `/api/files/${id}`)).status).toBe(200);
      for (const other of [stranger, measurer]) {
        const [foreign, none] = await Promise.all(
          [id, newId()].map((each) => download(other, `/api/files/${each}`)),
        );
        expect(foreign?.status).toBe(404);
        expect(foreign?.bytes).toEqual(none?.bytes);
        expect((await other.send('DELETE', `/api/files/${id}`)).status).toBe(404);
        expect((await other.send('POST', `/api/files/${id}/restore`)).status).toBe(404);
      }
    }
    for (const each of owners)
      expect((await stranger.send('POST', '/api/files', { owner: each, name: 'x', size: 1 })).status).toBe(
        404,
      );
    const alien = await begin(anna, 5);
    for (const [method, path] of [
      ['GET', `/api/files/${alien.id}/upload`],
      ['DELETE', `/api/files/${alien.id}/upload`],
    ] as const)
      expect((await vera.send(method, path)).status).toBe(404);
    expect((await append(vera, alien.id, 0, new Uint8Array(5))).status).toBe(404);
    await anna.send('DELETE', `/api/files/${alien.id}/upload`);
    expect((await anna.send('GET', `/api/files/${alien.id}/upload`)).status).toBe(404);
    // The comment goes, and its file with it.
    await vera.delete(`/api/comments/${comment.id}`);
    expect((await download(anna, `/api/files/${files[0]?.id}`)).status).toBe(404);
  });

  it('FI1: whoever loses the event loses the file, with the address in hand', async () => {
    const { id } = await attach(anna, owner, 'лист');
    expect((await download(vera, `/api/files/${id}`)).status).toBe(200);
    await anna.patch(`/api/projects/${project.id}`, { managerId: stranger.user.id });
    expect((await download(vera, `/api/files/${id}`)).status).toBe(404);
    await until(async () => (await download(stranger, `/api/files/${id}`)).status === 200);
    await anna.delete(`/api/events/${event.id}`);
    expect((await download(anna, `/api/files/${id}`)).status).toBe(404);
    await anna.post(`/api/events/${event.id}/restore`);
    expect((await download(anna, `/api/files/${id}`)).status).toBe(200);
  });

  it('is taken off and put back in its place', async () => {
    const files: Attachment[] = [];
    for (const content of ['раз', 'два', 'три']) {
      files.push(await attach(anna, owner, content));
      clock.advance(1_000);
    }
    const middle = files[1]?.id;
    expect(await anna.delete(`/api/files/${middle}`)).toEqual(files[1]);
    expect((await eventNow()).attachments).toEqual([files[0], files[2]]);
    expect((await download(anna, `/api/files/${middle}`)).status).toBe(404);
    expect(await anna.post(`/api/files/${middle}/restore`)).toEqual(files[1]);
    const log = await app.admin.get<{ items: AuditRecord[] }>('/api/audit?group=deleted');
    const told = log.items
      .filter(({ details }) => details.file === middle)
      .map(({ what, who }) => [what, who]);
    expect(told).toEqual([
      ['file.restored', anna.user.id],
      ['file.removed', anna.user.id],
    ]);
    expect((await eventNow()).attachments).toEqual(files);
    expect((await download(anna, `/api/files/${middle}`)).bytes.toString()).toBe('два');
  });

  it('goes with a counterparty that is merged into another, and comes back with it', async () => {
    const [one, two] = [await makeCounterparty(anna), await makeCounterparty(anna)];
    const [a, b] = [
      await attach(anna, { kind: 'counterparty', id: one.id }, 'а'),
      await attach(anna, { kind: 'counterparty', id: two.id }, 'б'),
    ];
    const card = (id: string) => anna.get<Counterparty>(`/api/counterparties/${id}`);
    const [from, into] = [await card(one.id), await card(two.id)];
    const merged = await anna.post<Counterparty>(`/api/counterparties/${two.id}/merge`, {
      from: one.id,
      versions: { from: from.version, into: into.version },
      values: {},
    });
    expect(merged.attachments).toEqual([b, a]);
    expect((await download(anna, `/api/files/${a.id}`)).status).toBe(200);
    await anna.delete(`/api/counterparties/${one.id}/merge`);
    expect((await card(two.id)).attachments).toEqual([b]);
    expect((await card(one.id)).attachments).toEqual([a]);
  });

  it('tells a browser that has it that it is the same, after asking who may see it', async () => {
    const { id } = await attach(anna, owner, 'лист');
    const etag = (await download(vera, `/api/files/${id}`)).headers.get('etag') ?? '';
    for (const known of [etag, `W/${etag}`, `"other", ${etag}`]) {
      const same = await download(vera, `/api/files/${id}`, { 'If-None-Match': known });
      // What it has stays of use, and only after it has asked.
      expect([same.status, same.headers.get('cache-control')]).toEqual([304, 'private, no-cache']);
    }
    expect((await download(stranger, `/api/files/${id}`, { 'If-None-Match': etag })).status).toBe(404);
    const stale = await download(vera, `/api/files/${id}`, { Range: 'bytes=0-1', 'If-Range': '"other"' });
    expect(stale.status).toBe(200);
  });

  // Days go by in it, and everybody's session ends.
  it('FI5: lets go within a day of what nobody names', async () => {
    const kept = await attach(anna, owner, 'остаётся');
    const gone = await attach(anna, owner, 'уходит');
    const comment = await anna.post<Comment>(`/api/events/${event.id}/comments`, { body: 'Вот' });
    const ofComment = await attach(anna, { kind: 'comment', id: comment.id }, 'с комментарием');
    await anna.delete(`/api/comments/${comment.id}`);
    await anna.delete(`/api/files/${gone.id}`);
    const begun = await begin(anna, 2 * CHUNK_BYTES);
    await append(anna, begun.id, 0, anyBytes(CHUNK_BYTES));
    // What a process leaves that dies between the pieces and the file.
    const left = newId(clock.now().getTime());
    await raw<{ files_id: string }>('attachments.chunks').insertOne({ _id: newId(), files_id: left });
    const look = () => app.app.get(Orphans).run();
    const ids = () => raw('attachments.chunks').distinct('files_id');
    await look();
    expect(await ids()).toEqual(expect.arrayContaining([kept.id, gone.id, ofComment.id, begun.id, left]));
    clock.advance(12 * HOUR);
    await look();
    clock.advance(12 * HOUR);
    await look(); // the comment's file has lost its owner, and is found out
    expect(await ids()).not.toEqual(expect.arrayContaining([gone.id]));
    expect(await ids()).not.toEqual(expect.arrayContaining([begun.id]));
    expect(await ids()).not.toEqual(expect.arrayContaining([left]));
    clock.advance(24 * HOUR);
    await look();
    expect(await ids()).not.toEqual(expect.arrayContaining([ofComment.id]));
    expect(await ids()).toEqual(expect.arrayContaining([kept.id]));
    await anna.signIn(anna.user.login, anna.password);
    expect((await download(anna, `/api/files/${kept.id}`)).bytes.toString()).toBe('остаётся');
    expect((await anna.send('POST', `/api/files/${gone.id}/restore`)).status).toBe(404);
  });
});
