import type { Comment, CommentVersion, Reader } from '@svodka/shared/contracts/comment';
import type { Counterparty } from '@svodka/shared/contracts/counterparty';
import type { Project } from '@svodka/shared/contracts/directory';
import type { SvodkaEvent } from '@svodka/shared/contracts/event';
import { type Id, newId } from '@svodka/shared/contracts/id';
import type { NoticeView } from '@svodka/shared/contracts/notice';
import type { User } from '@svodka/shared/contracts/user';
import { mayDiscuss } from '@svodka/shared/rules/permissions';
import { createTestApp, type TestApp } from '../../test/support/app.ts';
import { makeCounterparty, makeEvent, makeProject, nextSerial } from '../../test/support/factories.ts';
import { TestSocket } from '../../test/support/socket.ts';
import { until } from '../../test/support/until.ts';
import { CommentsRepository } from './comments.repository.ts';
import { WholeDiscussions } from './whole-discussions.service.ts';

type Person = Awaited<ReturnType<TestApp['signIn']>>;
type Page = { items: Comment[]; readers: Reader[]; follows: boolean | null };

describe('a discussion', () => {
  let app: TestApp;
  let dispatcher: Person;
  let manager: Person;
  let stranger: Person;
  let finance: Person;
  let customer: Counterparty;
  let project: Project;
  let event: SvodkaEvent;

  beforeAll(async () => {
    app = await createTestApp();
    dispatcher = await app.signIn({ roles: ['dispatcher'], departmentId: 'Пульт' });
    manager = await app.signIn({ roles: ['manager'] });
    stranger = await app.signIn({ roles: ['manager'] });
    finance = await app.signIn({ roles: ['finance'], departmentId: 'Пульт' });
  });
  afterAll(() => app?.close());
  beforeEach(async () => {
    customer = await makeCounterparty(app.admin, { managerId: manager.user.id });
    project = await makeProject(app.admin, { managerId: manager.user.id, counterpartyId: customer.id });
    event = await makeEvent(dispatcher, { projectId: project.id });
  });

  const path = () => `/api/events/${event.id}/comments`;
  const say = (who: Person, body: string, more: object = {}) => who.post<Comment>(path(), { body, ...more });
  const read = (who: Person) => who.get<Page>(path());
  const inboxOf = async (who: Person, about = event.id) =>
    (await who.get<{ items: NoticeView[] }>('/api/notices?limit=200')).items.filter(
      ({ eventId, commentId }) => eventId === about && commentId !== null,
    );

  it('keeps what a comment was before each edit, for whoever may read it', async () => {
    const first = await say(manager, 'В десять');
    const second = await manager.patch<Comment>(`/api/comments/${first.id}`, { body: 'В одиннадцать' });
    await manager.patch(`/api/comments/${first.id}`, { body: 'В полдень' });
    const history = (who: Person) =>
      who.send<{ items: CommentVersion[] }>('GET', `/api/comments/${first.id}/history`);
    expect((await history(dispatcher)).body.items).toEqual([
      { at: second.editedAt, body: 'В одиннадцать' },
      { at: first.createdAt, body: 'В десять' },
    ]);
    expect((await history(stranger)).status).toBe(404);
    // The same words again are no edit.
    const same = await manager.patch<Comment>(`/api/comments/${first.id}`, { body: 'В полдень' });
    expect((await history(manager)).body.items).toHaveLength(2);
    expect(same.body).toBe('В полдень');
  });

  it('says who has removed a comment, and gives it back as it was to that person', async () => {
    const said = await say(manager, 'Лишнее', { mentionIds: [dispatcher.user.id] });
    await manager.patch(`/api/comments/${said.id}`, { body: 'Не лишнее', mentionIds: [dispatcher.user.id] });
    const removed = await app.admin.delete<Comment>(`/api/comments/${said.id}`);
    expect(removed).toMatchObject({ body: '', mentionIds: [], deletedBy: app.admin.session?.user.id });
    expect((await manager.send('POST', `/api/comments/${said.id}/restore`)).status).toBe(403);
    expect((await manager.send('GET', `/api/comments/${said.id}/history`)).status).toBe(404);
    const back = await app.admin.post<Comment>(`/api/comments/${said.id}/restore`);
    expect(back).toMatchObject({ body: 'Не лишнее', mentionIds: [dispatcher.user.id], deletedAt: null });
    expect(back.deletedBy).toBeUndefined();
    expect((await app.admin.send('POST', `/api/comments/${said.id}/restore`)).status).toBe(404);
    const { counters } = (await manager.get<{ event: SvodkaEvent }>(`/api/events/${event.id}`)).event;
    expect(counters.comments).toBe(1);
  });

  it('forgets the words of what was removed more than an hour ago', async () => {
    const [old, young] = [await say(manager, 'Давно'), await say(manager, 'Только что')];
    for (const { id } of [old, young]) await manager.delete(`/api/comments/${id}`);
    const comments = app.connection.db?.collection<{ _id: string; deletedAt: Date }>('comments');
    const hours = (n: number) => new Date(Date.now() - n * 3_600_000);
    await comments?.updateOne({ _id: old.id }, { $set: { deletedAt: hours(2) } });
    expect((await manager.send('POST', `/api/comments/${old.id}/restore`)).status).toBe(404);
    await app.app.get(CommentsRepository).forgetRemoved(hours(3), hours(1));
    expect(await comments?.findOne({ _id: old.id })).toMatchObject({ removed: null });
    expect((await manager.send('POST', `/api/comments/${young.id}/restore`)).status).toBe(201);
  });

  it('takes an answer to what is said there, and not to what is gone or elsewhere', async () => {
    const [asked, gone] = [await say(dispatcher, 'Когда?'), await say(dispatcher, 'Ошибка')];
    expect((await say(manager, 'Завтра', { replyToId: asked.id })).replyToId).toBe(asked.id);
    await dispatcher.delete(`/api/comments/${gone.id}`);
    const elsewhere = await makeEvent(dispatcher, { projectId: project.id });
    const other = await dispatcher.post<Comment>(`/api/events/${elsewhere.id}/comments`, { body: 'Там' });
    for (const [id, reason] of [
      [gone.id, 'removed'],
      [other.id, 'not-found'],
      [newId(), 'not-found'],
    ])
      expect(await manager.send('POST', path(), { body: 'Что?', replyToId: id })).toMatchObject({
        status: 400,
        error: { code: 'validation', details: [{ field: 'replyToId', reason }] },
      });
    // Sent before what it answers was removed: a repetition is one.
    const late = { id: newId(), body: 'Раз', replyToId: asked.id };
    await manager.post(path(), late);
    await dispatcher.delete(`/api/comments/${asked.id}`);
    expect((await manager.send('POST', path(), late)).status).toBe(200);
  });

  it('counts each sign of each person once, whatever they send at once', async () => {
    const { id } = await say(manager, 'Сделаем');
    const react = (who: Person, kind: string, on = true) =>
      who.send<Comment>('POST', `/api/comments/${id}/reactions`, { kind, on });
    await Promise.all([
      ...Array.from({ length: 6 }, () => react(dispatcher, 'agree')),
      react(manager, 'agree'),
      react(dispatcher, 'done'),
    ]);
    const [shown] = (await read(manager)).items;
    expect([...(shown?.reactions?.agree ?? [])].sort()).toEqual([dispatcher.user.id, manager.user.id].sort());
    expect(shown?.reactions?.done).toEqual([dispatcher.user.id]);
    expect((await react(manager, 'agree', false)).body.reactions?.agree).toEqual([dispatcher.user.id]);
    expect((await react(stranger, 'agree')).status).toBe(404);
    expect((await react(manager, 'love')).status).toBe(400);
    await manager.delete(`/api/comments/${id}`);
    expect((await react(dispatcher, 'agree')).status).toBe(404);
  });

  it('tells others who has read how far, and never takes that back', async () => {
    const [first, last] = [await say(dispatcher, 'Раз'), await say(dispatcher, 'Два')];
    const socket = await TestSocket.connect(dispatcher);
    await socket.ask('event.follow', { eventId: event.id });
    const mark = (who: Person, commentId: string) =>
      who.send<Reader>('POST', `/api/events/${event.id}/read`, { commentId });
    await mark(manager, last.id);
    const { reader } = await socket.fact(
      'comments.read',
      ({ reader: { userId } }) => userId === manager.user.id,
    );
    expect(reader.readAt).toBe(last.createdAt);
    await mark(manager, first.id);
    const { readers } = await read(dispatcher);
    expect(readers.find(({ userId }) => userId === manager.user.id)?.readAt).toBe(last.createdAt);
    expect(readers.find(({ userId }) => userId === dispatcher.user.id)?.readAt).toBe(last.createdAt);
    expect((await mark(stranger, last.id)).status).toBe(404);
    expect((await mark(manager, newId())).status).toBe(404);
    socket.close();
  });

  it('tells those who take part, and those who follow, but nobody who does not want it', async () => {
    await say(manager, 'Спрошу');
    const follow = (who: Person, follows: boolean | null) =>
      who.post(`/api/events/${event.id}/follow`, { follows });
    await follow(app.admin as Person, true);
    await say(dispatcher, 'Отвечу');
    await until(async () => (await inboxOf(manager)).length === 1);
    await until(async () => (await inboxOf(app.admin as Person)).length === 1);
    expect(await inboxOf(manager)).toMatchObject([{ reason: 'comment', role: 'follower' }]);
    await follow(manager, false);
    expect((await read(manager)).follows).toBe(false);
    const last = await say(dispatcher, 'И ещё');
    await until(async () =>
      (await inboxOf(app.admin as Person)).some(({ commentId }) => commentId === last.id),
    );
    // Decided in one go with the one above.
    expect(await inboxOf(manager)).toHaveLength(1);
    await say(dispatcher, 'Тебя зовут', { mentionIds: [manager.user.id] });
    await until(async () => (await inboxOf(manager)).some(({ reason }) => reason === 'mention'));
  });

  it('counts as read what is said where a follower looks', async () => {
    await say(manager, 'Смотрю сюда');
    const socket = await TestSocket.connect(manager);
    await socket.ask('event.follow', { eventId: event.id });
    await socket.ask('presence.beat', { visible: true, idleMs: 0 });
    await say(dispatcher, 'Вижу');
    const [notice] = await until(async () => {
      const all = await inboxOf(manager);
      return all.length === 1 && all;
    });
    expect(notice?.seenAt).not.toBeNull();
    socket.close();
  });

  it('reaches the members of a named role or department who may see the event, each once', async () => {
    const groups = [
      { role: 'manager', name: 'Менеджер' },
      { department: 'Пульт', name: 'Пульт' },
    ];
    await say(app.admin as Person, '@Менеджер @Пульт, посмотрите', {
      groups,
      mentionIds: [manager.user.id],
    });
    await until(async () => (await inboxOf(dispatcher)).length === 1);
    await until(async () => (await inboxOf(manager)).length === 1);
    expect(await inboxOf(dispatcher)).toMatchObject([{ reason: 'mention', role: 'group' }]);
    expect(await inboxOf(manager)).toMatchObject([{ reason: 'mention', role: 'mentioned' }]);
    expect([...(await inboxOf(stranger)), ...(await inboxOf(finance))]).toEqual([]);
    const wrong = await dispatcher.send('POST', path(), {
      body: 'x',
      groups: [{ role: 'king', name: 'Король' }],
    });
    expect(wrong.status).toBe(400);
  });

  it('shows the customer what was written to them, while they agree to be told', async () => {
    await app.admin.post(`/api/counterparties/${customer.id}/consent`, {
      channel: 'mail',
      email: `talk${nextSerial()}@example.com`,
      locale: 'ru',
      text: 'по телефону',
    });
    const { url } = await app.admin.post<{ url: string }>(`/api/projects/${project.id}/links`, {});
    const page = async () => (await fetch(`${app.url}${new URL(url).pathname}`)).text();
    const shown = await say(manager, 'Замерщик <b>приедет</b> **в среду**', { isPublic: true });
    await say(manager, 'Это между нами');
    expect(await page()).toContain('Замерщик &lt;b&gt;приедет&lt;/b&gt; <strong>в среду</strong>');
    expect(await page()).not.toContain('между нами');
    expect(await page()).not.toContain(manager.user.name);
    await manager.patch(`/api/comments/${shown.id}`, { body: shown.body, isPublic: false });
    expect(await page()).not.toContain('приедет');
    await manager.patch(`/api/comments/${shown.id}`, { body: shown.body, isPublic: true });
    expect(await page()).toContain('приедет');
    // Moved to another order, it is not for the customer of that one.
    const other = await makeProject(app.admin, { managerId: manager.user.id, counterpartyId: customer.id });
    const link = await app.admin.post<{ url: string }>(`/api/projects/${other.id}/links`, {});
    const move = async (projectId: string) => {
      const { rev } = (await dispatcher.get<{ event: SvodkaEvent }>(`/api/events/${event.id}`)).event;
      await dispatcher.patch(`/api/events/${event.id}`, { projectId }, { 'If-Match': String(rev) });
    };
    await move(other.id);
    expect(await (await fetch(`${app.url}${new URL(link.url).pathname}`)).text()).not.toContain('приедет');
    expect(await page()).not.toContain('приедет');
    const { items } = await manager.get<{ items: Comment[] }>(path());
    expect(items.find(({ id }) => id === shown.id)).toMatchObject({ isPublic: true, shownIn: project.id });
    await move(project.id);
    expect(await page()).toContain('приедет');
    await app.admin.delete(`/api/counterparties/${customer.id}/consent`);
    expect(await page()).not.toContain('приедет');
  });

  it('lets nobody reword what the customer reads who may not speak to them any more', async () => {
    const clerk = await app.signIn({ roles: ['manager'] });
    await app.admin.patch(`/api/projects/${project.id}`, { appointedIds: [clerk.user.id] });
    event = await makeEvent(dispatcher, { projectId: project.id });
    const { id } = await say(clerk, 'В среду', { isPublic: true });
    await app.admin.patch(`/api/users/${clerk.user.id}`, { roles: ['measurer'] });
    await clerk.signIn(clerk.user.login, clerk.password);
    const reword = (more: object) => clerk.send('PATCH', `/api/comments/${id}`, { body: 'Никогда', ...more });
    expect((await reword({})).status).toBe(403);
    expect((await reword({ isPublic: false })).status).toBe(200);
  });

  it('refuses to speak to the customer where there is none, or to who may not', async () => {
    const alone = await makeEvent(dispatcher, {});
    expect(
      await dispatcher.send('POST', `/api/events/${alone.id}/comments`, { body: 'Вам', isPublic: true }),
    ).toMatchObject({ status: 400, error: { details: [{ field: 'isPublic', reason: 'no-order' }] } });
    const payment = await makeEvent(finance, {
      type: 'payment.received',
      projectId: project.id,
      payload: { amountKop: 100 },
    });
    const answer = await finance.send('POST', `/api/events/${payment.id}/comments`, {
      body: 'Вам',
      isPublic: true,
    });
    expect(answer.status).toBe(403);
  });

  it('answers a comment of a megabyte in words, and keeps a script as text', async () => {
    const huge = await manager.send('POST', path(), { body: 'я'.repeat(500_000) });
    expect([400, 413]).toContain(huge.status);
    expect(['validation', 'too-large']).toContain(huge.error?.code);
    const script = '<script>alert(1)</script> [x](javascript:alert(1))';
    expect((await say(manager, script)).body).toBe(script);
  });

  it('is not made by who sees the order and not its events', async () => {
    for (const [kind, id, path] of [
      ['project', project.id, `/api/projects/${project.id}`],
      ['counterparty', customer.id, `/api/counterparties/${customer.id}`],
    ] as const) {
      expect((await finance.send('GET', path)).status).toBe(200);
      for (const [method, body] of [['GET'], ['POST', { body: 'Слово' }]] as const)
        expect((await finance.send(method, `${path}/discussion`, body)).status).toBe(404);
      expect(await app.app.get(WholeDiscussions).find({ kind, id })).toBeNull();
    }
  });

  it('has a key that nobody else can take, and goes on beside one that somebody has', async () => {
    const clerk = await app.signIn({ roles: ['orders'] });
    const keyOf = (id: string) => `discussion of project ${id}`;
    const note = (externalId: string) => ({
      type: 'note.free',
      title: 'Моё',
      source: { module: 'orders', externalId },
    });
    const { id } = await makeProject(dispatcher);
    expect(await clerk.send('POST', '/api/events', note(keyOf(id)))).toMatchObject({
      status: 400,
      error: { details: [{ field: 'source.externalId', reason: 'desk-key' }] },
    });
    // From before that was refused.
    const squatter = await clerk.post<{ event: SvodkaEvent }>('/api/events', note(newId()));
    await app.connection.db
      ?.collection<{ _id: string }>('events')
      .updateOne({ _id: squatter.event.id }, { $set: { 'source.externalId': keyOf(id) } });
    const say = () =>
      dispatcher.send<{ event: SvodkaEvent }>('POST', `/api/projects/${id}/discussion`, { body: 'Слово' });
    const [one, two] = [await say(), await say()];
    expect([one.status, two.status]).toEqual([201, 201]);
    expect(two.body.event.id).toBe(one.body.event.id);
    expect(await app.app.get(WholeDiscussions).find({ kind: 'project', id })).toMatchObject({
      _id: one.body.event.id,
    });
  });

  it('names no more people at once than may be called: each of them counts', async () => {
    const caller = await app.signIn({ roles: ['dispatcher'] });
    const named = await Promise.all(Array.from({ length: 20 }, () => app.signIn({ roles: ['measurer'] })));
    const mentionIds = named.map(({ user }) => user.id);
    const event = await makeEvent(dispatcher, {});
    const call = (ids: Id[]) =>
      caller.send<Comment>('POST', `/api/events/${event.id}/comments`, { body: 'Все!', mentionIds: ids });
    const answers = [];
    for (let n = 0; n < 7; n++) answers.push(await call(mentionIds));
    // A little comes back while they are written, and what was refused has cost nothing.
    expect(answers.map(({ status }) => status).slice(0, 5)).toEqual(Array(5).fill(201));
    expect(answers.at(-1)).toMatchObject({ status: 429, error: { code: 'rate-limited' } });
    expect(Number(answers.at(-1)?.headers.get('retry-after'))).toBeGreaterThan(1);
    // Whom it names already nobody is called to again.
    const [first] = answers;
    const reworded = { body: 'Все сюда!', mentionIds };
    expect((await caller.send('PATCH', `/api/comments/${first?.body.id}`, reworded)).status).toBe(200);
  }, 60_000);

  it('is not begun by words that are refused', async () => {
    const { id } = await makeProject(dispatcher);
    const words = { body: 'Слово' };
    for (const wrong of [{ mentionIds: [newId()] }, { replyToId: newId() }]) {
      const { status } = await dispatcher.send('POST', `/api/projects/${id}/discussion`, {
        ...words,
        ...wrong,
      });
      expect(status).toBe(400);
    }
    expect(await app.app.get(WholeDiscussions).find({ kind: 'project', id })).toBeNull();
  });

  it('is offered to those only who are not refused', async () => {
    for (const path of [`projects/${project.id}`, `counterparties/${customer.id}`] as const)
      for (const who of [dispatcher, manager, finance]) {
        const owner = await dispatcher.get<Project & { appointedIds?: Id[] }>(`/api/${path}`);
        const { status } = await who.send('POST', `/api/${path}/discussion`, { body: 'Слово' });
        const { user } = await who.get<{ user: User }>('/api/session');
        expect([path, user.roles, mayDiscuss(user, owner)]).toEqual([path, user.roles, status < 400]);
      }
  });

  it('is one for an order and one for a counterparty, made once, and seen by whoever may see their events', async () => {
    for (const owner of [`projects/${project.id}`, `counterparties/${customer.id}`]) {
      const ask = (who: Person) => who.send<{ event: SvodkaEvent | null }>('GET', `/api/${owner}/discussion`);
      const begin = (who: Person, words: string, key = newId()) =>
        who.send<{ event: SvodkaEvent }>('POST', `/api/${owner}/discussion`, { id: key, body: words });
      // Whoever only looks leaves nothing behind.
      expect((await ask(dispatcher)).body.event).toBeNull();
      const [kind, ownerId = ''] = owner.split('/');
      const filter = `${kind === 'projects' ? 'project' : 'counterparty'}:${ownerId} type:order.discussed`;
      const listed = async () =>
        (await dispatcher.get<{ items: SvodkaEvent[] }>(`/api/events?filter=${encodeURIComponent(filter)}`))
          .items;
      const before = (await listed()).length;
      expect((await begin(stranger, 'Чужое')).status).toBe(404);
      expect((await listed()).length).toBe(before);
      const said = newId();
      const [one, two, again] = await Promise.all([
        begin(dispatcher, `Про всё целиком ${owner}`, said),
        begin(app.admin as Person, 'И я'),
        begin(dispatcher, `Про всё целиком ${owner}`, said),
      ]);
      const { id, type } = one.body.event;
      expect([two.body.event.id, again.body.event.id]).toEqual([id, id]);
      expect((await ask(manager)).body.event?.id).toBe(id);
      expect(type).toBe('order.discussed');
      const talk = await manager.get<Page>(`/api/events/${id}/comments`);
      expect(talk.items.map(({ body }) => body).sort()).toEqual(['И я', `Про всё целиком ${owner}`]);
      const isTold = async (who: Person) => (await who.get<Page>(`/api/events/${id}/comments`)).follows;
      expect([await isTold(manager), await isTold(dispatcher)]).toEqual([true, true]);
      expect((await ask(stranger)).status).toBe(404);
      expect((await dispatcher.send('DELETE', `/api/events/${id}`)).status).toBe(403);
      // Whose it is hears of it without having said anything.
      await until(async () => (await inboxOf(manager, id)).length === 2);
      const found = await manager.get<{ items: { event: { id: string } }[] }>(
        `/api/comments?search=${encodeURIComponent('целиком')}`,
      );
      expect(found.items.map((item) => item.event.id)).toContain(id);
    }
    const days = (n: number) => new Date(Date.now() + n * 86_400_000).toISOString().slice(0, 10);
    const dossier = async (from: string, to: string) =>
      (
        await fetch(`${app.url}/api/projects/${project.id}/dossier?from=${from}&to=${to}`, {
          headers: { Authorization: `Bearer ${manager.token}` },
        })
      ).text();
    expect(await dossier(days(-1), days(1))).toContain('Про всё целиком');
    // Begun before the period, and silent in it.
    expect(await dossier(days(2), days(3))).not.toContain('Про всё целиком');
  });
});
