import type { Readable } from 'node:stream';
import { AppError } from '@svodka/shared/contracts/errors';

/**
 * Cuts what flows in into pieces of one size. What is left at the end is a piece only when it ends the file.
 * The body is left where it stands when it is refused: whoever answers reads it to its end.
 * @param options `size` of a piece, `rest`: so many bytes are to come in all
 * @throws AppError `too-large` when more comes
 */
export async function* piecesOf(
  body: Readable,
  { size, rest }: { size: number; rest: number },
): AsyncGenerator<Buffer> {
  let held: Buffer[] = [];
  let bytes = 0;
  let came = 0;
  for await (const part of body.iterator({ destroyOnReturn: false }) as AsyncIterable<Buffer>) {
    came += part.length;
    if (came > rest) throw new AppError('too-large', 'more than the size that was said');
    let from = 0;
    while (bytes + part.length - from >= size) {
      const to = from + size - bytes;
      held.push(part.subarray(from, to));
      yield Buffer.concat(held, size);
      [held, bytes, from] = [[], 0, to];
    }
    if (from < part.length) held.push(part.subarray(from));
    bytes += part.length - from;
  }
  if (bytes > 0 && came === rest) yield Buffer.concat(held, bytes);
}
