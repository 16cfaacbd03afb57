import type { Readable } from 'node:stream';
import { AppError } from '@svodka/shared/contracts/errors';

/** Blocks that requests leave to those after them: new memory for each would be marked by the collector over and over. */
export class BlockPool {
  readonly #free: Buffer[] = [];

  /** @param most blocks that are kept while nobody needs them */
  constructor(
    private readonly bytes: number,
    private readonly most: number,
  ) {}

  take(length: number): Buffer {
    return (length === this.bytes && this.#free.pop()) || Buffer.allocUnsafeSlow(length);
  }

  /** From now on another may write into them. */
  giveBack(blocks: readonly Buffer[]): void {
    for (const block of blocks)
      if (block.length === this.bytes && this.#free.length < this.most) this.#free.push(block);
  }
}

/**
 * Gathers what flows in into blocks of so many whole pieces; what is left at the end is given only when it ends the file,
 * and what came whole before a cut is given before the cut is told. `turns` blocks take turns, so one is whoever reads's
 * own until so many more have been asked for: new memory for each would be marked by the collector over and over.
 * The body is left where it stands when it is refused: whoever answers reads it to its end.
 * @param options `size` of a piece, `most` pieces of a block, `rest`: so many bytes are to come in all, `blockOf`
 *   makes a block of so many bytes
 * @throws AppError `too-large` when more comes; what the body throws
 */
export async function* blocksOf(
  body: Readable,
  {
    size,
    most,
    turns,
    rest,
    blockOf = Buffer.allocUnsafeSlow,
  }: { size: number; most: number; turns: number; rest: number; blockOf?: (bytes: number) => Buffer },
): AsyncGenerator<Buffer> {
  const length = Math.min(size * most, rest);
  const blocks: Buffer[] = [];
  let turn = 0;
  let at = 0;
  let came = 0;
  const block = () => (blocks[turn] ??= blockOf(length));
  const whole = () => (at === 0 ? Buffer.of() : block().subarray(0, came === rest ? at : at - (at % size)));
  try {
    for await (const part of body.iterator({ destroyOnReturn: false }) as AsyncIterable<Buffer>) {
      if (came + part.length > rest) throw new AppError('too-large', 'more than the size that was said');
      for (let from = 0; from < part.length; ) {
        const took = part.copy(block(), at, from);
        [at, from, came] = [at + took, from + took, came + took];
        if (at < length) continue;
        yield block();
        [turn, at] = [(turn + 1) % turns, 0];
      }
    }
  } catch (error) {
    if (whole().length > 0) yield whole();
    throw error;
  }
  if (whole().length > 0) yield whole();
}
