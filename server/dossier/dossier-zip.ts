// A dossier with its files as one ZIP, put together while it is sent: a file is read when its turn comes, so that no more
// of it is held than a few pieces.
import { createHash } from 'node:crypto';
import { Readable } from 'node:stream';
import { type Attachment, isSound } from '@svodka/shared/contracts/file';
import type { Id } from '@svodka/shared/contracts/id';
import yazl from 'yazl';

/** The bytes of a file and the sum that it was kept under; null: it cannot be read, or not by this reader. */
export type ReadFile = (id: Id) => Promise<{ bytes: AsyncGenerator<Buffer>; sha256: string } | null>;

type Part = { file: Attachment; path: string };

/** Signs of a name that Windows puts on no disk, so that it would unpack nothing of it. */
const NOT_ON_DISK = /[<>:"|?*]|(?<![. ])[. ]+$/g;

/** Names in the archive: each once, whatever the files are called. */
export function partsOf(files: readonly Attachment[]): Part[] {
  const unique = [...new Map(files.map((file) => [file.id, file])).values()];
  return unique.map((file, i) => {
    const name = `${String(i + 1).padStart(3, '0')} ${file.name.replace(NOT_ON_DISK, '_')}`;
    return { file, path: `files/${name}` };
  });
}

/**
 * @param page the page, whose links are the paths of the parts
 * @param say what of the files could not come along, for the reader
 */
export function dossierZip(
  parts: readonly Part[],
  page: AsyncGenerator<string>,
  read: ReadFile,
  say: (missing: readonly string[]) => string,
): Readable {
  const zip = new yazl.ZipFile();
  const out = zip.outputStream as Readable;
  let reading: Readable | null = null;
  // Where its reader has gone nothing more is read; what cannot be read cuts it, which the library does not do by itself.
  out.once('close', () => reading?.destroy());
  const sums: string[] = [];
  const missing: string[] = [];
  const later = (path: string, make: () => AsyncGenerator<Buffer>, { compress }: { compress: boolean }) =>
    zip.addReadStreamLazy(path, { compress }, (give) => {
      reading = Readable.from(make(), { objectMode: false });
      reading.once('error', (error) => out.destroy(error));
      give(null, reading);
    });

  later('index.html', () => summed(bytesOf(page), (sum) => sums.push(`${sum}  index.html`)), {
    compress: true,
  });
  for (const { file, path } of parts) {
    // What is packed already gets no smaller.
    const compress = /^text\//.test(file.mime) && !isSound(file);
    later(
      path,
      async function* () {
        try {
          const found = await read(file.id);
          if (!found) missing.push(path);
          else {
            yield* found.bytes;
            sums.push(`${found.sha256}  ${path}`);
          }
        } catch {
          // A damaged file is named; the rest of the dossier is worth having without it.
          missing.push(path);
        }
      },
      { compress },
    );
  }
  later(
    'SHA256SUMS.txt',
    async function* () {
      yield Buffer.from(sums.map((line) => `${line}\n`).join(''));
    },
    { compress: true },
  );
  later(
    'README.txt',
    async function* () {
      yield Buffer.from(say(missing));
    },
    { compress: true },
  );
  zip.end();
  return out;
}

async function* bytesOf(texts: AsyncGenerator<string>): AsyncGenerator<Buffer> {
  for await (const each of texts) yield Buffer.from(each);
}

async function* summed(bytes: AsyncGenerator<Buffer>, tell: (sum: string) => void): AsyncGenerator<Buffer> {
  const hash = createHash('sha256');
  for await (const each of bytes) {
    hash.update(each);
    yield each;
  }
  tell(hash.digest('hex'));
}
