import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import type { Response } from '../platform/http/request.ts';

/** Sends bytes as they are read. Where they turn out to be damaged the answer is cut: it is shorter than it says. */
export function sendBytes(
  response: Response,
  first: Buffer | null,
  rest: AsyncGenerator<Buffer>,
): Promise<void> {
  async function* all() {
    if (!first) return;
    yield first;
    yield* rest;
  }
  return sendStream(response, Readable.from(all(), { objectMode: false, highWaterMark: 1024 * 1024 }));
}

/** Sends a stream to its end, or as far as whoever asked stays. */
export async function sendStream(response: Response, body: Readable): Promise<void> {
  try {
    await pipeline(body, response);
  } catch (error) {
    // Whoever asked has gone, which is no fault.
    if ((error as NodeJS.ErrnoException).code !== 'ERR_STREAM_PREMATURE_CLOSE') throw error;
  }
}
