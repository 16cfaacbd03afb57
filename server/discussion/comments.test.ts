import type { Comment, CommentFound } from '@svodka/shared/contracts/comment';
import type { SvodkaEvent } from '@svodka/shared/contracts/event';
import { newId } from '@svodka/shared/contracts/id';
import type { Refs } from '@svodka/shared/contracts/refs';
import { createTestApp, type TestApp } from '../../test/support/app.ts';
import { makeEvent, makeProject } from '../../test/support/factories.ts';
import { CommentsService } from './comments.service.ts';

type Person = Awaited<ReturnType<TestApp['signIn']>>;
type Page = { items: Comment[]; next: string | null; refs: Refs };

describe(CommentsService.name, () => {
  let app: TestApp;
  let dispatcher: Person;
  let manager: Person;
  let stranger: Person;
  let event: SvodkaEvent;

  beforeAll(async () => {
    app = await createTestApp();
    dispatcher = await app.signIn({ roles: ['dispatcher'] });
    manager = await app.signIn({ roles: ['manager'] });
    stranger = await app.signIn({ roles: ['manager'] });
  });
  afterAll(() => app?.close());
  beforeEach(async () => {
    const { id: projectId } = await makeProject(app.admin, { managerId: manager.user.id });
    event = await makeEvent(dispatcher, { projectId });
  });

  const path = () => `/api/events/${event.id}/comments`;
  const say = (who: Person, body: string, more: object = {}) => who.post<Comment>(path(), { body, ...more });
  const read = (who: Person, query = '') => who.get<Page>(`${path()}${query}`);
  const current = async () => (await dispatcher.get<{ event: SvodkaEvent }>(`/api/events/${event.id}`)).event;

  it('keeps what people say, oldest first, with the names of who spoke and who was named', async () => {
    const first = await say(dispatcher, 'Когда замер?', { mentionIds: [manager.user.id, manager.user.id] });
    const second = await say(manager, 'Завтра\nв десять');
    const page = await read(manager);
    expect(page.items).toEqual([first, second]);
    expect(first).toMatchObject({
      eventId: event.id,
      authorId: dispatcher.user.id,
      mentionIds: [manager.user.id],
      editedAt: null,
      deletedAt: null,
      version: 1,
    });
    expect(page.refs.users.map(({ id }) => id).sort()).toEqual([dispatcher.user.id, manager.user.id].sort());
  });

  it('finds them by words and pieces of words, for those who may read the event, until they are removed', async () => {
    const { id } = await say(dispatcher, 'Доплата за подоконник, звонить на 8 (916) 718-30-51');
    await say(dispatcher, 'Совсем другое');
    const search = async (who: Person, words: string) =>
      (
        await who.get<{ items: CommentFound[] }>(`/api/comments?search=${encodeURIComponent(words)}`)
      ).items.map(({ comment }) => comment.id);
    for (const words of ['подоконник', 'ДОПЛАТ', 'оконник за', 'gjljrjyybr', '718-30-51'])
      expect(await search(manager, words)).toEqual([id]);
    expect(await search(manager, `подоконник ${event.title}`)).toEqual([]);
    expect(await search(manager, '  ')).toEqual([]);
    expect(await search(stranger, 'подоконник')).toEqual([]);
    await dispatcher.delete(`/api/comments/${id}`);
    expect(await search(manager, 'подоконник')).toEqual([]);
  });

  it('counts them on the event, without getting into the way of whoever edits it', async () => {
    const { id } = await say(dispatcher, 'Раз');
    await say(manager, 'Два');
    const counted = await current();
    expect(counted.counters.comments).toBe(2);
    expect(counted.rev).toBe(event.rev);
    expect(counted.version).toBeGreaterThan(event.version);
    await dispatcher.delete(`/api/comments/${id}`);
    expect((await current()).counters.comments).toBe(1);
  });

  it('takes a repeated send for one, and another comment under its id for a conflict', async () => {
    const id = newId();
    const first = await dispatcher.send<Comment>('POST', path(), { id, body: 'Один раз' });
    const again = await dispatcher.send<Comment>('POST', path(), { id, body: 'Один раз' });
    expect([first.status, again.status]).toEqual([201, 200]);
    expect(again.body).toEqual(first.body);
    expect(await dispatcher.send('POST', path(), { id, body: 'Другое' })).toMatchObject({
      status: 409,
      error: { code: 'conflict' },
    });
    expect((await manager.send('POST', path(), { id, body: 'Один раз' })).status).toBe(409);
    expect((await read(manager)).items).toHaveLength(1);
    expect((await current()).counters.comments).toBe(1);
  });

  it('lets the author edit, and nobody else', async () => {
    const comment = await say(manager, 'Завтра');
    const edited = await manager.patch<Comment>(`/api/comments/${comment.id}`, { body: 'Послезавтра' });
    expect(edited).toMatchObject({ body: 'Послезавтра', version: 2, createdAt: comment.createdAt });
    expect(edited.editedAt).not.toBeNull();
    for (const other of [dispatcher, app.admin]) {
      const answer = await other.send('PATCH', `/api/comments/${comment.id}`, { body: 'Никогда' });
      expect(answer).toMatchObject({ status: 403, error: { code: 'forbidden' } });
    }
  });

  it('lets author and administrator remove, and keeps an empty line in the place', async () => {
    const [one, two] = [
      await say(manager, 'Раз', { mentionIds: [dispatcher.user.id] }),
      await say(manager, 'Два'),
    ];
    expect((await dispatcher.send('DELETE', `/api/comments/${one.id}`)).status).toBe(403);
    await manager.delete(`/api/comments/${one.id}`);
    await app.admin.delete(`/api/comments/${two.id}`);
    const { items } = await read(manager);
    expect(items.map(({ id, body, mentionIds }) => ({ id, body, mentionIds }))).toEqual([
      { id: one.id, body: '', mentionIds: [] },
      { id: two.id, body: '', mentionIds: [] },
    ]);
    expect(items.every(({ deletedAt }) => deletedAt)).toBe(true);
    expect((await manager.send('DELETE', `/api/comments/${one.id}`)).status).toBe(404);
    expect((await manager.send('PATCH', `/api/comments/${one.id}`, { body: 'Снова' })).status).toBe(404);
    expect((await current()).counters.comments).toBe(0);
  });

  it('answers who may not see the event as if there were none (security.md 9)', async () => {
    const comment = await say(manager, 'Между нами');
    const unknown = newId();
    const answers = await Promise.all([
      stranger.send('GET', path()),
      stranger.send('POST', path(), { body: 'Что тут?' }),
      stranger.send('PATCH', `/api/comments/${comment.id}`, { body: 'Моё' }),
      stranger.send('DELETE', `/api/comments/${comment.id}`),
      stranger.send('GET', `/api/events/${unknown}/comments`),
      stranger.send('DELETE', `/api/comments/${unknown}`),
      stranger.send('GET', '/api/events/nonsense/comments'),
    ]);
    expect(answers.map(({ status, error }) => [status, error?.code])).toEqual(
      answers.map(() => [404, 'not-found']),
    );
    expect(new Set(answers.map(({ error }) => error?.message)).size).toBe(1);
    expect((await app.client().send('GET', path())).status).toBe(401);
    expect((await read(manager)).items).toEqual([comment]);
  });

  it('refuses what breaks the contract, and writes nothing', async () => {
    for (const [body, field, reason] of [
      [{ body: '  \n ' }, 'body', 'empty'],
      [{ body: 'я'.repeat(4001) }, 'body', 'too-long'],
      [{ body: { $ne: null } }, 'body', 'type'],
      [{ body: 'Да', authorId: newId() }, 'authorId', 'unknown-field'],
      [{ body: 'Да', mentionIds: [newId()] }, 'mentionIds.0', 'unknown-user'],
      [{ body: 'Да', id: '1' }, 'id', 'id'],
    ] as const) {
      const answer = await dispatcher.send('POST', path(), body);
      expect(answer).toMatchObject({
        status: 400,
        error: { code: 'validation', details: [{ field, reason }] },
      });
    }
    expect((await read(dispatcher)).items).toEqual([]);
  });

  it('says who of some people would not hear of a mention', async () => {
    const ids = [manager.user.id, stranger.user.id, dispatcher.user.id].join(',');
    const ask = (who: Person) =>
      who.send<{ blind: string[] }>('GET', `/api/events/${event.id}/blind?ids=${ids}`);
    expect((await ask(manager)).body).toEqual({ blind: [stranger.user.id] });
    expect((await ask(stranger)).status).toBe(404);
  });

  it('pages', async () => {
    const said: Comment[] = [];
    for (let i = 0; i < 5; i++) said.push(await say(dispatcher, `Слово ${i}`));
    const seen: Comment[] = [];
    for (let after: string | null = ''; after !== null; ) {
      const page: Page = await read(manager, `?limit=2${after && `&after=${after}`}`);
      seen.push(...page.items);
      after = page.next;
    }
    expect(seen).toEqual(said);
  });
});
