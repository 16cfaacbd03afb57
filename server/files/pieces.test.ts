import { Readable } from 'node:stream';
import { seeded } from '../../test/support/seeded.ts';
import { blocksOf } from './pieces.ts';

const seed = Number(process.env.BLOCKS_SEED ?? Date.now() % 1_000_000);
const random = seeded(seed);
const upTo = (most: number) => Math.floor(random() * (most + 1));

function partsOf(bytes: Buffer): Buffer[] {
  const parts: Buffer[] = [];
  for (let at = 0; at < bytes.length; ) {
    const part = bytes.subarray(at, at + 1 + upTo(40));
    parts.push(part);
    at += part.length;
  }
  return parts;
}

/** What was given, each block as it was just before the request that lets go of it. */
async function taken(body: Readable, how: { size: number; most: number; turns: number; rest: number }) {
  const blocks: Buffer[] = [];
  const held: Buffer[] = [];
  let error: unknown = null;
  try {
    for await (const block of blocksOf(body, how)) {
      held.push(block);
      if (held.length === how.turns) blocks.push(Buffer.from(held.shift() ?? []));
    }
  } catch (thrown) {
    error = thrown;
  }
  blocks.push(...held.map((block) => Buffer.from(block)));
  return { blocks, bytes: Buffer.concat(blocks), error };
}

describe(`blocksOf (seed ${seed})`, () => {
  it('gives all of a body in whole blocks, and the rest when it ends the file', async () => {
    for (let i = 0; i < 300; i++) {
      const [size, most, turns] = [1 + upTo(9), 1 + upTo(4), 2 + upTo(3)];
      const bytes = Buffer.from(Array.from({ length: upTo(200) }, () => upTo(255)));
      const {
        blocks,
        bytes: got,
        error,
      } = await taken(Readable.from(partsOf(bytes)), {
        size,
        most,
        turns,
        rest: bytes.length,
      });
      expect([error, got.equals(bytes)]).toEqual([null, true]);
      expect(blocks.slice(0, -1).every(({ length }) => length === size * most)).toBe(true);
    }
  });

  it('gives what came whole before a cut, a fault or too much', async () => {
    for (let i = 0; i < 300; i++) {
      const [size, most, turns] = [1 + upTo(9), 1 + upTo(4), 2 + upTo(3)];
      const bytes = Buffer.from(Array.from({ length: 1 + upTo(200) }, () => upTo(255)));
      const kind = ['ended early', 'cut', 'too much'][i % 3];
      const rest = kind === 'too much' ? upTo(bytes.length - 1) : bytes.length + 1 + upTo(50);
      async function* body() {
        yield* partsOf(bytes);
        if (kind === 'cut') throw new Error('cut');
      }
      const { bytes: got, error } = await taken(Readable.from(body()), { size, most, turns, rest });
      expect(Boolean(error)).toBe(kind !== 'ended early');
      expect(bytes.subarray(0, got.length).equals(got)).toBe(true);
      if (kind !== 'too much') expect(got.length).toBe(bytes.length - (bytes.length % size));
      else expect(got.length).toBeLessThanOrEqual(rest);
    }
  });
});
