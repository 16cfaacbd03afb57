import { jest } from '@jest/globals';
import type { Comment } from '@svodka/shared/contracts/comment';
import type { SvodkaEvent } from '@svodka/shared/contracts/event';
import { newId } from '@svodka/shared/contracts/id';
import { termsOf } from '@svodka/shared/filter/terms';
import { createTestApp, type TestApp } from '../../test/support/app.ts';
import { makeEvent } from '../../test/support/factories.ts';
import { seeded } from '../../test/support/seeded.ts';
import type { CommentDoc } from './comment.schema.ts';
import { CommentCounts } from './comment-counts.service.ts';
import { CommentsRepository } from './comments.repository.ts';

const seed = Number(process.env.COUNTS_SEED ?? Date.now() % 1_000_000);
const random = seeded(seed);

describe(CommentCounts.name, () => {
  let app: TestApp;
  let event: SvodkaEvent;
  const shown = async () =>
    (await app.admin.get<{ event: SvodkaEvent }>(`/api/events/${event.id}`)).event.counters.comments;
  const path = () => `/api/events/${event.id}/comments`;
  const say = (body: string, id = newId()) => app.admin.post<Comment>(path(), { id, body });
  const repository = () => app.app.get(CommentsRepository);
  const look = () => app.app.get(CommentCounts).run();

  beforeAll(async () => {
    app = await createTestApp();
  });
  afterAll(() => app?.close());
  beforeEach(async () => {
    event = await makeEvent(app.admin);
  });

  /** What a process leaves behind that dies after the first of the two writes. */
  async function halfWritten(body: string): Promise<CommentDoc> {
    const doc: CommentDoc = {
      _id: newId(),
      eventId: event.id,
      authorId: app.admin.session?.user.id ?? '',
      body,
      terms: termsOf(body),
      mentionIds: [],
      createdAt: new Date(),
      editedAt: null,
      deletedAt: null,
      version: 1,
    };
    await repository().insert(doc);
    return doc;
  }

  it('is right after the repetition of what died between the two writes', async () => {
    await say('Раз');
    const { _id, body } = await halfWritten('Два');
    expect(await shown()).toBe(1);
    expect((await app.admin.send('POST', path(), { id: _id, body })).status).toBe(200);
    expect(await shown()).toBe(2);
  });

  it('looks few times at what many say at once, and misses nothing of it', async () => {
    const said = jest.spyOn(repository(), 'said');
    await Promise.all(Array.from({ length: 60 }, (_, n) => say(`Слово ${n}`)));
    expect(await shown()).toBe(60);
    expect(said.mock.calls.length).toBeLessThan(45);
    said.mockRestore();
  });

  it('is right after the next look when nobody repeats it', async () => {
    const first = await say('Раз');
    await halfWritten('Два');
    await look();
    expect(await shown()).toBe(2);
    await repository().write(first.id, 1, { body: '', deletedAt: new Date() }, null);
    expect(await shown()).toBe(2);
    await look();
    expect(await shown()).toBe(1);
  });

  it('is mended where an older version left it wrong', async () => {
    await say('Раз');
    const { db } = app.connection;
    await db
      ?.collection<{ _id: string }>('events')
      .updateOne({ _id: event.id }, { $set: { 'counters.comments': 7 }, $inc: { version: 1 } });
    await db?.collection<{ _id: string }>('settings').deleteOne({ _id: 'comments.counted' });
    await look();
    expect(await shown()).toBe(1);
  });

  it(`is what the comments are, however many people write and remove at once (seed ${seed})`, async () => {
    const said = await Promise.all(Array.from({ length: 12 }, (_, i) => say(`Слово ${i}`)));
    expect(await shown()).toBe(12);
    const gone = said.filter(() => random() < 0.4);
    await Promise.all([
      ...gone.map(({ id }) => app.admin.delete(`/api/comments/${id}`)),
      ...Array.from({ length: 6 }, (_, i) => say(`Ещё ${i}`)),
      app.admin.post(`/api/events/${event.id}/resolve`),
    ]);
    expect(await shown()).toBe(12 + 6 - gone.length);
  });
});
