import { newId } from '@svodka/shared/contracts/id';
import { ROLES } from '@svodka/shared/contracts/user';
import { type View, ViewCreateSchema } from '@svodka/shared/feed/view';
import { createTestApp, type TestApp } from '../../test/support/app.ts';
import type { Client } from '../../test/support/client.ts';
import { defaultViews } from './default-views.ts';

const listOf = async (client: Client) => (await client.get<{ items: View[] }>('/api/views')).items;

describe('saved feeds', () => {
  let app: TestApp;
  beforeAll(async () => {
    app = await createTestApp();
  }, 60_000);
  afterAll(() => app.close());

  it('begin with those of the role, in the language of the person', async () => {
    const dispatcher = await app.signIn({ roles: ['dispatcher'], locale: 'ru' });
    const names = (await listOf(dispatcher)).map(({ name }) => name);
    expect(names).toEqual(
      expect.arrayContaining(['Сегодня, важное', 'Просрочено', 'Оплаты за неделю', 'Пропущенные звонки']),
    );
    const english = await app.signIn({ roles: ['measurer'], locale: 'en' });
    expect((await listOf(english))[0]?.name).toBe('Measurements');
  });

  it('follow the language of the person until they are renamed', async () => {
    const user = await app.signIn({ roles: ['measurer'], locale: 'en' });
    const [first, second] = await listOf(user);
    expect(first).toMatchObject({ name: 'Measurements', preset: 'measures' });
    await user.patch(`/api/views/${second?.id}`, { name: 'Sheets' });
    // A form that changes the icon only sends the name as it was shown.
    await user.patch(`/api/views/${first?.id}`, { name: 'Measurements', icon: 'flag' });
    await user.patch('/api/session/user', { locale: 'ru' });
    expect((await listOf(user)).slice(0, 2)).toMatchObject([
      { name: 'Замеры', preset: 'measures', icon: 'flag' },
      { name: 'Sheets', preset: null },
    ]);
  });

  it('come back as what they were when their removal is undone', async () => {
    const user = await app.signIn({ roles: ['measurer'], locale: 'ru' });
    const [first] = await listOf(user);
    await user.delete(`/api/views/${first?.id}`);
    const { name, preset, filter } = first as View;
    await user.post('/api/views', { name, preset, filter });
    expect((await listOf(user)).at(-1)).toMatchObject({ name: 'Замеры', preset: 'measures' });
    const other = await user.post<View>('/api/views', { name: 'Мои', preset, filter });
    expect(other).toMatchObject({ name: 'Мои', preset: null });
  });

  it('do not begin anew when all of them are renamed and removed', async () => {
    const user = await app.signIn();
    for (const { id } of await listOf(user)) {
      await user.patch(`/api/views/${id}`, { name: 'Своя' });
      await user.delete(`/api/views/${id}`);
    }
    expect(await listOf(user)).toEqual([]);
  });

  it('are made once by two pages that open at once', async () => {
    const user = await app.signIn();
    const [one, two] = await Promise.all([listOf(user), listOf(user)]);
    expect(one).toEqual(two);
    expect(await listOf(user)).toEqual(one);
  });

  it('are created, renamed, ordered and removed by their owner', async () => {
    const user = await app.signIn();
    const before = await listOf(user);
    const filter = { field: 'importance' as const, in: ['critical'] };
    const view = await user.post<View>('/api/views', { name: 'Важное', filter, icon: 'flag' });
    expect((await listOf(user)).at(-1)).toEqual(view);
    expect(view).toMatchObject({ filter, icon: 'flag', version: 1 });
    const edited = await user.patch<View>(`/api/views/${view.id}`, { name: 'Срочное', order: 0 });
    expect(edited).toMatchObject({ name: 'Срочное', version: 2 });
    for (const { id } of await listOf(user)) await user.delete(`/api/views/${id}`);
    expect(await listOf(user)).toEqual([]);
    expect(before.length).toBeGreaterThan(0);
  });

  it('are created once under one id', async () => {
    const user = await app.signIn();
    const body = { id: newId(), name: 'Моё', filter: { and: [] } };
    expect((await user.send('POST', '/api/views', body)).status).toBe(201);
    expect((await user.send('POST', '/api/views', body)).status).toBe(200);
    const other = await user.send('POST', '/api/views', { ...body, name: 'Другое' });
    expect(other.error?.code).toBe('conflict');
  });

  it('do not exist for others', async () => {
    const [owner, other] = [await app.signIn(), await app.signIn()];
    const view = await owner.post<View>('/api/views', { name: 'Моё', filter: { and: [] } });
    expect((await listOf(other)).map(({ id }) => id)).not.toContain(view.id);
    expect((await other.send('PATCH', `/api/views/${view.id}`, { name: 'Чужое' })).status).toBe(404);
    expect((await other.send('DELETE', `/api/views/${view.id}`)).status).toBe(404);
    // An id that is taken out of one's sight is no conflict, or it would tell that it is there.
    const made = await other.post<View>('/api/views', { id: view.id, name: 'Своё', filter: { and: [] } });
    expect(made.id).not.toBe(view.id);
    expect((await listOf(owner)).find(({ id }) => id === view.id)?.name).toBe('Моё');
  });

  it('end at fifty', async () => {
    const user = await app.signIn();
    const have = (await listOf(user)).length;
    for (let n = have; n < 50; n++)
      await user.post('/api/views', { name: `Лента ${n}`, filter: { and: [] } });
    const over = await user.send('POST', '/api/views', { name: 'Ещё', filter: { and: [] } });
    expect(over.error).toMatchObject({
      code: 'conflict',
      details: [{ field: 'name', reason: 'too-many-views', message: expect.any(String) }],
    });
  });

  it.each([
    [{ name: '', filter: { and: [] } }, 'name'],
    [{ name: 'x', filter: { field: 'audience', in: ['a'] } }, 'filter.field'],
    [{ name: 'x', filter: { $where: '1' } }, 'filter'],
    [{ name: 'x', filter: { and: [] }, ownerId: newId() }, 'ownerId'],
    [{ name: 'x', filter: { and: [] }, icon: 'skull' }, 'icon'],
    [{ name: 'x', filter: { and: [] }, preset: 'skull' }, 'preset'],
  ])('refuse %j at %s', async (body, field) => {
    const answer = await app.admin.send('POST', '/api/views', body);
    expect(answer.status).toBe(400);
    expect(answer.error?.details?.[0]?.field).toBe(field);
  });
});

describe(defaultViews.name, () => {
  it.each(ROLES)('gives the role %s views that could be saved', (role) => {
    const views = defaultViews([role]);
    expect(views.length).toBeGreaterThan(1);
    for (const { preset, filter, icon } of views) {
      expect(ViewCreateSchema.safeParse({ name: 'x', preset, filter, icon }).error).toBeUndefined();
    }
  });

  it('gives each view once to somebody of several roles', () => {
    const codes = defaultViews(ROLES).map(({ preset }) => preset);
    expect(new Set(codes).size).toBe(codes.length);
  });
});
