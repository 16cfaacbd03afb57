import { Readable } from 'node:stream';
import { createInflateRaw } from 'node:zlib';

const END = 0x06054b50;
const ENTRY = 0x02014b50;
const MOST_ENTRIES = 20_000;

type Entry = { name: string; isPacked: boolean; packed: number; at: number };

/** What a zip lists; null: it is damaged. */
export function entriesOf(file: Buffer): Entry[] | null {
  if (file.length < 22) return null;
  let end = file.length - 22;
  for (const least = Math.max(0, end - 65_536); end >= least && file.readUInt32LE(end) !== END; ) end--;
  if (end < 0 || file.readUInt32LE(end) !== END) return null;
  const count = file.readUInt16LE(end + 10);
  let at = file.readUInt32LE(end + 16);
  if (count > MOST_ENTRIES) return null;
  const entries: Entry[] = [];
  for (let i = 0; i < count; i++) {
    if (at + 46 > file.length || file.readUInt32LE(at) !== ENTRY) return null;
    const name = file.readUInt16LE(at + 28);
    entries.push({
      name: file.subarray(at + 46, at + 46 + name).toString(),
      isPacked: file.readUInt16LE(at + 10) === 8,
      packed: file.readUInt32LE(at + 20),
      at: file.readUInt32LE(at + 42),
    });
    at += 46 + name + file.readUInt16LE(at + 30) + file.readUInt16LE(at + 32);
  }
  return entries;
}

/** Whether a zip unpacks to no more than so many bytes: measured, because what it says of itself may be a lie. */
export async function unpacksTo(
  file: Buffer,
  entries: readonly Entry[],
  most: number,
): Promise<'fits' | 'too-large' | 'damaged'> {
  let sum = 0;
  for (const { isPacked, packed, at } of entries) {
    if (at + 30 > file.length) return 'damaged';
    const from = at + 30 + file.readUInt16LE(at + 26) + file.readUInt16LE(at + 28);
    const content = file.subarray(from, from + packed);
    if (!isPacked) sum += content.length;
    else {
      const inflated = Readable.from([content]).pipe(createInflateRaw());
      try {
        for await (const chunk of inflated as AsyncIterable<Buffer>) {
          sum += chunk.length;
          if (sum > most) break;
        }
      } catch {
        return 'damaged';
      }
    }
    if (sum > most) return 'too-large';
  }
  return 'fits';
}
