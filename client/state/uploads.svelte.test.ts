import { MAX_FILE_BYTES } from '@svodka/shared/contracts/file';
import { until } from '../../test/support/until.ts';
import { playSocket } from '../testing/fake-socket.ts';
import { ANNA, playRest, testSession } from '../testing/sign-in.ts';

playSocket();
const { uploads, Waiting } = await import('./uploads.svelte.ts');
const { session } = await import('./session.svelte.ts');
const { toasts } = await import('./toasts.svelte.ts');
const { listOwn } = await import('./own-storage.ts');
const { UPLOADS } = await import('./uploads-kept.ts');

it('a file that is too large stays as it was refused, and is never begun again', () => {
  const owner = { kind: 'event', id: '01890000-0000-7000-8000-000000000001' } as const;
  const file = new File(['x'], 'Съёмка.mp4');
  Object.defineProperty(file, 'size', { value: MAX_FILE_BYTES + 1 });
  uploads.add(owner, [file]);
  const [row] = uploads.of(owner);
  const said = row?.failure;
  expect(said).toMatch(/2 ГБ/);
  if (row) uploads.again(row);
  expect(uploads.of(owner).map(({ failure }) => failure)).toEqual([said]);
});

describe('more files than there is room for', () => {
  const owner = { kind: 'event', id: '01890000-0000-7000-8000-000000000002' } as const;
  const files = (count: number) =>
    Array.from({ length: count }, (_, i) => new File(['x'], `Фото ${i + 1}.jpg`));
  let rest: ReturnType<typeof playRest>;
  beforeEach(async () => {
    rest = playRest((_, path) => {
      if (path === '/session') return testSession();
      if (path === '/files')
        return [413, { error: { code: 'too-large', message: 'Здесь уже 50 файлов, больше не поместится' } }];
      return {};
    });
    localStorage.setItem('svodka.signed-in', '1');
    await session.check();
  });
  afterEach(() => {
    for (const each of uploads.of(owner)) uploads.drop(each);
    for (const { id } of toasts.items) toasts.close(id);
    rest.mockRestore();
  });

  it('are left out before they are sent, and that is said once', () => {
    uploads.add(owner, files(60), { there: 3, held: true });
    expect(uploads.of(owner).length).toBe(47);
    expect(toasts.items.map(({ title, text }) => [title, text])).toEqual([
      ['Не поместились файлы: 13', 'Поместится не больше 50 файлов'],
    ]);
  });

  it('are refused by the server once, in one toast, and not sent again by the next page', async () => {
    uploads.add(owner, files(8));
    await until(() => uploads.of(owner).every(({ failure }) => failure !== ''));
    expect(toasts.items.length).toBe(1);
    expect(toasts.items[0]?.title).toBe('Не прикреплены файлы: 8');
    const [row] = uploads.of(owner);
    const kept = () =>
      [...listOwn<{ failure?: string }>(ANNA, UPLOADS)].map(([, { failure }]) => failure ?? '');
    expect(kept().filter((failure) => /50 файлов/.test(failure)).length).toBe(8);
    expect(row && new Waiting(row.id, row.kept).failure).toMatch(/50 файлов/);
  });
});
