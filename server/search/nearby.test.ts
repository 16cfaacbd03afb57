import { createTestApp, type TestApp } from '../../test/support/app.ts';
import type { Client } from '../../test/support/client.ts';
import { makeCounterparty, makeEvent, makeProject } from '../../test/support/factories.ts';
import { NearbyService } from './nearby.service.ts';

describe(NearbyService.name, () => {
  let app: TestApp;
  const near = async (words: string, by: Client = app.admin) =>
    (await by.get<{ words: string | null }>(`/api/search/nearby?words=${encodeURIComponent(words)}`)).words;

  beforeAll(async () => {
    app = await createTestApp();
    await makeCounterparty(app.admin, { name: 'Вишнякова Мария' });
    await makeProject(app.admin, { objectAddress: 'ул. Солнечная, 5' });
    await makeEvent(app.admin, { type: 'note.free', title: 'Треснуло стекло балкона' });
  });
  afterAll(() => app?.close());

  it('finds a word in whatever case it is typed', async () => {
    expect(await near('Вишняковой')).toBe('вишняков');
    expect(await near('Солнечной')).toBe('солнечн');
    expect(await near('стеклом балкону')).toBe('стекл балкон');
  });

  it('finds a word that was mistyped in one letter, in a case too', async () => {
    expect(await near('вишнекова')).toBe('вишняков');
    expect(await near('вишнековой')).toBe('вишняков');
    expect(await near('сонлечная')).toBe('солнечн');
    expect(await near('треснуло стекол')).toBe('треснул стекло');
  });

  it('finds nothing for what is like nothing, short, or a number', async () => {
    for (const words of ['абракадабра', 'вишнякоооова', 'окна', '4431', '', '*"('])
      expect(await near(words)).toBeNull();
  });

  it('names no word of what the reader may not see', async () => {
    const manager = await app.signIn({ roles: ['manager'] });
    expect([await near('вишнекова', manager), await near('Вишняковой', manager)]).toEqual([null, null]);
    await makeCounterparty(manager, { name: 'Вишнякова Ольга' });
    expect(await near('вишнекова', manager)).toBe('вишняков');
  });
});
