import { INGEST_LIMITS } from '@svodka/shared/contracts/ingest';
import { refused } from '../../platform/errors/contract-error.ts';

/** One line of a stream as it came, or why it cannot be read; `raw` is cut to `lineBytes`. */
export type RawLine = { line: number; raw: string; fault?: { reason: string; column?: number } };

const NEWLINE = 0x0a;
const BOM = Buffer.from([0xef, 0xbb, 0xbf]);

/** @throws AppError `validation` for a body that is UTF-16 from its first signs on: none of its lines would be read */
export function refuseUtf16(start: Buffer): void {
  const marks = [
    [0xff, 0xfe],
    [0xfe, 0xff],
  ];
  if (marks.some(([a, b]) => start[0] === a && start[1] === b)) throw refused('', 'utf16');
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
    if (isFirst) refuseUtf16(chunk);
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

/** Where `JSON.parse` stumbled, counted from 1. Often it says so; else it is where the shortest wrong beginning ends. */
export function columnOf(error: unknown, text: string): number {
  const at = placeIn(error);
  if (at !== null || isUnfinished(error, text)) return (at ?? text.length) + 1;
  let [low, high] = [0, text.length - 1];
  while (low < high) {
    const middle = (low + high) >> 1;
    if (isWrong(text.slice(0, middle + 1))) high = middle;
    else low = middle + 1;
  }
  return low + 1;
}

function placeIn(error: unknown): number | null {
  const [, at] = /position (\d+)/.exec((error as Error).message) ?? [];
  return at === undefined ? null : Number(at);
}

const isUnfinished = (error: unknown, text: string): boolean =>
  /end of JSON|Unterminated/.test((error as Error).message) || placeIn(error) === text.length;

function isWrong(beginning: string): boolean {
  try {
    JSON.parse(beginning);
    return false;
  } catch (error) {
    return !isUnfinished(error, beginning);
  }
}
