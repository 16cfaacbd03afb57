import { MAX_FILE_BYTES } from '@svodka/shared/contracts/file';
import { playSocket } from '../testing/fake-socket.ts';

playSocket();
const { uploads } = await import('./uploads.svelte.ts');

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
