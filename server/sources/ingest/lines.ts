import { INGEST_LIMITS } from '@svodka/shared/contracts/ingest';

/** One line of a stream as it came, or why it cannot be read; `raw` is cut to `lineBytes`. */
export type RawLine = { line: number; raw: string; fault?: { reason: string; column?: number } };

const NEWLINE = 0x0a;
const BOM = Buffer.from([0xef, 0xbb, 0xbf]);

/** A body that is no UTF-8 from its first signs on: none of its lines would be read. */
export function isUtf16(start: Buffer): boolean {
  return (start[0] === 0xff && start[1] === 0xfe) || (start[0] === 0xfe && start[1] === 0xff);
}

/**
 * Reads a stream line by line with bounded memory, as many at a time as have come: a line that is too long is passed over
 * and told of. Lines end with LF or CRLF; empty ones are counted and say nothing. What stands after the last line end is
 * a line of its own, unless the stream broke off, when it throws. Text that is no UTF-8 is a fault of its line.
 */
export async function* linesOf(body: AsyncIterable<Buffer>): AsyncGenerator<RawLine[]> {
  let parts: Buffer[] = [];
  let length = 0;
  let line = 0;
  let isFirst = true;
  const take = (): RawLine | null => {
    const bytes = Buffer.concat(parts);
    const isLong = length > INGEST_LIMITS.lineBytes;
    parts = [];
    length = 0;
    line++;
    return lineFrom(bytes, line, isLong);
  };
  const hold = (bytes: Buffer) => {
    const room = INGEST_LIMITS.lineBytes - length;
    if (room > 0 && bytes.length > 0) parts.push(bytes.subarray(0, room));
    length += bytes.length;
  };
  for await (const chunk of body) {
    const come: RawLine[] = [];
    let from = 0;
    if (isFirst && chunk.subarray(0, 3).equals(BOM)) from = 3;
    isFirst = false;
    for (let end = chunk.indexOf(NEWLINE, from); end >= 0; end = chunk.indexOf(NEWLINE, from)) {
      hold(chunk.subarray(from, end));
      from = end + 1;
      const one = take();
      if (one) come.push(one);
    }
    hold(chunk.subarray(from));
    if (come.length > 0) yield come;
  }
  const rest = length > 0 ? take() : null;
  if (rest) yield [rest];
}

const strict = new TextDecoder('utf-8', { fatal: true });

/** Null: there is nothing on it. */
function lineFrom(bytes: Buffer, line: number, isLong: boolean): RawLine | null {
  const text = bytes.toString('utf8').replace(/\r$/, '');
  if (isLong) return { line, raw: text, fault: { reason: 'line-too-long' } };
  try {
    strict.decode(bytes);
  } catch {
    const column = text.indexOf('\ufffd') + 1;
    return { line, raw: text, fault: { reason: 'not-utf8', ...(column > 0 && { column }) } };
  }
  return text.trim() === '' ? null : { line, raw: text };
}

/** What `JSON.parse` says of the place, counted from 1. */
export function columnOf(error: unknown, text: string): number {
  const at = /position (\d+)/.exec((error as Error).message)?.[1];
  return at === undefined ? text.length + 1 : Number(at) + 1;
}
